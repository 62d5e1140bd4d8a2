"""A formula on its own line."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from app.ui.transcript.block import Block, BlockPaint, Scope
from app.ui.transcript.block_spec import OBJECT_SIGN, BlockSpec, Formula
from app.ui.transcript.documents import DocumentPaint, InertDocument, code_document, draw
from app.ui.transcript.math_images import MathImage
from app.ui.transcript.side_scroll import BAR_PX, SideScroll, paint_bar
from app.ui.transcript.style import Look
from app.ui.transcript.visible_text import made_visible

_PADDING_PX = 6.0


class MathBlock(Block):
    """One display formula; its source until the image is ready, or when there is none."""

    def __init__(self, spec: BlockSpec) -> None:
        super().__init__(spec)
        self._image: MathImage | None = None
        self._source: InertDocument | None = None
        self.scroll = SideScroll()

    @property
    def formula(self) -> Formula:
        """The formula in TeX."""
        return Formula(self.spec.code, "$$")

    def estimate(self, width: float, look: Look) -> float:
        """Two or three lines."""
        n_lines = 2 + self.spec.code.count("\\\\") + self.spec.code.count("\\frac")
        return n_lines * look.style.line_px

    def measure(self, width: float, scope: Scope) -> float:
        """Take the image or lay out the source."""
        padding = scope.look.style.px(_PADDING_PX)
        key = scope.formula_key(self.formula, is_display=True)
        self._image = scope.math.image(key)
        self.awaited = frozenset() if self._image else frozenset({key})
        if self._image is not None:
            self._source = None
            self.scroll.content = self._image.size.width()
            height = self._image.size.height()
        else:
            document = self._source_document(scope)
            document.setTextWidth(width)
            self.scroll.content = width
            height = document.size().height()
        self.scroll.set_window(width)
        self.width = width
        bar = scope.look.style.px(BAR_PX) + padding if self.scroll.overflow else 0
        self.height = height + 2 * padding + bar
        self.is_stale = False
        return self.height

    def paint(self, paint: BlockPaint, scope: Scope) -> None:
        """The image in the middle, or the source."""
        painter, palette = paint.painter, scope.look.palette
        padding = scope.look.style.px(_PADDING_PX)
        if self._image is None:
            painter.translate(0, padding)
            clip = paint.clip.translated(0, -padding)
            source = self._source_document(scope)
            source.setTextWidth(self.width)
            draw(painter, source, DocumentPaint(clip, palette.muted))
            painter.translate(0, -padding)
            return
        size = self._image.size
        x = (self.width - size.width()) / 2 if not self.scroll.overflow else -self.scroll.x
        painter.save()
        painter.setClipRect(QRectF(0, 0, self.width, self.height))
        for mark in paint.marks:
            painter.fillRect(QRectF(x, padding, size.width(), size.height()), mark.ground)
        painter.drawImage(QPointF(x, padding), self._image.image)
        painter.restore()
        paint_bar(painter, self.scroll_bar(scope), self.scroll, palette)

    def text(self) -> str:
        """One sign for the whole formula."""
        return OBJECT_SIGN

    def copied(self, start: int, end: int) -> str:
        """The TeX between dollar signs."""
        return self.formula.source if end > start else ""

    def position_at(self, point: QPointF, scope: Scope) -> int:
        """Before or after the formula."""
        return 1 if point.x() > self.width / 2 else 0

    def release(self) -> None:
        """Drop the source's document; the image belongs to the renderer."""
        self._source = None

    def invalidate(self) -> None:
        """Forget the image too."""
        super().invalidate()
        self._image = None

    def scroll_by(self, dx: float) -> bool:
        """Scroll a formula that is wider than the column."""
        return self.scroll.scroll_by(dx)

    def overflow(self) -> float:
        """How much is hidden."""
        return self.scroll.overflow

    def scroll_bar(self, scope: Scope) -> QRectF:
        """Along the lower edge."""
        if not self.scroll.overflow:
            return QRectF()
        bar = scope.look.style.px(BAR_PX)
        return QRectF(0, self.height - bar - 1, self.width, bar)

    def _source_document(self, scope: Scope) -> InertDocument:
        if self._source is None:
            self._source = code_document(made_visible(self.spec.code), scope.look, wraps=True)
        return self._source
