"""Text out of PDFs; hostile ones cost a sentence, never the program."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import pytest

from app.core.attachment import MAX_TEXT_CHARACTERS, AttachmentKind
from app.core.cancellation import CancelToken
from app.core.errors import Cancelled
from app.core.own_process import own_command
from app.documents.attachment import AttachmentError
from app.documents.pdf import text_of_pdf
from app.documents.pdf_probe import DAMAGED, EMPTY, MAX_PAGES, OK, text_of
from app.documents.reading import read_attachment
from tests.documents.pdf_files import assemble, locked_pdf, pdf, scanned_pdf, stream


def read(data: bytes) -> tuple[str, bool]:
    return text_of_pdf(data, "n.pdf", CancelToken())


def test_a_pdf_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "Año 2026.PDF"
    path.write_bytes(pdf("First line\nSecond (line) with é and €"))
    attachment = read_attachment(path)
    assert attachment.text == "First line\nSecond (line) with é and €"
    assert (attachment.name, attachment.kind) == ("Año 2026.PDF", AttachmentKind.PDF)
    assert not attachment.is_cut


def test_a_pdf_is_known_by_its_beginning_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "paper.txt"
    path.write_bytes(pdf("Content"))
    assert read_attachment(path).text == "Content"


def test_pages_of_a_longer_pdf_are_numbered_and_empty_ones_left_out() -> None:
    assert read(pdf("one", "", "three")) == ("[1]\none\n\n[3]\nthree", False)


def test_of_a_huge_pdf_the_beginning_is_read() -> None:
    text, is_cut = read(pdf(*["page"] * (MAX_PAGES + 5)))
    assert text.endswith(f"[{MAX_PAGES}]\npage")
    assert is_cut


def test_a_pdf_that_is_longer_than_a_pipe_is_read_whole() -> None:
    page = "\n".join(["The quick brown fox jumps over the lazy dog."] * 45)
    data = pdf(*[page] * 400)
    assert len(data) > 1_000_000
    text, is_cut = read(data)
    assert text.count("quick brown fox") == 400 * 45
    assert not is_cut


def test_of_a_huge_page_the_beginning_is_read() -> None:
    line = b"(" + b"word " * 2_000 + b") Tj T* "
    data = pdf("x", extra={5: stream(b"BT /F1 12 Tf 14 TL " + line * 250 + b"ET")})
    text, is_cut = read(data)
    assert (len(text), is_cut) == (MAX_TEXT_CHARACTERS, True)


REFUSED = {
    "locked": (locked_pdf(), "protected with a password"),
    "scanned": (scanned_pdf(), "no text in"),
    "blank": (pdf(""), "no text in"),
    "no pages": (pdf(), "damaged or no PDF"),
    "empty": (b"", "damaged or no PDF"),
    "text": (b"%PDF in words only", "damaged or no PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 2000, "damaged or no PDF"),
    "cut": (pdf("Hello")[:200], "damaged or no PDF"),
    "nothing inside": (b"%PDF-1.7\n%%EOF", "damaged or no PDF"),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_is_one_sentence_with_a_way_out(data: bytes, words: str) -> None:
    with pytest.raises(AttachmentError, match=words) as refused:
        read(data)
    assert "n.pdf" in str(refused.value)
    assert "Your message is kept." in str(refused.value)


def form(content: bytes) -> bytes:
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
    head += b" /Resources << /XObject << /A 6 0 R >> >>"
    return stream(content, head)


FLATE = b"/Filter /FlateDecode"
HOSTILE = {
    "pages in a circle": pdf(
        "x", extra={2: b"<< /Type /Pages /Count 1000000000 /Kids [2 0 R 4 0 R 2 0 R] >>"}
    ),
    "a billion pages": pdf(
        "x", extra={2: b"<< /Type /Pages /Count 2000000000 /Kids [4 0 R] >>"}
    ),
    "negative pages": pdf("x", extra={2: b"<< /Type /Pages /Count -5 /Kids [4 0 R] >>"}),
    "a form in itself": pdf(
        "x",
        extra={
            4: b"<< /Type /Page /Parent 2 0 R /Resources << /XObject << /A 6 0 R >> >>"
            b" /Contents 5 0 R >>",
            5: stream(b"/A Do"),
            6: form(b"/A Do /A Do"),
        },
    ),
    "its own parent": pdf("x", extra={4: b"<< /Type /Page /Parent 4 0 R /Contents 5 0 R >>"}),
    "a stream without end": pdf("x", extra={5: b"<< /Length 99999999 >>\nstream\nBT"}),
    "deep arrays": pdf("x", extra={7: b"[" * 100_000}),
    "deep graphics": pdf("x", extra={5: stream(b"q " * 200_000)}),
    "a missing font": pdf("x", extra={3: b"null"}),
    "an endless number": pdf(
        "x", extra={5: stream(b"BT /F1 " + b"9" * 50_000 + b" Tf (a) Tj")}
    ),
    "encrypted by nothing": assemble({1: b"<< >>"}, b"/Encrypt 1 0 R"),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_pdf_is_read_or_refused_with_a_sentence(data: bytes) -> None:
    try:
        text, _ = read(data)
    except AttachmentError as error:
        assert "n.pdf" in str(error)
    else:
        assert len(text) <= MAX_TEXT_CHARACTERS


def test_a_bomb_ends_in_its_own_process() -> None:
    packer = zlib.compressobj(9)
    piece = b"BT (aaaaaaaa) Tj ET " * 500_000
    packed = b"".join(packer.compress(piece) for _ in range(1_200_000_000 // len(piece)))
    packed += packer.flush()
    with pytest.raises(AttachmentError, match="too much time or memory"):
        read(pdf("x", extra={5: stream(packed, FLATE)}))


def test_mutated_pdfs_are_read_or_refused() -> None:
    good = pdf(*[f"line {n} of a page\nand another one" for n in range(20)])
    dice = random.Random(3)
    outcomes = set()
    for _ in range(12):  # each is a process of its own
        data = bytearray(good)
        for _ in range(dice.randint(1, 60)):
            data[dice.randrange(9, len(data))] = dice.randrange(256)
        try:
            outcomes.add(bool(read(bytes(data))[0]))
        except AttachmentError:
            outcomes.add(False)
    assert True in outcomes


def test_reading_is_cancelled_at_once() -> None:
    cancel = CancelToken()
    line = b"(" + b"word " * 100 + b") Tj T* "
    slow = pdf("x", extra={5: stream(b"BT /F1 12 Tf 14 TL " + line * 30_000 + b"ET")})
    timer = threading.Timer(0.2, cancel.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        for _ in range(1_000):
            text_of_pdf(slow, "n.pdf", cancel)
    timer.join()
    with pytest.raises(Cancelled):
        text_of_pdf(pdf("x"), "n.pdf", cancel)


def test_the_library_is_loaded_in_the_other_process_only() -> None:
    code = (
        "import sys\n"
        "from app.core.cancellation import CancelToken\n"
        "from app.documents.pdf import text_of_pdf\n"
        "from tests.documents.pdf_files import pdf\n"
        "assert text_of_pdf(pdf('Hello'), 'n', CancelToken()) == ('Hello', False)\n"
        "assert not [m for m in sys.modules if m.startswith('pypdfium2')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_command_line_of_a_bundle_reads_pdfs_too() -> None:
    command = [sys.executable, "-m", "main", "--read-pdf"]
    done = subprocess.run(command, input=pdf("Hello"), capture_output=True, check=True)
    assert b'"text": "Hello"' in done.stdout


def test_a_bundle_starts_itself_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_command("--x", "app.y", ["z"]) == [sys.executable, "-m", "app.y", "z"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command("--x", "app.y", ["z"]) == [sys.executable, "--x", "z"]


def test_the_outcomes_of_the_other_process() -> None:
    assert text_of(pdf("Hi"))["outcome"] == OK
    assert text_of(scanned_pdf())["outcome"] == EMPTY
    assert text_of(b"%PDF-")["outcome"] == DAMAGED
