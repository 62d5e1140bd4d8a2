"""Notes in the window: banners above the conversation, a toast with Undo over its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QEnterEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.ui.buttons import IconButton, TextButton
from app.ui.icons import pixmap
from app.ui.theme import current_colors

TOAST_MS = 12_000  # at least 10 s to change one's mind; longer under pointer or focus
MAX_BANNERS = 3


class BannerKind(StrEnum):
    """How grave it is; also a value of the style sheet."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_PICTURES = {
    BannerKind.INFO: ("info", "muted"),
    BannerKind.WARNING: ("triangle-alert", "warning"),
    BannerKind.ERROR: ("circle-alert", "danger"),
}


@dataclass(frozen=True, slots=True)
class BannerContent:
    """What a banner says and offers."""

    text: str  # translated
    kind: BannerKind = BannerKind.INFO
    action_text: str = ""  # translated; empty: no action
    action: Callable[[], None] | None = None
    details: str = ""  # for "Copy details"; empty: none
    key: str = ""  # banners of one key replace each other; empty: the text is the key
    can_close: bool = True


class Banner(QFrame):
    """One note with its actions; it stays until it is closed or settled."""

    closed = Signal()

    def __init__(self, content: BannerContent, parent: QWidget) -> None:
        super().__init__(parent)
        self.content = content
        self.setObjectName("banner")
        self.setProperty("kind", content.kind.value)
        self._picture = QLabel(self)
        self._text = QLabel(content.text, self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy_button = TextButton("quiet", self)
        self._copy_button.setVisible(bool(content.details))
        self._copy_button.clicked.connect(self._on_copy_clicked)
        self._action_button = TextButton("", self)
        self._action_button.setText(content.action_text)
        self._action_button.setVisible(bool(content.action_text))
        self._action_button.clicked.connect(self._on_action_clicked)
        self._close_button = IconButton("x", self)
        self._close_button.setVisible(content.can_close)
        self._close_button.clicked.connect(self.closed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.setSpacing(8)
        layout.addWidget(self._picture)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._copy_button)
        layout.addWidget(self._action_button)
        layout.addWidget(self._close_button)
        self.setAccessibleName(content.text)
        self._retranslate()

    @property
    def text_format(self) -> Qt.TextFormat:
        """How the text is read: never as HTML, it may hold names of files."""
        return self._text.textFormat()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}:
            self._retranslate()

    def _retranslate(self) -> None:
        self._copy_button.setText(self.tr("Copy details"))
        self._close_button.name_it(self.tr("Close this note"))
        name, role = _PICTURES[self.content.kind]
        color = getattr(current_colors(), role)
        self._picture.setPixmap(pixmap(name, color, 18, self.devicePixelRatioF()))

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.content.details)
        self._copy_button.setText(self.tr("Copied"))

    @Slot()
    def _on_action_clicked(self) -> None:
        if self.content.action is not None:
            self.content.action()


class BannerArea(QWidget):
    """Banners under each other, the newest last; hidden when there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banners: list[Banner] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 8, 12, 0)
        self._layout.setSpacing(6)
        self.hide()

    def show_banner(self, content: BannerContent) -> Banner:
        """Show it in place of one with the same key, and announce it."""
        key = content.key or content.text
        for old in [b for b in self._banners if (b.content.key or b.content.text) == key]:
            self._remove(old)
        while len(self._banners) >= MAX_BANNERS:
            self._remove(self._banners[0])
        banner = Banner(content, self)
        banner.closed.connect(self._on_closed)
        self._banners.append(banner)
        self._layout.addWidget(banner)
        self.show()
        announce(self, content.text, is_urgent=content.kind is BannerKind.ERROR)
        return banner

    def remove(self, key: str) -> None:
        """Take away the banner with this key; nothing happens when there is none."""
        for banner in [b for b in self._banners if b.content.key == key]:
            self._remove(banner)

    def remove_passing(self) -> None:
        """Take away what tells of something that happened; lasting states stay."""
        for banner in [b for b in self._banners if not b.content.key]:
            self._remove(banner)

    def texts(self) -> tuple[str, ...]:
        """What is said now, oldest first."""
        return tuple(b.content.text for b in self._banners)

    def _remove(self, banner: Banner) -> None:
        self._banners.remove(banner)
        self._layout.removeWidget(banner)
        banner.hide()
        banner.deleteLater()
        self.setVisible(bool(self._banners))

    @Slot()
    def _on_closed(self) -> None:
        banner = self.sender()
        if isinstance(banner, Banner) and banner in self._banners:
            self._remove(banner)


class Toast(QFrame):
    """What was just done, with Undo, for `TOAST_MS`; over the end of the conversation."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self._undo: Callable[[], None] | None = None
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._undo_button = TextButton("quiet", self, icon_name="undo-2")
        self._close_button = IconButton("x", self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 4, 6, 4)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._undo_button)
        layout.addWidget(self._close_button)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(24)
        shadow.setOffset(0, 4)
        self.setGraphicsEffect(shadow)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TOAST_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._undo_button.clicked.connect(self._on_undo_clicked)
        self._close_button.clicked.connect(self.hide)
        self._retranslate()
        self.hide()

    def show_text(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Say `text`; `undo` takes it back, None: it cannot be taken back."""
        self._undo = undo
        self._label.setText(text)
        self._undo_button.setVisible(undo is not None)
        self.setAccessibleName(text)
        self.show()
        self.place()
        self.raise_()
        self._timer.start()
        announce(self, text)

    def forget(self) -> None:
        """Hide, and keep neither the words nor the way back."""
        self.hide()
        self._undo = None
        self._label.clear()
        self.setAccessibleName("")

    def place(self) -> None:
        """Lie at the bottom centre of the parent."""
        parent = self.parentWidget()
        if parent is None:
            return
        self.adjustSize()
        width = min(self.width(), parent.width() - 24)
        self.resize(width, self.height())
        self.move((parent.width() - width) // 2, parent.height() - self.height() - 12)

    @property
    def undo_button(self) -> TextButton:
        """Takes back what was done."""
        return self._undo_button

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay while the pointer is here."""
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Go a while after the pointer has left."""
        super().leaveEvent(event)
        self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._undo_button.setText(self.tr("Undo"))
        self._close_button.name_it(self.tr("Close this note"))

    @Slot()
    def _on_timeout(self) -> None:
        focus = QGuiApplication.focusObject()
        if isinstance(focus, QWidget) and self.isAncestorOf(focus):
            self._timer.start()
        else:
            self.hide()

    @Slot()
    def _on_undo_clicked(self) -> None:
        undo, self._undo = self._undo, None
        self.hide()
        if undo is not None:
            undo()


def announce(widget: QWidget, text: str, *, is_urgent: bool = False) -> None:
    """Let a screen reader say `text`; `is_urgent` interrupts what it is saying."""
    if not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    if is_urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
