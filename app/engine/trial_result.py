"""What a trial load found out, as a value and as one line of JSON."""

from __future__ import annotations

import json
import signal
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from app.core.errors import QT_TRANSLATE_NOOP, ModelFileError, ModelLoadError, UserError


class TrialOutcome(StrEnum):
    """How a trial ended."""

    OK = "ok"
    REFUSED = "refused"  # an error with a sentence: the file, or the memory
    CRASHED = "crashed"  # the process died
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class TrialText:
    """What a trial is given to read, and what it is to say."""

    prompt: tuple[int, ...] = ()  # token ids; empty: some from all over the vocabulary
    forced: tuple[int, ...] = ()  # fed instead of the drawn tokens: two devices see the same
    n_tokens: int = 2  # how many are drawn when none are forced


ANY_TEXT = TrialText()


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One trial load in a process of its own."""

    outcome: TrialOutcome
    file: str  # name, without its folder
    template: str = ""  # of the sentence, when it is not OK
    values: dict[str, str | int | float] = field(default_factory=dict)
    is_about_file: bool = False  # the file itself is wrong: other settings will not help
    tokens: tuple[int, ...] = ()  # the likeliest ones, in order
    load_seconds: float = 0.0
    prefill_tps: float = 0.0
    decode_tps: float = 0.0
    peak_memory_bytes: int = 0  # of the process, mapped weights included; 0: not known
    device: str = ""  # in words

    @property
    def is_ok(self) -> bool:
        """True when the model loaded and answered."""
        return self.outcome is TrialOutcome.OK

    def error(self) -> UserError:
        """The sentence to raise when it is not OK."""
        kind = ModelFileError if self.is_about_file else ModelLoadError
        return kind(self.template, **self.values)

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read `to_json`'s line.

        Raises:
            ValueError: it is none.
        """
        try:
            raw: dict[str, Any] = json.loads(text)
            raw["outcome"] = TrialOutcome(raw["outcome"])
            raw["tokens"] = tuple(int(t) for t in raw["tokens"])
            return cls(**raw)
        except (KeyError, TypeError) as error:
            raise ValueError("not a trial's result") from error


def refused(path: Path, error: UserError) -> ProbeResult:
    """The trial ended with a sentence."""
    values = {
        name: value if isinstance(value, (int, float)) else str(value)
        for name, value in error.values.items()
    }
    return ProbeResult(
        TrialOutcome.REFUSED,
        path.name,
        template=error.template,
        values=values,
        is_about_file=isinstance(error, ModelFileError),
    )


def crashed(path: Path, return_code: int, last_words: str) -> ProbeResult:
    """The process died by itself or was killed by the system.

    Args:
        path: the model.
        return_code: of the process; negative for a signal.
        last_words: what it wrote to standard error.
    """
    number = -return_code
    if number == signal.SIGABRT:
        template = QT_TRANSLATE_NOOP(
            "errors",
            "llama.cpp gave up in a trial load of {file} ({reason}). Lumbre itself is not "
            "affected and your conversations are safe. Download the model again, or choose "
            "another one.",
        )
    elif number == getattr(signal, "SIGKILL", 9):
        template = QT_TRANSLATE_NOOP(
            "errors",
            "The system ended a trial load of {file}, probably because memory ran out. Your "
            "conversations are safe. Close other programs, or choose a smaller model or "
            "context.",
        )
    elif number == getattr(signal, "SIGILL", 4):
        template = QT_TRANSLATE_NOOP(
            "errors",
            "A trial load of {file} used an instruction that this processor does not have. "
            "Your conversations are safe. Install the build of Lumbre for this computer.",
        )
    else:
        template = QT_TRANSLATE_NOOP(
            "errors",
            "A trial load of {file} crashed ({reason}). Lumbre itself is not affected and your "
            "conversations are safe. Download the model again, or choose another one; if a "
            "graphics card was used, set it to off.",
        )
    return ProbeResult(
        TrialOutcome.CRASHED,
        path.name,
        template=template,
        values={"file": path.name, "reason": _reason(return_code, last_words)},
    )


def timed_out(path: Path, timeout_s: float) -> ProbeResult:
    """The process was ended because it took too long."""
    return ProbeResult(
        TrialOutcome.TIMED_OUT,
        path.name,
        template=QT_TRANSLATE_NOOP(
            "errors",
            "A trial load of {file} did not end within {seconds} seconds and was stopped. Your "
            "conversations are safe. The drive may be too slow or the memory too small: close "
            "other programs and try again, or choose a smaller model.",
        ),
        values={"file": path.name, "seconds": round(timeout_s)},
    )


def _reason(return_code: int, last_words: str) -> str:
    """The signal by name; for an abort the assertion that failed."""
    for line in reversed(last_words.splitlines()):
        if "GGML_ASSERT" in line or "what():" in line or "GGML_ABORT" in line:
            return line.replace("\\", "/").rsplit("/", 1)[-1].strip()[:160]
    if return_code < 0:
        try:
            return signal.Signals(-return_code).name
        except ValueError:
            return f"signal {-return_code}"
    return f"code {return_code:#x}"
