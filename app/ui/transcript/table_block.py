"""Rows of a table: each row is a block, the columns are shared."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QTextDocument

from app.ui.transcript.block import Block, BlockPaint, Scope, resolve
from app.ui.transcript.block_spec import Align, BlockSpec, Inline, code_points, n_units
from app.ui.transcript.documents import (
    DocumentPaint,
    InertDocument,
    Mark,
    draw,
    hit,
    inline_document,
    inline_links,
)
from app.ui.transcript.math_images import FormulaKey
from app.ui.transcript.side_scroll import BAR_PX, SideScroll, paint_bar
from app.ui.transcript.style import Look, TextStyle

_PADDING_X_PX = 10.0
_PADDING_Y_PX = 5.0
_MIN_COLUMN_PX = 44.0
_WORD_CAP_PX = 150.0  # a longest word up to this width is not broken
_CELL_SCALE = 0.95


class TableShape:
    """The columns of one table. They only grow while rows come, so that nothing jitters."""

    def __init__(self, style: TextStyle) -> None:
        self.scroll = SideScroll()
        self.revision = 0  # grows when widths may have changed
        self._natural: list[float] = []
        self._least: list[float] = []
        self._seen: dict[int, BlockSpec] = {}
        self._style = style

    def restyle(self, style: TextStyle) -> None:
        """Other fonts: measure all rows again."""
        if style == self._style:
            return
        self._style = style
        self._natural, self._least = [], []
        self.revision += 1
        for row in self._seen.values():
            self._widen(row)

    def observe(self, spec: BlockSpec) -> None:
        """Take the widths of a complete row."""
        if self._seen.get(spec.part) != spec:
            self._seen[spec.part] = spec
            self._widen(spec)

    def widths(self, available: float) -> list[float]:
        """Width of each column in a table that is shown `available` wide."""
        if sum(self._natural) <= available:
            return list(self._natural)
        least = [min(n, m) for n, m in zip(self._natural, self._least, strict=True)]
        if sum(least) >= available:
            return least
        return _shared(self._natural, least, available)

    def _widen(self, spec: BlockSpec) -> None:
        style = self._style
        padding = 2 * style.px(_PADDING_X_PX)
        font = style.font(_CELL_SCALE, bold=spec.is_header)
        for n, cell in enumerate(spec.cells):
            if n == len(self._natural):
                self._natural.append(style.px(_MIN_COLUMN_PX))
                self._least.append(style.px(_MIN_COLUMN_PX))
                self.revision += 1
            lines = cell.plain[:500].split("\u2028")
            formulas = sum(style.char_px * len(f.tex) * 0.7 for f in cell.formulas)
            natural = max(style.advance(line, font) for line in lines) + formulas + padding + 2
            words = max((style.advance(w, font) for w in cell.plain[:500].split()), default=0)
            least = min(words, style.px(_WORD_CAP_PX)) + padding + 2
            if natural > self._natural[n] or least > self._least[n]:
                self._natural[n] = max(natural, self._natural[n])
                self._least[n] = max(least, self._least[n])
                self.revision += 1


def _shared(natural: list[float], least: list[float], available: float) -> list[float]:
    """Narrow columns keep their width, wide ones share what is left by their need."""
    widths = list(least)
    spare = available - sum(least)
    wanted = [n - m for n, m in zip(natural, least, strict=True)]
    total = sum(wanted)
    return [w + spare * want / total for w, want in zip(widths, wanted, strict=True)]


class TableRowBlock(Block):
    """One row."""

    def __init__(self, spec: BlockSpec, shape: TableShape) -> None:
        super().__init__(spec)
        self.shape = shape
        self._cells: list[InertDocument] = []
        self._shown: list[Inline] = list(spec.cells)
        self._widths: list[float] = []
        self._revision = -1
        self._padding = QPointF()

    def estimate(self, width: float, look: Look) -> float:
        """One or two lines."""
        style = look.style
        n_chars = sum(len(c.plain) for c in self.spec.cells)
        n_lines = 1 + int(n_chars * style.char_px / max(width, 1))
        return n_lines * style.line_px + 2 * style.px(_PADDING_Y_PX)

    def measure(self, width: float, scope: Scope) -> float:
        """Lay out the cells in the shared columns."""
        style = scope.look.style
        self._widths = self.shape.widths(width)
        self._revision = self.shape.revision
        self._padding = QPointF(style.px(_PADDING_X_PX), style.px(_PADDING_Y_PX))
        self.width = width
        self.shape.scroll.content = sum(self._widths)
        self.shape.scroll.set_window(width)
        cells = self._laid_out(scope)
        tallest = max((c.size().height() for c in cells), default=style.line_px)
        tallest -= style.line_extra_px * _CELL_SCALE
        self.height = tallest + 2 * style.px(_PADDING_Y_PX) + self._bar_room(scope)
        self.is_stale = False
        return self.height

    def columns_changed(self) -> bool:
        """True when the row was measured for other columns."""
        return self._revision != self.shape.revision

    def paint(self, paint: BlockPaint, scope: Scope) -> None:
        """Ground of the header, cells, the line below."""
        painter, palette = paint.painter, scope.look.palette
        painter.save()
        painter.setClipRect(
            QRectF(0, 0, self.width, self.height), Qt.ClipOperation.IntersectClip
        )
        row_width = min(sum(self._widths), self.width)
        line_y = self.height - self._bar_room(scope) - 1
        if self.spec.is_header:
            painter.fillRect(QRectF(0, 0, row_width, line_y), palette.table_header)
        x, first = -self.shape.scroll.x, 0
        for n, cell in enumerate(self._laid_out(scope)):
            length = n_units(self._shown[n].plain)
            marks = _inside(paint.marks, first, length)
            self._paint_cell(paint, scope, cell, x, marks)
            x += self._widths[n]
            first += length + 1
        strong = self.spec.is_header
        painter.fillRect(
            QRectF(0, line_y, row_width, 1), palette.quote_bar if strong else palette.line
        )
        painter.restore()
        paint_bar(painter, self.scroll_bar(scope), self.shape.scroll, palette)

    def text(self) -> str:
        """Cells with tabs between them."""
        return "\t".join(cell.plain for cell in self._shown)

    def copied(self, start: int, end: int) -> str:
        """Cells with tabs, formulas as TeX."""
        parts: list[str] = []
        first = 0
        for cell in self._shown:
            length = n_units(cell.plain)
            a, b = max(start - first, 0), min(end - first, length)
            if a <= b and first <= end:
                plain = cell.plain
                parts.append(cell.with_sources(code_points(plain, a), code_points(plain, b)))
            first += length + 1
        return "\t".join(parts)

    def position_at(self, point: QPointF, scope: Scope) -> int:
        """The nearest position in the nearest cell."""
        x, first = -self.shape.scroll.x, 0
        cells = self._laid_out(scope)
        for n, cell in enumerate(cells):
            if point.x() < x + self._widths[n] or n == len(cells) - 1:
                return first + hit(cell, point - QPointF(x, 0) - self._padding)
            x += self._widths[n]
            first += n_units(self._shown[n].plain) + 1
        return 0

    def link_at(self, point: QPointF) -> str:
        """The address of the link under `point`."""
        x = -self.shape.scroll.x
        for n, cell in enumerate(self._cells):
            if x <= point.x() < x + self._widths[n]:
                return cell.documentLayout().anchorAt(point - QPointF(x, 0) - self._padding)
            x += self._widths[n]
        return ""

    def update(self, spec: BlockSpec) -> None:
        """Show more cells or text."""
        super().update(spec)
        self._shown = list(spec.cells)

    def links(self) -> list[str]:
        """Addresses in the order of the cells."""
        return [link for cell in self.spec.cells for link in inline_links(cell)]

    def release(self) -> None:
        """Drop the documents of the cells."""
        self._cells = []

    def documents(self) -> Sequence[QTextDocument]:
        """Documents of the cells."""
        return self._cells

    def scroll_by(self, dx: float) -> bool:
        """Scroll the whole table."""
        return self.shape.scroll.scroll_by(dx)

    def overflow(self) -> float:
        """How much is hidden at the side."""
        return self.shape.scroll.overflow

    def scroll_bar(self, scope: Scope) -> QRectF:
        """Below the last row."""
        if not self.spec.is_last_part or not self.overflow():
            return QRectF()
        bar = scope.look.style.px(BAR_PX)
        return QRectF(0, self.height - bar - 1, self.width, bar)

    def _bar_room(self, scope: Scope) -> float:
        if not self.spec.is_last_part or not self.shape.scroll.overflow:
            return 0.0
        return scope.look.style.px(BAR_PX) + 4

    def _laid_out(self, scope: Scope) -> list[InertDocument]:
        padding = 2 * scope.look.style.px(_PADDING_X_PX)
        if not self._cells and self.spec.cells:
            awaited: set[FormulaKey] = set()
            for n, cell in enumerate(self.spec.cells):
                resolved = resolve(cell, scope)
                self._shown[n] = resolved.inline
                awaited |= resolved.awaited
                self._cells.append(
                    inline_document(
                        resolved.inline,
                        scope.look,
                        resolved.images,
                        scale=_CELL_SCALE,
                        bold=self.spec.is_header,
                        align=self._align(n),
                    )
                )
            self.awaited = frozenset(awaited)
        for n, document in enumerate(self._cells):
            width = self._widths[n] - padding
            if document.textWidth() != width:
                document.setTextWidth(max(width, 1))
        return self._cells

    def _align(self, n: int) -> Align:
        return self.spec.aligns[n] if n < len(self.spec.aligns) else Align.LEFT

    def _paint_cell(
        self, paint: BlockPaint, scope: Scope, cell: InertDocument, x: float, marks: list[Mark]
    ) -> None:
        origin = QPointF(x, 0) + self._padding
        paint.painter.translate(origin)
        clip = paint.clip.translated(-origin)
        draw(paint.painter, cell, DocumentPaint(clip, scope.look.text_color, marks))
        paint.painter.translate(-origin)


def _inside(marks: Sequence[Mark], first: int, length: int) -> list[Mark]:
    """The parts of `marks` that lie in one cell, in its own positions."""
    found: list[Mark] = []
    for mark in marks:
        start, end = max(mark.start - first, 0), min(mark.end - first, length)
        if start < end:
            found.append(Mark(start, end, mark.ground))
    return found
