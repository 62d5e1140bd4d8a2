"""Asks for the passphrase in force, for a new one, or for both."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import LumbreError
from app.core.passphrase import SHORTEST_PASSPHRASE, Strength, strength_of
from app.ui.buttons import TextButton
from app.ui.error_text import error_text
from app.ui.history.secret_field import SecretField
from app.ui.notifications import announce
from app.workers.typed_signal import signal_of


@dataclass(frozen=True, slots=True)
class SecretsGiven:
    """What was typed; empty where it was not asked for."""

    current: str = field(repr=False)  # never in a log
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SecretWords:
    """What the dialog says, translated."""

    title: str
    text: str
    action: str  # on the button


class Asks(Enum):
    """Which fields the dialog has."""

    NEW = (False, True)
    CURRENT = (True, False)
    BOTH = (True, True)

    @property
    def for_current(self) -> bool:
        """The passphrase in force, or the recovery key."""
        return self.value[0]

    @property
    def for_new(self) -> bool:
        """Another passphrase, twice."""
        return self.value[1]


class SecretDialog(QDialog):
    """Stays open until what was typed is right, or it is cancelled."""

    given = signal_of(SecretsGiven)

    def __init__(self, words: SecretWords, asks: Asks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asks = asks
        self._is_busy = False
        self.setWindowTitle(words.title)
        text = QLabel(words.text, self)
        text.setWordWrap(True)
        text.setVisible(bool(words.text))
        self.current = SecretField(self)
        self.new = SecretField(self)
        self.again = SecretField(self)
        self._strength = QLabel(self)
        self._strength.setProperty("kind", "muted")
        self._strength.setWordWrap(True)
        self._problem = QLabel(self)
        self._problem.setProperty("kind", "danger")
        self._problem.setWordWrap(True)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self.ok_button = TextButton("primary", self)
        self.ok_button.setText(words.action)
        self.ok_button.setDefault(True)
        self.cancel_button = TextButton("", self)
        self.cancel_button.setText(self.tr("Cancel"))
        self._lay_out(text)
        self.ok_button.clicked.connect(self._on_ok)
        self.cancel_button.clicked.connect(self.reject)
        for secret in (self.current, self.new, self.again):
            secret.changed.connect(self._show_state)
        self._show_state()
        self.resize(460, self.sizeHint().height())

    def _lay_out(self, text: QLabel) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(8)
        layout.addWidget(text)
        asks = self._asks
        for secret, name, is_asked in (
            (self.current, self.tr("Passphrase or recovery key"), asks.for_current),
            (self.new, self.tr("New passphrase"), asks.for_new),
            (self.again, self.tr("New passphrase again"), asks.for_new),
        ):
            label = QLabel(name, self)
            label.setBuddy(secret.edit)
            secret.name_it(name)
            label.setVisible(is_asked)
            secret.setVisible(is_asked)
            layout.addWidget(label)
            layout.addWidget(secret)
            if secret is self.new:
                layout.addWidget(self._strength)
        self._strength.setVisible(asks.for_new)
        layout.addWidget(self._problem)
        layout.addWidget(self._bar)
        layout.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.ok_button)
        layout.addLayout(buttons)

    @property
    def hint_text(self) -> str:
        """What is said of the new passphrase."""
        return self._strength.text()

    @property
    def problem_text(self) -> str:
        """Why it did not go on; empty: nothing has gone wrong."""
        return self._problem.text()

    def set_busy(self, is_busy: bool) -> None:
        """What was typed is being tried."""
        self._is_busy = is_busy
        if is_busy:
            self._problem.setText("")
        self._show_state()

    def show_problem(self, error: LumbreError) -> None:
        """Say why it did not go on; what was typed can be mended."""
        self._problem.setText(error_text(error))
        self.set_busy(False)
        announce(self, self._problem.text(), is_urgent=True)
        secret = self.current if self._asks.for_current else self.new
        secret.edit.setFocus()
        secret.edit.selectAll()

    def done(self, result: int) -> None:
        """Forget what was typed."""
        for secret in (self.current, self.new, self.again):
            secret.clear()
        super().done(result)

    @Slot()
    def _show_state(self) -> None:
        asks = self._asks
        new = self.new.text
        is_new_right = len(new) >= SHORTEST_PASSPHRASE and new == self.again.text
        is_right = (not asks.for_current or bool(self.current.text)) and (
            not asks.for_new or is_new_right
        )
        self._strength.setText(self._hint() if asks.for_new else "")
        self._bar.setVisible(self._is_busy)
        self._problem.setVisible(bool(self._problem.text()))
        self.ok_button.setEnabled(is_right and not self._is_busy)
        for secret in (self.current, self.new, self.again):
            secret.setEnabled(not self._is_busy)
        self._fit()

    def _fit(self) -> None:
        """A dialog does not grow by itself when a sentence in it needs more lines."""
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            layout.activate()
            needed = layout.totalHeightForWidth(self.width())
            if needed > self.height():
                self.resize(self.width(), needed)

    def _hint(self) -> str:
        new, again = self.new.text, self.again.text
        if again and not new.startswith(again):
            return self.tr("The two are not the same.")
        if not new:
            return self.tr("Several words are easy to remember and hard to guess.")
        return {
            Strength.TOO_SHORT: self.tr("At least {n} characters.").format(
                n=SHORTEST_PASSPHRASE
            ),
            Strength.WEAK: self.tr("Easy to guess. Add words."),
            Strength.FAIR: self.tr("Fair. One more word makes it good."),
            Strength.GOOD: self.tr("Good."),
            Strength.STRONG: self.tr("Very hard to guess."),
        }[strength_of(new)]

    @Slot()
    def _on_ok(self) -> None:
        self.given.emit(SecretsGiven(self.current.text, self.new.text))
