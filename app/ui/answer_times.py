"""How long an answer will take at each reasoning level, from what was measured here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.core.message import GenerationStats, ReasoningEffort

# Tokens of thinking and answer together that are assumed before anything was measured;
# a guess that the first answers at a level correct.
_TYPICAL_TOKENS = {
    ReasoningEffort.LOW: 300.0,
    ReasoningEffort.MEDIUM: 800.0,
    ReasoningEffort.HIGH: 2500.0,
}
_WEIGHT = 0.3  # of the newest answer in the running mean
_MINUTE = 60.0
_ROUND_TO_S = 5  # seconds; less would pretend to know


class AnswerTimes:
    """Running means of answer lengths by level, and the last speed, of one model."""

    def __init__(self) -> None:
        self._tokens = dict(_TYPICAL_TOKENS)
        self._decode_tps = 0.0

    def learn(self, effort: ReasoningEffort, stats: GenerationStats) -> None:
        """Take the statistics of a finished answer into account."""
        if stats.decode_tps <= 0 or stats.n_generated <= 0:
            return
        self._decode_tps = stats.decode_tps
        mean = self._tokens[effort]
        self._tokens[effort] = mean + _WEIGHT * (stats.n_generated - mean)

    def seconds(self, effort: ReasoningEffort) -> float | None:
        """Expected seconds to the end of an answer; None: no speed was measured yet."""
        if self._decode_tps <= 0:
            return None
        return self._tokens[effort] / self._decode_tps


def about_seconds(seconds: float) -> str:
    """A rough time in words: "about 15 s", "about 2 min"."""
    if seconds < _ROUND_TO_S:
        return QCoreApplication.translate("AnswerTimes", "a few seconds")
    if seconds < 1.5 * _MINUTE:
        rounded = max(_ROUND_TO_S, round(seconds / _ROUND_TO_S) * _ROUND_TO_S)
        text = QCoreApplication.translate("AnswerTimes", "about {n} s")
        return text.replace("{n}", str(rounded))
    text = QCoreApplication.translate("AnswerTimes", "about {n} min")
    return text.replace("{n}", str(round(seconds / _MINUTE)))
