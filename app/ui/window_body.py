"""Sidebar beside the chat page, or over it where there is no room for both."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.sidebar import SIDEBAR_WIDTH
from app.ui.theme import current_colors

OVERLAY_BELOW = 760  # logical pixels of the window


class _Scrim(QWidget):
    """Dims the page under an overlaid sidebar; a click closes the sidebar."""

    clicked = Signal()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill with the theme's scrim."""
        QPainter(self).fillRect(event.rect(), QColor(current_colors().scrim))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close."""
        event.accept()
        self.clicked.emit()


class WindowBody(QWidget):
    """Places the two by hand, so that nothing is laid out anew while the sidebar overlays."""

    sidebar_toggled = Signal(bool)  # True: it is shown

    def __init__(
        self, sidebar: QWidget, page: QWidget, parent: QWidget, *, is_sidebar_wanted: bool
    ) -> None:
        super().__init__(parent)
        self._sidebar = sidebar
        self._page = page
        self._is_wanted = is_sidebar_wanted  # beside the page, in a wide window
        self._is_over = False  # over the page, in a narrow window
        sidebar.setParent(self)
        page.setParent(self)
        self._cover: QWidget | None = None  # over both
        self._scrim = _Scrim(self)
        self._scrim.hide()
        self._scrim.clicked.connect(self.close_overlay)
        sidebar.raise_()

    @property
    def is_narrow(self) -> bool:
        """True where the sidebar lies over the page."""
        return self.width() < OVERLAY_BELOW

    @property
    def is_sidebar_shown(self) -> bool:
        """True while the sidebar can be seen, beside or over the page."""
        return self._is_over if self.is_narrow else self._is_wanted

    @property
    def is_sidebar_wanted(self) -> bool:
        """True when the sidebar stands beside the page as soon as there is room."""
        return self._is_wanted

    def show_sidebar(self, is_shown: bool) -> None:
        """Show or hide the sidebar in the way that fits the width."""
        if self.is_narrow:
            self._is_over = is_shown
        else:
            self._is_wanted = is_shown
        self._arrange()

    def close_overlay(self) -> bool:
        """Hide a sidebar that lies over the page; False when there is none."""
        if self.is_narrow and self._is_over:
            self.show_sidebar(False)
            return True
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place both anew."""
        super().resizeEvent(event)
        if not self.is_narrow:
            self._is_over = False
        self._arrange()

    def set_cover(self, cover: QWidget | None) -> None:
        """Show this instead of both; None: both again."""
        if self._cover is not None and cover is not self._cover:
            self._cover.hide()
        self._cover = cover
        self._page.setVisible(cover is None)
        self._arrange()
        if cover is not None:
            cover.setParent(self)
            cover.show()
            cover.raise_()

    def _arrange(self) -> None:
        if self._cover is not None:
            self._cover.setGeometry(self.rect())
            self._sidebar.hide()
            self._scrim.hide()
            return
        is_shown = self.is_sidebar_shown
        # In a right-to-left language the sidebar stands on the right.
        is_mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        beside = SIDEBAR_WIDTH if is_shown and not self.is_narrow else 0
        left = 0 if is_mirrored else beside
        self._page.setGeometry(left, 0, self.width() - beside, self.height())
        side = self.width() - SIDEBAR_WIDTH if is_mirrored else 0
        self._sidebar.setGeometry(side, 0, SIDEBAR_WIDTH, self.height())
        self._scrim.setGeometry(self.rect())
        self._scrim.setVisible(self.is_narrow and is_shown)
        if self._sidebar.isVisibleTo(self) != is_shown:
            self._sidebar.setVisible(is_shown)
        self.sidebar_toggled.emit(is_shown)
