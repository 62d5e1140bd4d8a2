"""Conversations in SQLite."""

# ruff: noqa: S608 -- what is put into SQL here are constants; values are always bound

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from app.core.attachment import Attachment
from app.core.conversation import (
    Conversation,
    ConversationSummary,
    Folder,
    FolderId,
    Preset,
    PresetId,
)
from app.core.errors import StorageError
from app.core.history import Backup, RepairReport, TrashEntry
from app.core.message import (
    ConversationId,
    FinishReason,
    Message,
    MessageId,
    MessageState,
)
from app.storage import attachments, changes, organisation, repair, trash
from app.storage.history_file import HistoryFile
from app.storage.rows import (
    MESSAGE_COLUMNS,
    SUMMARY_COLUMNS,
    message_from,
    summary_from,
)
from app.storage.sqlite import Connection

T = TypeVar("T")

logger = logging.getLogger(__name__)


class SqliteConversationStore:
    """`ConversationStore` on one database file; made by `open_store`, used in one thread.

    Every change is one transaction and on the disk when the method returns. All methods
    raise `StorageError`.
    """

    def __init__(self, file: HistoryFile) -> None:
        """Take over `file`."""
        self.file = file

    @property
    def is_read_only(self) -> bool:
        """True when every change raises `StorageError`."""
        return self.file.read_only_reason is not None

    @property
    def read_only_reason(self) -> StorageError | None:
        """The sentence that says why nothing can be changed; None when it can."""
        return self.file.read_only_reason

    def take_notices(self) -> tuple[StorageError, ...]:
        """Sentences about what went well but needs attention, since the last call."""
        return self.file.take_notices()

    def watch(self) -> None:
        """To be called every half minute: notices a moved file, renews the disk reserve.

        Raises:
            StorageError: another program replaced the file.
        """
        self.file.watch()

    def list_conversations(self) -> tuple[ConversationSummary, ...]:
        """All that are not in the trash: pinned first, then newest change first."""
        rows = self.file.read(
            f"SELECT {SUMMARY_COLUMNS} FROM conversations WHERE trashed_at IS NULL "
            "ORDER BY is_pinned DESC, sort_key DESC"
        )
        return tuple(map(summary_from, rows))

    def load(self, conversation_id: ConversationId) -> Conversation:
        """One conversation with its whole tree, in the order in which it was written."""
        rows = self.file.read(
            f"SELECT {SUMMARY_COLUMNS}, id, active_leaf FROM conversations WHERE uuid = ?",
            conversation_id,
        )
        if not rows:
            raise changes.gone_error()
        *summary, key, leaf = rows[0]
        attached = attachments.by_message(self.file.read(attachments.OF_CONVERSATION, key))
        messages: dict[object, Message] = {}
        for row in self.file.read(
            f"SELECT {MESSAGE_COLUMNS} FROM messages "
            "WHERE conversation = ? AND trashed_at IS NULL ORDER BY id",
            key,
        ):
            parent = messages.get(row[1])
            parent_id = None if parent is None else parent.id
            message = message_from(row, conversation_id, parent_id, attached.get(row[0], ()))
            messages[row[0]] = self._as_shown(message)
        shown = messages.get(leaf) or (next(reversed(messages.values()), None))
        return Conversation(
            summary_from(tuple(summary)),
            {m.id: m for m in messages.values()},
            None if shown is None else shown.id,
        )

    def save_summary(self, summary: ConversationSummary) -> None:
        """Create the conversation, or change what its summary says."""
        self.file.write(lambda c: changes.put_summary(c, summary))

    def save_summaries(self, summaries: Sequence[ConversationSummary]) -> None:
        """`save_summary` for several: all or none."""
        self.file.write(lambda c: _each(changes.put_summary, c, summaries))

    def add_message(self, message: Message) -> None:
        """Commit a new message and make it the active leaf; the conversation must exist.

        Adding the same message again replaces its content: a call may be repeated after an
        error.
        """
        self.file.write(lambda c: changes.put_message(c, message))

    def draft_attachments(self) -> Mapping[ConversationId, tuple[Attachment, ...]]:
        """What is attached to unsent drafts, by conversation; those without are left out."""
        return attachments.by_draft(self.file.read(attachments.OF_DRAFTS))

    def save_draft_attachments(
        self, conversation_id: ConversationId, attached: Sequence[Attachment]
    ) -> None:
        """Remember what is attached to an unsent draft; the conversation must exist."""

        def work(connection: Connection) -> None:
            key = changes.conversation_key(connection, conversation_id)
            attachments.put_draft(connection, key, attached)

        self.file.write(work)

    def journal(self, message_id: MessageId, text: str, thinking: str) -> None:
        """Commit what has come so far of a streaming answer; a finished one stays as it is."""
        self.file.write(lambda c: changes.journal(c, message_id, text, thinking))

    def finish(self, message: Message) -> None:
        """Commit the end of an answer: text, finish reason, statistics; state COMPLETE.

        An answer that could not be added before is added now.
        """
        self.file.write(lambda c: changes.finish(c, message))

    def set_active_leaf(
        self, conversation_id: ConversationId, message_id: MessageId | None
    ) -> None:
        """Remember which branch is shown."""
        self.file.write(lambda c: changes.set_active_leaf(c, conversation_id, message_id))

    def delete_conversation(self, conversation_id: ConversationId) -> None:
        """Move it to the trash; nothing happens when it is there already."""
        self.file.write(lambda c: changes.trash_conversation(c, conversation_id))
        trash.drop_states(self.file)

    def delete_conversations(self, conversation_ids: Sequence[ConversationId]) -> None:
        """Move them to the trash: all or none."""
        self.file.write(lambda c: _each(changes.trash_conversation, c, conversation_ids))
        trash.drop_states(self.file)

    def restore_conversation(self, conversation_id: ConversationId) -> None:
        """Take it out of the trash; nothing happens when it is not there."""
        self.file.write(lambda c: changes.restore_conversation(c, conversation_id))

    def restore_conversations(self, conversation_ids: Sequence[ConversationId]) -> None:
        """Take them out of the trash: all or none."""
        self.file.write(lambda c: _each(changes.restore_conversation, c, conversation_ids))

    def delete_message(self, message_id: MessageId) -> None:
        """Move the message and all that follows it to the trash; its parent is shown then."""
        self.file.write(lambda c: changes.trash_branch(c, message_id))

    def restore_message(self, message_id: MessageId) -> None:
        """Undo `delete_message`, with the branch that was shown; else nothing happens."""
        self.file.write(lambda c: changes.restore_branch(c, message_id))

    def list_folders(self) -> tuple[Folder, ...]:
        """All folders, in the order in which they were made."""
        return organisation.list_folders(self.file)

    def save_folder(self, folder: Folder) -> None:
        """Make a folder, or change its name and whether it is folded."""
        self.file.write(lambda c: organisation.put_folder(c, folder))

    def delete_folder(self, folder_id: FolderId) -> None:
        """Delete a folder; the conversations in it stay, in no folder."""
        self.file.write(lambda c: organisation.delete_folder(c, folder_id))

    def list_presets(self) -> tuple[Preset, ...]:
        """All presets that the person has saved, in the order in which they were made."""
        return organisation.list_presets(self.file)

    def save_preset(self, preset: Preset) -> None:
        """Make a preset or change it; a default one takes that from any other."""
        self.file.write(lambda c: organisation.put_preset(c, preset))

    def delete_preset(self, preset_id: PresetId) -> None:
        """Delete a preset; what it was applied to stays as it is."""
        self.file.write(lambda c: organisation.delete_preset(c, preset_id))

    def mark_interrupted(self) -> int:
        """At start: every STREAMING answer becomes COMPLETE with INTERRUPTED; how many.

        In a read-only store they only look so when loaded: 0.
        """
        if self.is_read_only:
            return 0
        n_marked = self.file.write(changes.mark_interrupted)
        if n_marked:
            logger.warning("%d answers were interrupted by the last end", n_marked)
        return n_marked

    def list_trash(self) -> tuple[TrashEntry, ...]:
        """What is in the trash, newest deletion first."""
        return trash.list_trash(self.file)

    def purge_expired(self) -> int:
        """Delete for good what has been in the trash for over 30 days; how many entries."""
        return trash.purge_expired(self.file)

    def empty_trash(self) -> int:
        """Erase all that is in the trash from the file and the backups; how many entries."""
        return trash.empty_trash(self.file)

    def check_and_repair(self) -> RepairReport:
        """Check the whole file and repair it when it is damaged; may take minutes."""
        return repair.check_and_repair(self.file)

    def restore_backup(self, backup: Backup) -> None:
        """Go back to a backup; what is there now becomes a backup first."""
        repair.restore_backup(self.file, backup)

    def close(self) -> None:
        """Checkpoint and close; further calls raise `StorageError`, but `close` does not."""
        self.file.close()

    def _as_shown(self, message: Message) -> Message:
        if self.is_read_only and message.state is MessageState.STREAMING:
            return replace(
                message,
                state=MessageState.COMPLETE,
                finish_reason=FinishReason.INTERRUPTED,
            )
        return message


def _each(
    change: Callable[[Connection, T], None], connection: Connection, things: Sequence[T]
) -> None:
    for thing in things:
        change(connection, thing)
