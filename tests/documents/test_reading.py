"""Text out of files, and what is refused."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest

from app.core.attachment import MAX_TEXT_CHARACTERS, Attachment, AttachmentKind
from app.documents.attachment import AttachmentError
from app.documents.docx import MAX_ENTRIES, text_of_docx
from app.documents.reading import MAX_FILE_BYTES, read_attachment

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str, *, head: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    """A Word document with this inside of its body."""
    xml = f'<?xml version="1.0" encoding="UTF-8"?>{head}<w:document xmlns:w="{W}">'
    xml += f"<w:body>{body}</w:body></w:document>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return buffer.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_file_keeps_its_name_and_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "añadir 🔥.py"
    path.write_text("print('```')\n", encoding="utf-8")
    attachment = read_attachment(path)
    assert attachment == Attachment("print('```')\n", "añadir 🔥.py", AttachmentKind.CODE)
    path = path.rename(tmp_path / "notes.md")
    assert read_attachment(path).kind is AttachmentKind.TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_common_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "n.txt"
    path.write_bytes("Añó €".encode(encoding))
    assert read_attachment(path).text == "Añó €"


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read_as_one(tmp_path: Path, ends: str) -> None:
    path = tmp_path / "n.txt"
    path.write_bytes(ends.join(["a", "", "b", ""]).encode())
    assert read_attachment(path).text == "a\n\nb\n"


def test_a_file_that_fits_exactly_is_taken_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"x" * MAX_FILE_BYTES)
    assert read_attachment(path).is_cut
    path.write_bytes(b"x" * (MAX_FILE_BYTES + 1))
    with pytest.raises(AttachmentError, match=r"long\.txt is larger than 20 MB"):
        read_attachment(path)


@pytest.mark.parametrize(("name", "data"), [("a.bin", b"ab\0cd"), ("b.odt", b"PK text")])
def test_what_is_no_text_is_refused_with_a_way_out(
    tmp_path: Path, name: str, data: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(AttachmentError, match="copy the text and paste it"):
        read_attachment(path)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AttachmentError, match="folder"):
        read_attachment(tmp_path)
    with pytest.raises(AttachmentError, match="gone"):
        read_attachment(tmp_path / "gone.txt")


def test_a_long_text_is_cut_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "book.txt"
    path.write_text("x" * (MAX_TEXT_CHARACTERS + 5))
    attachment = read_attachment(path)
    assert (len(attachment.text), attachment.is_cut) == (MAX_TEXT_CHARACTERS, True)


def test_a_word_document_is_read_in_its_order(tmp_path: Path) -> None:
    body = (
        paragraph("Título &amp; más")
        + paragraph("one", "<w:pPr><w:numPr><w:ilvl w:val='0'/></w:numPr></w:pPr>")
        + "<w:tbl><w:tr><w:tc>"
        + paragraph("a")
        + "</w:tc><w:tc>"
        + paragraph("b")
        + "</w:tc></w:tr></w:tbl>"
        + "<w:sdt><w:sdtContent>"
        + paragraph("inside")
        + "</w:sdtContent></w:sdt>"
        + "<w:p><w:r><w:t>left</w:t><w:tab/><w:t>right</w:t><w:br/><w:t>below</w:t></w:r></w:p>"
    )
    path = tmp_path / "letter.DOCX"
    path.write_bytes(docx(body))
    attachment = read_attachment(path)
    assert attachment.text == "Título & más\n- one\na\tb\ninside\nleft\tright\nbelow"
    assert attachment.name == "letter.DOCX"


def test_deleted_text_of_a_word_document_stays_deleted() -> None:
    body = "<w:p><w:del><w:r><w:delText>secret</w:delText></w:r></w:del>"
    body += "<w:ins><w:r><w:t>kept</w:t></w:r></w:ins></w:p>"
    assert text_of_docx(docx(body), "a.docx") == "kept"


BOMB = "<!DOCTYPE x [<!ENTITY a '" + "a" * 1000 + "'>]>"
HOSTILE = {
    "no zip": b"PK this is not a zip",
    "empty": b"",
    "no document": docx("")[:30],
    "entities": docx(paragraph("&a;" * 10), head=BOMB),
    "too many files": docx("", extra={f"f{n}": b"" for n in range(MAX_ENTRIES)}),
    "grows a thousandfold": docx(paragraph("a" * 5_000_000)),
    "no xml": docx("<w:p>"),
    "deep": docx("<w:sdt><w:sdtContent>" * 5000 + "</w:sdtContent></w:sdt>" * 5000),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_word_document_is_one_sentence(data: bytes) -> None:
    with pytest.raises(AttachmentError, match=r"h\.docx"):
        text_of_docx(data, "h.docx")


def test_a_document_in_utf_16_is_refused_because_entities_could_hide_in_it() -> None:
    xml = f'<?xml version="1.0" encoding="UTF-16"?><w:document xmlns:w="{W}"/>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", xml.encode("utf-16"))
    with pytest.raises(AttachmentError):
        text_of_docx(buffer.getvalue(), "u.docx")


def test_mutated_word_documents_are_read_or_refused() -> None:
    good = docx("".join(paragraph(f"line {n}") for n in range(200)))
    dice = random.Random(1)
    n_refused = 0
    for _ in range(400):
        data = bytearray(good)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            text_of_docx(bytes(data[: dice.randint(1, len(data))]), "m.docx")
        except AttachmentError:
            n_refused += 1
    assert n_refused > 0
