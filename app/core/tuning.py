"""Measuring how a model runs best on this computer: what is asked, what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.core.cancellation import CancelToken
from app.core.generation import EngineSettings

# A turn of a long conversation: what reading ahead leaves to be read, and an answer.
_TURN_READS, _TURN_WRITES = 400, 400  # tokens


class Knob(StrEnum):
    """What is varied; each is a field of `EngineSettings`."""

    THREADS = "n_threads"
    UBATCH = "n_ubatch"
    CPU_MOE = "n_cpu_moe"
    MMAP = "use_mmap"
    FLASH_ATTENTION = "flash_attention"


@dataclass(frozen=True, slots=True)
class Speeds:
    """Tokens per second."""

    prefill_tps: float
    decode_tps: float

    @property
    def turn_seconds(self) -> float:
        """How long a usual turn would take."""
        return _TURN_READS / self.prefill_tps + _TURN_WRITES / self.decode_tps


@dataclass(frozen=True, slots=True)
class Tuned:
    """Settings that were better than the automatic ones; None: those stay."""

    n_threads: int | None = None
    n_ubatch: int | None = None
    n_cpu_moe: int | None = None
    use_mmap: bool | None = None
    flash_attention: bool | None = None

    @property
    def is_automatic(self) -> bool:
        """True when nothing is better than what the program decides by itself."""
        return self == Tuned()

    def completing(self, settings: EngineSettings) -> EngineSettings:
        """What the person has fixed goes before what was measured."""
        return replace(
            settings,
            **{
                knob.value: getattr(self, knob.value)
                for knob in Knob
                if getattr(settings, knob.value) is None
            },
        )


@dataclass(frozen=True, slots=True)
class TuneTrial:
    """One value that was tried, beside the automatic one in the same rounds."""

    knob: Knob
    value: int
    before: Speeds
    after: Speeds
    is_taken: bool = False

    @property
    def gain(self) -> float:
        """Share of the time that it saves; negative: it is slower.

        Of a usual turn; of reading alone for the number of tokens that are read at once,
        which writing knows nothing of.
        """
        if self.knob is Knob.UBATCH:
            return 1 - self.before.prefill_tps / self.after.prefill_tps
        return 1 - self.after.turn_seconds / self.before.turn_seconds


@dataclass(frozen=True, slots=True)
class TuneResult:
    """What the measuring of one model on this computer came to."""

    model_name: str
    device: str  # in words
    tuned: Tuned
    before: Speeds  # automatic
    after: Speeds  # with `tuned`; the same when that is automatic
    trials: tuple[TuneTrial, ...] = ()
    seconds: float = 0.0  # that it took


@dataclass(frozen=True, slots=True)
class TuneRequest:
    """A model that is to be measured."""

    path: Path
    settings: EngineSettings = field(default_factory=EngineSettings)  # what is set stays
    n_gpu_layers: int | None = None  # as it is loaded now: the card may have been refused
    cancel: CancelToken = field(default_factory=CancelToken)

    @property
    def measured(self) -> EngineSettings:
        """What the measuring begins with."""
        if self.n_gpu_layers is None:
            return self.settings
        return replace(self.settings, n_gpu_layers=self.n_gpu_layers)


@dataclass(frozen=True, slots=True)
class TuneProgress:
    """How far it is, and what has been tried so far."""

    fraction: float  # 0..1
    trials: tuple[TuneTrial, ...] = ()


class KeptTuning(Protocol):
    """What was measured earlier, as loading needs it."""

    def kept(self, request: TuneRequest) -> TuneResult | None:
        """What is used when this model is loaded like this; None: the automatic settings."""
        ...


class Tuner(KeptTuning, Protocol):
    """Measures in a process of its own, and keeps what came of it. One thread."""

    def tune(
        self, request: TuneRequest, on_progress: Callable[[TuneProgress], None]
    ) -> TuneResult:
        """Measure; under two minutes. Blocks. Nothing is kept.

        Raises:
            Cancelled: within a tenth of a second of `request.cancel`.
            ModelError: the model does not load here, with the sentence.
        """
        ...

    def keep(self, request: TuneRequest, result: TuneResult) -> None:
        """Use it from the next load on."""
        ...

    def forget(self, request: TuneRequest) -> None:
        """Back to automatic from the next load on."""
        ...
