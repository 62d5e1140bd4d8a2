"""Text of a PDF in a throw-away process: `python -m app.documents.pdf_probe`.

PDFium is native code that reads bytes of strangers. Here a crash, a hang or a bomb takes
nothing with it. The PDF comes on standard input; one JSON object goes to standard output.
Nothing in the file is executed, followed or fetched: no scripts, no forms, no annotations.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from time import monotonic
from typing import Any

from app.core.attachment import MAX_TEXT_CHARACTERS

MAX_PAGES = 2_000  # further ones are left out
MAX_MEMORY_BYTES = 1 << 30
SOFT_LIMIT_S = 6.0  # after this, what has come is the result
HARD_LIMIT_S = 10.0  # after this the process ends itself; its parent does not wait longer
OK, DAMAGED, PASSWORD, EMPTY = "ok", "damaged", "password", "empty"

_ERROR_PASSWORD = 4  # FPDF_ERR_PASSWORD of fpdfview.h
_WORD_BREAK = re.compile("[\x02\ufffe]\n?")  # PDFium's marks for a hyphen at a line's end
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def main(argv: list[str] | None = None) -> int:
    """Read standard input, print the outcome; returns 0."""
    _ = argv
    _limit_oneself()
    with open(0, "rb", closefd=False) as source:
        data = source.read()
    outcome = json.dumps(text_of(data)).encode("ascii")
    with open(1, "wb", closefd=False) as target:
        target.write(outcome)
    return 0


def text_of(data: bytes) -> dict[str, Any]:
    """`outcome`, `text` and `is_cut` of a PDF; pages of longer ones are numbered."""
    import pypdfium2

    deadline = monotonic() + SOFT_LIMIT_S
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == _ERROR_PASSWORD
        return _outcome(PASSWORD if is_locked else DAMAGED)
    n_pages = len(document)
    pages: list[str] = []
    n_characters = n_readable = 0
    for index in range(min(n_pages, MAX_PAGES)):
        text = _page_text(document, index)
        n_readable += text is not None
        if text:
            pages.append(f"[{index + 1}]\n{text}" if n_pages > 1 else text)
            n_characters += len(pages[-1]) + 2
        if n_characters > MAX_TEXT_CHARACTERS or monotonic() > deadline:
            break
    is_cut = index + 1 < n_pages if n_pages else False
    if not pages:
        return _outcome(EMPTY if n_readable else DAMAGED)
    whole = "\n\n".join(pages)
    return _outcome(OK, whole[:MAX_TEXT_CHARACTERS], is_cut or len(whole) > MAX_TEXT_CHARACTERS)


def _page_text(document: Any, index: int) -> str | None:
    """The text of a page; None when it cannot be read."""
    import pypdfium2

    try:
        page = document[index]
        try:
            text = page.get_textpage().get_text_range()
        finally:
            page.close()
    except pypdfium2.PdfiumError:
        return None
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _WORD_BREAK.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub("", text).strip()


def _outcome(outcome: str, text: str = "", is_cut: bool = False) -> dict[str, Any]:
    return {"outcome": outcome, "text": text, "is_cut": is_cut}


def _limit_oneself() -> None:
    """Time and memory, a core file, an error box: none of them without end."""
    watch = threading.Timer(HARD_LIMIT_S, os._exit, (3,))  # PDFium runs without the GIL
    watch.daemon = True
    watch.start()
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(0x0001 | 0x0002)
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has nothing to write
    if sys.platform == "linux":  # macOS does not keep to it: the parent watches
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


if __name__ == "__main__":
    sys.exit(main())
