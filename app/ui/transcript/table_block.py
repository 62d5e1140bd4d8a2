"""Rows of a table: each row is a block, the columns are shared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QTextDocument

from app.ui.transcript.block import Block, BlockPaint, Scope
from app.ui.transcript.block_spec import Align, BlockSpec, code_points
from app.ui.transcript.documents import Mark, inline_links
from app.ui.transcript.side_scroll import BAR_PX, SideScroll, paint_bar
from app.ui.transcript.style import Look, TextStyle
from app.ui.transcript.table_cell import CELL_SCALE, TableCell

_PADDING_X_PX = 10.0
_PADDING_Y_PX = 5.0
_MIN_COLUMN_PX = 44.0
_WORD_CAP_PX = 150.0  # a longest word up to this width is not broken


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
        font = style.font(CELL_SCALE, bold=spec.is_header)
        widest_px = style.metrics(CELL_SCALE, bold=spec.is_header).maxWidth()
        for n, cell in enumerate(spec.cells):
            if n == len(self._natural):
                self._natural.append(style.px(_MIN_COLUMN_PX))
                self._least.append(style.px(_MIN_COLUMN_PX))
                self.revision += 1
            if not cell.formulas and len(cell.plain) * widest_px + padding < self._least[n]:
                continue  # it cannot widen the column, whatever its letters
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
        self._cells = _cells(spec)
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
        inside = 2 * self._padding.x()
        tallest = style.metrics(CELL_SCALE).height()
        for cell, column in zip(self._cells, self._widths, strict=False):
            tallest = max(tallest, cell.measure(column - inside, scope))
        self.awaited = frozenset().union(*(cell.awaited for cell in self._cells))
        self.height = tallest + 2 * self._padding.y() + self._bar_room(scope)
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
        for cell, x, column, first in self._places():
            if x + column > 0 and x < self.width:
                marks = _inside(paint.marks, first, cell.n_positions)
                cell.paint(paint, scope, QPointF(x, 0) + self._padding, marks)
        color = palette.quote_bar if self.spec.is_header else palette.line
        painter.fillRect(QRectF(0, line_y, row_width, 1), color)
        painter.restore()
        paint_bar(painter, self.scroll_bar(scope), self.shape.scroll, palette)

    def text(self) -> str:
        """Cells with tabs between them."""
        return "\t".join(cell.shown.plain for cell in self._cells)

    def copied(self, start: int, end: int) -> str:
        """Cells with tabs, formulas as TeX."""
        parts: list[str] = []
        first = 0
        for cell in self._cells:
            plain, length = cell.shown.plain, cell.n_positions
            a, b = max(start - first, 0), min(end - first, length)
            if a <= b and first <= end:
                parts.append(
                    cell.shown.with_sources(code_points(plain, a), code_points(plain, b))
                )
            first += length + 1
        return "\t".join(parts)

    def position_at(self, point: QPointF, scope: Scope) -> int:
        """The nearest position in the nearest cell."""
        places = list(self._places())
        for cell, x, column, first in places:
            if point.x() < x + column or cell is places[-1][0]:
                inside = point - QPointF(x, 0) - self._padding
                return first + cell.position_at(inside, scope)
        return 0

    def link_at(self, point: QPointF) -> str:
        """The address of the link under `point`."""
        for cell, x, column, _ in self._places():
            if x <= point.x() < x + column:
                return cell.link_at(point - QPointF(x, 0) - self._padding)
        return ""

    def update(self, spec: BlockSpec) -> None:
        """Show more cells or text."""
        super().update(spec)
        self._cells = _cells(spec)

    def links(self) -> list[str]:
        """Addresses in the order of the cells."""
        return [link for cell in self.spec.cells for link in inline_links(cell)]

    def release(self) -> None:
        """Drop the documents of the cells."""
        for cell in self._cells:
            cell.release()

    def documents(self) -> Sequence[QTextDocument]:
        """Documents of the cells that have one."""
        return [c.document for c in self._cells if c.document is not None]

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

    def _places(self) -> Iterator[tuple[TableCell, float, float, int]]:
        """Each cell with its left edge, its column's width and its first position."""
        x, first = -self.shape.scroll.x, 0
        for cell, column in zip(self._cells, self._widths, strict=False):
            yield cell, x, column, first
            x += column
            first += cell.n_positions + 1


def _cells(spec: BlockSpec) -> list[TableCell]:
    return [
        TableCell(
            inline,
            spec.aligns[n] if n < len(spec.aligns) else Align.LEFT,
            is_header=spec.is_header,
        )
        for n, inline in enumerate(spec.cells)
    ]


def _inside(marks: Sequence[Mark], first: int, length: int) -> list[Mark]:
    """The parts of `marks` that lie in one cell, in its own positions."""
    found: list[Mark] = []
    for mark in marks:
        start, end = max(mark.start - first, 0), min(mark.end - first, length)
        if start < end:
            found.append(Mark(start, end, mark.ground))
    return found
