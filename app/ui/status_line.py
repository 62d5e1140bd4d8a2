"""The line of a dialog or a page that says how the last thing done went."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.notifications import announce


class StatusLine(QLabel):
    """Hidden until there is something to say. Never HTML: it may hold names of files."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    def say(self, text: str, *, is_problem: bool = False) -> None:
        """Show `text`, and have a screen reader read it."""
        self.setProperty("kind", "danger" if is_problem else "")
        self.style().polish(self)
        self.setText(text)
        self.show()
        announce(self.parentWidget() or self, text, is_urgent=is_problem)
