"""An HTML export printed to a PDF, outside the GUI thread and without loading anything."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMarginsF, QUrl
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from app.core.errors import QT_TRANSLATE_NOOP, Cancelled, StorageError
from app.core.transfer import (
    ExportFormat,
    ExportRequest,
    ExportResult,
    Progress,
    Transfer,
)

MOST_HTML_BYTES = 32 << 20  # Qt holds the laid out pages in memory, some 30 times as much
_DPI = 300
_MARGIN_MM = 18.0
_POINTS = 10.5

_TOO_LARGE = QT_TRANSLATE_NOOP(
    "errors",
    "This is too much for one PDF. Nothing was written. Export fewer conversations, or export "
    "HTML and print it in a browser.",
)
_NOT_WRITTEN = QT_TRANSLATE_NOOP(
    "errors",
    "The PDF {path} cannot be written. Your conversations are safe. Choose another folder, or "
    "make room there.",
)


class _Document(QTextDocument):
    """Loads nothing, whatever the page asks for."""

    def loadResource(self, kind: int, name: QUrl | str) -> None:
        """Nothing is there."""


def export_pdf(
    transfer: Transfer, request: ExportRequest, on_progress: Progress
) -> ExportResult:
    """Write `request` as a PDF to its path, whole or not at all.

    Raises:
        Cancelled: by the request's token; nothing was written.
        StorageError: with a sentence; nothing was written.
    """
    with tempfile.TemporaryDirectory(prefix="lumbre-") as folder:
        page = Path(folder) / "export.html"
        as_html = replace(request, path=page, format=ExportFormat.HTML)
        result = transfer.export(as_html, lambda share: on_progress(share / 2))
        if page.stat().st_size > MOST_HTML_BYTES:
            raise StorageError(_TOO_LARGE)
        html = page.read_text("utf-8")
    part = request.path.with_name(request.path.name + ".part")
    try:
        _print(html, part, request)
        part.replace(request.path)
    except OSError as error:
        raise StorageError(_NOT_WRITTEN, path=str(request.path)) from error
    finally:
        part.unlink(missing_ok=True)
    on_progress(1.0)
    return replace(result, path=request.path)


def _print(html: str, path: Path, request: ExportRequest) -> None:
    """Lay out and print; the two long steps cannot be interrupted, between them it can."""
    path.touch(mode=0o600)
    writer = QPdfWriter(str(path))
    writer.setTitle("Lumbre")
    writer.setCreator("Lumbre")
    writer.setResolution(_DPI)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(
        QPageLayout(
            size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
        )
    )
    document = _Document()
    document.setMetaInformation(QTextDocument.MetaInformation.CssMedia, "print")
    font = QFont()
    font.setPointSizeF(_POINTS)
    document.setDefaultFont(font)
    document.setHtml(html)
    if request.cancel.is_cancelled:
        raise Cancelled
    document.print_(writer)
    if not path.stat().st_size:
        raise OSError(path)
