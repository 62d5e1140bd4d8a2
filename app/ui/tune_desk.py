"""Measuring how the loaded model runs best: who gives way to whom, and what holds after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Slot

from app.core.errors import Cancelled, LumbreError
from app.core.tuning import TuneProgress, TuneRequest, TuneResult, TuneTrial
from app.ui.chat_controller import ChatController
from app.ui.chat_events import ModelChanged, Phase, PhaseChanged
from app.ui.model_sleep import ModelSleep
from app.workers.tune_worker import TuneThread
from app.workers.typed_signal import signal_of


@dataclass(frozen=True, slots=True)
class TuneState:
    """What the dialog shows."""

    model_name: str = ""  # empty: none was loaded yet
    is_running: bool = False
    fraction: float = 0.0  # 0..1 while it runs
    trials: tuple[TuneTrial, ...] = ()
    result: TuneResult | None = None  # measured just now, or kept from earlier
    is_kept: bool = False  # `result` is in force
    was_stopped: bool = False
    error: LumbreError | None = None


class TuneDesk(QObject):
    """One measuring at a time. GUI thread only.

    The model sleeps meanwhile, so that two of them need not share the memory; whoever wants an
    answer ends the measuring.
    """

    changed = signal_of(TuneState)

    def __init__(
        self,
        thread: TuneThread,
        controller: ChatController,
        sleep: ModelSleep,
        parent: QObject | None = None,
    ) -> None:
        """`thread` is started; it is stopped by whoever made it."""
        super().__init__(parent)
        self._thread = thread
        self._controller = controller
        self._sleep = sleep
        self._state = TuneState()
        self._request: TuneRequest | None = None  # of the model that was loaded last
        thread.progressed.connect(self._on_progressed)
        controller.model_changed.connect(self._on_model_changed)
        controller.phase_changed.connect(self._on_phase_changed)
        self._on_model_changed(ModelChanged(controller.loaded))

    @property
    def state(self) -> TuneState:
        """What the dialog shows."""
        return self._state

    # -- what the person wants -------------------------------------------------------------
    def start(self) -> None:
        """Put the model to sleep and measure; nothing happens while an answer is written."""
        request, phase = self._request, self._controller.phase
        if request is None or self._state.is_running or not phase.takes_questions:
            return
        self._request = request = TuneRequest(
            request.path, request.settings, request.n_gpu_layers
        )
        self._set(TuneState(self._state.model_name, is_running=True))
        self._sleep.sleep()
        self._thread.tune(request, self._on_done, self._on_failed)

    def stop(self) -> None:
        """End the measuring; nothing of it is used."""
        self._thread.cancel()

    def leave(self) -> None:
        """Nobody looks any more: end the measuring, wake the model."""
        self.stop()
        if not self._state.is_running:
            self._sleep.wake()

    def use(self) -> None:
        """Load the model as it was measured to run best, now and from now on."""
        request, result = self._request, self._state.result
        if request is not None and result is not None and not self._state.is_kept:
            self._thread.submit(lambda tuner: tuner.keep(request, result), self._on_decided)
            self._set(replace(self._state, is_kept=True))

    def use_automatic(self) -> None:
        """Load the model as the program decides by itself, now and from now on."""
        request = self._request
        if request is not None and not self._state.is_running:
            self._thread.submit(lambda tuner: tuner.forget(request), self._on_decided)
            self._set(TuneState(self._state.model_name))

    def _on_decided(self, _: None) -> None:
        if self._request is not None and self._controller.phase.takes_questions:
            self._controller.load_model(self._request.path)

    # -- what happens ----------------------------------------------------------------------
    @Slot(object)
    def _on_model_changed(self, event: ModelChanged) -> None:
        loaded = event.loaded
        if loaded is None:
            return
        settings = self._controller.settings.engine
        before = self._request
        self._request = request = TuneRequest(loaded.card.path, settings, loaded.n_gpu_layers)
        is_same = before is not None and (before.path, before.settings) == (
            request.path,
            request.settings,
        )
        if not is_same:
            self._set(TuneState(loaded.card.name))
        if self._state.result is None:
            self._thread.submit(
                lambda tuner: tuner.kept(request), partial(self._on_kept_known, request)
            )

    def _on_kept_known(self, request: TuneRequest, kept: TuneResult | None) -> None:
        if kept is None or request is not self._request:
            return
        if self._state.result is None and not self._state.is_running:
            self._set(replace(self._state, result=kept, trials=kept.trials, is_kept=True))

    @Slot(object)
    def _on_phase_changed(self, event: PhaseChanged) -> None:
        """Somebody wants an answer: the measuring gives way."""
        if self._state.is_running and event.phase is Phase.LOADING:
            self._thread.cancel()

    @Slot(object)
    def _on_progressed(self, event: TuneProgress) -> None:
        if self._state.is_running:
            self._set(replace(self._state, fraction=event.fraction, trials=event.trials))

    def _on_done(self, result: TuneResult) -> None:
        self._set(TuneState(result.model_name, trials=result.trials, result=result))
        if result.tuned.is_automatic:
            self._sleep.wake()  # there is nothing to decide

    def _on_failed(self, error: LumbreError) -> None:
        was_stopped = isinstance(error, Cancelled)
        name = self._state.model_name
        self._set(
            TuneState(name, was_stopped=was_stopped, error=None if was_stopped else error)
        )
        self._sleep.wake()

    def _set(self, state: TuneState) -> None:
        self._state = state
        self.changed.emit(state)
