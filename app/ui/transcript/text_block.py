"""Paragraphs, headings and rules."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTextDocument

from app.ui.transcript.block import Block, BlockPaint, Scope, resolve
from app.ui.transcript.block_spec import BlockKind, BlockSpec, Inline, code_points
from app.ui.transcript.documents import (
    DocumentPaint,
    InertDocument,
    draw,
    hit,
    inline_document,
    inline_links,
)
from app.ui.transcript.style import HEADING_SCALE, Look

_RULE_PX = 13.0


class TextBlock(Block):
    """One paragraph or heading."""

    def __init__(self, spec: BlockSpec) -> None:
        super().__init__(spec)
        self._shown: Inline = spec.inline
        self._document: InertDocument | None = None

    def estimate(self, width: float, look: Look) -> float:
        """Lines by an average letter's width."""
        scale = self._scale()
        per_line = max(width / (look.style.char_px * scale), 1)
        text = self.spec.inline.plain
        n_lines = sum(1 + int(len(line) / per_line) for line in text.split("\u2028"))
        return n_lines * look.style.line_px * scale

    def measure(self, width: float, scope: Scope) -> float:
        """Lay out the document."""
        document = self._built(scope)
        document.setTextWidth(max(width, 1))
        self.width = width
        extra = scope.look.style.line_extra_px * self._scale()
        self.height = max(document.size().height() - extra, 1.0)
        self.is_stale = False
        return self.height

    def paint(self, paint: BlockPaint, scope: Scope) -> None:
        """Paint the document with its marks."""
        color = scope.look.text_color
        draw(
            paint.painter, self._laid_out(scope), DocumentPaint(paint.clip, color, paint.marks)
        )

    def text(self) -> str:
        """The characters, as they were last laid out."""
        return self._shown.plain

    def position_at(self, point: QPointF, scope: Scope) -> int:
        """The nearest position."""
        return hit(self._laid_out(scope), point)

    def copied(self, start: int, end: int) -> str:
        """Text with formulas as TeX."""
        plain = self._shown.plain
        return self._shown.with_sources(code_points(plain, start), code_points(plain, end))

    def link_at(self, point: QPointF) -> str:
        """The address of the link exactly under `point`."""
        if self._document is None:
            return ""
        return self._document.documentLayout().anchorAt(point)

    def links(self) -> list[str]:
        """Addresses in the order of the text."""
        return inline_links(self.spec.inline)

    def update(self, spec: BlockSpec) -> None:
        """Show other text."""
        super().update(spec)
        self._shown = spec.inline

    def release(self) -> None:
        """Drop the document."""
        self._document = None

    def documents(self) -> Sequence[QTextDocument]:
        """The document when there is one."""
        return (self._document,) if self._document is not None else ()

    def first_baseline(self) -> float | None:
        """Baseline of the first line."""
        if self._document is None:
            return None
        layout = self._document.begin().layout()
        if layout.lineCount() == 0:
            return None
        line = layout.lineAt(0)
        return layout.position().y() + line.y() + line.ascent()

    def _scale(self) -> float:
        if self.spec.kind is BlockKind.HEADING:
            return HEADING_SCALE[self.spec.level - 1]
        return 1.0

    def _built(self, scope: Scope) -> InertDocument:
        if self._document is None or self.awaited:
            resolved = resolve(self.spec.inline, scope)
            self._shown, self.awaited = resolved.inline, resolved.awaited
            self._document = inline_document(
                resolved.inline,
                scope.look,
                resolved.images,
                scale=self._scale(),
                bold=self.spec.kind is BlockKind.HEADING,
            )
        return self._document

    def _laid_out(self, scope: Scope) -> InertDocument:
        if self._document is None:
            self._built(scope).setTextWidth(max(self.width, 1))
        assert self._document is not None
        return self._document


class RuleBlock(Block):
    """A horizontal line."""

    def estimate(self, width: float, look: Look) -> float:
        """Exact."""
        return look.style.px(_RULE_PX)

    def measure(self, width: float, scope: Scope) -> float:
        """Nothing to lay out."""
        self.width = width
        self.height = self.estimate(width, scope.look)
        self.is_stale = False
        return self.height

    def paint(self, paint: BlockPaint, scope: Scope) -> None:
        """A line in the middle."""
        y = round(self.height / 2)
        color = scope.look.palette.line
        for mark in paint.marks:
            color = mark.ground
        paint.painter.fillRect(QRectF(0, y, self.width, 1), color)

    def text(self) -> str:
        """What is copied for a rule."""
        return "---"

    def position_at(self, point: QPointF, scope: Scope) -> int:
        """The whole rule or nothing of it."""
        return 3 if point.x() > self.width / 2 else 0
