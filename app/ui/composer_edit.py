"""The field of the composer: Enter, input methods, growing, large pastes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QTextBlock,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from app.workers.typed_signal import signal_of

MAX_LINES = 10  # the field scrolls from here on
LARGE_PASTE = 16_000  # characters; more becomes a chip, so that the field stays quick

_ENTER_KEYS = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
# Qt takes these for editing a line (as Emacs does); here they belong to the window.
_WINDOW_KEYS = ("Ctrl+K", "Ctrl+B", "Ctrl+I", "Ctrl+L", "Ctrl+F", "Ctrl+N", "Ctrl+R")


@dataclass(frozen=True, slots=True)
class LargeTextPasted:
    """More text than the field should hold."""

    text: str


@dataclass(frozen=True, slots=True)
class FilesDropped:
    """Files on this computer, dragged or pasted."""

    paths: tuple[Path, ...]


class ComposerEdit(QPlainTextEdit):
    """Plain text that grows from one line to `MAX_LINES`."""

    submitted = Signal()
    edit_last_requested = Signal()
    focus_changed = Signal()
    large_text_pasted = signal_of(LargeTextPasted)
    files_dropped = signal_of(FilesDropped)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.sends_with_ctrl_enter = False
        self._is_composing = False  # an input method has unfinished text
        self._n_lines = 1
        self.setObjectName("composerEdit")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(4)
        self.textChanged.connect(self._fit_height)

    @property
    def is_composing(self) -> bool:
        """True while an input method has unfinished text."""
        return self._is_composing

    def sizeHint(self) -> QSize:
        """As high as its lines, at most `MAX_LINES`."""
        margins = 2 * round(self.document().documentMargin()) + 2
        return QSize(200, self._n_lines * self.fontMetrics().lineSpacing() + margins)

    minimumSizeHint = sizeHint  # noqa: N815 - Qt's name

    def event(self, event: QEvent) -> bool:
        """Leave the window's shortcuts to the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            pressed = QKeySequence(event.keyCombination())
            if any(pressed == QKeySequence(key) for key in _WINDOW_KEYS):
                event.ignore()
                return False
        return bool(super().event(event))

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Know whether an input method is in the middle of a word."""
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends (or Ctrl+Enter, by choice) unless an input method uses the key."""
        if event.key() in _ENTER_KEYS:
            self._on_enter(event)
            return
        if event.key() == Qt.Key.Key_Up and not event.modifiers() and self._is_empty():
            self.edit_last_requested.emit()
            return
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()  # the window stops the answer or closes what is open
            return
        super().keyPressEvent(event)

    def _on_enter(self, event: QKeyEvent) -> None:
        if self._is_composing:
            event.ignore()
            return
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        is_ctrl = modifiers == Qt.KeyboardModifier.ControlModifier
        is_plain = modifiers == Qt.KeyboardModifier.NoModifier
        if is_ctrl or (is_plain and not self.sends_with_ctrl_enter):
            self.submitted.emit()
        else:
            self.textCursor().insertText("\n")
            self.ensureCursorVisible()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text and files."""
        return source.hasText() or source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste or drop: large texts and files are handed on, the rest enters as plain text."""
        paths = tuple(Path(u.toLocalFile()) for u in source.urls() if u.isLocalFile())
        if paths:
            self.files_dropped.emit(FilesDropped(paths))
            return
        text = source.text()
        if len(text) > LARGE_PASTE:
            self.large_text_pasted.emit(LargeTextPasted(text))
        elif text:
            self.insertPlainText(text)
            self.ensureCursorVisible()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other widths wrap into other numbers of lines."""
        super().resizeEvent(event)
        self._fit_height()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the frame."""
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the frame."""
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Another font has other line heights."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def _is_empty(self) -> bool:
        return self.document().isEmpty()

    @Slot()
    def _fit_height(self) -> None:
        n_lines = min(self._count_lines(), MAX_LINES)
        needs_bar = self._count_lines(MAX_LINES + 1) > MAX_LINES
        policy = (
            Qt.ScrollBarPolicy.ScrollBarAsNeeded
            if needs_bar
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        if policy != self.verticalScrollBarPolicy():
            self.setVerticalScrollBarPolicy(policy)
        if n_lines != self._n_lines:
            self._n_lines = n_lines
            self.updateGeometry()

    def _count_lines(self, limit: int = MAX_LINES) -> int:
        """Wrapped lines, counted no further than `limit`."""
        n_lines = 0
        block: QTextBlock = self.document().firstBlock()
        while block.isValid() and n_lines < limit:
            self.blockBoundingGeometry(block)  # lays the block out when it is not yet
            n_lines += max(1, block.layout().lineCount())
            block = block.next()
        return max(1, n_lines)
