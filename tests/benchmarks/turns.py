"""A conversation of several turns that every engine under test holds in the same words."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app.core.harmony import ControlToken, PromptMessage
from app.core.message import Channel, Role
from app.engine.bindings import bindings
from app.engine.tokenizer import Tokenizer
from tests.benchmarks.engine import WORDS


@dataclass(frozen=True)
class Turn:
    """One question with what the model thinks and answers."""

    question: str
    analysis: tuple[int, ...]
    answer: tuple[int, ...]
    answer_text: str

    def messages(self) -> tuple[PromptMessage, PromptMessage]:
        final = PromptMessage(
            Role.ASSISTANT, self.answer_text, Channel.FINAL, token_ids=self.answer
        )
        return PromptMessage(Role.USER, self.question), final


def conversation(
    tokenizer: Tokenizer, n_turns: int, n_question: int, n_analysis: int, n_answer: int
) -> list[Turn]:
    """Turns of about so many tokens each, always the same."""
    rng = random.Random(4)

    def words(n: int) -> str:
        return " ".join(rng.choice(WORDS) for _ in range(n))

    turns = []
    for _ in range(n_turns):
        answer = words(n_answer)
        analysis = tuple(tokenizer.encode(words(n_analysis)))
        turns.append(Turn(words(n_question), analysis, tuple(tokenizer.encode(answer)), answer))
    return turns


@contextmanager
def speaking(turn: Turn) -> Iterator[None]:
    """Let the sampler do its work, but say what the turn says.

    A model with random weights would end its thinking and its answer by chance.
    """
    low: Any = bindings()
    sample = low.llama_sampler_sample
    said = iter((*turn.analysis, ControlToken.END, *turn.answer, ControlToken.RETURN))

    def scripted(chain: Any, context: Any, place: int) -> int:
        sample(chain, context, place)
        return int(next(said))

    low.llama_sampler_sample = scripted
    try:
        yield
    finally:
        low.llama_sampler_sample = sample
