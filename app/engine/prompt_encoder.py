"""A prompt to token ids: what fits of it, encoded, with finished messages remembered."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from app.core.attachment import attachment_room, cut_to, shares
from app.core.context_window import fit
from app.core.harmony import (
    ControlToken,
    Prompt,
    PromptMessage,
    Segment,
    render_message,
    without_stale_analysis,
)
from app.core.message import Role
from app.engine.tokenizer import Tokenizer

_REMEMBERED_TOKENS = 400_000  # 4 bytes each, and about as much again of text
_REMEMBERED_CUTS = 16  # messages with attachments
_HEAD_WORTH_KEEPING = 128  # tokens; fewer are read again faster than a window is saved


@dataclass(frozen=True, slots=True)
class EncodedPrompt:
    """What the model is to read."""

    ids: tuple[int, ...]
    n_head: int  # of these, instructions: the part that other conversations may share
    n_before_last: int  # up to the last message, which is the one most likely to be edited
    n_messages: int  # up to the end of the last message
    n_before_answer: int  # up to and with <|start|>assistant
    n_dropped: int  # oldest messages that were left out
    open_ids: tuple[int, ...] = ()  # at the end of `ids`: the text of a continued answer

    @property
    def messages(self) -> tuple[int, ...]:
        """Without what opens the answer."""
        return self.ids[: self.n_messages]

    @property
    def beginning(self) -> tuple[int, ...]:
        """The instructions."""
        return self.ids[: self.n_head]

    @property
    def places(self) -> tuple[int, ...]:
        """Where other prompts are likely to part from this one, in tokens."""
        shared = (self.n_head,) if self.n_head >= _HEAD_WORTH_KEEPING else ()
        return (*shared, self.n_before_last) if self.n_before_last > self.n_head else shared


_Remembered = tuple[tuple[Segment, ...], tuple[int, ...]]  # a message and ids of its text


class PromptEncoder:
    """Encodes prompts for one model; a message of a long history is encoded only once."""

    def __init__(
        self, tokenizer: Tokenizer, n_remembered_tokens: int = _REMEMBERED_TOKENS
    ) -> None:
        self._tokenizer = tokenizer
        self._remembered: OrderedDict[_Remembered, array[int]] = OrderedDict()
        self._n_remembered = 0
        self._n_max = n_remembered_tokens
        self._cuts: dict[tuple[PromptMessage, int], PromptMessage] = {}
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
        tail, open_ids = self._encode_tail(prompt)
        messages = without_stale_analysis(prompt.messages)
        encoded = [self._encode_message(m, n_ctx) for m in messages]
        window = fit(
            n_ctx,
            len(head) + len(tail) + n_header,
            [len(ids) for ids in encoded],
            [i for i, m in enumerate(messages) if m.role is Role.USER],
        )
        ids, n_before_last = list(head), len(head)
        for message in encoded[window.first :]:
            n_before_last = len(ids)
            ids.extend(message)
        n_messages = len(ids)
        n_before_answer = n_messages + len(self._opening)
        ids += tail
        return EncodedPrompt(
            tuple(ids),
            len(head),
            n_before_last,
            n_messages,
            n_before_answer,
            window.n_dropped,
            open_ids,
        )

    def _encode_tail(self, prompt: Prompt) -> tuple[list[int], tuple[int, ...]]:
        """What opens the answer, and of this the text that it goes on from."""
        tail, answer = prompt.tail(), prompt.open_answer
        if not answer.text:
            return self._tokenizer.encode_segments(tail), ()
        open_ids = self._text_ids(answer.text, answer.token_ids)
        return [*self._tokenizer.encode_segments(tail[:-1]), *open_ids], open_ids

    def _encode_message(self, message: PromptMessage, n_ctx: int) -> array[int]:
        """A message whose attachments are cut to what the context can take of them."""
        if not message.attachments:
            return self._encode(render_message(message), message.token_ids)
        if (cut := self._cuts.get((message, n_ctx))) is None:
            cut = self._cuts[message, n_ctx] = self._cut(message, n_ctx)
            if len(self._cuts) > _REMEMBERED_CUTS:
                del self._cuts[next(iter(self._cuts))]
        return self._encode(render_message(cut))

    def _cut(self, message: PromptMessage, n_ctx: int) -> PromptMessage:
        encoded = [self._tokenizer.encode(a.text) for a in message.attachments]
        n_text = len(self._tokenizer.encode(message.text))
        given = shares([len(ids) for ids in encoded], attachment_room(n_ctx, n_text))
        kept = []
        for attachment, ids, n_kept in zip(message.attachments, encoded, given, strict=True):
            if n_kept == len(ids):
                kept.append(attachment)
            else:  # half a character at the end is left out
                text = self._tokenizer.decode(ids[:n_kept]).rstrip("\ufffd")
                kept.append(cut_to(attachment, text))
        is_shortened = tuple(n < len(ids) for n, ids in zip(given, encoded, strict=True))
        return replace(message, attachments=tuple(kept), is_shortened=is_shortened)

    def _encode(
        self, segments: tuple[Segment, ...], text_ids: tuple[int, ...] = ()
    ) -> array[int]:
        key = (segments, text_ids)
        found = self._remembered.get(key)
        if found is not None:
            self._remembered.move_to_end(key)
            return found
        ids = array("i", self._encode_anew(segments, text_ids))
        self._remembered[key] = ids
        self._n_remembered += len(ids)
        while self._n_remembered > self._n_max and len(self._remembered) > 1:
            _, oldest = self._remembered.popitem(last=False)
            self._n_remembered -= len(oldest)
        return ids

    def _encode_anew(
        self, segments: tuple[Segment, ...], text_ids: tuple[int, ...]
    ) -> Iterator[int]:
        """The text of a message is the segment before its end."""
        encode = self._tokenizer.encode_segments
        if not text_ids or not isinstance(segments[-2], str):
            return iter(encode(segments))
        text = self._text_ids(segments[-2], text_ids)
        return chain(encode(segments[:-2]), text, encode(segments[-1:]))

    def _text_ids(self, text: str, known: tuple[int, ...]) -> tuple[int, ...]:
        """`known`, the ids that the model wrote, where they still spell `text`.

        The encoder would often choose others for the same text, and from the first other one
        on nothing of the KV cache could be used.
        """
        if self._tokenizer.spells(known, text):
            return known
        return tuple(self._tokenizer.encode(text))


def chunks(start: int, end: int, size: int) -> list[tuple[int, int]]:
    """Cut the range from `start` to `end` into ranges of at most `size`."""
    return [(i, min(i + size, end)) for i in range(start, end, size)]
