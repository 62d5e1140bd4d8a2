"""PDFs for tests, written by hand: no foreign file is shipped."""

from __future__ import annotations


def pdf(*pages: str, extra: dict[int, bytes] | None = None, trailer: bytes = b"") -> bytes:
    """A PDF with one line of text a line of `pages`.

    Args:
        pages: Latin-1 text of each page.
        extra: objects by number that replace or join the usual ones; 1 is the catalogue, 2
            the tree of pages, 3 the font, then a page and its content in turn.
        trailer: further entries of the trailer.
    """
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    }
    kids: list[int] = []
    for page in pages:
        number = len(kids) * 2 + 4
        kids.append(number)
        lines = b"".join(
            b"("
            + line.encode("cp1252")
            .replace(b"\\", b"\\\\")
            .replace(b"(", b"\\(")
            .replace(b")", b"\\)")
            + b") Tj T* "
            for line in page.splitlines()
        )
        content = b"BT /F1 12 Tf 14 TL 72 720 Td " + lines + b"ET" if page else b""
        objects[number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792]"
            b" /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>" % (number + 1)
        )
        objects[number + 1] = stream(content)
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[2] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), listed)
    return assemble(objects | (extra or {}), trailer)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    head = b"<< /Length %d %s >>" % (len(content), entries)
    return head + b"\nstream\n" + content + b"\nendstream"


def assemble(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    """A file of numbered objects."""
    body = b"%PDF-1.7\n"
    places = {}
    for number, content in sorted(objects.items()):
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    last = max(objects)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1)
    for number in range(1, last + 1):
        body += b"%010d 00000 n \n" % places.get(number, 0)
    body += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (last + 1, trailer)
    return body + b"startxref\n%d\n%%%%EOF\n" % start


def locked_pdf() -> bytes:
    """A PDF that opens with a password only (its hashes fit none)."""
    encryption = (
        b"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <"
        + b"41" * 32
        + b"> /U <"
        + b"42" * 32
        + b"> >>"
    )
    identity = b"/Encrypt 9 0 R /ID [<00112233445566778899aabbccddeeff> <00>]"
    return pdf("secret", extra={9: encryption}, trailer=identity)


def scanned_pdf() -> bytes:
    """A PDF whose page shows a picture."""
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100]"
        b" /Resources << /XObject << /I 6 0 R >> >> /Contents 5 0 R >>"
    )
    picture = stream(
        b"\x00\xff\x00\xff",
        b"/Type /XObject /Subtype /Image /Width 2 /Height 2 /BitsPerComponent 8"
        b" /ColorSpace /DeviceGray",
    )
    return pdf("x", extra={4: page, 5: stream(b"100 0 0 100 0 0 cm /I Do"), 6: picture})
