"""Reading a file as text, whatever its kind."""

from __future__ import annotations

import stat
from pathlib import Path

from app.core.errors import QT_TRANSLATE_NOOP
from app.documents.attachment import Attachment, AttachmentError, cut

MAX_FILE_BYTES = 20_000_000
_ENCODINGS = ("utf-8-sig", "cp1252")  # tried in this order; with a byte order mark: UTF-16
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_OTHER_DOCUMENTS = {".pdf", ".doc", ".odt", ".rtf", ".xlsx", ".pptx", ".epub"}


def read_attachment(path: Path) -> Attachment:
    """Read a text file or a Word document (.docx). Blocks: not for the GUI thread.

    Raises:
        AttachmentError: it is no regular file, too large, unreadable, damaged, or no text.
    """
    data = _bytes_of(path)
    if path.suffix.lower() == ".docx":
        from app.documents.docx import text_of_docx

        return cut(text_of_docx(data, path.name), path.name)
    return cut(_plain_text(data, path), path.name)


def _bytes_of(path: Path) -> bytes:
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
        if status.st_size > MAX_FILE_BYTES:
            raise AttachmentError(
                QT_TRANSLATE_NOOP(
                    "errors",
                    "{name} is larger than 20 MB, so it was not attached. Your message is "
                    "kept. Attach a part of it.",
                ),
                name=path.name,
            )
        return path.read_bytes()
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


def _plain_text(data: bytes, path: Path) -> str:
    if data.startswith(_BYTE_ORDER_MARKS):
        return data.decode("utf-16", "replace")
    is_other = path.suffix.lower() in _OTHER_DOCUMENTS
    if not is_other and b"\0" not in data:
        for encoding in _ENCODINGS:
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise AttachmentError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{name} holds no text that Lumbre can read, so it was not attached. Your message "
            "is kept. Text, code and Word files (.docx) can be attached; from other "
            "documents, copy the text and paste it.",
        ),
        name=path.name,
    )
