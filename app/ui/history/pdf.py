"""An HTML export printed to a PDF, outside the GUI thread and without loading anything."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QMarginsF, QUrl
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QPageLayout,
    QPageSize,
    QPdfWriter,
    QTextDocument,
)

from app.core.disk_sync import replace_file
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
_MARGIN_MM = 4.0  # beside the 20 mm that Qt leaves itself
_POINTS = 10.5

# Of the page's own style Qt understands little, and some of that wrongly.
_STYLE = """<style>
h1 { font-size: 18pt; }
h2 { font-size: 11pt; margin-top: 20px; margin-bottom: 0; }
.details { color: #606068; font-size: 9pt; margin-top: 0; }
.you { background: #f3f1ec; }
.thinking, .summary { color: #505058; font-size: 9.5pt; margin-left: 20px; }
pre, code { font-family: "MONOSPACE"; font-size: 9pt; }
pre { background: #f4f4f4; }
td, th { padding: 2px 8px; }
</style>"""
_ITS_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
# A conversation's title, and no heading of a message: after those comes no speaker's line.
_TITLE = re.compile(
    r'<h1>(?=[^\n]*</h1>\n(?:<p class="branch">[^\n]*</p>\n)?<h2>[^\n]*</h2>\n'
    r'<p class="details">)'
)
_ON_NEW_PAGE = '<h1 style="page-break-before: always">'
_SIMPLER = (  # elements that Qt does not know; in messages these signs are escaped
    ("<details><summary>", '<p class="summary">'),
    ('<details class="file"><summary>', '<p class="summary">'),
    ("</summary>", "</p>"),
    ("</details>", ""),
)

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
        replace_file(part, request.path)
    except OSError as error:
        raise StorageError(_NOT_WRITTEN, path=str(request.path)) from error
    finally:
        part.unlink(missing_ok=True)
    on_progress(1.0)
    return replace(result, path=request.path)


def printable(html: str) -> str:
    """An HTML export in the words that `QTextDocument` knows; each conversation on a page."""
    family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    html = _ITS_STYLE.sub(lambda _: _STYLE.replace("MONOSPACE", family), html, count=1)
    for element, simpler in _SIMPLER:
        html = html.replace(element, simpler)
    places = [match.start() for match in _TITLE.finditer(html)][1:]
    parts = [html[begin:end] for begin, end in pairwise([0, *places, len(html)])]
    return _ON_NEW_PAGE.join(
        part.removeprefix("<h1>") if at else part for at, part in enumerate(parts)
    )


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
    font = QFont()
    font.setPointSizeF(_POINTS)
    document.setDefaultFont(font)
    document.setHtml(printable(html))
    if request.cancel.is_cancelled:
        raise Cancelled
    document.print_(writer)
    if not path.stat().st_size:
        raise OSError(path)
