"""Conversations that live in memory only, and the way round the disk for what is in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.core.conversation import Conversation, ConversationStore, ConversationSummary
from app.core.errors import LumbreError
from app.core.message import ConversationId, Message
from app.workers.storage_worker import StorageThread

LONG_MESSAGES = 8  # from here on a temporary conversation is not thrown away without asking
LONG_CHARACTERS = 8_000


class TemporaryChats:
    """The trees of all temporary conversations. GUI thread only."""

    def __init__(self) -> None:
        self._trees: dict[ConversationId, Conversation] = {}
        self._deleted: dict[ConversationId, Conversation] = {}  # by the newest deletion
        self._secret: set[ConversationId] = set()  # also of those that are gone

    def is_secret(self, conversation_id: ConversationId) -> bool:
        """True when nothing of it may be written, also after it was deleted."""
        return conversation_id in self._secret

    def get(self, conversation_id: ConversationId) -> Conversation | None:
        """The tree; None when it is not a temporary conversation."""
        return self._trees.get(conversation_id)

    def put(self, conversation: Conversation) -> None:
        """From now on this one is temporary."""
        self._secret.add(conversation.id)
        self._trees[conversation.id] = conversation

    def delete(self, conversation_ids: Sequence[ConversationId]) -> None:
        """Forget them, but for `restore`, and what was deleted before for good."""
        gone = [i for i in conversation_ids if i in self._trees]
        if gone:
            self._deleted = {i: self._trees.pop(i) for i in gone}

    def restore(self, conversation_ids: Sequence[ConversationId]) -> tuple[Conversation, ...]:
        """Take back what the newest deletion took, with what was written in it since."""
        found = {i: self._deleted.pop(i) for i in conversation_ids if i in self._deleted}
        self._trees.update(found)
        return tuple(found.values())

    def release(self, conversation_id: ConversationId) -> Conversation | None:
        """It is to be kept and may be written from now on; what it is."""
        self._secret.discard(conversation_id)
        return self._trees.pop(conversation_id, None)

    def update(self, conversation: Conversation) -> None:
        """Take over a changed tree; one that is not temporary is passed over."""
        if conversation.id in self._trees:
            self._trees[conversation.id] = conversation

    def take_summary(self, summary: ConversationSummary) -> None:
        """Take over another title, draft or level; as `update`."""
        if (known := self._trees.get(summary.id)) is not None:
            self._trees[summary.id] = known.with_summary(summary)

    def take_message(self, message: Message) -> None:
        """Take over a message that was written on; as `update`."""
        for trees in (self._trees, self._deleted):
            known = trees.get(message.conversation_id)
            if known is not None and message.id in known.messages:
                trees[known.id] = known.with_message(message)

    def leave(self, left: ConversationId, shown: ConversationId) -> bool:
        """Another conversation is shown: True when the one left was empty and is gone now."""
        tree = self._trees.get(left)
        if left == shown or tree is None or tree.messages or tree.summary.draft.strip():
            return False
        del self._trees[left]
        return True

    def worth_keeping(self, *, is_end_wanted: bool) -> tuple[Conversation, ...]:
        """Those that a person might be sorry for: long ones.

        `is_end_wanted` False: the program has to end for another reason; then every one in
        which something was written.
        """
        trees = self._trees.values()
        return tuple(t for t in trees if t.messages and (_is_long(t) or not is_end_wanted))


def _is_long(conversation: Conversation) -> bool:
    messages = conversation.messages.values()
    n_characters = sum(len(m.text) for m in messages)
    return len(messages) >= LONG_MESSAGES or n_characters >= LONG_CHARACTERS


def save_whole(store: ConversationStore, conversation: Conversation) -> None:
    """Write a conversation of which nothing was written before."""
    store.save_summary(conversation.summary)
    for message in conversation.messages.values():
        store.add_message(message)
    store.set_active_leaf(conversation.id, conversation.active_leaf_id)


class Keeper:
    """Writes what belongs to one conversation; nothing at all while it is temporary."""

    def __init__(
        self,
        storage: StorageThread,
        temporary: TemporaryChats,
        conversation_id: ConversationId,
    ) -> None:
        self._storage = storage
        self._temporary = temporary
        self._conversation_id = conversation_id

    def submit(
        self,
        operation: Callable[[Any], Any],
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[LumbreError], None] | None = None,
    ) -> None:
        """As of `StorageThread`; of a temporary one only `on_done` is called, with None."""
        if not self._temporary.is_secret(self._conversation_id):
            self._storage.submit(operation, on_done, on_failed)
        elif on_done is not None:
            on_done(None)
