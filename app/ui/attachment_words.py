"""Attachments in words: what they are called and how long they are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLocale

from app.core.attachment import Attachment, AttachmentKind

_NAME_CHARACTERS = 32
ICONS = {
    AttachmentKind.TEXT: "file-text",
    AttachmentKind.CODE: "file-code",
    AttachmentKind.PDF: "file-type",
    AttachmentKind.WORD: "file-text",
    AttachmentKind.PASTE: "clipboard",
}


def full_name(attachment: Attachment) -> str:
    """The file's name in one line; that it was pasted when it has none."""
    name = " ".join(attachment.name.split())
    return name or QCoreApplication.translate("attachments", "Pasted text")


def short_name(attachment: Attachment) -> str:
    """The name with its middle left out when it is long."""
    return shortened(full_name(attachment))


def shortened(name: str) -> str:
    """`name` with its middle left out when it is long."""
    if len(name) <= _NAME_CHARACTERS:
        return name
    half = _NAME_CHARACTERS // 2
    return f"{name[:half]}…{name[-half:]}"


def length_text(attachment: Attachment) -> str:
    """Its tokens, "about" where they were not counted; and that it is only the beginning."""
    translate, locale = QCoreApplication.translate, QLocale()
    is_one = attachment.estimated_tokens == 1
    if attachment.n_tokens is None and is_one:
        text = translate("attachments", "about 1 token")
    elif is_one:
        text = translate("attachments", "1 token")
    elif attachment.n_tokens is not None:
        text = translate("attachments", "{n} tokens")
    else:
        text = translate("attachments", "about {n} tokens")
    text = text.replace("{n}", locale.toString(attachment.estimated_tokens))
    if attachment.is_cut:
        text += " · " + translate("attachments", "only the beginning")
    return text


def chip_label(attachment: Attachment) -> str:
    """What stands on a chip."""
    return f"{short_name(attachment)} · {length_text(attachment)}"


def cut_warning(attachment: Attachment, percent: int, n_cut: int) -> str:
    """That attachments are larger than the context can take; said before they are sent.

    Args:
        attachment: the one of which least is read.
        percent: how much of it is read, 0..100.
        n_cut: how many attachments are not read whole.
    """
    translate = QCoreApplication.translate
    if n_cut > 1:
        text = translate(
            "attachments",
            "{n} attachments do not fit the context: the model reads their beginnings only. "
            "All of them is kept with your message.",
        )
        return text.replace("{n}", str(n_cut))
    text = translate(
        "attachments",
        "{name} does not fit the context: the model reads about the first {percent} % of it. "
        "All of it is kept with your message.",
    )
    return text.replace("{percent} %", f"{percent}\u00a0%").replace(
        "{name}", short_name(attachment)
    )


def with_names(text: str, attachments: Sequence[Attachment]) -> str:
    """A message as it is copied: the names of its attachments, then its words."""
    names = "\n".join(f"[{full_name(a)}]" for a in attachments)
    return "\n\n".join(part for part in (names, text) if part)
