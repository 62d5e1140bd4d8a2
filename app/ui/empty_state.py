"""A new conversation: one sentence and a few questions to begin with."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui.buttons import TextButton
from app.workers.typed_signal import signal_of

_TWO_COLUMNS = 560  # logical pixels
_MAX_WIDTH = 680


@dataclass(frozen=True, slots=True)
class PromptChosen:
    """An example that a person wants to begin with."""

    text: str


class PromptCard(TextButton):
    """A button with a question that may need several lines."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("card", parent)
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.addWidget(self._label)
        # Its words must not keep the window from becoming narrow.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def prompt(self) -> str:
        """The question."""
        return self._label.text()

    def set_prompt(self, prompt: str) -> None:
        """Ask something else."""
        self._label.setText(prompt)
        self.setAccessibleName(prompt)

    def sizeHint(self) -> QSize:
        """As high as its words need."""
        width = _MAX_WIDTH // 2
        return QSize(width, self.heightForWidth(width))

    def hasHeightForWidth(self) -> bool:
        """Its words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of the wrapped words."""
        layout = self.layout()
        return layout.totalHeightForWidth(width) if layout is not None else -1


class EmptyState(QWidget):
    """Examples fit the model: the practice model is asked only what it can answer."""

    prompt_chosen = signal_of(PromptChosen)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_practice = False
        self._is_temporary = False
        self._sentence = QLabel(self)
        self._sentence.setObjectName("heading")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setWordWrap(True)
        self._note = QLabel(self)
        self._note.setProperty("kind", "muted")
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setWordWrap(True)
        self._column = QWidget(self)
        self._column.setMaximumWidth(_MAX_WIDTH)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 12, 0, 0)
        self._grid.setSpacing(8)
        self._cards = [PromptCard(self._column) for _ in range(4)]
        for card in self._cards:
            card.clicked.connect(self._on_clicked)
        words = QVBoxLayout(self._column)
        words.setContentsMargins(0, 0, 0, 0)
        words.addStretch(3)
        words.addWidget(self._sentence)
        words.addWidget(self._note)
        words.addLayout(self._grid)
        words.addStretch(4)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 12)
        layout.addStretch(1)
        layout.addWidget(self._column, _MAX_WIDTH)
        layout.addStretch(1)
        self._arrange()
        self._retranslate()

    def set_practice(self, is_practice: bool) -> None:
        """Which kind of model will answer."""
        if is_practice != self._is_practice:
            self._is_practice = is_practice
            self._retranslate()

    def set_temporary(self, is_temporary: bool) -> None:
        """Whether what is written here is not saved."""
        if is_temporary != self._is_temporary:
            self._is_temporary = is_temporary
            self._retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column where two have no room."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _arrange(self) -> None:
        n_columns = 2 if self.width() >= _TWO_COLUMNS else 1
        for at, card in enumerate(self._cards):
            self._grid.addWidget(card, at // n_columns, at % n_columns)

    def _retranslate(self) -> None:
        self._sentence.setText(self._heading())
        if self._is_practice:
            self._note.setText(
                self.tr("The practice model answers questions about Lumbre, such as these.")
            )
            prompts = (
                self.tr("How do I change the reasoning level?"),
                self.tr("Where are my conversations stored?"),
                self.tr("How do I download gpt-oss-20b?"),
                self.tr("Is it private?"),
            )
        else:
            self._note.setText("")
            prompts = (
                self.tr("Explain a difficult word with three examples"),
                self.tr("Help me write a short, friendly reply to an e-mail"),
                self.tr("Find the mistake in a piece of code"),
                self.tr("Plan a week of simple dinners for two"),
            )
        if self._is_temporary:
            self._note.setText(
                self.tr(
                    "Lumbre writes nothing of this chat to the disk. It is gone when Lumbre "
                    "closes, unless you choose to keep it."
                )
            )
        self._note.setVisible(bool(self._note.text()))
        for card, prompt in zip(self._cards, prompts, strict=True):
            card.set_prompt(prompt)

    def _heading(self) -> str:
        if self._is_temporary:
            return self.tr("Temporary chat")
        return self.tr("What is on your mind?")

    @Slot()
    def _on_clicked(self) -> None:
        card = self.sender()
        if isinstance(card, PromptCard):
            self.prompt_chosen.emit(PromptChosen(card.prompt))
