"""Speed in the window: reading ahead, the battery, the performance panel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.ui.chat_events import (
    ModelChanged,
    PromptChanged,
    SettingsChanged,
)
from app.ui.level_cost import LevelCost
from app.ui.level_costs import LevelCosts
from app.ui.model_sleep import ModelSleep
from app.ui.performance_log import PerformanceLog
from app.ui.power_watch import PowerChanged, PowerWatch
from app.ui.read_ahead import ReadAhead, ReadAheadChanged
from app.ui.transcript.actions import ActionKind, MessageAction
from app.ui.tune_offer import TuneOffer
from app.ui.window_room import bring_to_front

if TYPE_CHECKING:
    from app.ui.chat_controller import ChatController
    from app.ui.main_window import MainWindow
    from app.ui.performance_panel import PerformancePanel
    from app.ui.speeds import SpeedBook
    from app.ui.tune_dialog import TuneDialog
    from app.ui.window_services import SpeedServices
    from app.workers.tune_worker import TuneThread


class WindowSpeed(QObject):
    """Connects what makes answers come sooner with the window. GUI thread only."""

    def __init__(
        self,
        window: MainWindow,
        controller: ChatController,
        services: SpeedServices,
        speeds: SpeedBook,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._services = services
        self._panel: PerformancePanel | None = None
        self._tune_dialog: TuneDialog | None = None
        self._tune_thread: TuneThread | None = None
        self._tune_offer = TuneOffer(controller, window.page.banners, self.show_tuning)
        self.power = PowerWatch(services.read_power, self)
        self.power.changed.connect(self._on_power_changed)
        controller.settings_changed.connect(self._on_settings_changed)
        self._is_saving = False
        self.read_ahead = ReadAhead(services.engine, controller, self.power, self)
        self.sleep = ModelSleep(controller, self)
        self._log = PerformanceLog(services.engine, controller, self)
        costs = LevelCosts(services.engine, controller, self.read_ahead, speeds, self)
        costs.known.connect(self._on_costs_known)
        composer = window.page.composer
        composer.draft_changed.connect(self.read_ahead.on_draft_changed)
        composer.draft_changed.connect(self.sleep.on_draft_changed)
        composer.wake_requested.connect(self.sleep.wake)
        window.page.action_requested.connect(self._on_action_requested)
        self.read_ahead.changed.connect(self._on_read_ahead_changed)
        controller.model_changed.connect(self._on_model_changed)
        controller.book.prompt_changed.connect(self._on_prompt_changed)

    def stop(self) -> None:
        """Close the dialogs, end the measuring, join its thread."""
        for dialog in (self._panel, self._tune_dialog):
            if dialog is not None:
                dialog.close()
        if self._tune_thread is not None:
            self._tune_thread.stop()
            self._tune_thread = None

    @Slot()
    def show_tuning(self) -> None:
        """The dialog that measures this computer; it stays open."""
        if self._tune_dialog is None:
            from app.ui.tune_desk import TuneDesk
            from app.ui.tune_dialog import TuneDialog
            from app.workers.tune_worker import TuneThread

            self._tune_thread = thread = TuneThread(self._services.make_tuner, self)
            thread.start()
            desk = TuneDesk(thread, self._controller, self.sleep, self)
            self._tune_dialog = TuneDialog(desk, self._window)
        bring_to_front(self._tune_dialog)

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
        bring_to_front(self._panel)

    @Slot(object)
    def _on_model_changed(self, event: ModelChanged) -> None:
        self.power.set_active(event.loaded is not None)

    @Slot(object)
    def _on_action_requested(self, action: MessageAction) -> None:
        """An answer is wanted again: once the model is awake."""
        if action.kind in {ActionKind.REGENERATE, ActionKind.RETRY}:
            again = partial(self._controller.regenerate, action.message_id, action.reasoning)
            self.sleep.wake_and(again)
        elif action.kind is ActionKind.CONTINUE:
            go_on = partial(self._controller.continue_answer, action.message_id)
            self.sleep.wake_and(go_on)
        elif action.kind is ActionKind.EDIT:
            self.sleep.wake()  # its text waits in the composer

    # -- energy ----------------------------------------------------------------------------
    @Slot(object)
    def _on_power_changed(self, _: PowerChanged) -> None:
        self._save_energy()

    @Slot(object)
    def _on_settings_changed(self, _: SettingsChanged) -> None:
        self._save_energy()

    def _save_energy(self) -> None:
        wants = self._controller.settings.saves_energy_on_battery
        is_saving = wants and self.power.is_on_battery
        if is_saving is not self._is_saving:
            self._is_saving = is_saving
            self._services.engine.save_energy(is_saving)

    # -- what another level costs ----------------------------------------------------------
    @Slot(object)
    def _on_costs_known(self, cost: LevelCost) -> None:
        self._window.page.composer.bar.show_level_cost(cost)

    @Slot(object)
    def _on_prompt_changed(self, _: PromptChanged) -> None:
        self._window.page.composer.bar.show_chosen_cost()

    @Slot(object)
    def _on_read_ahead_changed(self, event: ReadAheadChanged) -> None:
        self._window.page.composer.bar.show_reading_ahead(is_reading=event.is_reading)
