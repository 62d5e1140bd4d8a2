"""Editing a question in its place."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.message import MessageId
from app.ui.transcript.palette import TranscriptPalette
from app.ui.transcript.style import TextStyle
from app.workers.typed_signal import signal_of

_MAX_LINES = 14
_BUTTONS_PX = 52.0


@dataclass(frozen=True, slots=True)
class EditedText:
    """A question as it was rewritten."""

    message_id: MessageId
    text: str


class EditOverlay(QFrame):
    """A small editor over the bubble: Ctrl+Enter or the button saves, Esc leaves."""

    saved = signal_of(EditedText)
    cancelled = Signal()
    height_changed = Signal()

    def __init__(
        self, message_id: MessageId, text: str, style: TextStyle, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.message_id = message_id
        self._style = style
        self._edit = QPlainTextEdit(text)
        self._edit.setFont(style.font())
        self._edit.setAccessibleName(self.tr("Edit your message"))
        self._edit.setTabChangesFocus(True)
        self._edit.setFrameShape(QFrame.Shape.NoFrame)
        self._save = QPushButton(self.tr("Save and ask again"))
        self._save.setToolTip(self.tr("Ctrl+Enter. The old version is kept."))
        self._cancel = QPushButton(self.tr("Cancel"))
        for button in (self._save, self._cancel):
            button.setMinimumHeight(32)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self._edit, 1)
        layout.addLayout(buttons)
        self._save.clicked.connect(self._on_save)
        self._cancel.clicked.connect(self._on_cancel)
        self._edit.textChanged.connect(self._on_text_changed)
        self._on_text_changed()

    @property
    def is_changed(self) -> bool:
        """True when something else stands in it than at the beginning."""
        return self._edit.document().isModified()

    @property
    def editor(self) -> QPlainTextEdit:
        """The text field."""
        return self._edit

    def set_palette_colors(self, palette: TranscriptPalette) -> None:
        """Use the transcript's colours."""
        self.setStyleSheet(
            f"EditOverlay {{ background: {palette.bubble.name()};"
            f" border: 1px solid {palette.border.name()}; border-radius: 10px; }}"
            f"QPlainTextEdit {{ background: transparent; color: {palette.text.name()};"
            f" selection-background-color: {palette.selection.name()};"
            f" selection-color: {palette.text.name()}; }}"
        )

    def sizeHint(self) -> QSize:
        """As high as the text, within limits."""
        n_lines = min(max(self._n_lines(), 2), _MAX_LINES)
        height = n_lines * self._edit.fontMetrics().lineSpacing() + 24 + _BUTTONS_PX
        return QSize(400, int(height))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; Ctrl+Enter saves. The field hands on what it does not use."""
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if event.key() == Qt.Key.Key_Escape:
            self._on_cancel()
        elif is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._on_save()
        else:
            super().keyPressEvent(event)

    def _n_lines(self) -> int:
        document = self._edit.document()
        return int(document.size().height()) or document.blockCount()

    def _on_text_changed(self) -> None:
        self._save.setEnabled(bool(self._edit.toPlainText().strip()))
        self.height_changed.emit()

    def _on_save(self) -> None:
        text = self._edit.toPlainText().strip()
        if text:
            self.saved.emit(EditedText(self.message_id, text))

    def _on_cancel(self) -> None:
        self.cancelled.emit()
