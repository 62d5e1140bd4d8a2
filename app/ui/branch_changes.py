"""Changes of the open conversation's tree that need no engine: other versions, deleting."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.core.conversation import Conversation, ConversationStore
from app.core.message import MessageId
from app.ui.chat_events import UndoOffered
from app.ui.conversation_book import ConversationBook


class BranchChanges(QObject):
    """Works on the open conversation of a book. GUI thread only."""

    def __init__(self, book: ConversationBook) -> None:
        super().__init__(book)
        self._book = book

    def show_version(self, message_id: MessageId, step: int) -> None:
        """Show another version of a message: `step` -1 is the one before, +1 the next."""
        conversation = self._book.current
        versions = conversation.versions(message_id)
        place = next(i for i, m in enumerate(versions) if m.id == message_id) + step
        if 0 <= place < len(versions):
            leaf = conversation.newest_leaf(versions[place].id)
            self._book.set_active_leaf(leaf)
            self._book.replace_tree(conversation.with_active_leaf(leaf))

    def delete(self, message_id: MessageId) -> None:
        """Move a message and what follows it to the trash and offer to take it back."""
        book = self._book
        before = book.current
        if message_id not in before.messages:
            return

        def deleted(_: None) -> None:
            if book.current.id == before.id:
                self._remove(message_id)
            text = self.tr("The message is in the trash.")
            if before.summary.is_temporary:
                text = self.tr("The message is deleted.")
            book.undo_offered.emit(UndoOffered(text, lambda: self._restore(before, message_id)))

        book.keeper(before.id).submit(
            lambda store: store.delete_message(message_id), deleted, book.fail
        )

    def _remove(self, message_id: MessageId) -> None:
        book = self._book
        parent_id = book.current.messages[message_id].parent_id
        changed = book.current.without(message_id)
        siblings = changed.children(parent_id)
        if siblings and changed.active_leaf_id == parent_id:
            changed = changed.with_active_leaf(changed.newest_leaf(siblings[-1].id))
            book.set_active_leaf(changed.active_leaf_id)
        book.replace_tree(changed)

    def _restore(self, before: Conversation, message_id: MessageId) -> None:
        book = self._book

        def restore(store: ConversationStore) -> Conversation:
            store.restore_message(message_id)
            store.set_active_leaf(before.id, before.active_leaf_id)
            return store.load(before.id)

        def restored(conversation: Conversation | None) -> None:
            book.temporary.update(before)
            if before.id == book.current.id:
                book.show(conversation or before)

        book.keeper(before.id).submit(restore, restored, book.fail)
