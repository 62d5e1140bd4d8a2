"""How much room a dialog has when it opens."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget


def room_for(dialog: QWidget) -> QSize:
    """The size of the window that `dialog` belongs to, else of the screen; logical pixels.

    Never by `dialog.screen()`: PySide6 6.11 makes the dialog the owner of what that returns,
    and dialogs that go in a row can take the one screen with them (Qt crashes at the next
    widget).
    """
    window = dialog.parentWidget()
    return (
        window.size() if window is not None else QGuiApplication.primaryScreen().availableSize()
    )
