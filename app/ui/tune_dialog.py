"""The dialog that measures this computer, with what each trial gained."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.ui.buttons import TextButton
from app.ui.error_text import error_text
from app.ui.history.page import HistoryTable
from app.ui.notifications import announce
from app.ui.tune_desk import TuneDesk, TuneState
from app.ui.tune_words import gain_text, headings, trial_row
from app.ui.window_room import open_with_size

_SIZE = (720, 480)  # logical pixels


class TuneDialog(QDialog):
    """Not modal: a question that is asked meanwhile ends the measuring."""

    def __init__(self, desk: TuneDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        self._desk = desk
        self._note = QLabel(self)
        self._note.setWordWrap(True)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 100)
        self.table = HistoryTable(self)
        self._status = QLabel(self)
        self._status.setWordWrap(True)
        self.start_button = TextButton("", self)
        self.use_button = TextButton("primary", self)
        self.automatic_button = TextButton("", self, icon_name="rotate-ccw")
        self._close_button = TextButton("", self)
        self._lay_out(parent)
        self.start_button.clicked.connect(self._on_start_clicked)
        self.use_button.clicked.connect(self._on_use_clicked)
        self.automatic_button.clicked.connect(self._on_automatic_clicked)
        self._close_button.clicked.connect(self.close)
        desk.changed.connect(self._on_changed)
        self._retranslate()

    def _lay_out(self, parent: QWidget | None) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.automatic_button)
        buttons.addStretch(1)
        for button in (self.start_button, self.use_button, self._close_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        for widget in (self._note, self._bar):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._status)
        layout.addLayout(buttons)
        open_with_size(self, *_SIZE)

    @property
    def status(self) -> str:
        """What has come of it, in words."""
        return self._status.text()

    # -- what is shown ---------------------------------------------------------------------
    @Slot(object)
    def _on_changed(self, state: TuneState) -> None:
        before = self._status.text()
        self._show(state)
        if self._status.text() != before and not state.is_running:
            announce(self, self._status.text())

    def _show(self, state: TuneState) -> None:
        self._bar.setVisible(state.is_running)
        self._bar.setValue(round(100 * state.fraction))
        self.table.set_rows(headings(), [trial_row(trial) for trial in state.trials])
        self._status.setText(self._status_text(state))
        self.start_button.setText(
            self.tr("Stop") if state.is_running else self.tr("Measure now")
        )
        self.start_button.setEnabled(bool(state.model_name))
        result = state.result
        is_better = result is not None and not result.tuned.is_automatic
        self.use_button.setEnabled(is_better and not state.is_kept)
        self.automatic_button.setEnabled(state.is_kept)

    def _status_text(self, state: TuneState) -> str:
        if not state.model_name:
            return self.tr("No model is loaded. Load the one that is to be measured first.")
        if state.is_running:
            return self.tr("Measuring {name}…").replace("{name}", state.model_name)
        if state.error is not None:
            return error_text(state.error)
        if state.was_stopped:
            return self.tr("Stopped. All stays as it was.")
        return self._result_text(state)

    def _result_text(self, state: TuneState) -> str:
        result = state.result
        if result is None:
            return self.tr("{name} was not measured yet.").replace("{name}", state.model_name)
        if result.tuned.is_automatic:
            return self.tr("The automatic settings are as fast as any. All stays as it was.")
        gain = gain_text(result.before, result.after)
        if state.is_kept:
            return self.tr("These settings are in use. {gain}").replace("{gain}", gain)
        return self.tr("Faster settings were found. {gain}").replace("{gain}", gain)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def hideEvent(self, event: QHideEvent) -> None:
        """Closing, by Esc too, ends the measuring; the model comes back."""
        super().hideEvent(event)
        self._desk.leave()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Measure this computer"))
        self._note.setText(
            self.tr(
                "Lumbre tries a few ways to run the model and keeps one only when it is "
                "clearly faster. It takes less than two minutes, in a process of its own, and "
                "can be stopped at any moment. The model sleeps meanwhile. Other programs that "
                "work at the same time make the result worse."
            )
        )
        self.table.setAccessibleName(self.tr("What was tried"))
        self.use_button.setText(self.tr("Use these"))
        self.automatic_button.setText(self.tr("Back to automatic"))
        self._close_button.setText(self.tr("Close"))
        self._show(self._desk.state)

    # -- what the person does --------------------------------------------------------------
    @Slot()
    def _on_start_clicked(self) -> None:
        if self._desk.state.is_running:
            self._desk.stop()
        else:
            self._desk.start()

    @Slot()
    def _on_use_clicked(self) -> None:
        self._desk.use()

    @Slot()
    def _on_automatic_clicked(self) -> None:
        self._desk.use_automatic()
