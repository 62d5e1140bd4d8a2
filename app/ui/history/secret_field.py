"""A field for a passphrase: hidden unless it is to be seen, with a word about Caps Lock."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.ui.buttons import IconButton
from app.ui.notifications import announce


class _SecretEdit(QLineEdit):
    """Notes from what is typed whether Caps Lock is on: Qt does not tell."""

    caps_lock_seen = Signal(bool)  # True: it is on

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Compare the letter with the Shift key."""
        super().keyPressEvent(event)
        letter = event.text()
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_CapsLock:
            self.caps_lock_seen.emit(False)  # unknown until the next letter
        elif len(letter) == 1 and letter.lower() != letter.upper() and not modifiers:
            is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock_seen.emit(letter.isupper() != is_shifted)


class SecretField(QWidget):
    """The field with its switch and its hint."""

    changed = Signal()
    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = _SecretEdit(self)
        self.show_button = IconButton("eye", self)
        self.show_button.setCheckable(True)
        self._caps_label = QLabel(self)
        self._caps_label.setProperty("kind", "muted")
        self._caps_label.setWordWrap(True)
        self._caps_label.hide()
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.edit, 1)
        line.addWidget(self.show_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self._caps_label)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self.changed)
        self.edit.returnPressed.connect(self.submitted)
        self.edit.caps_lock_seen.connect(self._on_caps_lock_seen)
        self.show_button.toggled.connect(self._on_show_toggled)
        self._retranslate()

    @property
    def text(self) -> str:
        """What was typed."""
        return self.edit.text()

    @property
    def caps_hint(self) -> str:
        """The word about Caps Lock; empty while it seems off."""
        return self._caps_label.text() if not self._caps_label.isHidden() else ""

    def name_it(self, name: str) -> None:
        """Name for screen readers."""
        self.edit.setAccessibleName(name)

    def clear(self) -> None:
        """Forget what was typed, also what Undo would bring back, and hide again."""
        self.edit.setText("")
        self.show_button.setChecked(False)
        self._caps_label.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        is_shown = self.show_button.isChecked()
        self.show_button.name_it(
            self.tr("Hide what is typed") if is_shown else self.tr("Show what is typed")
        )
        self._caps_label.setText(self.tr("Caps Lock seems to be on."))

    @Slot(bool)
    def _on_caps_lock_seen(self, is_on: bool) -> None:
        if is_on and self._caps_label.isHidden():
            announce(self, self._caps_label.text())
        self._caps_label.setVisible(is_on)

    @Slot(bool)
    def _on_show_toggled(self, is_shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password
        self.edit.setEchoMode(mode)
        self.show_button.set_icon_name("eye-off" if is_shown else "eye")
        self._retranslate()
