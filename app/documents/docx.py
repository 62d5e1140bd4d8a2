"""Text of a Word document (ECMA-376): paragraphs, lists as lines, tables as rows.

A .docx is a zip of XML files. Nothing in it is executed, followed or fetched; macros, images,
comments and tracked deletions are left out.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from app.core.errors import QT_TRANSLATE_NOOP
from app.documents.attachment import AttachmentError

MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 100_000_000
MAX_RATIO = 100  # unpacked to packed; real documents stay far below
_SMALL_BYTES = 1_000_000  # below this the ratio does not matter
_BODY = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def text_of_docx(data: bytes, name: str) -> str:
    """The document's text; cells of a row are parted by tabs.

    Raises:
        AttachmentError: it is no Word document, damaged, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            body = _read_body(archive, name)
        return "\n".join(_lines(ElementTree.fromstring(body)))  # noqa: S314 - see _read_body
    except (
        zipfile.BadZipFile,
        zlib.error,
        ElementTree.ParseError,
        KeyError,
        EOFError,
        NotImplementedError,  # an unknown way of packing
        RuntimeError,  # a password
        UnicodeDecodeError,
        ValueError,
        RecursionError,
    ) as error:
        raise _damaged(name) from error


def _read_body(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(_BODY)
    ratio = info.file_size / max(1, info.compress_size)
    is_bomb = (
        len(archive.infolist()) > MAX_ENTRIES
        or info.file_size > MAX_UNPACKED_BYTES
        or (info.file_size > _SMALL_BYTES and ratio > MAX_RATIO)
    )
    if is_bomb:
        raise _damaged(name)
    with archive.open(info) as file:
        body = file.read(info.file_size + 1)  # the size in the directory may lie
    # Entities have no place in Word's XML, and they can grow without limit. Only UTF-8 is
    # looked through for them, and only UTF-8 is what Word writes.
    is_utf8 = b"\0" not in body[:4] and not body.startswith((b"\xff\xfe", b"\xfe\xff"))
    has_entities = b"<!DOCTYPE" in body or b"<!ENTITY" in body
    if len(body) > info.file_size or has_entities or not is_utf8:
        raise _damaged(name)
    return body


def _lines(root: ElementTree.Element) -> Iterator[str]:
    body = root.find(f"{_W}body")
    for part in body if body is not None else ():
        yield from _block(part)


def _block(part: ElementTree.Element) -> Iterator[str]:
    if part.tag == f"{_W}p":
        yield _paragraph(part)
    elif part.tag == f"{_W}tbl":
        for row in part.iter(f"{_W}tr"):
            cells = row.findall(f"{_W}tc")
            yield "\t".join(
                " ".join(_paragraph(p) for p in cell.iter(f"{_W}p")).strip() for cell in cells
            )
    elif part.tag == f"{_W}sdt":  # a content control: its content is ordinary
        for content in part.findall(f"{_W}sdtContent"):
            for inner in content:
                yield from _block(inner)


def _paragraph(paragraph: ElementTree.Element) -> str:
    signs = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
    parts = []
    for element in paragraph.iter():
        if element.tag == f"{_W}t":
            parts.append(element.text or "")
        elif element.tag in signs:
            parts.append(signs[element.tag])
    text = "".join(parts)
    is_listed = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
    return f"- {text}" if is_listed and text.strip() else text


def _damaged(name: str) -> AttachmentError:
    return AttachmentError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{name} is damaged, protected or no Word document, so it was not attached. Your "
            "message is kept. Open it in a word processor, copy the text and paste it.",
        ),
        name=name,
    )
