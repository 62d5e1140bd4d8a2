"""Reading a file as text, whatever its kind."""

from __future__ import annotations

import stat
from pathlib import Path

from app.core.attachment import Attachment, AttachmentKind
from app.core.cancellation import CancelToken
from app.core.errors import QT_TRANSLATE_NOOP
from app.documents.attachment import AttachmentError, cut

MAX_FILE_BYTES = 20_000_000
_ENCODINGS = ("utf-8-sig", "cp1252")  # tried in this order; with a byte order mark: UTF-16
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_OTHER_DOCUMENTS = {".doc", ".odt", ".rtf", ".xlsx", ".pptx", ".epub"}
_PROSE = {"", ".txt", ".md", ".markdown", ".rst", ".text", ".log", ".csv", ".tsv", ".tex"}


def read_attachment(path: Path, cancel: CancelToken | None = None) -> Attachment:
    """Read a text file, a PDF or a Word document (.docx). Blocks: not for the GUI thread.

    Args:
        path: of the file.
        cancel: ends the reading of a PDF within a tenth of a second.

    Raises:
        AttachmentError: it is no regular file, too large, unreadable, damaged, or no text.
        Cancelled: by `cancel`.
    """
    data, name = _bytes_of(path), path.name
    if path.suffix.lower() == ".pdf" or data.startswith(b"%PDF-"):
        from app.documents.pdf import text_of_pdf

        text, is_cut = text_of_pdf(data, name, cancel or CancelToken())
        return cut(text, name, AttachmentKind.PDF, is_cut=is_cut)
    if path.suffix.lower() == ".docx":
        from app.documents.docx import text_of_docx

        return cut(text_of_docx(data, name), name, AttachmentKind.WORD)
    is_prose = path.suffix.lower() in _PROSE
    kind = AttachmentKind.TEXT if is_prose else AttachmentKind.CODE
    # The model reads one kind of line end; Windows' own would cost it a token a line.
    text = _plain_text(data, path).replace("\r\n", "\n").replace("\r", "\n")
    return cut(text, name, kind)


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
            "is kept. Text, code, PDF and Word files (.docx) can be attached; from other "
            "documents, copy the text and paste it.",
        ),
        name=path.name,
    )
