"""The small bar with the search field."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from app.ui.transcript.icons import Icon, paint_icon
from app.ui.transcript.palette import TranscriptPalette
from app.workers.typed_signal import signal_of

_ICON_PX = 18


class FindBar(QFrame):
    """Field, count, previous, next, close."""

    query_changed = signal_of(str)
    step_requested = signal_of(int)  # +1 next, -1 previous
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("findBar")
        self._field = QLineEdit()
        self._field.setPlaceholderText(self.tr("Find in this conversation"))
        self._field.setAccessibleName(self.tr("Find in this conversation"))
        self._field.setMinimumWidth(170)
        self._count = QLabel()
        self._count.setMinimumWidth(64)
        self._count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._previous = self._button(self.tr("Previous hit"))
        self._next = self._button(self.tr("Next hit"))
        self._close = self._button(self.tr("Close the search"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 6, 6)
        layout.setSpacing(4)
        for widget in (self._field, self._count, self._previous, self._next, self._close):
            layout.addWidget(widget)
        self._field.textChanged.connect(self._on_text)
        self._previous.clicked.connect(self._on_previous)
        self._next.clicked.connect(self._on_next)
        self._close.clicked.connect(self.closed)

    @property
    def field(self) -> QLineEdit:
        """Where the query is typed."""
        return self._field

    @property
    def count_text(self) -> str:
        """What is said about the hits."""
        return self._count.text()

    def set_count(self, current: int, total: int, *, is_complete: bool) -> None:
        """Show that hit `current` (1-based, 0: none) of `total` is the one in view."""
        if not self._field.text():
            self._count.clear()
        elif total == 0 and is_complete:
            self._count.setText(self.tr("No hits"))
        else:
            more = "" if is_complete else "+"
            self._count.setText(f"{current}/{total}{more}")
        for button in (self._previous, self._next):
            button.setEnabled(total > 0)

    def set_palette_colors(self, palette: TranscriptPalette) -> None:
        """Use the transcript's colours."""
        self.setStyleSheet(
            f"#findBar {{ background: {palette.bubble.name()};"
            f" border: 1px solid {palette.border.name()}; border-radius: 8px; }}"
            f"#findBar QLabel {{ color: {palette.muted.name()}; }}"
            f"#findBar QLineEdit {{ background: {palette.ground.name()};"
            f" color: {palette.text.name()}; border: 1px solid {palette.border.name()};"
            " border-radius: 5px; padding: 3px 6px; min-height: 20px; }"
            f"#findBar QLineEdit:focus {{ border: 2px solid {palette.focus.name()};"
            " padding: 2px 5px; }"
            "#findBar QToolButton { border: none; border-radius: 5px; padding: 4px; }"
            f"#findBar QToolButton:hover {{ background: {palette.hover.name()}; }}"
            f"#findBar QToolButton:focus {{ border: 2px solid {palette.focus.name()};"
            " padding: 2px; }"
        )
        self._previous.setIcon(self._icon(Icon.UP, palette.text))
        self._next.setIcon(self._icon(Icon.DOWN, palette.text))
        self._close.setIcon(self._icon(Icon.CLOSE, palette.text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next hit, Shift+Enter to the previous, Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            is_back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.step_requested.emit(-1 if is_back else 1)
        else:
            super().keyPressEvent(event)

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.setMinimumSize(28, 28)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _icon(self, icon: Icon, color: QColor) -> QIcon:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(int(_ICON_PX * ratio), int(_ICON_PX * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_icon(painter, icon, QRectF(0, 0, _ICON_PX, _ICON_PX), color)
        painter.end()
        return QIcon(pixmap)

    def _on_text(self, text: str) -> None:
        self.query_changed.emit(text)

    def _on_previous(self) -> None:
        self.step_requested.emit(-1)

    def _on_next(self) -> None:
        self.step_requested.emit(1)
