"""Speed in the window: reading ahead, the battery, the performance panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.ui.chat_events import ModelChanged
from app.ui.performance_log import PerformanceLog
from app.ui.power_watch import PowerWatch
from app.ui.read_ahead import ReadAhead, ReadAheadChanged

if TYPE_CHECKING:
    from app.ui.chat_controller import ChatController
    from app.ui.main_window import MainWindow
    from app.ui.performance_panel import PerformancePanel
    from app.ui.window_services import SpeedServices


class WindowSpeed(QObject):
    """Connects what makes answers come sooner with the window. GUI thread only."""

    def __init__(
        self, window: MainWindow, controller: ChatController, services: SpeedServices
    ) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._panel: PerformancePanel | None = None
        self.power = PowerWatch(services.read_power, self)
        self.read_ahead = ReadAhead(services.engine, controller, self.power, self)
        self._log = PerformanceLog(services.engine, controller, self)
        window.page.composer.draft_changed.connect(self.read_ahead.on_draft_changed)
        self.read_ahead.changed.connect(self._on_read_ahead_changed)
        controller.model_changed.connect(self._on_model_changed)

    def stop(self) -> None:
        """Close the panel."""
        if self._panel is not None:
            self._panel.close()

    @Slot()
    def show_panel(self) -> None:
        """The performance panel; it stays open."""
        if self._panel is None:
            from app.ui.performance_panel import PerformancePanel

            self._panel = PerformancePanel(
                self._log,
                lambda: self.read_ahead.is_reading,
                self._services.read_process_memory,
                self._services.engine_build(),
                self._window,
            )
        self._panel.show()
        self._panel.raise_()
        self._panel.activateWindow()

    @Slot(object)
    def _on_model_changed(self, event: ModelChanged) -> None:
        self.power.set_active(event.loaded is not None)

    @Slot(object)
    def _on_read_ahead_changed(self, event: ReadAheadChanged) -> None:
        self._window.page.composer.bar.show_reading_ahead(is_reading=event.is_reading)
