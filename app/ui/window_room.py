"""How a dialog opens: the room that it has, and its place before the others."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

_MARGIN = 16  # logical pixels, both sides together


def open_with_size(dialog: QWidget, width: int, height: int) -> None:
    """Give `dialog` that size, or what fits its window, else the screen; logical pixels.

    Never by `dialog.screen()`: PySide6 6.11 makes the dialog the owner of what that returns,
    and dialogs that go in a row can take the one screen with them (Qt crashes at the next
    widget).
    """
    window = dialog.parentWidget()
    room = (
        window.size() if window is not None else QGuiApplication.primaryScreen().availableSize()
    )
    dialog.resize(min(width, room.width() - _MARGIN), min(height, room.height() - _MARGIN))


def bring_to_front(window: QWidget) -> None:
    """Show `window` over the others, also when it is open already, and give it the keyboard."""
    window.show()
    window.raise_()
    window.activateWindow()
