"""What is asked for in the sidebar, and the questions that go with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMessageBox

from app.core.conversation import Conversation, ConversationSummary
from app.core.message import ConversationId
from app.ui.chat_events import ConversationsChanged, Phase
from app.ui.conversation_actions import (
    ConversationAction,
    ConversationActionKind,
    FolderAction,
    FolderActionKind,
)
from app.ui.models.conversation_list_model import FolderRenamed, TitleEdited
from app.ui.sidebar import ThinkingSearched
from app.workers.typed_signal import signal_of

if TYPE_CHECKING:
    from app.ui.chat_controller import ChatController
    from app.ui.folder_dialog import FolderChosen
    from app.ui.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class ClosingCancelled:
    """The person has thought better of closing the window."""


class WindowOrganisation(QObject):
    """Between the sidebar's wishes and the controller. GUI thread only."""

    closing_cancelled = signal_of(ClosingCancelled)

    def __init__(self, window: MainWindow, controller: ChatController) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._organiser = controller.organiser
        self._asked_ids: tuple[ConversationId, ...] = ()  # for which a folder is asked
        self._may_forget = False  # long temporary chats; the person has said so
        sidebar = window.sidebar
        sidebar.action_requested.connect(self._on_action_requested)
        sidebar.set_searches_thinking(controller.settings.searches_thinking)
        sidebar.thinking_searched.connect(self._on_thinking_searched)
        sidebar.temporary_requested.connect(self.new_temporary)
        window.page.header.keep_requested.connect(controller.keep_conversation)
        sidebar.folder_action_requested.connect(self._on_folder_action_requested)
        sidebar.model.title_edited.connect(self._on_title_edited)
        sidebar.model.folder_renamed.connect(self._on_folder_renamed)
        controller.conversations_changed.connect(self._on_conversations_changed)

    @Slot(object)
    def _on_conversations_changed(self, event: ConversationsChanged) -> None:
        self._window.sidebar.set_conversations(
            event.conversations, event.current_id, event.folders
        )

    # -- from the sidebar ------------------------------------------------------------------
    @Slot(object)
    def _on_action_requested(self, action: ConversationAction) -> None:
        controller, ids = self._controller, action.conversation_ids
        kinds = ConversationActionKind
        match action.kind:
            case kinds.OPEN:
                controller.open_conversation(ids[0])
                self._window.body.close_overlay()
                self._window.page.composer.focus_input()
            case kinds.PIN | kinds.UNPIN:
                self._organiser.set_pinned(ids, action.kind is kinds.PIN)
            case kinds.MOVE:
                self._organiser.move(ids, action.folder_id)
            case kinds.MOVE_TO_NEW:
                self._ask_folder(ids, is_new=True)
            case kinds.ARCHIVE | kinds.UNARCHIVE:
                self._organiser.set_archived(ids, action.kind is kinds.ARCHIVE)
            case kinds.EXPORT:
                self._window.history.export(ids)
            case kinds.KEEP:
                controller.book.keep(ids[0])
            case kinds.DELETE:
                controller.delete_conversations(ids)

    @Slot(object)
    def _on_folder_action_requested(self, action: FolderAction) -> None:
        if action.folder_id is None:
            self.new_folder()
        elif action.kind is FolderActionKind.DELETE:
            self._organiser.delete_folder(action.folder_id)
        else:
            is_folded = action.kind is FolderActionKind.FOLD
            self._organiser.set_folded(action.folder_id, is_folded)

    @Slot(object)
    def _on_title_edited(self, event: TitleEdited) -> None:
        self._organiser.rename(event.conversation_id, event.title)

    @Slot(object)
    def _on_folder_renamed(self, event: FolderRenamed) -> None:
        self._organiser.rename_folder(event.folder_id, event.name)

    @Slot(object)
    def _on_thinking_searched(self, event: ThinkingSearched) -> None:
        settings = self._controller.settings
        self._controller.change_settings(replace(settings, searches_thinking=event.is_on))

    # -- commands --------------------------------------------------------------------------
    def chosen(self) -> tuple[ConversationSummary, ...]:
        """What a command is for: the ones chosen in the sidebar, else the open conversation.

        Temporary ones and one in which nothing was sent yet are not among them.
        """
        chosen = self._window.sidebar.list.selected()
        if len(chosen) < 2 and not self._window.sidebar.list.hasFocus():
            chosen = (self._controller.current,)
        return tuple(s for s in chosen if s.title and not s.is_temporary)

    @Slot()
    def new_folder(self) -> None:
        """Ask for the name of a folder and make it."""
        self._ask_folder((), is_new=True)

    @Slot()
    def move_to_folder(self) -> None:
        """Ask where to put what is chosen."""
        if chosen := self.chosen():
            self._ask_folder(tuple(s.id for s in chosen), is_new=False)

    @Slot()
    def archive(self) -> None:
        """Put what is chosen out of the way, or take it back when all of it is."""
        if chosen := self.chosen():
            is_wanted = not all(s.is_archived for s in chosen)
            self._organiser.set_archived(tuple(s.id for s in chosen), is_wanted)

    @Slot()
    def new_temporary(self) -> None:
        """Open a conversation that is never written to the disk."""
        self._controller.new_temporary_conversation()
        self._window.body.close_overlay()
        self._window.page.composer.focus_input()

    # -- closing ---------------------------------------------------------------------------
    def may_close(self) -> bool:
        """False while a person is asked what becomes of temporary chats worth keeping.

        The window is closed again when they have answered.
        """
        if self._may_forget or not self._worth_keeping():
            return True
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Temporary chat"))
        box.setText(self.tr("There is a temporary chat that is not saved. Keep it?"))
        keep = box.addButton(self.tr("Keep it"), QMessageBox.ButtonRole.AcceptRole)
        forget = box.addButton(self.tr("Forget it"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        keep.clicked.connect(self._on_keep_clicked)
        forget.clicked.connect(self._on_forget_clicked)
        box.rejected.connect(self._on_rejected)
        box.finished.connect(box.deleteLater)
        box.open()
        return False

    def _worth_keeping(self) -> tuple[Conversation, ...]:
        is_end_wanted = self._controller.phase is not Phase.ENGINE_STOPPED
        return self._controller.book.temporary.worth_keeping(is_end_wanted=is_end_wanted)

    @Slot()
    def _on_keep_clicked(self) -> None:
        for conversation in self._worth_keeping():
            self._controller.book.keep(conversation.id)
        self._window.close()

    @Slot()
    def _on_forget_clicked(self) -> None:
        self._may_forget = True
        self._window.close()

    @Slot()
    def _on_rejected(self) -> None:
        self.closing_cancelled.emit(ClosingCancelled())

    def _ask_folder(self, ids: tuple[ConversationId, ...], *, is_new: bool) -> None:
        from app.ui.folder_dialog import FolderDialog

        self._asked_ids = ids
        folders = () if is_new else self._window.sidebar.model.folders
        dialog = FolderDialog(folders, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.chosen.connect(self._on_folder_chosen)
        dialog.open()

    @Slot(object)
    def _on_folder_chosen(self, event: FolderChosen) -> None:
        if event.new_name:
            self._organiser.new_folder(event.new_name, self._asked_ids)
        else:
            self._organiser.move(self._asked_ids, event.folder_id)
