"""One cell of a table. Most hold one short line and need no document until they are touched."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF, QTextDocument

from app.ui.transcript.block import BlockPaint, Scope, resolve
from app.ui.transcript.block_spec import Align, Inline, n_units
from app.ui.transcript.documents import (
    DocumentPaint,
    InertDocument,
    Mark,
    draw,
    hit,
    inline_document,
)
from app.ui.transcript.math_images import FormulaKey
from app.ui.transcript.visible_text import FIRST_FOREIGN

CELL_SCALE = 0.95  # of running text
_MAX_LINE = 200  # characters


class TableCell:
    """Text of one cell in a column of `width`."""

    def __init__(self, inline: Inline, align: Align, *, is_header: bool) -> None:
        self.inline = inline
        self.shown = inline  # with the sources of formulas that are not ready
        self.awaited: frozenset[FormulaKey] = frozenset()
        self._align = align
        self._is_header = is_header
        self._width = 1.0
        self._drop = 0.0  # from the cell's top to the document's
        self._is_line = False  # painted as one line of plain text
        self._document: InertDocument | None = None

    @property
    def document(self) -> QTextDocument | None:
        """The document when there is one."""
        return self._document

    @property
    def n_positions(self) -> int:
        """Length of the text in UTF-16 units."""
        return n_units(self.shown.plain)

    def measure(self, width: float, scope: Scope) -> float:
        """Lay out for `width`; the height."""
        self._width = max(width, 1.0)
        self._is_line = self._fits_one_line(scope)
        if self._is_line:
            return self._metrics(scope).height()
        extra = scope.look.style.line_extra_px * CELL_SCALE
        document = self._laid_out(scope)
        height = document.size().height()  # asking for it lays out: lines are known after it
        line = document.begin().layout().lineAt(0)
        # A formula alone is lower than text: its baseline is the row's all the same.
        ascent = line.ascent() if line.isValid() else 0.0
        self._drop = max(self._metrics(scope).ascent() - ascent, 0.0)
        return height - extra + self._drop

    def paint(
        self, paint: BlockPaint, scope: Scope, origin: QPointF, marks: list[Mark]
    ) -> None:
        """Paint with the text's corner at `origin`."""
        painter = paint.painter
        is_text = self._is_line and not marks
        if not is_text:
            origin = origin + QPointF(0, self._drop)
        painter.translate(origin)
        if is_text:
            metrics = self._metrics(scope)
            spare = self._width - metrics.horizontalAdvance(self.shown.plain)
            share = {Align.LEFT: 0.0, Align.CENTER: 0.5, Align.RIGHT: 1.0}[self._align]
            painter.setFont(scope.look.style.font(CELL_SCALE, bold=self._is_header))
            painter.setPen(scope.look.text_color)
            painter.drawText(QPointF(spare * share, metrics.ascent()), self.shown.plain)
        else:
            clip = paint.clip.translated(-origin)
            color = scope.look.text_color
            draw(painter, self._laid_out(scope), DocumentPaint(clip, color, marks))
        painter.translate(-origin)

    def position_at(self, point: QPointF, scope: Scope) -> int:
        """The nearest position in the text."""
        return hit(self._laid_out(scope), point - QPointF(0, self._drop))

    def link_at(self, point: QPointF) -> str:
        """The address under `point`; empty: none."""
        if self._document is None:
            return ""
        return self._document.documentLayout().anchorAt(point - QPointF(0, self._drop))

    def release(self) -> None:
        """Drop the document."""
        self._document = None

    def _fits_one_line(self, scope: Scope) -> bool:
        plain = self.inline.plain
        if "<" in self.inline.html or len(plain) > _MAX_LINE:
            return False
        if not plain.isascii() and max(plain) >= FIRST_FOREIGN:
            return False
        return self._metrics(scope).horizontalAdvance(plain) <= self._width

    def _metrics(self, scope: Scope) -> QFontMetricsF:
        return scope.look.style.metrics(CELL_SCALE, bold=self._is_header)

    def _laid_out(self, scope: Scope) -> InertDocument:
        if self._document is None or self.awaited:
            resolved = resolve(self.inline, scope)
            self.shown, self.awaited = resolved.inline, resolved.awaited
            self._document = inline_document(
                resolved.inline,
                scope.look,
                resolved.images,
                scale=CELL_SCALE,
                bold=self._is_header,
                align=self._align,
            )
        if self._document.textWidth() != self._width:
            self._document.setTextWidth(self._width)
        return self._document
