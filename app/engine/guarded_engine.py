"""An engine that tries every model in a throw-away process before it loads it itself.

Inference happens in this process, where a crash of llama.cpp would take the window with it.
So what could crash is found out elsewhere first: a new or changed file, another processor or
build, a graphics device that was never used. What went well is remembered and not repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from app.core.errors import ModelLoadError
from app.core.generation import (
    Engine,
    EngineSettings,
    GenerationEvent,
    GenerationRequest,
    LoadedModel,
    LoadRequest,
    PrefillProgress,
    PrefillRequest,
)
from app.core.machine import Device, Machine
from app.core.memory_plan import plan_load, safer
from app.core.model_card import ModelCard
from app.core.plan_words import (
    Sentence,
    device_is_wrong,
    device_too_slow,
    devices_unreadable,
)
from app.core.tuning import KeptTuning, TuneRequest
from app.engine.gguf_header import read_model_card
from app.engine.gpu_backends import has_gpu_backend
from app.engine.hardware import read_machine
from app.engine.trial import (
    SelfTest,
    default_timeout_s,
    list_devices,
    self_test_device,
    trial_load,
)
from app.engine.trial_memory import Offload, TrialMemory, trial_key
from app.engine.trial_result import ProbeResult, TrialOutcome

logger = logging.getLogger(__name__)

_TRIAL_SHARE = 0.5  # of the progress bar


class _Trial:
    """Finds out how one model can be loaded here without taking the window with it."""

    def __init__(
        self,
        memory: TrialMemory,
        program_version: str,
        card: ModelCard,
        request: LoadRequest,
        on_progress: Callable[[float], None],
    ) -> None:
        self._memory = memory
        self._program_version = program_version
        self._card = card
        self._request = request
        self._on_progress = on_progress
        self._timeout_s = default_timeout_s(card.size_bytes)
        self._shown = 0.0
        self.has_run = False
        self.device_key: str | None = None  # of the device that will be used
        self.notice: Sentence | None = None
        self._was_slow = False  # the device: not ready in time

    def run(self) -> EngineSettings:
        """Settings that are known to work, from memory or from a trial.

        Raises:
            ModelError: it does not load here; the sentence says why.
            Cancelled: the request was cancelled.
        """
        settings = self._request.settings
        if settings.n_gpu_layers != 0 and has_gpu_backend():
            settings = self._settle_device(settings)
            if settings.device is not None:
                return settings  # the self-test was the trial
        else:
            settings = replace(settings, n_gpu_layers=0, device=None)
        key = self._key(settings)
        if not self._memory.has(key):
            self.has_run = True
            result = trial_load(
                self._card.path,
                settings,
                cancel=self._request.cancel,
                timeout_s=self._timeout_s,
                on_memory=self._on_memory,
            )
            if not result.is_ok:
                raise result.error()
            self._memory.remember(key)
        return settings

    def _settle_device(self, settings: EngineSettings) -> EngineSettings:
        """The device that passed its self-test, or the CPU with a notice."""
        cpu = replace(settings, n_gpu_layers=0, device=None)
        devices = list_devices(self._request.cancel)
        if devices is None:
            self.notice = devices_unreadable()
            return cpu
        machine = replace(read_machine(with_devices=False), devices=devices)
        device = plan_load(self._card, machine, settings).device
        if device is None:
            return cpu
        chosen = replace(settings, device=device.name)
        key = self._key(chosen, device)
        if self._memory.has(key):
            self.device_key = key
            return _with_offload(chosen, self._memory.offload(key))
        if not self._memory.is_given_up(key):
            self.has_run = True
            passed = self._find_offload(chosen, machine)
            self._memory.remember(self._key(cpu))
            if passed is not None:
                self._memory.remember(key, passed)
                self.device_key = key
                return _with_offload(chosen, passed)
            self._memory.did_not_pass(key, was_slow=self._was_slow)
        name = device.description or device.name
        is_tried_again = not self._memory.is_given_up(key)
        self.notice = device_too_slow(name) if is_tried_again else device_is_wrong(name)
        return cpu

    def _find_offload(self, settings: EngineSettings, machine: Machine) -> Offload | None:
        """Try the device with less and less on it; None: it computes wrongly or not at all."""
        asked, on_cpu = settings, None
        while True:
            test = self._self_test(settings, on_cpu)
            on_cpu = test.on_cpu
            if test.on_device is None:
                raise on_cpu.error()
            if test.is_right:
                same = settings == asked
                return Offload() if same else Offload(settings.n_gpu_layers, settings.n_cpu_moe)
            self._was_slow = test.on_device.outcome is TrialOutcome.TIMED_OUT
            if self._was_slow or test.on_device.outcome is TrialOutcome.OK:
                return None  # wrong or too slow: less of it would not be better
            if asked.n_cpu_moe is not None:
                raise test.on_device.error()  # the person's own number
            following = safer(settings, plan_load(self._card, machine, settings), self._card)
            if following is None or following.n_gpu_layers == 0:
                return None
            settings = following

    def _self_test(self, settings: EngineSettings, on_cpu: ProbeResult | None) -> SelfTest:
        return self_test_device(
            self._card.path,
            settings.device or "",
            settings,
            cancel=self._request.cancel,
            timeout_s=self._timeout_s,
            on_memory=self._on_memory,
            on_cpu=on_cpu,
        )

    def _key(self, settings: EngineSettings, device: Device | None = None) -> str:
        return trial_key(
            self._card.paths,
            settings,
            program_version=self._program_version,
            device=device,
        )

    def _on_memory(self, resident_bytes: int) -> None:
        done = _TRIAL_SHARE * min(resident_bytes / self._card.size_bytes, 1.0)
        if done > self._shown:  # it shrinks when the trial frees its memory
            self._shown = done
            self._on_progress(done)


def _with_offload(settings: EngineSettings, offload: Offload) -> EngineSettings:
    """What the person has fixed goes before what worked once."""
    return replace(
        settings,
        n_gpu_layers=settings.n_gpu_layers or offload.n_gpu_layers,
        n_cpu_moe=offload.n_cpu_moe if settings.n_cpu_moe is None else settings.n_cpu_moe,
    )


class GuardedEngine:
    """Satisfies `app.core.generation.Engine`; hands everything but loading to another one."""

    def __init__(
        self,
        engine: Engine,
        trials_file: Path,
        program_version: str,
        tuner: KeptTuning | None = None,
    ) -> None:
        """`tuner` knows how models run best on this computer; None: nothing was measured."""
        self._engine = engine
        self._tuner = tuner
        self._memory = TrialMemory(trials_file)
        self._program_version = program_version
        self._notice: Sentence | None = None

    @property
    def loaded(self) -> LoadedModel | None:
        """The loaded model, with what the person should know about how it was loaded."""
        loaded = self._engine.loaded
        return loaded and replace(loaded, notice=self._notice)

    @property
    def abort_reason(self) -> str | None:
        """llama.cpp's own words when it gave up for good; None while all is well."""
        return self._engine.abort_reason

    def load(
        self, request: LoadRequest, on_progress: Callable[[float], None] = lambda _: None
    ) -> LoadedModel:
        """Try a model that is not known yet, then load it; see `Engine.load`."""
        if self._engine.abort_reason is not None:
            return self._engine.load(request, on_progress)  # raises, with its own words
        self._engine.unload()  # the trial needs its memory
        card = read_model_card(request.path)
        trial = _Trial(self._memory, self._program_version, card, request, on_progress)
        settings = trial.run()
        self._notice = trial.notice

        def on_load(done: float) -> None:
            start = _TRIAL_SHARE if trial.has_run else 0.0
            on_progress(start + (1 - start) * done)

        try:
            loaded = self._load_tuned(request, settings, on_load)
        except ModelLoadError:
            if trial.device_key is not None:
                self._memory.forget(trial.device_key)  # find out anew what the card takes
            raise
        return replace(loaded, notice=self._notice)

    def _load_tuned(
        self,
        request: LoadRequest,
        settings: EngineSettings,
        on_progress: Callable[[float], None],
    ) -> LoadedModel:
        """As it was measured to run best; where that does not load now, as planned."""
        kept = self._tuner and self._tuner.kept(TuneRequest(request.path, request.settings))
        tuned = kept.tuned.completing(settings) if kept else settings
        if tuned != settings:
            try:
                return self._engine.load(replace(request, settings=tuned), on_progress)
            except ModelLoadError as error:
                logger.warning("not loaded as it was measured to run best: %s", error)
        return self._engine.load(replace(request, settings=settings), on_progress)

    def unload(self) -> None:
        """Free the model; nothing happens when none is loaded."""
        self._engine.unload()

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        """Answer; see `Engine.generate`."""
        return self._engine.generate(request)

    def prefill(self, request: PrefillRequest) -> Iterator[PrefillProgress]:
        """Read a prompt ahead; see `Engine.prefill`."""
        return self._engine.prefill(request)

    def n_to_read(self, request: PrefillRequest) -> int:
        """Tokens that would have to be read for a prompt; see `Engine.n_to_read`."""
        return self._engine.n_to_read(request)

    def save_energy(self, is_on: bool) -> None:
        """Compute with half the threads, or with all; see `Engine.save_energy`."""
        self._engine.save_energy(is_on)

    def count_tokens(self, text: str) -> int:
        """Tokens of plain text in this model's vocabulary."""
        return self._engine.count_tokens(text)

    def close(self) -> None:
        """Unload and free all; the last call."""
        self._engine.close()
