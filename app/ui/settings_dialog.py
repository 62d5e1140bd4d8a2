"""The settings: a change holds at once, there is nothing to confirm."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.generation import SamplingParams
from app.core.machine import Device
from app.core.settings import Settings
from app.ui.buttons import TextButton
from app.ui.settings_engine_page import EnginePage
from app.ui.settings_pages import AnswersPage, Change, GeneralPage
from app.ui.settings_speed_page import SpeedPage
from app.ui.window_room import room_for
from app.workers.typed_signal import signal_of

_NARROW = 560  # logical pixels
_SEND_MS = 150


class SettingsDialog(QDialog):
    """Not modal, so that the effect of a change can be seen."""

    settings_changed = signal_of(Settings)
    reload_requested = Signal()
    locking_requested = Signal()
    tune_requested = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        self._settings = self._sent = settings
        self._devices: tuple[Device, ...] = ()
        self._send_timer = QTimer(self)
        self._send_timer.setSingleShot(True)
        self._send_timer.setInterval(_SEND_MS)
        self._send_timer.timeout.connect(self._send)
        self._names = QListWidget(self)
        self._names.setObjectName("navigation")
        self._names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pages = QStackedWidget(self)
        self._reload_button = TextButton("", self, icon_name="rotate-ccw")
        self._close_button = TextButton("primary", self)
        self._close_button.setDefault(True)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._names)
        middle.addWidget(self._pages, 1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 8, 16, 14)
        buttons.addWidget(self._reload_button)
        buttons.addStretch(1)
        buttons.addWidget(self._close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(middle, 1)
        layout.addLayout(buttons)
        self._names.currentRowChanged.connect(self._on_page_chosen)
        self._close_button.clicked.connect(self.close)
        self._reload_button.clicked.connect(self.reload_requested)
        window = room_for(self)
        self.resize(min(720, window.width() - 16), min(600, window.height() - 16))
        self._rebuild()

    def set_settings(self, settings: Settings) -> None:
        """Show values that were changed elsewhere."""
        if settings not in (self._settings, self._sent):
            self._settings = settings
            self._rebuild()
        self._sent = settings

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            # Later: the box in which the language was chosen is still at work.
            QTimer.singleShot(0, self, self._rebuild)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the page more room in a narrow window."""
        super().resizeEvent(event)
        self._fit_names()

    def _fit_names(self) -> None:
        room = 40 if self.width() < _NARROW else 96
        self._names.setFixedWidth(self._names.sizeHintForColumn(0) + room)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing that was changed waits when the dialog is closed."""
        super().hideEvent(event)
        self._send()

    def set_devices(self, devices: tuple[Device, ...]) -> None:
        """Graphics devices that can be chosen."""
        if devices != self._devices:
            self._devices = devices
            self._rebuild()

    def _apply(self, change: Change) -> None:
        self._settings = change(self._settings)
        self._send_timer.start()  # joins steps and letters: each change is a file write

    @Slot()
    def _send(self) -> None:
        self._send_timer.stop()
        if self._settings != self._sent:
            self._sent = self._settings
            self.settings_changed.emit(self._settings)

    def _rebuild(self) -> None:
        row = max(0, self._names.currentRow())
        self.setWindowTitle(self.tr("Settings"))
        self._close_button.setText(self.tr("Close"))
        self._reload_button.setText(self.tr("Load the model again"))
        self._names.setAccessibleName(self.tr("Pages of the settings"))
        while (page := self._pages.widget(0)) is not None:
            self._pages.removeWidget(page)
            page.hide()
            page.deleteLater()
        self._names.clear()
        self._names.addItems(
            [self.tr("General"), self.tr("Answers"), self.tr("Speed"), self.tr("Engine")]
        )
        general = GeneralPage(self._settings, self._apply, self._pages)
        general.locking_requested.connect(self.locking_requested)
        answers = AnswersPage(self._settings, self._apply, self._pages)
        answers.reset_requested.connect(self._on_reset_requested)
        speed = SpeedPage(self._settings, self._apply, self._pages)
        speed.tune_requested.connect(self.tune_requested)
        for shown in (
            general,
            answers,
            speed,
            EnginePage(self._settings, self._apply, self._devices, self._pages),
        ):
            self._pages.addWidget(shown)
        self._names.setCurrentRow(row)
        self._fit_names()

    @Slot(int)
    def _on_page_chosen(self, row: int) -> None:
        if row >= 0:
            self._pages.setCurrentIndex(row)
            self._reload_button.setVisible(isinstance(self._pages.widget(row), EnginePage))

    @Slot()
    def _on_reset_requested(self) -> None:
        self._apply(lambda s: replace(s, sampling=SamplingParams()))
        QTimer.singleShot(0, self, self._rebuild)
