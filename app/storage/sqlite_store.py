"""Conversations in SQLite."""

# ruff: noqa: S608 -- what is put into SQL here are constants; values are always bound

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from app.core.conversation import Conversation, ConversationSummary
from app.core.errors import StorageError
from app.core.message import (
    ConversationId,
    FinishReason,
    Message,
    MessageId,
    MessageState,
)
from app.storage import changes
from app.storage.data_folder import DataFolder
from app.storage.failures import database_error
from app.storage.rows import (
    MESSAGE_COLUMNS,
    SUMMARY_COLUMNS,
    message_from,
    summary_from,
)
from app.storage.sqlite import Connection, Database, Error, transaction

logger = logging.getLogger(__name__)

T = TypeVar("T")


class SqliteConversationStore:
    """`ConversationStore` on one database file; made by `open_store`, used in one thread.

    Every change is one transaction and on the disk when the method returns. All methods
    raise `StorageError`.
    """

    def __init__(
        self,
        db: Database,
        folder: DataFolder,
        *,
        read_only: StorageError | None = None,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        """Take over `db`.

        Args:
            db: with this program's schema.
            folder: where it lies.
            read_only: why nothing can be changed, as a sentence for the window; None when
                it can.
            on_close: called once, after the database has been closed.
        """
        self._on_close = on_close
        self._db = db
        self._folder = folder
        self._read_only = read_only

    @property
    def is_read_only(self) -> bool:
        """True when every change raises `StorageError`."""
        return self._read_only is not None

    @property
    def read_only_reason(self) -> StorageError | None:
        """The sentence that says why nothing can be changed; None when it can."""
        return self._read_only

    @property
    def database(self) -> Database:
        """The connection, for maintenance and search in the same thread."""
        return self._db

    def list_conversations(self) -> tuple[ConversationSummary, ...]:
        """All that are not in the trash: pinned first, then newest change first."""
        rows = self._read(
            f"SELECT {SUMMARY_COLUMNS} FROM conversations WHERE trashed_at IS NULL "
            "ORDER BY is_pinned DESC, sort_key DESC"
        )
        return tuple(map(summary_from, rows))

    def load(self, conversation_id: ConversationId) -> Conversation:
        """One conversation with its whole tree, in the order in which it was written."""
        rows = self._read(
            f"SELECT {SUMMARY_COLUMNS}, id, active_leaf FROM conversations WHERE uuid = ?",
            conversation_id,
        )
        if not rows:
            raise changes.gone_error()
        *summary, key, leaf = rows[0]
        messages: dict[object, Message] = {}
        for row in self._read(
            f"SELECT {MESSAGE_COLUMNS} FROM messages "
            "WHERE conversation = ? AND trashed_at IS NULL ORDER BY id",
            key,
        ):
            parent = messages.get(row[1])
            parent_id = None if parent is None else parent.id
            message = message_from(row, conversation_id, parent_id)
            messages[row[0]] = self._as_shown(message)
        shown = messages.get(leaf) or (next(reversed(messages.values()), None))
        return Conversation(
            summary_from(tuple(summary)),
            {m.id: m for m in messages.values()},
            None if shown is None else shown.id,
        )

    def save_summary(self, summary: ConversationSummary) -> None:
        """Create the conversation, or change its title, pin, draft, level, instructions."""
        self._write(lambda c: changes.put_summary(c, summary))

    def add_message(self, message: Message) -> None:
        """Commit a new message and make it the active leaf; the conversation must exist.

        Adding the same message again replaces its content: a call may be repeated after an
        error.
        """
        self._write(lambda c: changes.put_message(c, message))

    def journal(self, message_id: MessageId, text: str, thinking: str) -> None:
        """Commit what has come so far of a streaming answer; a finished one stays as it is."""
        self._write(lambda c: changes.journal(c, message_id, text, thinking))

    def finish(self, message: Message) -> None:
        """Commit the end of an answer: text, finish reason, statistics; state COMPLETE.

        An answer that could not be added before is added now.
        """
        self._write(lambda c: changes.finish(c, message))

    def set_active_leaf(
        self, conversation_id: ConversationId, message_id: MessageId | None
    ) -> None:
        """Remember which branch is shown."""
        self._write(lambda c: changes.set_active_leaf(c, conversation_id, message_id))

    def delete_conversation(self, conversation_id: ConversationId) -> None:
        """Move it to the trash; nothing happens when it is there already."""
        self._write(lambda c: changes.trash_conversation(c, conversation_id))

    def restore_conversation(self, conversation_id: ConversationId) -> None:
        """Take it out of the trash; nothing happens when it is not there."""
        self._write(lambda c: changes.restore_conversation(c, conversation_id))

    def delete_message(self, message_id: MessageId) -> None:
        """Move the message and all that follows it to the trash; its parent is shown then."""
        self._write(lambda c: changes.trash_branch(c, message_id))

    def restore_message(self, message_id: MessageId) -> None:
        """Undo `delete_message`, with the branch that was shown; else nothing happens."""
        self._write(lambda c: changes.restore_branch(c, message_id))

    def mark_interrupted(self) -> int:
        """At start: every STREAMING answer becomes COMPLETE with INTERRUPTED; how many.

        In a read-only store they only look so when loaded: 0.
        """
        if self.is_read_only:
            return 0
        n_marked = self._write(changes.mark_interrupted)
        if n_marked:
            logger.warning("%d answers were interrupted by the last end", n_marked)
        return n_marked

    def close(self) -> None:
        """Checkpoint and close; further calls raise `StorageError`, but `close` does not."""
        with contextlib.suppress(Error):  # closed already, or the disk is gone: no matter
            if not self.is_read_only:
                self._db.conn.execute("PRAGMA optimize")
                self._db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._db.close()
        on_close, self._on_close = self._on_close, lambda: None
        on_close()

    def _as_shown(self, message: Message) -> Message:
        if self.is_read_only and message.state is MessageState.STREAMING:
            return replace(
                message,
                state=MessageState.COMPLETE,
                finish_reason=FinishReason.INTERRUPTED,
            )
        return message

    def _read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._db.conn.execute(sql, values).fetchall()
        except Error as error:
            raise database_error(error, self._folder.database) from error

    def _write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction and commit it."""
        if self._read_only is not None:
            raise StorageError(self._read_only.template, **self._read_only.values)
        try:
            with transaction(self._db.conn):
                return work(self._db.conn)
        except Error as error:
            raise database_error(error, self._folder.database) from error
