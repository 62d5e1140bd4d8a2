"""The engine in its own thread: requests in, signals out."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from time import monotonic

from PySide6.QtCore import QObject, QThread, QTimer, Slot

from app.core.cancellation import CancelToken
from app.core.errors import BugError, Cancelled, LumbreError
from app.core.generation import (
    Delta,
    Engine,
    GenerationEnded,
    GenerationRequest,
    LoadedModel,
    LoadRequest,
    PrefillProgress,
    PrefillRequest,
    RequestId,
)
from app.workers.typed_signal import signal_of

logger = logging.getLogger(__name__)

ABORT_POLL_MS = 200


@dataclass(frozen=True, slots=True)
class LoadProgressed:
    """A model is being loaded: `fraction` of 0..1 is done."""

    request_id: RequestId
    fraction: float


@dataclass(frozen=True, slots=True)
class LoadEnded:
    """Exactly one of `loaded` and `error` is set; neither when it was cancelled."""

    request_id: RequestId
    loaded: LoadedModel | None = None
    error: LumbreError | None = None


@dataclass(frozen=True, slots=True)
class PrefillProgressed:
    """The prompt of a request is being read."""

    request_id: RequestId
    progress: PrefillProgress


@dataclass(frozen=True, slots=True)
class DeltaReady:
    """Text has come."""

    request_id: RequestId
    delta: Delta


@dataclass(frozen=True, slots=True)
class AnswerEnded:
    """Sent once a request, whatever happened: exactly one of `result` and `error` is set."""

    request_id: RequestId
    result: GenerationEnded | None = None
    error: LumbreError | None = None


@dataclass(frozen=True, slots=True)
class ReadAheadProgressed:
    """A prompt that nobody has asked yet is being read."""

    request_id: RequestId
    progress: PrefillProgress


@dataclass(frozen=True, slots=True)
class ReadAheadEnded:
    """Sent once a `PrefillRequest`, whatever happened."""

    request_id: RequestId
    progress: PrefillProgress | None  # the last one; None: it was not begun
    seconds: float  # that the engine's thread spent on it

    @property
    def is_complete(self) -> bool:
        """True when all of the prompt is in the KV cache now."""
        last = self.progress
        return last is not None and last.n_done == last.n_total and not last.n_dropped


@dataclass(frozen=True, slots=True)
class ToRead:
    """Prompts that may be asked."""

    requests: tuple[PrefillRequest, ...]


@dataclass(frozen=True, slots=True)
class ToReadKnown:
    """How many tokens of each prompt would have to be read now."""

    n_tokens: tuple[tuple[RequestId, int], ...]


@dataclass(frozen=True, slots=True)
class EngineAborted:
    """llama.cpp stopped for good, in its own words; only a new process can go on."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unloaded:
    """No model is loaded any more."""


@dataclass(frozen=True, slots=True)
class SavingChosen:
    """Whether energy is to be saved."""

    is_on: bool


class _Worker(QObject):
    """Lives in the engine thread; every slot runs there."""

    load_progressed = signal_of(LoadProgressed)
    load_ended = signal_of(LoadEnded)
    prefill_progressed = signal_of(PrefillProgressed)
    delta_ready = signal_of(DeltaReady)
    answer_ended = signal_of(AnswerEnded)
    read_ahead_progressed = signal_of(ReadAheadProgressed)
    read_ahead_ended = signal_of(ReadAheadEnded)
    to_read_known = signal_of(ToReadKnown)
    unloaded = signal_of(Unloaded)

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    @Slot(object)
    def load(self, request: LoadRequest) -> None:
        """Load; blocks this thread's event loop."""
        last = -1.0

        def on_progress(fraction: float) -> None:
            nonlocal last
            if fraction - last >= 0.01 or fraction >= 1.0:
                last = fraction
                self.load_progressed.emit(LoadProgressed(request.id, fraction))

        try:
            loaded = self._engine.load(request, on_progress)
        except Cancelled:
            self.load_ended.emit(LoadEnded(request.id))
        except LumbreError as error:
            self.load_ended.emit(LoadEnded(request.id, error=error))
        except Exception as error:
            logger.exception("loading failed")
            self.load_ended.emit(LoadEnded(request.id, error=BugError.of(error)))
        else:
            self.load_ended.emit(LoadEnded(request.id, loaded=loaded))

    @Slot(object)
    def generate(self, request: GenerationRequest) -> None:
        """Generate until the engine stops; blocks this thread's event loop."""
        try:
            for event in self._engine.generate(request):
                if isinstance(event, Delta):
                    self.delta_ready.emit(DeltaReady(request.id, event))
                elif isinstance(event, PrefillProgress):
                    self.prefill_progressed.emit(PrefillProgressed(request.id, event))
                else:
                    self.answer_ended.emit(AnswerEnded(request.id, result=event))
        except LumbreError as error:
            self.answer_ended.emit(AnswerEnded(request.id, error=error))
        except Exception as error:
            logger.exception("request %d failed", request.id)
            self.answer_ended.emit(AnswerEnded(request.id, error=BugError.of(error)))

    @Slot(object)
    def read_ahead(self, request: PrefillRequest) -> None:
        """Read a prompt until it is read or cancelled; blocks this thread's event loop.

        Nobody asked for it, so nobody is told of an error: the request that comes after it
        will say what is wrong.
        """
        started, last = monotonic(), None
        try:
            if not request.cancel.is_cancelled and self._engine.loaded is not None:
                for last in self._engine.prefill(request):
                    self.read_ahead_progressed.emit(ReadAheadProgressed(request.id, last))
                    if last.n_dropped:  # another message will be left out next time
                        request.cancel.cancel()
        except LumbreError as error:
            logger.warning("reading ahead was given up: %s", type(error).__name__)
        except Exception:
            logger.exception("reading ahead failed")
        finally:
            seconds = monotonic() - started
            self.read_ahead_ended.emit(ReadAheadEnded(request.id, last, seconds))

    @Slot(object)
    def count_to_read(self, wanted: ToRead) -> None:
        """Say what each prompt would cost; those that cannot be asked are left out."""
        known = []
        for request in wanted.requests if self._engine.loaded is not None else ():
            try:
                known.append((request.id, self._engine.n_to_read(request)))
            except LumbreError:
                continue  # too long, for example: asking it will say so
        self.to_read_known.emit(ToReadKnown(tuple(known)))

    @Slot(object)
    def save_energy(self, wanted: SavingChosen) -> None:
        """Compute with fewer threads, or with all."""
        self._engine.save_energy(wanted.is_on)

    @Slot(object)
    def unload(self, _: Unloaded) -> None:
        """Free the model."""
        self._engine.unload()
        self.unloaded.emit(Unloaded())

    @Slot(object)
    def close(self, _: Unloaded) -> None:
        """Free everything and end the thread's event loop."""
        try:
            self._engine.close()
        finally:
            self.thread().quit()


class EngineThread(QObject):
    """The engine's thread as the GUI thread sees it, from start to joined.

    Signals arrive in the thread of the receiver. After `aborted` the thread is parked for
    good and `stop` does not wait for it.
    """

    load_progressed = signal_of(LoadProgressed)
    load_ended = signal_of(LoadEnded)
    prefill_progressed = signal_of(PrefillProgressed)
    delta_ready = signal_of(DeltaReady)
    answer_ended = signal_of(AnswerEnded)
    read_ahead_progressed = signal_of(ReadAheadProgressed)
    read_ahead_ended = signal_of(ReadAheadEnded)
    to_read_known = signal_of(ToReadKnown)
    unloaded = signal_of(Unloaded)
    aborted = signal_of(EngineAborted)

    _load_requested = signal_of(LoadRequest)
    _generation_requested = signal_of(GenerationRequest)
    _read_ahead_requested = signal_of(PrefillRequest)
    _to_read_requested = signal_of(ToRead)
    _saving_requested = signal_of(SavingChosen)
    _unload_requested = signal_of(Unloaded)
    _close_requested = signal_of(Unloaded)

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._tokens: dict[RequestId, CancelToken] = {}
        self._ahead: dict[RequestId, CancelToken] = {}  # gives way to all others
        self._is_aborted = False
        self._thread = QThread()
        self._thread.setObjectName("engine")
        self._worker = worker = _Worker(engine)
        worker.moveToThread(self._thread)
        self._load_requested.connect(worker.load)
        self._generation_requested.connect(worker.generate)
        self._read_ahead_requested.connect(worker.read_ahead)
        self._to_read_requested.connect(worker.count_to_read)
        self._saving_requested.connect(worker.save_energy)
        self._unload_requested.connect(worker.unload)
        self._close_requested.connect(worker.close)
        worker.load_progressed.connect(self.load_progressed.emit)
        worker.prefill_progressed.connect(self.prefill_progressed.emit)
        worker.delta_ready.connect(self.delta_ready.emit)
        worker.read_ahead_progressed.connect(self.read_ahead_progressed.emit)
        worker.to_read_known.connect(self.to_read_known.emit)
        worker.unloaded.connect(self.unloaded.emit)
        worker.load_ended.connect(self._on_load_ended)
        worker.answer_ended.connect(self._on_answer_ended)
        worker.read_ahead_ended.connect(self._on_read_ahead_ended)
        self._abort_poll = QTimer(self)
        self._abort_poll.setInterval(ABORT_POLL_MS)
        self._abort_poll.timeout.connect(self._on_abort_poll)

    @property
    def is_aborted(self) -> bool:
        """True once llama.cpp has stopped for good."""
        return self._is_aborted

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def load(self, request: LoadRequest) -> None:
        """Load a model after what is already asked for; ends with `load_ended`."""
        self._begin(request.id, request.cancel)
        self._load_requested.emit(request)

    def generate(self, request: GenerationRequest) -> None:
        """Answer after what is already asked for; ends with `answer_ended`."""
        self._begin(request.id, request.cancel)
        self._generation_requested.emit(request)

    def read_ahead(self, request: PrefillRequest) -> None:
        """Read a prompt ahead; ends with `read_ahead_ended`.

        An earlier one is given up, and whatever else is asked for ends this one at once.
        """
        self.stop_reading_ahead()
        self._ahead[request.id] = request.cancel
        self._abort_poll.start()
        self._read_ahead_requested.emit(request)

    def stop_reading_ahead(self) -> None:
        """End it as soon as the engine can; what was read stays in the KV cache."""
        for token in tuple(self._ahead.values()):
            token.cancel()

    def ask_to_read(self, requests: tuple[PrefillRequest, ...]) -> None:
        """Ask what these prompts would cost now; ends with `to_read_known`."""
        self._to_read_requested.emit(ToRead(requests))

    def save_energy(self, is_on: bool) -> None:
        """Compute with fewer threads, or with all, from the next request on."""
        self._saving_requested.emit(SavingChosen(is_on))

    def unload(self) -> None:
        """Free the model after what is already asked for; ends with `unloaded`."""
        self.stop_reading_ahead()
        self._unload_requested.emit(Unloaded())

    def stop(self, timeout_ms: int = 3000) -> bool:
        """Cancel everything, free the engine, join; False when it is still running then."""
        self.stop_reading_ahead()
        for token in tuple(self._tokens.values()):
            token.cancel()
        self._abort_poll.stop()
        if not self._thread.isRunning():
            return True
        if self._is_aborted or self._engine.abort_reason is not None:
            self._thread.quit()  # for the day it wakes; nobody waits for it
            return False
        self._close_requested.emit(Unloaded())
        joined = self._thread.wait(timeout_ms)
        if not joined:
            logger.warning("the engine thread is still running after %d ms", timeout_ms)
        return joined

    def _begin(self, request_id: RequestId, token: CancelToken) -> None:
        self.stop_reading_ahead()
        self._tokens[request_id] = token
        self._abort_poll.start()

    def _end(self, request_id: RequestId) -> None:
        self._tokens.pop(request_id, None)
        self._ahead.pop(request_id, None)
        if not self._tokens and not self._ahead:
            self._abort_poll.stop()

    @Slot(object)
    def _on_load_ended(self, event: LoadEnded) -> None:
        self._end(event.request_id)
        self.load_ended.emit(event)

    @Slot(object)
    def _on_answer_ended(self, event: AnswerEnded) -> None:
        self._end(event.request_id)
        self.answer_ended.emit(event)

    @Slot(object)
    def _on_read_ahead_ended(self, event: ReadAheadEnded) -> None:
        self._end(event.request_id)
        self.read_ahead_ended.emit(event)

    @Slot()
    def _on_abort_poll(self) -> None:
        reason = self._engine.abort_reason
        if reason is None or self._is_aborted:
            return
        self._is_aborted = True
        self._abort_poll.stop()
        logger.error("the engine stopped for good: %s", reason)
        self.aborted.emit(EngineAborted(reason))
