"""The text of an attachment, to look at and to copy from."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.core.attachment import Attachment, AttachmentKind
from app.ui.attachment_words import full_name, length_text
from app.ui.transcript.visible_text import made_visible, with_breaks

MOST_SHOWN = 100_000  # characters; the layout of more would hold the window up


class AttachmentPreview(QDialog):
    """Read-only. What could fool the eye is made visible, as in the conversation."""

    def __init__(self, attachment: Attachment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(made_visible(full_name(attachment)))
        self._label = QLabel(self)
        self._label.setProperty("kind", "muted")
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setText(_facts(attachment, self.tr("{n} characters")))
        self.field = QPlainTextEdit(self)
        self.field.setProperty("kind", "field")
        self.field.setReadOnly(True)
        self.field.setTabChangesFocus(True)
        self.field.setAccessibleName(self.tr("Text of the attachment"))
        self.field.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        if attachment.kind is AttachmentKind.CODE:
            self.field.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.field.setPlainText(_shown(attachment.text))
        self._note = QLabel(self.tr("Only the beginning is shown here."), self)
        self._note.setProperty("kind", "muted")
        self._note.setVisible(attachment.n_characters > MOST_SHOWN)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(10)
        for widget in (self._label, self.field, self._note, buttons):
            layout.addWidget(widget, 1 if widget is self.field else 0)
        self.resize(680, 520)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)


def _facts(attachment: Attachment, characters: str) -> str:
    n = QLocale().toString(attachment.n_characters)
    return " · ".join([length_text(attachment), characters.replace("{n}", n)])


def _shown(text: str) -> str:
    lines = with_breaks(text[:MOST_SHOWN], "\n")
    return made_visible(lines)[: 2 * MOST_SHOWN]
