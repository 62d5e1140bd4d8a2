"""What is attached to drafts: kept for each conversation, also across restarts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.core.attachment import Attachment
from app.core.conversation import ConversationStore
from app.core.errors import LumbreError
from app.core.message import ConversationId
from app.ui.temporary_chats import Keeper

Attached = Mapping[ConversationId, tuple[Attachment, ...]]


class DraftAttachments:
    """Owned by the conversation book, which says when to write. GUI thread only."""

    def __init__(
        self,
        keeper: Callable[[ConversationId], Keeper],
        fail: Callable[[LumbreError], None],
    ) -> None:
        """`keeper` writes what belongs to a conversation, `fail` tells what went wrong."""
        self._keeper = keeper
        self._fail = fail
        self._attached: dict[ConversationId, tuple[Attachment, ...]] = {}
        self._changed: set[ConversationId] = set()

    def take(self, attached: Attached) -> None:
        """Take over what is on the disk, but for what has changed since."""
        unsaved = {key: self.of(key) for key in self._changed}
        self._attached = {**attached, **unsaved}

    def clear(self) -> None:
        """Forget all; what has changed is lost unless it was flushed."""
        self._attached.clear()
        self._changed.clear()

    def of(self, conversation_id: ConversationId) -> tuple[Attachment, ...]:
        """What is attached to the draft of a conversation."""
        return self._attached.get(conversation_id, ())

    def keep(
        self, conversation_id: ConversationId, attachments: tuple[Attachment, ...]
    ) -> bool:
        """Remember what is attached now; True when that is something else than before."""
        if attachments == self.of(conversation_id):
            return False
        self._attached[conversation_id] = attachments
        self._changed.add(conversation_id)
        return True

    def flush(self) -> None:
        """Write now what has changed; the conversations are on the disk."""
        changed, self._changed = self._changed, set()
        for conversation_id in changed:
            self._save(conversation_id, self.of(conversation_id))

    def save_again(self, conversation_id: ConversationId) -> None:
        """Write what is attached, changed or not: the conversation was not kept before."""
        if attachments := self.of(conversation_id):
            self._save(conversation_id, attachments)

    def _save(
        self, conversation_id: ConversationId, attachments: tuple[Attachment, ...]
    ) -> None:
        def save(store: ConversationStore) -> None:
            store.save_draft_attachments(conversation_id, attachments)

        self._keeper(conversation_id).submit(save, on_failed=self._fail)
