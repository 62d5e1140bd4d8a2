"""What stands in the window while the history is locked: one field, nothing to read."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from app.core.errors import LumbreError
from app.ui.buttons import TextButton
from app.ui.error_text import error_text
from app.ui.history.secret_field import SecretField
from app.ui.icons import app_icon
from app.ui.notifications import announce
from app.workers.typed_signal import signal_of

_COLUMN = 400  # logical pixels
_PICTURE = 64


@dataclass(frozen=True, slots=True)
class SecretGiven:
    """The passphrase or the recovery key, as it was typed."""

    text: str = field(repr=False)  # never in a log


class LockPage(QWidget):
    """Asks for the passphrase or the recovery key, as often as it takes."""

    secret_given = signal_of(SecretGiven)
    quit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chatPage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._wants_recovery_key = False
        self._is_busy = False
        picture = QLabel(self)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setPixmap(
            app_icon().pixmap(QSize(_PICTURE, _PICTURE), self.devicePixelRatioF())
        )
        self._heading = QLabel(self)
        self._heading.setObjectName("heading")
        self._text = QLabel(self)
        self._text.setProperty("kind", "muted")
        self._label = QLabel(self)
        self.field = SecretField(self)
        self._label.setBuddy(self.field.edit)
        self._problem = QLabel(self)
        self._problem.setProperty("kind", "danger")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        for label in (self._heading, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self._heading, self._text, self._problem):
            label.setWordWrap(True)
        self.unlock_button = TextButton("primary", self)
        self.other_button = TextButton("quiet", self)
        self.quit_button = TextButton("quiet", self)
        self._lay_out(picture)
        self.field.submitted.connect(self._on_submitted)
        self.field.changed.connect(self._show_state)
        self.unlock_button.clicked.connect(self._on_submitted)
        self.other_button.clicked.connect(self._on_other_clicked)
        self.quit_button.clicked.connect(self.quit_requested)
        self._retranslate()
        self._show_state()

    def _lay_out(self, picture: QLabel) -> None:
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addStretch(1)
        for label in (picture, self._heading, self._text):
            column.addWidget(label)
        column.addSpacing(10)
        for control in (self._label, self.field, self._problem, self._bar):
            column.addWidget(control)
        column.addSpacing(4)
        column.addWidget(self.unlock_button)
        buttons = QHBoxLayout()
        buttons.addWidget(self.other_button)
        buttons.addStretch(1)
        buttons.addWidget(self.quit_button)
        column.addLayout(buttons)
        column.addStretch(2)
        frame = QWidget(self)
        frame.setLayout(column)
        frame.setMaximumWidth(_COLUMN)
        line = QHBoxLayout(self)
        line.setContentsMargins(20, 12, 20, 12)
        line.addStretch(1)
        line.addWidget(frame, 8)
        line.addStretch(1)

    @property
    def problem_text(self) -> str:
        """Why it was not unlocked; empty: nothing has gone wrong."""
        return self._problem.text()

    def set_busy(self, is_busy: bool) -> None:
        """Whether something is being done: locking, or trying what was typed."""
        self._is_busy = is_busy
        self._show_state()
        if not is_busy and self.isVisible():
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, error: LumbreError) -> None:
        """Say why it was not unlocked; what was typed can be mended."""
        text = error_text(error)
        self._problem.setText(text)
        self.set_busy(False)
        self.field.edit.selectAll()
        announce(self, text, is_urgent=True)

    def clear(self) -> None:
        """Forget what was typed."""
        self._problem.setText("")
        self.field.clear()
        self._wants_recovery_key = False
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Locked"))
        self._heading.setText(self.tr("Your conversations are locked"))
        self.unlock_button.setText(self.tr("Unlock"))
        self.quit_button.setText(self.tr("Quit Lumbre"))
        if self._wants_recovery_key:
            name = self.tr("Recovery key")
            self._text.setText(
                self.tr("Enter the recovery key that you kept. Case and dashes do not matter.")
            )
            self.other_button.setText(self.tr("Use the passphrase"))
        else:
            name = self.tr("Passphrase")
            self._text.setText(self.tr("They are encrypted on this computer."))
            self.other_button.setText(self.tr("Use the recovery key"))
        self._label.setText(name)
        self.field.name_it(name)

    @Slot()
    def _show_state(self) -> None:
        self._bar.setVisible(self._is_busy)
        self._problem.setVisible(bool(self._problem.text()) and not self._is_busy)
        self.field.setEnabled(not self._is_busy)
        self.other_button.setEnabled(not self._is_busy)
        self.unlock_button.setEnabled(not self._is_busy and bool(self.field.text))

    @Slot()
    def _on_submitted(self) -> None:
        if self.field.text and not self._is_busy:
            self._problem.setText("")
            self.secret_given.emit(SecretGiven(self.field.text))

    @Slot()
    def _on_other_clicked(self) -> None:
        self._wants_recovery_key = not self._wants_recovery_key
        self._problem.setText("")
        self.field.clear()
        # A recovery key is copied from paper: it is easier when it can be seen.
        self.field.show_button.setChecked(self._wants_recovery_key)
        self._retranslate()
        self._show_state()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
