"""A text that goes with a message."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.core.errors import UserError

MAX_TEXT_CHARACTERS = 2_000_000  # four times what the largest context (131,072 tokens) holds


class AttachmentError(UserError):
    """A file cannot go with a message."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One text beside the typed words."""

    text: str
    name: str = ""  # of its file; empty: it was pasted
    is_cut: bool = False  # only its beginning: the whole is more than any context holds

    def as_message_text(self) -> str:
        """How it stands in the message: a file under its name, inside a fence."""
        if not self.name:
            return self.text
        language = Path(self.name).suffix.removeprefix(".")
        fence = "`" * max(3, _longest_run(self.text) + 1)
        return f"{self.name}:\n{fence}{language}\n{self.text.rstrip()}\n{fence}"


def cut(text: str, name: str) -> Attachment:
    """An attachment with at most `MAX_TEXT_CHARACTERS`."""
    if len(text) <= MAX_TEXT_CHARACTERS:
        return Attachment(text, name)
    return Attachment(text[:MAX_TEXT_CHARACTERS], name, is_cut=True)


def _longest_run(text: str) -> int:
    """Length of the longest run of backquotes."""
    longest = run = 0
    for sign in text:
        run = run + 1 if sign == "`" else 0
        longest = max(longest, run)
    return longest
