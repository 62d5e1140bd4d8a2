"""Text and code files that go with a message."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import QT_TRANSLATE_NOOP, UserError

MAX_BYTES = 2_000_000  # more than any context holds: 131,072 tokens are about 500,000 bytes
_ENCODINGS = ("utf-8-sig", "cp1252")  # tried in this order; with a mark of order: UTF-16
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_DOCUMENTS = {".pdf", ".docx", ".doc", ".odt", ".rtf", ".xlsx", ".pptx", ".epub"}


class AttachmentError(UserError):
    """A file cannot go with a message."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One text beside the typed words."""

    text: str
    name: str = ""  # of its file; empty: it was pasted

    def as_message_text(self) -> str:
        """How it stands in the message: a file under its name, inside a fence."""
        if not self.name:
            return self.text
        language = Path(self.name).suffix.removeprefix(".")
        fence = "`" * max(3, _longest_run(self.text) + 1)
        return f"{self.name}:\n{fence}{language}\n{self.text.rstrip()}\n{fence}"


def read_attachment(path: Path) -> Attachment:
    """Read a text file.

    Raises:
        AttachmentError: it is no regular file, too large, unreadable, or no text.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise AttachmentError(
                QT_TRANSLATE_NOOP(
                    "errors",
                    "{name} is a folder or a device, so it was not attached. Your message is "
                    "kept. Choose a file.",
                ),
                name=path.name,
            )
        if status.st_size > MAX_BYTES:
            raise AttachmentError(
                QT_TRANSLATE_NOOP(
                    "errors",
                    "{name} is larger than 2 MB, which is more than the model can read at "
                    "once, so it was not attached. Your message is kept. Attach a part of it.",
                ),
                name=path.name,
            )
        data = path.read_bytes()
    except OSError as error:
        raise AttachmentError(
            QT_TRANSLATE_NOOP(
                "errors",
                "{name} cannot be read ({reason}), so it was not attached. Your message is "
                "kept. Check the file and its rights.",
            ),
            name=path.name,
            reason=error.strerror or str(error),
        ) from error
    return Attachment(_text_of(data, path), path.name)


def _text_of(data: bytes, path: Path) -> str:
    if data.startswith(_BYTE_ORDER_MARKS):
        return data.decode("utf-16", "replace")
    is_document = path.suffix.lower() in _DOCUMENTS
    if not is_document and b"\0" not in data:
        for encoding in _ENCODINGS:
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise AttachmentError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{name} is not a text file, so it was not attached. Your message is kept. Text "
            "and code files can be attached; from other documents, copy the text and paste it.",
        ),
        name=path.name,
    )


def _longest_run(text: str) -> int:
    """Length of the longest run of backquotes."""
    longest = run = 0
    for sign in text:
        run = run + 1 if sign == "`" else 0
        longest = max(longest, run)
    return longest
