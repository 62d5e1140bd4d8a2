"""The settings: a change holds at once, there is nothing to confirm."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.generation import SamplingParams
from app.core.machine import Device
from app.core.settings import Settings
from app.ui.buttons import TextButton
from app.ui.paged_dialog import PagedDialog
from app.ui.settings_engine_page import EnginePage
from app.ui.settings_pages import AnswersPage, Change, GeneralPage
from app.ui.settings_speed_page import SpeedPage
from app.workers.typed_signal import signal_of

_SIZE = (720, 600)  # logical pixels
_NARROW = 560  # logical pixels
_SEND_MS = 150


class SettingsDialog(PagedDialog):
    """Not modal, so that the effect of a change can be seen."""

    settings_changed = signal_of(Settings)
    reload_requested = Signal()
    locking_requested = Signal()
    tune_requested = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(_SIZE, parent)
        self._settings = self._sent = settings
        self._devices: tuple[Device, ...] = ()
        self._send_timer = QTimer(self)
        self._send_timer.setSingleShot(True)
        self._send_timer.setInterval(_SEND_MS)
        self._send_timer.timeout.connect(self._send)
        self._reload_button = TextButton("", self, icon_name="rotate-ccw")
        self._reload_button.clicked.connect(self.reload_requested)
        self._buttons.insertWidget(0, self._reload_button)
        self.setTabOrder(self._reload_button, self._close_button)
        self._rebuild()

    def set_settings(self, settings: Settings) -> None:
        """Show values that were changed elsewhere."""
        if settings not in (self._settings, self._sent):
            self._settings = settings
            self._rebuild()
        self._sent = settings

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
        self.setWindowTitle(self.tr("Settings"))
        self._reload_button.setText(self.tr("Load the model again"))
        self._names.setAccessibleName(self.tr("Pages of the settings"))
        super()._rebuild()

    def _make_pages(self, parent: QWidget) -> tuple[tuple[str, QWidget], ...]:
        general = GeneralPage(self._settings, self._apply, parent)
        general.locking_requested.connect(self.locking_requested)
        answers = AnswersPage(self._settings, self._apply, parent)
        answers.reset_requested.connect(self._on_reset_requested)
        speed = SpeedPage(self._settings, self._apply, parent)
        speed.tune_requested.connect(self.tune_requested)
        engine = EnginePage(self._settings, self._apply, self._devices, parent)
        return (
            (self.tr("General"), general),
            (self.tr("Answers"), answers),
            (self.tr("Speed"), speed),
            (self.tr("Engine"), engine),
        )

    def _on_page_shown(self, page: QWidget) -> None:
        self._reload_button.setVisible(isinstance(page, EnginePage))

    @Slot()
    def _on_reset_requested(self) -> None:
        self._apply(lambda s: replace(s, sampling=SamplingParams()))
        QTimer.singleShot(0, self, self._rebuild)
