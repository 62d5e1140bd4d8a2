"""What the next answer has to read before it begins, at each reasoning level.

The level stands in the system message, before everything else, so at another one the whole
conversation is read again, unless the engine has kept what it read at that level before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.core.message import ReasoningEffort
from app.ui.answer_times import about_seconds
from app.ui.size_words import number_text

LEAST_S = 5.0  # a shorter wait is not worth a word


@dataclass(frozen=True, slots=True)
class LevelCost:
    """Tokens that are to be read at each level, and how fast that goes."""

    n_tokens: Mapping[ReasoningEffort, int]
    prefill_tps: float  # over 0

    def text(self, level: ReasoningEffort) -> str:
        """The sentence for a level; empty where it costs next to nothing."""
        n = self.n_tokens.get(level, 0)
        seconds = n / self.prefill_tps
        if seconds < LEAST_S:
            return ""
        text = QCoreApplication.translate(
            "AnswerTimes", "The next answer re-reads {n} tokens: {time}."
        )
        return text.replace("{n}", number_text(n)).replace("{time}", about_seconds(seconds))


NO_COST = LevelCost({}, 1.0)
