"""Sideways scrolling inside one block: wide code, tables and formulas never widen the page."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from app.ui.transcript.palette import TranscriptPalette

BAR_PX = 6.0  # thickness of the bar at 100 %
_MIN_HANDLE_PX = 28.0


class SideScroll:
    """Position of content that may be wider than its window. Shared by a block's parts."""

    def __init__(self) -> None:
        self.content = 0.0  # width of the widest part
        self.window = 0.0  # width in which it is shown
        self.x = 0.0  # 0..overflow

    @property
    def overflow(self) -> float:
        """How far it can be scrolled."""
        return max(self.content - self.window, 0.0)

    def set_window(self, width: float) -> None:
        """Change the width in which it is shown."""
        self.window = width
        self.x = min(self.x, self.overflow)

    def scroll_by(self, dx: float) -> bool:
        """Scroll; False when it was at that end already."""
        x = min(max(self.x + dx, 0.0), self.overflow)
        moved = x != self.x
        self.x = x
        return moved

    def handle(self, track: QRectF) -> QRectF:
        """Where the bar's handle is in `track`."""
        if self.overflow <= 0:
            return QRectF()
        width = max(track.width() * self.window / self.content, _MIN_HANDLE_PX)
        room = max(track.width() - width, 0.0)
        return QRectF(
            track.x() + room * self.x / self.overflow, track.y(), width, track.height()
        )

    def scroll_handle_by(self, dx: float, track: QRectF) -> bool:
        """Scroll as if the handle was dragged by `dx` pixels."""
        room = track.width() - self.handle(track).width()
        return room > 0 and self.scroll_by(dx * self.overflow / room)


def paint_bar(
    painter: QPainter, track: QRectF, scroll: SideScroll, palette: TranscriptPalette
) -> None:
    """Paint the handle in its track."""
    handle = scroll.handle(track)
    if handle.isEmpty():
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.border)
    radius = handle.height() / 2
    painter.drawRoundedRect(handle, radius, radius)
    painter.restore()
