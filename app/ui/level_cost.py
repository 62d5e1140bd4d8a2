"""What it costs to go on at another reasoning level: the whole conversation is read again.

The level stands in the system message, before everything else, so nothing that follows it can
be taken from the KV cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.core.message import Message, ReasoningEffort
from app.ui.answer_times import about_seconds
from app.ui.size_words import number_text
from app.ui.speeds import Speed

LEAST_S = 5.0  # a shorter wait is not worth a word


@dataclass(frozen=True, slots=True)
class LevelCost:
    """What an answer at any level but `level` has to read before it begins."""

    level: ReasoningEffort  # what the KV cache was read with
    n_tokens: int
    seconds: float

    def text(self, chosen: ReasoningEffort) -> str:
        """The sentence for a level; empty where the cost is none."""
        if chosen is self.level:
            return ""
        text = QCoreApplication.translate(
            "AnswerTimes", "The next answer re-reads {n} tokens: {time}."
        )
        text = text.replace("{n}", number_text(self.n_tokens))
        return text.replace("{time}", about_seconds(self.seconds))


def level_cost(
    path: Sequence[Message], level: ReasoningEffort, speed: Speed | None
) -> LevelCost | None:
    """From the newest answer's statistics; None: short, or nothing was measured yet.

    Args:
        path: the shown branch.
        level: what the KV cache was read with.
        speed: of the loaded model.
    """
    newest = next((m for m in reversed(path) if m.is_answer and m.stats is not None), None)
    if newest is None or newest.stats is None or speed is None or speed.prefill_tps <= 0:
        return None
    n_tokens = newest.stats.n_prompt + newest.stats.n_final
    seconds = n_tokens / speed.prefill_tps
    return LevelCost(level, n_tokens, seconds) if seconds >= LEAST_S else None
