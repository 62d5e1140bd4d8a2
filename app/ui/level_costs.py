"""Finds out what each reasoning level costs, whenever that may have changed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.core.conversation import Conversation
from app.core.generation import PrefillRequest, RequestId
from app.core.message import ReasoningEffort
from app.ui.answer_desk import prompt_of
from app.ui.answer_run import RunEnded
from app.ui.chat_controller import ChatController
from app.ui.chat_events import ConversationReplaced, ModelChanged
from app.ui.level_cost import LEAST_S, NO_COST, LevelCost
from app.ui.read_ahead import PromptRead, ReadAhead
from app.ui.speeds import SpeedBook
from app.workers.engine_worker import EngineThread, ToReadKnown
from app.workers.typed_signal import signal_of


class LevelCosts(QObject):
    """Asks the engine whenever what it holds may have changed. GUI thread only."""

    known = signal_of(LevelCost)

    def __init__(
        self,
        engine: EngineThread,
        controller: ChatController,
        read_ahead: ReadAhead,
        speeds: SpeedBook,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._controller = controller
        self._speeds = speeds
        self._asked: dict[RequestId, ReasoningEffort] = {}
        engine.to_read_known.connect(self._on_to_read_known)
        controller.model_changed.connect(self._on_model_changed)
        controller.answer_finished.connect(self._on_answer_finished)
        controller.book.conversation_replaced.connect(self._on_conversation_replaced)
        read_ahead.read.connect(self._on_prompt_read)

    @Slot(object)
    def _on_model_changed(self, _: ModelChanged) -> None:
        self._ask()

    @Slot(object)
    def _on_answer_finished(self, _: RunEnded) -> None:
        self._ask()

    @Slot(object)
    def _on_conversation_replaced(self, _: ConversationReplaced) -> None:
        self._ask()

    @Slot(object)
    def _on_prompt_read(self, event: PromptRead) -> None:
        loaded, progress = self._controller.loaded, event.ended.progress
        if loaded is not None and progress is not None:
            name, seconds = loaded.card.name, event.ended.seconds
            self._speeds.take_reading(name, progress.n_done, seconds)
        self._ask()

    def _ask(self) -> None:
        """Nothing is asked of a short conversation, or before anything was measured."""
        conversation = self._controller.book.current
        self._asked = {}
        if self._controller.loaded is None or not self._is_long(conversation):
            self.known.emit(NO_COST)
            return
        path = conversation.active_path()
        kept_id = None if conversation.summary.is_temporary else conversation.id
        settings = self._controller.settings
        requests = []
        for level in ReasoningEffort:
            prompt = prompt_of(conversation, path, level, settings)
            request = PrefillRequest(prompt, conversation_id=kept_id)
            self._asked[request.id] = level
            requests.append(request)
        self._engine.ask_to_read(tuple(requests))

    @property
    def _tps(self) -> float:
        """How fast the loaded model reads; 0: not measured."""
        loaded = self._controller.loaded
        speed = self._speeds.of(loaded.card.name) if loaded is not None else None
        return speed.prefill_tps if speed is not None else 0.0

    def _is_long(self, conversation: Conversation) -> bool:
        path = conversation.active_path()
        newest = next((m.stats for m in reversed(path) if m.is_answer and m.stats), None)
        if newest is None or self._tps <= 0:
            return False
        return (newest.n_prompt + newest.n_final) / self._tps >= LEAST_S

    @Slot(object)
    def _on_to_read_known(self, event: ToReadKnown) -> None:
        costs = {self._asked[i]: n for i, n in event.n_tokens if i in self._asked}
        if costs and self._tps > 0:
            self.known.emit(LevelCost(costs, self._tps))
