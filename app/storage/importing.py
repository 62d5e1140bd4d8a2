"""Writing conversations of other files into the history, whole imports at a time."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from app.core.conversation import Conversation
from app.core.errors import LumbreError
from app.core.message import Message, MessageId
from app.core.organisation import new_folder_id
from app.core.transfer import ImportId, ImportSource, LeftOut
from app.storage import attachments, changes
from app.storage.formats.documents import Entry
from app.storage.history_file import HistoryFile
from app.storage.rows import message_content, summary_values
from app.storage.sqlite import Connection

logger = logging.getLogger(__name__)

MOST_LISTED = 200
_BATCH_MESSAGES = 2_000  # of one transaction: other writers wait no longer than for these

_PUT_CONVERSATION = """
    INSERT INTO conversations (uuid, title, created_at, updated_at, is_pinned, draft,
        reasoning, instructions, folder, is_archived, sampling, sort_key, import)
    VALUES (:uuid, :title, :created_at, :updated_at, :is_pinned, :draft, :reasoning,
        :instructions, :folder, :is_archived, :sampling, :sort_key, :import)
"""
_PUT_MESSAGE = """
    INSERT INTO messages (id, uuid, conversation, parent, role, created_at, text, thinking,
        state, reasoning, finish_reason, model_name, stats, import)
    VALUES (:id, :uuid, :conversation, :parent, :role, :created_at, :text, :thinking,
        'complete', :reasoning, :finish_reason, :model_name, :stats, :import)
    RETURNING id
"""

_LOWEST = "SELECT min(coalesce(min(id), 1), 1) FROM messages"
_TAKE_OUT = (
    "DELETE FROM conversations WHERE import = ?",
    "DELETE FROM messages WHERE import = ?",
    "DELETE FROM folders WHERE import = ?",
    "DELETE FROM imports WHERE id = ?",
)
_DROP_EMPTY_FOLDERS = """
    DELETE FROM folders WHERE import = ? AND NOT EXISTS
        (SELECT 1 FROM conversations c WHERE c.folder = folders.id AND c.trashed_at IS NULL)
"""


@dataclass
class Count:
    """What an import brings, or would bring."""

    source: ImportSource = ImportSource.LUMBRE
    n_conversations: int = 0
    n_messages: int = 0
    n_known: int = 0
    n_left_out: int = 0
    titles: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def take(self, entry: Entry, n_new: int, *, is_known: bool) -> None:
        """Count one conversation with `n_new` new messages."""
        self.source = entry.source
        if is_known and not n_new:
            self.n_known += 1
            return
        self.n_messages += n_new
        if not is_known:
            self.n_conversations += 1
            if len(self.titles) < MOST_LISTED:
                self.titles.append(entry.name)

    def leave_out(self, entry: Entry, reason: LumbreError) -> None:
        """Count what cannot be imported."""
        self.n_left_out += 1
        if len(self.left_out) < MOST_LISTED:
            self.left_out.append(LeftOut(entry.name, reason))  # type: ignore[arg-type]


def count(connection: Connection, entries: Iterable[Entry]) -> Count:
    """What an import of `entries` would bring; nothing is changed."""
    result = Count()
    seen: set[str] = set()
    for entry in entries:
        if entry.conversation is None:
            result.leave_out(entry, entry.reason)  # type: ignore[arg-type]
            continue
        conversation = entry.conversation
        row = connection.execute(
            "SELECT id FROM conversations WHERE uuid = ?", (conversation.id,)
        ).fetchone()
        is_known = row is not None or conversation.id in seen
        seen.add(conversation.id)
        known = _known_messages(connection, row[0]) if row is not None else set()
        n_new = 0 if row is None and is_known else len(conversation.messages.keys() - known)
        result.take(entry, n_new, is_known=is_known)
    return result


def run_import(
    file: HistoryFile, entries: Iterator[Entry], total: Count
) -> tuple[ImportId, Count]:
    """Write `entries` in short transactions; stopped anywhere, nothing of them stays.

    Args:
        file: writable.
        entries: conversations; an exception out of it ends the import.
        total: of `count`, for the same entries.

    Raises:
        StorageError: with a sentence; all that was written has been taken out again.
    """
    import_id = file.write(lambda c: _begin(c, total.source))
    writer = _Writer(import_id, file.read(_LOWEST)[0][0] - total.n_messages)
    try:
        batch: list[Entry] = []
        n_messages = 0
        for entry in entries:
            batch.append(entry)
            n_messages += len(entry.conversation.messages) if entry.conversation else 0
            if n_messages >= _BATCH_MESSAGES:
                writer.commit(file, batch)
                batch, n_messages = [], 0
        writer.commit(file, batch)
        file.write(lambda c: _finish(c, import_id))
    except BaseException:
        take_out(file, import_id)
        raise
    return import_id, writer.done


def take_out(file: HistoryFile, import_id: ImportId) -> None:
    """Delete all rows of an import that did not come to its end."""

    def work(connection: Connection) -> None:
        for statement in _TAKE_OUT:
            connection.execute(statement, (import_id,))

    file.write(work)


def take_out_unfinished(file: HistoryFile) -> None:
    """At start: imports that were stopped by the end of the program leave nothing."""
    for (import_id,) in file.read("SELECT id FROM imports WHERE finished_at IS NULL"):
        logger.warning("import %d was not finished and is taken out", import_id)
        take_out(file, ImportId(import_id))


def undo_import(file: HistoryFile, import_id: ImportId) -> int:
    """Put what an import brought into the trash; how many conversations and branches."""
    return file.write(lambda c: _undo(c, import_id))


def _undo(connection: Connection, import_id: ImportId) -> int:
    n_conversations = connection.execute(
        "UPDATE conversations SET trashed_at = ? WHERE import = ? AND trashed_at IS NULL",
        (time.time(), import_id),
    ).rowcount
    added = connection.execute(
        "SELECT m.uuid FROM messages m JOIN conversations c ON c.id = m.conversation "
        "WHERE m.import = ? AND c.import IS NOT ? AND m.trashed_at IS NULL ORDER BY m.id",
        (import_id, import_id),
    ).fetchall()
    for (message,) in added:
        changes.trash_branch(connection, MessageId(message))
    connection.execute(_DROP_EMPTY_FOLDERS, (import_id,))
    connection.execute(
        "UPDATE imports SET undone_at = ? WHERE id = ?", (time.time(), import_id)
    )
    return n_conversations + len(added)


def _begin(connection: Connection, source: ImportSource) -> ImportId:
    key = connection.execute(
        "INSERT INTO imports (source, began_at) VALUES (?, ?)", (str(source), time.time())
    ).lastrowid
    return ImportId(key or 0)


def _finish(connection: Connection, import_id: ImportId) -> None:
    connection.execute(
        "UPDATE imports SET finished_at = ? WHERE id = ?", (time.time(), import_id)
    )


def _known_messages(connection: Connection, conversation: int) -> set[str]:
    rows = connection.execute(
        "SELECT uuid FROM messages WHERE conversation = ?", (conversation,)
    )
    return {row[0] for row in rows}


class _Writer:
    """Writes one import."""

    def __init__(self, import_id: ImportId, first_key: int) -> None:
        """Begin.

        Args:
            import_id: of the running import.
            first_key: row id of the first message of a new conversation. They lie below all
                others, so that what was imported counts as older than what was written here.
        """
        self._import_id = import_id
        self._next_key = first_key
        self.done = Count()

    def commit(self, file: HistoryFile, batch: list[Entry]) -> None:
        """Write a batch in one transaction."""
        before = self.done, self._next_key

        def work(connection: Connection) -> None:
            first, self._next_key = before  # the work may be run twice
            self.done = replace(first, titles=list(first.titles), left_out=list(first.left_out))
            for entry in batch:
                self._put(connection, entry)

        file.write(work)

    def _put(self, connection: Connection, entry: Entry) -> None:
        if entry.conversation is None:
            self.done.leave_out(entry, entry.reason)  # type: ignore[arg-type]
            return
        conversation = entry.conversation
        row = connection.execute(
            "SELECT id FROM conversations WHERE uuid = ?", (conversation.id,)
        ).fetchone()
        if row is None:
            n_new = self._put_new(connection, conversation, entry.folder_name)
        else:
            n_new = self._put_missing(connection, conversation, row[0])
        self.done.take(entry, n_new, is_known=row is not None)

    def _put_new(
        self, connection: Connection, conversation: Conversation, folder_name: str
    ) -> int:
        values = summary_values(conversation.summary)
        values |= {
            "folder": self._folder_row(connection, folder_name),
            "sort_key": min(float(str(values["updated_at"])), time.time()),
            "import": self._import_id,
        }
        home = connection.execute(_PUT_CONVERSATION, values).lastrowid
        keys: dict[MessageId, int] = {}
        for message in conversation.messages.values():
            keys[message.id] = self._put_message(
                connection, message, home or 0, keys, self._next_key
            )
            self._next_key += 1
        leaf = keys.get(conversation.active_leaf_id) if conversation.active_leaf_id else None
        connection.execute(
            "UPDATE conversations SET active_leaf = ? WHERE id = ?", (leaf, home)
        )
        return len(keys)

    def _folder_row(self, connection: Connection, name: str) -> int | None:
        """The row of the folder with this name; made when there is none; None for ""."""
        if not name:
            return None
        row = connection.execute(
            "SELECT id FROM folders WHERE name = ? ORDER BY id LIMIT 1", (name,)
        ).fetchone()
        if row is not None:
            return int(row[0])
        return connection.execute(
            "INSERT INTO folders (uuid, name, import) VALUES (?, ?, ?)",
            (new_folder_id(), name, self._import_id),
        ).lastrowid

    def _put_missing(
        self, connection: Connection, conversation: Conversation, home: int
    ) -> int:
        """Add messages that a known conversation lacks; out of the trash it comes back."""
        connection.execute("UPDATE conversations SET trashed_at = NULL WHERE id = ?", (home,))
        keys: dict[MessageId, int] = {
            MessageId(row[0]): row[1]
            for row in connection.execute(
                "SELECT uuid, id FROM messages WHERE conversation = ?", (home,)
            )
        }
        missing = [m for m in conversation.messages.values() if m.id not in keys]
        for message in missing:
            keys[message.id] = self._put_message(connection, message, home, keys, None)
        return len(missing)

    def _put_message(
        self,
        connection: Connection,
        message: Message,
        home: int,
        keys: dict[MessageId, int],
        key: int | None,
    ) -> int:
        taken = connection.execute(
            "SELECT 1 FROM messages WHERE uuid = ?", (message.id,)
        ).fetchone()
        values = {
            **message_content(message),
            "id": key,
            "uuid": uuid.uuid4().hex if taken else message.id,
            "conversation": home,
            "parent": keys.get(message.parent_id) if message.parent_id else None,
            "role": str(message.role),
            "created_at": message.created_at,
            "import": self._import_id,
        }
        ((row_id,),) = connection.execute(_PUT_MESSAGE, values).fetchall()
        if message.attachments:
            attachments.put(connection, row_id, message.attachments)
        return int(row_id)
