"""Gives a model's memory back when nobody has wanted it for a while, and wakes it in time.

Also without a copy of the weights a loaded model keeps up to a gigabyte for its caches and
buffers, and pages of its file that other programs could use. What it has read is kept on the
disk, so a model that comes back goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from app.ui.chat_controller import ChatController
from app.ui.chat_events import (
    ConversationReplaced,
    ModelChanged,
    Phase,
    PhaseChanged,
    PromptChanged,
    SettingsChanged,
)
from app.ui.composer import DraftChanged

_MS_PER_MINUTE = 60_000


class ModelSleep(QObject):
    """Watches what the person does in the window. GUI thread only.

    Where the clock of timers goes on while the computer sleeps, the model may be asleep after
    it wakes, too; the first key loads it again.
    """

    def __init__(self, controller: ChatController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._then: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.sleep)
        controller.phase_changed.connect(self._on_phase_changed)
        controller.model_changed.connect(self._on_model_changed)
        controller.settings_changed.connect(self._on_settings_changed)
        controller.book.conversation_replaced.connect(self._on_conversation_replaced)
        controller.book.prompt_changed.connect(self._on_prompt_changed)

    @property
    def minutes(self) -> int:
        """How long nothing may happen; 0: it never sleeps."""
        return self._controller.settings.unload_after_minutes

    @property
    def is_counting(self) -> bool:
        """True while it would sleep when nothing happens."""
        return self._timer.isActive()

    @Slot()
    def sleep(self) -> None:
        """Put the model to sleep now, unless it is at work."""
        if self._controller.phase is Phase.READY:
            self._controller.models.sleep()

    @Slot()
    def wake(self) -> None:
        """Load the model again; nothing happens when it is not asleep."""
        path = self._controller.models.asleep
        if path is not None and self._controller.phase is Phase.ASLEEP:
            self._controller.load_model(path)

    def wake_and(self, then: Callable[[], None]) -> None:
        """Load the model again and do this when it is there; dropped when it does not load."""
        if self._controller.phase is Phase.ASLEEP:
            self._then = then
            self.wake()

    # -- what happens ----------------------------------------------------------------------
    @Slot(object)
    def on_draft_changed(self, event: DraftChanged) -> None:
        """Somebody types: a question is on its way."""
        self._count()
        if event.text:
            self.wake()

    @Slot(object)
    def _on_phase_changed(self, event: PhaseChanged) -> None:
        self._count()
        if event.phase is Phase.LOADING:
            return
        then, self._then = self._then, None
        if then is not None and event.phase is Phase.READY:
            then()

    @Slot(object)
    def _on_model_changed(self, _: ModelChanged) -> None:
        self._count()

    @Slot(object)
    def _on_settings_changed(self, _: SettingsChanged) -> None:
        self._count()

    @Slot(object)
    def _on_conversation_replaced(self, _: ConversationReplaced) -> None:
        self._then = None  # it was meant for the other one
        self._count()

    @Slot(object)
    def _on_prompt_changed(self, _: PromptChanged) -> None:
        self._count()

    def _count(self) -> None:
        """Begin to count anew, where there is something to wait for."""
        if self.minutes and self._controller.phase is Phase.READY:
            self._timer.start(self.minutes * _MS_PER_MINUTE)
        else:
            self._timer.stop()
