"""Making attachments of what was read, and the error for what cannot be."""

from __future__ import annotations

from app.core.attachment import MAX_TEXT_CHARACTERS, Attachment, AttachmentKind
from app.core.errors import UserError


class AttachmentError(UserError):
    """A file cannot go with a message."""


def cut(
    text: str,
    name: str,
    kind: AttachmentKind = AttachmentKind.TEXT,
    *,
    is_cut: bool = False,
) -> Attachment:
    """An attachment with at most `MAX_TEXT_CHARACTERS`.

    Args:
        text: of the file.
        name: of the file.
        kind: what it is.
        is_cut: `text` is only the beginning already.
    """
    is_cut = is_cut or len(text) > MAX_TEXT_CHARACTERS
    return Attachment(text[:MAX_TEXT_CHARACTERS], name, kind, is_cut=is_cut)
