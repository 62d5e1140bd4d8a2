"""The row under the composer's field: level, context, hint, answer now, send or stop."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.ui.buttons import IconButton, TextButton
from app.ui.chat_events import Phase, PhaseChanged
from app.ui.context_meter import ContextMeter
from app.ui.level_cost import LevelCost
from app.ui.reasoning_box import ReasoningBox
from app.ui.shortcuts import CommandId, command_of

_SEND_SIZE = 36  # logical pixels
_SPACING = 4  # logical pixels


class ComposerBar(QWidget):
    """Send becomes Stop in the same place."""

    attach_requested = Signal()
    send_requested = Signal()
    stop_requested = Signal()
    answer_now_requested = Signal()
    models_requested = Signal()
    cancel_load_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._phase = PhaseChanged(Phase.NO_MODEL)
        self._reason = ""
        self._sends_with_ctrl_enter = False
        self._is_reading_ahead = False
        self._cost_text = ""
        self.attach_button = IconButton("paperclip", self)
        self._label = QLabel(self)
        self.reasoning_box = ReasoningBox(self)
        self.meter = ContextMeter(self)
        self._hint = QLabel(self)
        self._models_button = TextButton("quiet", self)
        self._cancel_button = TextButton("quiet", self)
        self.answer_now_button = TextButton("", self, icon_name="skip-forward")
        self.send_button = IconButton("arrow-up", self, color_role="on_accent")
        self._build()
        self.attach_button.clicked.connect(self.attach_requested)
        self.send_button.clicked.connect(self._on_send_clicked)
        self.answer_now_button.clicked.connect(self.answer_now_requested)
        self._models_button.clicked.connect(self.models_requested)
        self._cancel_button.clicked.connect(self.cancel_load_requested)
        self._retranslate()

    def _build(self) -> None:
        self._label.setBuddy(self.reasoning_box)
        for label in (self._label, self._hint):
            label.setProperty("kind", "muted")
        self.send_button.setProperty("kind", "send")
        self.send_button.setFixedSize(_SEND_SIZE, _SEND_SIZE)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(_SPACING)
        line.addWidget(self.attach_button)
        line.addWidget(self._label)
        line.addWidget(self.reasoning_box)
        line.addWidget(self.meter)
        line.addStretch(1)
        line.addWidget(self._hint)
        line.addWidget(self._models_button)
        line.addWidget(self._cancel_button)
        line.addWidget(self.answer_now_button)
        line.addWidget(self.send_button)

    def set_phase(self, phase: PhaseChanged, reason: str, *, explains: bool) -> None:
        """What can be pressed; `reason` says why sending must wait, empty: it need not.

        `explains` False: the ways out of the waiting are offered elsewhere.
        """
        self._phase = phase
        self._reason = reason
        self.answer_now_button.setVisible(phase.phase is Phase.THINKING)
        self._models_button.setVisible(explains and phase.phase is Phase.NO_MODEL)
        self._cancel_button.setVisible(phase.phase is Phase.LOADING)
        self._fit()

    def show_send(self, *, has_text: bool, can_send: bool) -> None:
        """Send, or Stop while an answer is written."""
        phase = self._phase.phase
        if phase.is_busy:
            self.send_button.set_icon_name("stop")
            self.send_button.name_it(
                self.tr("Stop the answer"), command_of(CommandId.STOP).key_text
            )
            self.send_button.setEnabled(phase is not Phase.STOPPING)
            return
        self.send_button.set_icon_name("arrow-up")
        self.send_button.name_it(self.tr("Send"), self._reason)
        self.send_button.setEnabled(can_send and has_text)

    def show_reading_ahead(self, *, is_reading: bool) -> None:
        """Say quietly, in the place of the hint, what the engine does while it is idle."""
        self._is_reading_ahead = is_reading
        self._retranslate()

    def show_level_cost(self, cost: LevelCost | None) -> None:
        """Say what another level costs, and in the hint's place what the chosen one does."""
        self.reasoning_box.set_cost(cost)
        self.show_chosen_cost()

    def show_chosen_cost(self) -> None:
        """Another level was chosen."""
        self._cost_text = self.reasoning_box.cost_text
        self._retranslate()

    @property
    def hint(self) -> str:
        """The words beside Send: how to send, or that the engine reads ahead."""
        return self._hint.text()

    def set_sends_with_ctrl_enter(self, is_on: bool) -> None:
        """Which key the hint names."""
        self._sends_with_ctrl_enter = is_on
        self._retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has no room."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.attach_button.name_it(self.tr("Attach text, code, PDF or Word files"))
        self._label.setText(self.tr("Reasoning"))
        self._models_button.setText(self.tr("Choose a model"))
        self._cancel_button.setText(self.tr("Cancel loading"))
        self.answer_now_button.setText(self.tr("Answer now"))
        self.answer_now_button.setToolTip(
            self.tr("End the thinking and begin the answer ({key})").replace(
                "{key}", command_of(CommandId.ANSWER_NOW).key_text
            )
        )
        self._hint.setToolTip("")
        if self._is_reading_ahead:
            self._hint.setText(self.tr("Reading ahead…"))
            self._hint.setToolTip(
                self.tr(
                    "While nothing else is wanted, the engine reads what is written here, so "
                    "that the next answer begins sooner. It stops as soon as you send."
                )
            )
        elif self._cost_text:
            self._hint.setText(self._cost_text)
        elif self._sends_with_ctrl_enter:
            self._hint.setText(self.tr("Ctrl+Enter sends · Enter for a new line"))
        else:
            self._hint.setText(self.tr("Enter sends · Shift+Enter for a new line"))
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Without what can be left out."""
        return QSize(self._needed_width(), super().minimumSizeHint().height())

    def _needed_width(self) -> int:
        """Logical pixels of all that must be seen now."""
        parts = (
            self.attach_button,
            self.reasoning_box,
            self.meter,
            self._models_button,
            self._cancel_button,
            self.answer_now_button,
            self.send_button,
        )
        return (
            sum(p.sizeHint().width() + _SPACING for p in parts if not p.isHidden()) + _SPACING
        )

    def _fit(self) -> None:
        """Leave out the hint and then the word "Reasoning" where there is no room for them."""
        room = self.width() - self._needed_width()
        for part in (self._label, self._hint):
            room -= part.sizeHint().width() + _SPACING
            part.setVisible(room >= 0)

    @Slot()
    def _on_send_clicked(self) -> None:
        if self._phase.phase.is_busy:
            self.stop_requested.emit()
        else:
            self.send_requested.emit()
