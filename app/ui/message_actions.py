"""What the actions on messages do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.ui.transcript.actions import ActionKind, MessageAction

if TYPE_CHECKING:
    from app.ui.chat_controller import ChatController
    from app.ui.chat_page import ChatPage


class MessageActions(QObject):
    """Between the transcript's wishes and the controller."""

    def __init__(self, controller: ChatController, page: ChatPage) -> None:
        super().__init__(page)
        self._controller = controller
        self._page = page
        page.action_requested.connect(self._on_action_requested)
        page.zoom_changed.connect(self._on_zoom_changed)

    @Slot(object)
    def _on_action_requested(self, action: MessageAction) -> None:
        controller, message_id = self._controller, action.message_id
        match action.kind:
            case ActionKind.EDIT:
                controller.edit_message(message_id, action.text)
            case ActionKind.REGENERATE | ActionKind.RETRY:
                controller.regenerate(message_id, action.reasoning)
            case ActionKind.CONTINUE:
                controller.continue_answer(message_id)
            case ActionKind.DELETE:
                controller.delete_message(message_id)
            case ActionKind.PREVIOUS_VERSION:
                controller.show_version(message_id, -1)
            case ActionKind.NEXT_VERSION:
                controller.show_version(message_id, +1)
            case ActionKind.ANSWER_NOW:
                controller.answer_now()
            case ActionKind.QUOTE:
                self._page.composer.insert_text(action.text)

    @Slot(object)
    def _on_zoom_changed(self, percent: int) -> None:
        """Ctrl and the wheel over the transcript."""
        controller = self._controller
        controller.change_settings(replace(controller.settings, zoom_percent=percent))
