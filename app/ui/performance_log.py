"""What the engine did lately: answers, reading ahead, and how fast it is right now."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from time import monotonic

from PySide6.QtCore import QObject, Slot

from app.core.generation import LoadedModel
from app.core.message import GenerationStats
from app.ui.answer_run import RunEnded
from app.ui.chat_controller import ChatController
from app.ui.chat_events import ModelChanged, Phase
from app.workers.engine_worker import (
    DeltaReady,
    EngineThread,
    PrefillProgressed,
    ReadAheadEnded,
)

KEPT_ANSWERS = 20
_WINDOW_S = 3.0  # of the live speed


@dataclass(frozen=True, slots=True)
class ReadingAhead:
    """What was read before anybody asked, since the program began."""

    n_runs: int = 0
    n_complete: int = 0  # the others gave way to something else
    n_tokens: int = 0
    n_reused: int = 0  # of the newest run: tokens that were in the KV cache already
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class LiveSpeed:
    """What is going on at this moment; 0: not going on."""

    prefill_tps: float = 0.0
    n_read: int = 0
    n_to_read: int = 0
    decode_tps: float = 0.0
    n_written: int = 0


@dataclass(frozen=True, slots=True)
class AnswerNote:
    """One answer that has ended."""

    model_name: str
    stats: GenerationStats


class PerformanceLog(QObject):
    """Remembers what ends; watches what goes on only while somebody looks. GUI thread."""

    def __init__(
        self, engine: EngineThread, controller: ChatController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._controller = controller
        self._answers: deque[AnswerNote] = deque(maxlen=KEPT_ANSWERS)
        self._ahead = ReadingAhead()
        self._is_watching = False
        self._reading: tuple[float, int, int] | None = None  # since when, done, total
        self._prefill_tps = 0.0
        self._written: deque[tuple[float, int]] = deque()  # when, how many tokens
        self._n_written = 0
        controller.answer_finished.connect(self._on_answer_finished)
        controller.model_changed.connect(self._on_model_changed)
        engine.read_ahead_ended.connect(self._on_read_ahead_ended)

    @property
    def answers(self) -> tuple[AnswerNote, ...]:
        """The last answers of this run of the program, newest first."""
        return tuple(reversed(self._answers))

    @property
    def reading_ahead(self) -> ReadingAhead:
        """Since the program began."""
        return self._ahead

    @property
    def loaded(self) -> LoadedModel | None:
        """The model that answers."""
        return self._controller.loaded

    def live(self) -> LiveSpeed:
        """Speeds of the last seconds; zeros when nothing is written or nobody watches."""
        if not self._controller.phase.is_busy:
            return LiveSpeed()
        if self._controller.phase is Phase.READING:
            done, total = self._reading[1:] if self._reading is not None else (0, 0)
            return LiveSpeed(self._prefill_tps, done, total)
        now = monotonic()
        while self._written and now - self._written[0][0] > _WINDOW_S:
            self._written.popleft()
        n = sum(n for _, n in self._written)
        seconds = now - self._written[0][0] if self._written else 0.0
        return LiveSpeed(
            decode_tps=n / seconds if seconds > 0 else 0.0, n_written=self._n_written
        )

    def watch(self, is_on: bool) -> None:
        """Follow the running answer, or leave it alone: then it costs nothing."""
        if is_on is self._is_watching:
            return
        self._is_watching = is_on
        engine = self._engine
        if is_on:
            engine.prefill_progressed.connect(self._on_prefill_progressed)
            engine.delta_ready.connect(self._on_delta_ready)
        else:
            engine.prefill_progressed.disconnect(self._on_prefill_progressed)
            engine.delta_ready.disconnect(self._on_delta_ready)

    @Slot(object)
    def _on_answer_finished(self, event: RunEnded) -> None:
        self._written.clear()
        self._n_written = 0
        self._reading, self._prefill_tps = None, 0.0
        stats = event.message.stats
        if stats is not None and stats.n_generated:
            self._answers.append(AnswerNote(event.message.model_name, stats))

    @Slot(object)
    def _on_model_changed(self, _: ModelChanged) -> None:
        self._ahead = replace(self._ahead, n_reused=0)

    @Slot(object)
    def _on_read_ahead_ended(self, event: ReadAheadEnded) -> None:
        last, so_far = event.progress, self._ahead
        if last is None:
            return
        self._ahead = ReadingAhead(
            so_far.n_runs + 1,
            so_far.n_complete + event.is_complete,
            so_far.n_tokens + last.n_done,
            last.n_reused,
            so_far.seconds + event.seconds,
        )

    @Slot(object)
    def _on_prefill_progressed(self, event: PrefillProgressed) -> None:
        progress, now = event.progress, monotonic()
        if self._reading is None or progress.n_done == 0:
            self._reading = (now, progress.n_done, progress.n_total)
            return
        since = self._reading[0]
        self._reading = (since, progress.n_done, progress.n_total)
        if now > since:
            self._prefill_tps = progress.n_done / (now - since)

    @Slot(object)
    def _on_delta_ready(self, event: DeltaReady) -> None:
        self._written.append((monotonic(), event.delta.n_tokens))
        self._n_written += event.delta.n_tokens
