"""What several rounds of measuring say together about one value of a setting."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from app.core.tuning import Knob, Speeds

Round = dict[int, Speeds]  # by value; the automatic one is in each


def both(
    rounds: Sequence[Round], default: int, value: int
) -> tuple[list[Speeds], list[Speeds]]:
    """The automatic value and another one, in the rounds that tried both."""
    pairs = [(r[default], r[value]) for r in rounds if value in r]
    return [before for before, _ in pairs], [after for _, after in pairs]


def middle(speeds: Sequence[Speeds]) -> Speeds:
    """The median of both speeds."""
    return Speeds(median(s.prefill_tps for s in speeds), median(s.decode_tps for s in speeds))


def is_steady(knob: Knob | None, before: Sequence[Speeds], after: Sequence[Speeds]) -> bool:
    """True when the slowest of its rounds was faster than the fastest of the others.

    Only reading counts for the number of tokens that are read at once.
    """

    def cost(speeds: Speeds) -> float:
        return 1 / speeds.prefill_tps if knob is Knob.UBATCH else speeds.turn_seconds

    return max(map(cost, after)) < min(map(cost, before))
