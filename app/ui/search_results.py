"""The list of what a search has found in the conversations."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.core.history import SearchHit
from app.ui.history.date_words import day_text
from app.ui.models.search_hit_model import SearchHitModel, excerpt_parts
from app.ui.sidebar_delegate import paint_row_state
from app.ui.theme import current_colors
from app.workers.typed_signal import signal_of

AnyIndex = QModelIndex | QPersistentModelIndex

N_EXCERPT_LINES = 3
_MARGIN = 6
_PADDING = 12
_GAP = 8  # between title and date


@dataclass(frozen=True, slots=True)
class HitChosen:
    """The person wants to see this."""

    hit: SearchHit


class _HitDelegate(QStyledItemDelegate):
    """Paints title and date over the excerpt, in which the words found are marked."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """One height for all rows, so that the view need not ask for each."""
        metrics: QFontMetrics = option.fontMetrics
        small = QFontMetrics(_small(option.font))
        return QSize(120, metrics.height() + N_EXCERPT_LINES * small.lineSpacing() + 16)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one row in the colours of the theme."""
        hit = index.data(SearchHitModel.HIT_ROLE)
        if not isinstance(hit, SearchHit):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        inner = rect.adjusted(_MARGIN, 1, -_MARGIN, -1)
        paint_row_state(painter, option, inner)
        text = inner.adjusted(_PADDING, 6, -_PADDING, -6)
        metrics: QFontMetrics = option.fontMetrics
        head = QRect(text.left(), text.top(), text.width(), metrics.height())
        _paint_head(painter, option, head, hit)
        body = text.adjusted(0, metrics.height() + 2, 0, 0)
        _paint_excerpt(painter, _small(option.font), body, hit)
        painter.restore()


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.92)
    return small


def _paint_head(
    painter: QPainter, option: QStyleOptionViewItem, head: QRect, hit: SearchHit
) -> None:
    colors = current_colors()
    small = _small(option.font)
    date = day_text(hit.created_at)
    if hit.is_archived:
        archived = QCoreApplication.translate("SearchResults", "Archived")
        date = f"{archived} · {date}"
    date_width = QFontMetrics(small).horizontalAdvance(date)
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setFont(small)
    painter.setPen(QColor(colors.muted))
    painter.drawText(head, middle | Qt.AlignmentFlag.AlignRight, date)
    room = head.adjusted(0, 0, -date_width - _GAP, 0)
    metrics: QFontMetrics = option.fontMetrics
    title = metrics.elidedText(hit.title, Qt.TextElideMode.ElideRight, room.width())
    painter.setFont(option.font)
    painter.setPen(QColor(colors.text))
    painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft, title)


def _paint_excerpt(painter: QPainter, font: QFont, room: QRect, hit: SearchHit) -> None:
    colors = current_colors()
    text, marks = "", []
    mark = QTextCharFormat()
    mark.setFontWeight(QFont.Weight.Bold)
    mark.setForeground(QColor(colors.text))
    mark.setBackground(QColor(colors.accent_soft))
    for part in excerpt_parts(hit):
        piece = part.text.replace("\n", " ").replace("\t", " ")
        if part.is_match:
            span = QTextLayout.FormatRange()
            span.start = _utf16_length(text)
            span.length = _utf16_length(piece)
            span.format = mark
            marks.append(span)
        text += piece
    layout = QTextLayout(text, font)
    layout.setFormats(marks)
    layout.beginLayout()
    height = 0.0
    for _ in range(N_EXCERPT_LINES):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(room.width())
        line.setPosition(QPointF(0, height))
        height += line.height()
    layout.endLayout()
    painter.setPen(QColor(colors.muted))
    layout.draw(painter, QPointF(room.topLeft()))


def _utf16_length(text: str) -> int:
    """Qt counts in UTF-16: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class SearchResults(QListView):
    """Enter and click open; Esc and Up from the first row go back to the field."""

    hit_chosen = signal_of(HitChosen)
    left_upwards = Signal()
    escaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hits = SearchHitModel(self)
        self.setModel(self._hits)
        self.setItemDelegate(_HitDelegate(self))
        self.setObjectName("conversationList")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QFrame.Shape.NoFrame)

    @property
    def n_hits(self) -> int:
        """How many are listed."""
        return self._hits.rowCount()

    def set_hits(self, hits: tuple[SearchHit, ...]) -> None:
        """List these; other ones than before from the first, the same where they are."""
        self._hits.set_hits(hits)

    def hit_at(self, index: QModelIndex) -> SearchHit | None:
        """The hit of a row; None where there is none."""
        hit = index.data(SearchHitModel.HIT_ROLE) if index.isValid() else None
        return hit if isinstance(hit, SearchHit) else None

    def select_first(self) -> None:
        """Take the focus at the first hit."""
        self.setFocus(Qt.FocusReason.TabFocusReason)
        self.setCurrentIndex(self._hits.index(0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Esc and Up from the first row leave."""
        hit = self.hit_at(self.currentIndex())
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and hit is not None:
            self.hit_chosen.emit(HitChosen(hit))
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.left_upwards.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens."""
        super().mouseReleaseEvent(event)
        hit = self.hit_at(self.indexAt(event.position().toPoint()))
        if event.button() == Qt.MouseButton.LeftButton and hit is not None:
            self.hit_chosen.emit(HitChosen(hit))
