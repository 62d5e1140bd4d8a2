"""Text of a PDF, read in a process of its own: the parent's side of `pdf_probe`."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from contextlib import suppress
from time import monotonic

from app.core.cancellation import CancelToken
from app.core.child_output import ChildOutput
from app.core.errors import QT_TRANSLATE_NOOP, Cancelled
from app.core.own_process import CREATE_NO_WINDOW, own_command, own_environment
from app.documents.attachment import AttachmentError
from app.documents.pdf_probe import DAMAGED, EMPTY, HARD_LIMIT_S, MAX_MEMORY_BYTES, OK, PASSWORD

logger = logging.getLogger(__name__)

SIGNATURE = b"%PDF-"
_SIGNATURE_WITHIN = 1024  # bytes: what readers accept before it
_POLL_S = 0.02

_SENTENCES = {
    DAMAGED: QT_TRANSLATE_NOOP(
        "errors",
        "{name} is damaged or no PDF, so it was not attached. Your message is kept. Open it in "
        "a PDF reader, copy the text and paste it.",
    ),
    PASSWORD: QT_TRANSLATE_NOOP(
        "errors",
        "{name} is protected with a password, so it was not attached. Your message is kept. "
        "Save a copy without password in a PDF reader and attach that.",
    ),
    EMPTY: QT_TRANSLATE_NOOP(
        "errors",
        "There is no text in {name}, only pictures (a scan, perhaps), so it was not attached. "
        "Your message is kept. Let a program for text recognition (OCR) read it first.",
    ),
}
_STOPPED = QT_TRANSLATE_NOOP(
    "errors",
    "{name} could not be read: it crashed the PDF reader, or took too much time or memory. It "
    "was not attached. Your message is kept. Copy the text in another program and paste it.",
)


def text_of_pdf(data: bytes, name: str, cancel: CancelToken) -> tuple[str, bool]:
    """The text, and whether it is only the beginning. Blocks up to `HARD_LIMIT_S`.

    Raises:
        AttachmentError: with a sentence.
        Cancelled: by `cancel`.
    """
    if SIGNATURE not in data[:_SIGNATURE_WITHIN]:
        raise AttachmentError(_SENTENCES[DAMAGED], name=name)
    started = monotonic()
    raw = _run(data, cancel)
    logger.info("PDF of %d bytes read in %.1f s", len(data), monotonic() - started)
    with suppress(ValueError, KeyError, TypeError):
        result = json.loads(raw)
        outcome = result["outcome"]
        if outcome == OK:
            return str(result["text"]), bool(result["is_cut"])
        raise AttachmentError(_SENTENCES[outcome], name=name)
    raise AttachmentError(_STOPPED, name=name)


def _run(data: bytes, cancel: CancelToken) -> bytes:
    """What the child says; b"" when it crashed or was ended."""
    if cancel.is_cancelled:
        raise Cancelled
    deadline = monotonic() + HARD_LIMIT_S
    process = subprocess.Popen(
        own_command("--read-pdf", "app.documents.pdf_probe"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=own_environment(),
        creationflags=CREATE_NO_WINDOW if sys.platform == "win32" else 0,
    )
    said: list[bytes] = []
    output = ChildOutput(process, process.stdout, said.append)
    # A thread of its own: `communicate` with a timeout does not go on with a long input.
    threading.Thread(target=_write, args=(process, data), name="pdf-write", daemon=True).start()
    try:
        while process.poll() is None:
            if cancel.wait(_POLL_S):
                raise Cancelled
            if monotonic() > deadline or _is_too_large(process.pid):
                return b""
        output.wait()
        return b"".join(said) if process.returncode == 0 else b""
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _write(process: subprocess.Popen[bytes], data: bytes) -> None:
    """Send all; the child may end before it has taken it."""
    with suppress(OSError):
        assert process.stdin is not None
        process.stdin.write(data)
    with suppress(OSError):
        assert process.stdin is not None
        process.stdin.close()


def _is_too_large(pid: int) -> bool:
    import psutil

    with suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss) > MAX_MEMORY_BYTES
    return False
