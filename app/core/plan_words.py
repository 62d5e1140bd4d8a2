"""The words of a memory plan: what fits, and the one change that would help.

Like an error's sentence, each is an English template with named places, so that the window
can translate it; the context for Qt is "memory".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.byte_count import ByteCount
from app.core.errors import QT_TRANSLATE_NOOP

_TENTH_GB, _TENTH_MB = 100_000_000, 100_000  # bytes


class Verdict(StrEnum):
    """Whether a plan fits what is free now."""

    FITS = "fits"
    TIGHT = "tight"  # it fits, and other programs may be pushed out
    DOES_NOT_FIT = "does_not_fit"  # it can still be tried


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template and what fills it."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)


def ram_sentence(verdict: Verdict, needed: int, available: int) -> Sentence:
    """The verdict with both numbers, about main memory. Bytes."""
    values = _rounded(needed, available)
    if verdict is Verdict.FITS:
        return Sentence(
            QT_TRANSLATE_NOOP(
                "memory",
                "Fits: it needs {needed} of memory and {available} are free.",
            ),
            values,
        )
    if verdict is Verdict.TIGHT:
        return Sentence(
            QT_TRANSLATE_NOOP(
                "memory",
                "Tight: it needs {needed} of memory and {available} are free. "
                "Other programs may become slow.",
            ),
            values,
        )
    return Sentence(
        QT_TRANSLATE_NOOP(
            "memory",
            "Does not fit now: it needs {needed} of memory and {available} are "
            "free. Loaded anyway, it may be very slow.",
        ),
        values,
    )


def _rounded(needed: int, available: int) -> dict[str, ByteCount]:
    """Up and down, so that the two never look equal where one is too small."""
    available = max(available, 0)
    return {
        "needed": _rounded_up(needed),
        "available": ByteCount(available // _step(available) * _step(available)),
    }


def _rounded_up(n: int) -> ByteCount:
    return ByteCount(-(-n // _step(n)) * _step(n))


def _step(n: int) -> int:
    """The last digit that is shown."""
    return _TENTH_GB if n >= 10 * _TENTH_GB else _TENTH_MB


def vram_sentence(needed: int, available: int, device: str) -> Sentence:
    """The card's memory does not suffice for what the person has fixed. Bytes."""
    return Sentence(
        QT_TRANSLATE_NOOP(
            "memory",
            "Does not fit now: it needs {needed} on {device} and {available} are free there.",
        ),
        {**_rounded(needed, available), "device": device},
    )


def smaller_context(n_ctx: int) -> Sentence:
    """It would fit with a context of `n_ctx` tokens."""
    return Sentence(
        QT_TRANSLATE_NOOP("memory", "Choose a context of {n_ctx} tokens: then it fits."),
        {"n_ctx": n_ctx},
    )


def close_programs(missing: int) -> Sentence:
    """It would fit when `missing` bytes more were free."""
    return Sentence(
        QT_TRANSLATE_NOOP("memory", "Close other programs that use about {missing}."),
        {"missing": _rounded_up(max(missing, _TENTH_GB))},
    )


def larger_machine(needed: int) -> Sentence:
    """No change on this computer would make it fit."""
    return Sentence(
        QT_TRANSLATE_NOOP(
            "memory",
            "Choose a smaller model: this one is for computers with {needed} GB of memory.",
        ),
        {"needed": needed},
    )


def automatic_offload() -> Sentence:
    """The person's own division between card and memory does not fit."""
    return Sentence(
        QT_TRANSLATE_NOOP(
            "memory",
            "Set the layers on the graphics card and the experts in main memory to automatic.",
        )
    )


def device_is_wrong(device: str) -> Sentence:
    """A graphics device failed its self-test and is not used."""
    return Sentence(
        QT_TRANSLATE_NOOP(
            "memory",
            "{device} did not pass the self-test: its answers differ from the processor's, or "
            "its driver crashed. The processor is used. A newer driver may help.",
        ),
        {"device": device},
    )


def device_too_slow(device: str) -> Sentence:
    """A graphics device was not ready in the time that its self-test has."""
    return Sentence(
        QT_TRANSLATE_NOOP(
            "memory",
            "{device} was not ready in time: its driver prepares itself at the first use. The "
            "processor is used now; the card is tried once more when the model is next loaded.",
        ),
        {"device": device},
    )


def devices_unreadable() -> Sentence:
    """A graphics driver crashed when it was asked what it has."""
    return Sentence(
        QT_TRANSLATE_NOOP(
            "memory",
            "The graphics driver crashed when it was asked for its devices. The processor is "
            "used. A newer driver may help.",
        )
    )
