"""One answer while it is being written: deltas to the window, journal to the disk."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Slot

from app.core.conversation import ConversationStore
from app.core.errors import LumbreError
from app.core.generation import GenerationEnded, GenerationRequest
from app.core.message import (
    Channel,
    FinishReason,
    GenerationStats,
    Message,
    MessageState,
)
from app.ui.chat_events import Phase
from app.ui.temporary_chats import Keeper
from app.workers.engine_worker import (
    AnswerEnded,
    DeltaReady,
    EngineAborted,
    EngineThread,
    PrefillProgressed,
)
from app.workers.storage_worker import StorageThread
from app.workers.typed_signal import signal_of

logger = logging.getLogger(__name__)

JOURNAL_MS = 200  # with a commit of a few ms, no more than 250 ms of text are ever unsaved


@dataclass(frozen=True, slots=True)
class RunDelta:
    """Text was added to the answer."""

    message: Message  # with the text so far
    channel: Channel
    text: str


@dataclass(frozen=True, slots=True)
class RunPhase:
    """The answer has entered another phase, or more of the prompt was read."""

    phase: Phase
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The answer is complete; `error` when the engine failed (the text so far is kept)."""

    message: Message
    error: LumbreError | None = None


class AnswerRun(QObject):
    """Drives one `GenerationRequest`; lives in the GUI thread."""

    delta_appended = signal_of(RunDelta)
    phase_changed = signal_of(RunPhase)
    ended = signal_of(RunEnded)

    def __init__(
        self,
        engine: EngineThread,
        storage: StorageThread | Keeper,
        request: GenerationRequest,
        answer: Message,
        parent: QObject | None = None,
    ) -> None:
        """`answer` is the streaming message as it was committed; it may hold earlier text."""
        super().__init__(parent)
        self._engine = engine
        self._storage = storage
        self._request = request
        self._answer = answer
        self._earlier = answer.stats or GenerationStats()
        self._thinking = [answer.thinking]
        self._text = [answer.text]
        self._phase = Phase.READING
        self._is_journal_due = False
        self._is_journalling = False
        self._is_over = False
        self._journal_timer = QTimer(self)
        self._journal_timer.setSingleShot(True)
        self._journal_timer.setInterval(JOURNAL_MS)
        self._journal_timer.timeout.connect(self._on_journal_timeout)
        engine.prefill_progressed.connect(self._on_prefill_progressed)
        engine.delta_ready.connect(self._on_delta_ready)
        engine.answer_ended.connect(self._on_answer_ended)
        engine.aborted.connect(self._on_aborted)

    @property
    def answer(self) -> Message:
        """The message with the text so far."""
        return self._answer.with_text("".join(self._text), "".join(self._thinking))

    @property
    def phase(self) -> Phase:
        """READING, THINKING, ANSWERING or STOPPING."""
        return self._phase

    def start(self) -> None:
        """Hand the request to the engine."""
        self._engine.generate(self._request)

    def stop(self) -> None:
        """Stop as soon as the engine can; the text so far stays."""
        self._set_phase(Phase.STOPPING)
        self._request.cancel.cancel()

    def answer_now(self) -> None:
        """End the thinking, begin the answer."""
        self._request.answer_now.cancel()

    def _set_phase(self, phase: Phase, progress: float | None = None) -> None:
        if self._phase is Phase.STOPPING:
            return
        if phase is not self._phase or progress is not None:
            self._phase = phase
            self.phase_changed.emit(RunPhase(phase, progress))

    @Slot(object)
    def _on_prefill_progressed(self, event: PrefillProgressed) -> None:
        if event.request_id == self._request.id:
            done, total = event.progress.n_done, event.progress.n_total
            self._set_phase(Phase.READING, done / total if total else 1.0)

    @Slot(object)
    def _on_delta_ready(self, event: DeltaReady) -> None:
        if event.request_id != self._request.id or self._is_over:
            return
        channel, text = event.delta.channel, event.delta.text
        is_thinking = channel is Channel.ANALYSIS
        (self._thinking if is_thinking else self._text).append(text)
        self._set_phase(Phase.THINKING if is_thinking else Phase.ANSWERING)
        self.delta_appended.emit(RunDelta(self._answer, channel, text))
        self._is_journal_due = True
        if not self._journal_timer.isActive() and not self._is_journalling:
            self._journal_timer.start()

    @Slot()
    def _on_journal_timeout(self) -> None:
        if not self._is_journal_due or self._is_over:
            return
        self._is_journal_due = False
        self._is_journalling = True
        now = self.answer
        # Only the last state matters: compact the parts so that joining stays cheap.
        self._text, self._thinking = [now.text], [now.thinking]

        def journal(store: ConversationStore) -> None:
            store.journal(now.id, now.text, now.thinking)

        self._storage.submit(journal, self._on_journalled, self._on_journal_failed)

    def _on_journalled(self, _: None) -> None:
        self._is_journalling = False
        if self._is_journal_due and not self._is_over:  # else the timer may be gone
            self._journal_timer.start()

    def _on_journal_failed(self, error: LumbreError) -> None:
        logger.warning("the running answer could not be journalled: %s", error)
        self._on_journalled(None)

    @Slot(object)
    def _on_answer_ended(self, event: AnswerEnded) -> None:
        if event.request_id == self._request.id:
            self._end(event.result, event.error)

    @Slot(object)
    def _on_aborted(self, _: EngineAborted) -> None:
        self._end(None, None)

    def _end(self, result: GenerationEnded | None, error: LumbreError | None) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._journal_timer.stop()
        reason = result.finish_reason if result is not None else FinishReason.ERROR
        stats = _sum(self._earlier, result.stats) if result is not None else self._earlier
        message = replace(
            self.answer,
            state=MessageState.COMPLETE,
            finish_reason=reason,
            stats=stats if stats != GenerationStats() else None,
            token_ids=result.final_ids if result is not None else (),
        )
        self._engine.prefill_progressed.disconnect(self._on_prefill_progressed)
        self._engine.delta_ready.disconnect(self._on_delta_ready)
        self._engine.answer_ended.disconnect(self._on_answer_ended)
        self._engine.aborted.disconnect(self._on_aborted)
        self.ended.emit(RunEnded(message, error))


def _sum(earlier: GenerationStats, now: GenerationStats) -> GenerationStats:
    """Statistics of a continued answer: counts and times add up, the rest is the newest."""
    return replace(
        now,
        n_analysis=earlier.n_analysis + now.n_analysis,
        n_final=earlier.n_final + now.n_final,
        thinking_ms=earlier.thinking_ms + now.thinking_ms,
        total_ms=earlier.total_ms + now.total_ms,
        ttft_ms=earlier.ttft_ms or now.ttft_ms,
    )
