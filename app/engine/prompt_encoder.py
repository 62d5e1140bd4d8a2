"""A prompt to token ids: what fits of it, encoded, with finished messages remembered."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from dataclasses import dataclass

from app.core.context_window import fit
from app.core.harmony import (
    ControlToken,
    Prompt,
    Segment,
    render_message,
    without_stale_analysis,
)
from app.core.message import Role
from app.engine.tokenizer import Tokenizer

_REMEMBERED_TOKENS = 400_000  # 4 bytes each, and about as much again of text


@dataclass(frozen=True, slots=True)
class EncodedPrompt:
    """What the model is to read."""

    ids: tuple[int, ...]
    n_head: int  # of these, instructions: the part that other conversations may share
    n_messages: int  # up to the end of the last message
    n_before_answer: int  # up to and with <|start|>assistant
    n_dropped: int  # oldest messages that were left out


class PromptEncoder:
    """Encodes prompts for one model; a message of a long history is encoded only once."""

    def __init__(
        self, tokenizer: Tokenizer, n_remembered_tokens: int = _REMEMBERED_TOKENS
    ) -> None:
        self._tokenizer = tokenizer
        self._remembered: OrderedDict[tuple[Segment, ...], array[int]] = OrderedDict()
        self._n_remembered = 0
        self._n_max = n_remembered_tokens
        self._opening = tokenizer.encode_segments((ControlToken.START, Role.ASSISTANT.value))

    def encode(self, prompt: Prompt, n_ctx: int, n_header: int) -> EncodedPrompt:
        """Encode what fits a context of `n_ctx` tokens, oldest turns left out first.

        Args:
            prompt: everything there is.
            n_ctx: tokens of the context.
            n_header: tokens that will be forced after the prompt.

        Raises:
            PromptTooLongError: the newest turn alone does not fit.
        """
        head = self._encode(prompt.head())
        tail = self._tokenizer.encode_segments(prompt.tail())
        messages = without_stale_analysis(prompt.messages)
        encoded = [self._encode(render_message(m)) for m in messages]
        window = fit(
            n_ctx,
            len(head) + len(tail) + n_header,
            [len(ids) for ids in encoded],
            [i for i, m in enumerate(messages) if m.role is Role.USER],
        )
        ids = list(head)
        for message in encoded[window.first :]:
            ids.extend(message)
        n_messages = len(ids)
        n_before_answer = n_messages + len(self._opening)
        ids += tail
        return EncodedPrompt(
            tuple(ids), len(head), n_messages, n_before_answer, window.n_dropped
        )

    def _encode(self, segments: tuple[Segment, ...]) -> array[int]:
        found = self._remembered.get(segments)
        if found is not None:
            self._remembered.move_to_end(segments)
            return found
        ids = array("i", self._tokenizer.encode_segments(segments))
        self._remembered[segments] = ids
        self._n_remembered += len(ids)
        while self._n_remembered > self._n_max and len(self._remembered) > 1:
            _, oldest = self._remembered.popitem(last=False)
            self._n_remembered -= len(oldest)
        return ids


def chunks(start: int, end: int, size: int) -> list[tuple[int, int]]:
    """Cut the range from `start` to `end` into ranges of at most `size`."""
    return [(i, min(i + size, end)) for i in range(start, end, size)]
