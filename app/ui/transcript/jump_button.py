"""The button that leads back to the newest line."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea

from app.ui.transcript.conversation_layout import ConversationLayout
from app.ui.transcript.icons import Icon, paint_icon
from app.ui.transcript.palette import TranscriptPalette

_SIZE_PX = 36
_MARGIN_PX = 14


class JumpButton(QAbstractButton):
    """Floats at the bottom while more than a line is below the window."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._colors = TranscriptPalette.light()
        name = self.tr("Jump to the latest message")
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the End key does the same
        self.resize(self.sizeHint())
        self.hide()

    def sizeHint(self) -> QSize:
        """A circle that is easy to hit."""
        return QSize(_SIZE_PX, _SIZE_PX)

    def set_palette_colors(self, palette: TranscriptPalette) -> None:
        """Use the transcript's colours."""
        self._colors = palette
        self.update()

    def follow(self, conversation: ConversationLayout) -> None:
        """Show or hide, in the middle of the lower edge."""
        below = conversation.max_offset - conversation.offset
        if conversation.is_pinned or below < 40:
            self.hide()
            return
        viewport = self._area.viewport().geometry()
        x = viewport.center().x() - self.width() // 2
        self.move(x, viewport.bottom() - self.height() - _MARGIN_PX)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A round button with an arrow."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._colors.border, 1))
        is_hot = self.underMouse()
        painter.setBrush(self._colors.hover if is_hot else self._colors.ground)
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        box = QRectF(self.rect()).adjusted(8, 8, -8, -8)
        paint_icon(painter, Icon.DOWN, box, self._colors.text)
        painter.end()
