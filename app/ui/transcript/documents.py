"""The small documents that blocks are painted from. They never load anything."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QImage,
    QPainter,
    QPalette,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)

from app.ui.transcript.block_spec import OBJECT_SIGN, Align, Formula, Inline
from app.ui.transcript.math_images import MathImage
from app.ui.transcript.style import Look
from app.ui.transcript.visible_text import FIRST_FOREIGN, made_visible

_FORMULA = re.compile(r'<img src="formula:(\d+)" />')
_LINK = re.compile(r'<a href="([^"]*)">')
_ALIGNMENTS = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft,
    Align.CENTER: Qt.AlignmentFlag.AlignHCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight,
}


class InertDocument(QTextDocument):
    """A document that answers nothing to whatever it asks for: no file, no network."""

    def __init__(self) -> None:
        super().__init__()
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(0)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Nothing: formulas are added beforehand, all else stays outside."""
        return QImage()


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters of a block with another ground. Positions in UTF-16 units."""

    start: int
    end: int
    ground: QColor


@dataclass(frozen=True)
class DocumentPaint:
    """How a document is painted once."""

    clip: QRectF  # in the document's coordinates
    color: QColor
    marks: Sequence[Mark] = field(default=())


def inline_document(
    inline: Inline,
    look: Look,
    images: Mapping[int, MathImage],
    *,
    scale: float = 1.0,
    bold: bool = False,
    align: Align = Align.LEFT,
) -> InertDocument:
    """A document of running text; `images` by the formula's place in `inline`."""
    document = InertDocument()
    document.setDefaultFont(look.style.font(scale, bold=bold))
    document.setDefaultStyleSheet(look.css(scale))
    if align is not Align.LEFT:
        option = QTextOption(_ALIGNMENTS[align])
        document.setDefaultTextOption(option)
    for n, image in images.items():
        document.addResource(
            QTextDocument.ResourceType.ImageResource.value, QUrl(f"formula:{n}"), image.image
        )
    document.setHtml(f"<p>{_FORMULA.sub(lambda m: _tag(m, images), inline.html)}</p>")
    _keep_shapes(document, inline.plain)
    if images:
        _set_on_baseline(document, images)
    return document


def code_document(text: str, look: Look, *, wraps: bool) -> InertDocument:
    """A document of code, one block a line."""
    document = InertDocument()
    font = look.style.code_font()
    document.setDefaultFont(font)
    option = QTextOption()
    mode = QTextOption.WrapMode
    option.setWrapMode(mode.WrapAtWordBoundaryOrAnywhere if wraps else mode.NoWrap)
    option.setTabStopDistance(look.style.advance("    ", font))
    option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    document.setDefaultTextOption(option)
    document.setPlainText(text)
    _keep_shapes(document, text)
    return document


def draw(painter: QPainter, document: QTextDocument, paint: DocumentPaint) -> None:
    """Paint at the painter's origin."""
    context = QAbstractTextDocumentLayout.PaintContext()
    context.clip = paint.clip
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, paint.color)
    context.palette = palette
    if paint.marks:
        context.selections = [_selection(document, mark) for mark in paint.marks]
    document.documentLayout().draw(painter, context)


def hit(document: QTextDocument, point: QPointF) -> int:
    """The position in the document that is nearest to `point`."""
    return max(document.documentLayout().hitTest(point, Qt.HitTestAccuracy.FuzzyHit), 0)


def inline_links(inline: Inline) -> list[str]:
    """Addresses of the links in `inline`, in order."""
    return [html.unescape(found) for found in _LINK.findall(inline.html)]


def with_sources_shown(inline: Inline, images: Mapping[int, MathImage]) -> Inline:
    """The same text with the TeX of every formula that has no image (yet)."""
    if len(images) == len(inline.formulas):
        return inline
    kept: list[Formula] = []
    sources: dict[int, str] = {}
    for n, formula in enumerate(inline.formulas):
        if n in images:
            kept.append(formula)
        else:
            sources[n] = made_visible(formula.source).replace("\n", " ")

    def shown(found: re.Match[str]) -> str:
        n = int(found.group(1))
        if n in sources:
            return f"<code>{html.escape(sources[n])}</code>"
        return f'<img src="formula:{kept.index(inline.formulas[n])}" />'

    pieces = inline.plain.split(OBJECT_SIGN)
    plain = pieces[0]
    for n, piece in enumerate(pieces[1:]):
        plain += sources.get(n, OBJECT_SIGN) + piece
    return Inline(_FORMULA.sub(shown, inline.html), plain, tuple(kept))


def _tag(found: re.Match[str], images: Mapping[int, MathImage]) -> str:
    n = int(found.group(1))
    size = images[n].size
    return (
        f'<img src="formula:{n}" width="{size.width():.0f}" height="{size.height():.0f}"'
        ' style="vertical-align: middle" />'
    )


def _keep_shapes(document: QTextDocument, text: str) -> None:
    """Keep the shaped glyphs of scripts that need other fonts.

    Without it Qt shapes them again for every painting: 7 microseconds a sign.
    """
    if text.isascii() or max(text) < FIRST_FOREIGN:
        return
    block = document.begin()
    while block.isValid():
        block.layout().setCacheEnabled(True)
        block = block.next()


def _set_on_baseline(document: QTextDocument, images: Mapping[int, MathImage]) -> None:
    """HTML knows no baseline alignment of images: set it on their formats."""
    found: list[tuple[int, QTextCharFormat]] = []
    block = document.begin()
    while block.isValid():
        it = block.begin()
        while not it.atEnd():
            fragment = it.fragment()
            char_format = fragment.charFormat()
            if char_format.isImageFormat():
                name = char_format.toImageFormat().name()
                n = int(name.removeprefix("formula:"))
                if images[n].is_on_baseline:
                    found.append((fragment.position(), char_format))
            it += 1
        block = block.next()
    for position, char_format in found:
        cursor = QTextCursor(document)
        cursor.setPosition(position)
        cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
        char_format.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignBaseline)
        cursor.setCharFormat(char_format)


def _selection(document: QTextDocument, mark: Mark) -> QAbstractTextDocumentLayout.Selection:
    last = document.characterCount() - 1
    selection = QAbstractTextDocumentLayout.Selection()
    cursor = QTextCursor(document)
    cursor.setPosition(min(mark.start, last))
    cursor.setPosition(min(mark.end, last), QTextCursor.MoveMode.KeepAnchor)
    selection.cursor = cursor
    char_format = QTextCharFormat()
    char_format.setBackground(mark.ground)
    selection.format = char_format
    return selection
