"""The person's own instructions for one conversation."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.workers.typed_signal import signal_of


@dataclass(frozen=True, slots=True)
class InstructionsChosen:
    """How the model is to behave in the open conversation; empty: no instructions."""

    text: str


class InstructionsDialog(QDialog):
    """Asks once; the text is taken over with the OK button."""

    instructions_chosen = signal_of(InstructionsChosen)

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Instructions for this conversation"))
        label = QLabel(self)
        label.setWordWrap(True)
        label.setText(
            self.tr(
                "Say how the model should behave, for example: Answer briefly. It holds from "
                "the next message on, in this conversation only."
            )
        )
        self.field = QPlainTextEdit(text, self)
        self.field.setProperty("kind", "field")
        self.field.setTabChangesFocus(True)
        self.field.setAccessibleName(self.tr("Instructions"))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(10)
        layout.addWidget(label)
        layout.addWidget(self.field, 1)
        layout.addWidget(buttons)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        self.resize(480, 300)

    @Slot()
    def _on_accepted(self) -> None:
        self.instructions_chosen.emit(InstructionsChosen(self.field.toPlainText().strip()))
        self.accept()
