"""Texts that go with a message: files and long pasted texts, and how the model reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.core.context_window import answer_reserve

MAX_TEXT_CHARACTERS = 2_000_000  # four times what the largest context (131,072 tokens) holds
MOST_ATTACHMENTS = 100  # of one message
CHARACTERS_PER_TOKEN = 4.0  # a rough mean over languages, for what was not counted
_FRAME_TOKENS = 40  # name, fences and notes around one text, generously
_LONGEST_FENCE = 24  # a longer run inside a text is shortened for the model
_RUN = re.compile("`+")
_TOO_LONG_RUN = re.compile(f"`{{{_LONGEST_FENCE},}}")


class AttachmentKind(StrEnum):
    """Where the text comes from."""

    TEXT = "text"
    CODE = "code"
    PDF = "pdf"
    WORD = "word"
    PASTE = "paste"  # too long for the composer's field


@dataclass(frozen=True, slots=True)
class Attachment:
    """One text beside the typed words of a message."""

    text: str
    name: str = ""  # of its file; empty: it was pasted
    kind: AttachmentKind = AttachmentKind.TEXT
    n_tokens: int | None = None  # of the text, exactly; None: not counted yet
    is_cut: bool = False  # only the beginning of the file: the whole is more than is kept

    @property
    def n_characters(self) -> int:
        """Length of the text in code points."""
        return len(self.text)

    @property
    def estimated_tokens(self) -> int:
        """Tokens of the text: exact where they were counted, else about."""
        if self.n_tokens is not None:
            return self.n_tokens
        return round(len(self.text) / CHARACTERS_PER_TOKEN)


def attachment_room(n_ctx: int, n_text: int) -> int:
    """Tokens that the attachments of one message may take in a context of `n_ctx` tokens.

    It depends on nothing but the message itself: the same message is cut the same way in
    each turn, so that what the KV cache holds of it stays valid.

    Args:
        n_ctx: tokens of the context.
        n_text: tokens of the typed text.
    """
    room = (n_ctx - answer_reserve(n_ctx)) * 3 // 4
    return max(room - n_text, 0)


def shares(sizes: Sequence[int], room: int) -> tuple[int, ...]:
    """How many tokens of each text enter the prompt: small texts whole, the largest cut.

    Args:
        sizes: tokens of each text.
        room: as `attachment_room`; the frames around the texts are taken off it here.
    """
    left = max(room - _FRAME_TOKENS * len(sizes), 0)
    given = [0] * len(sizes)
    order = sorted(range(len(sizes)), key=lambda i: sizes[i])
    for n_waiting, i in zip(range(len(sizes), 0, -1), order, strict=True):
        given[i] = min(sizes[i], left // n_waiting)
        left -= given[i]
    return tuple(given)


def as_prompt_text(
    attachments: Sequence[Attachment], typed: str, is_shortened: Sequence[bool] = ()
) -> str:
    """What the model reads of a message: each text under its name in a fence, then the words.

    A fence is longer than any run of its sign inside, so a text cannot end it. The whole is
    encoded as plain text: no control token can come of it.

    Args:
        attachments: as they are to be read, cut already.
        typed: what the person wrote.
        is_shortened: for each attachment, whether it was cut for this prompt; () for none.
    """
    parts = []
    for number, attachment in enumerate(attachments):
        is_short = bool(is_shortened) and is_shortened[number]
        parts.append(_framed(attachment, is_short or attachment.is_cut))
    if typed:
        parts.append(typed)
    return "\n\n".join(parts)


def cut_to(attachment: Attachment, text: str) -> Attachment:
    """The same attachment with a beginning of its text."""
    return replace(attachment, text=text, n_tokens=None)


def _framed(attachment: Attachment, is_short: bool) -> str:
    name = " ".join(attachment.name.split())
    head = f"Attached file: {name}" if name else "Attached text"
    if is_short:
        head += " (only its beginning, the rest is left out)"
    text = _TOO_LONG_RUN.sub("`" * (_LONGEST_FENCE - 1), attachment.text.rstrip())
    fence = "`" * max(3, longest_run(text) + 1)
    return f"{head}\n{fence}\n{text}\n{fence}"


def longest_run(text: str) -> int:
    """Length of the longest run of backquotes: a fence around `text` must be longer."""
    return max(map(len, _RUN.findall(text)), default=0)
