"""What the actions on messages do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from app.ui.chat_controller import ChatController
    from app.ui.chat_page import ChatPage


class MessageActions(QObject):
    """Between the transcript's actions and the controller."""

    def __init__(self, controller: ChatController, page: ChatPage) -> None:
        super().__init__(page)
        self._controller = controller
        self._page = page
