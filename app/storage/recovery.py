"""A damaged database is set aside as it is, and what can be read of it is written anew."""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.core.attachment import MOST_ATTACHMENTS
from app.core.conversation import title_from
from app.core.message import MessageState, ReasoningEffort, Role
from app.storage.attachments import row_id as attachment_row
from app.storage.data_folder import (
    DataFolder,
    make_private_file,
    make_private_folder,
    sync_file,
    sync_folder,
)
from app.storage.keys import HistoryKey, key_for
from app.storage.migrations import migrate
from app.storage.pages import Row, Value, has_database_header, read_rows
from app.storage.rescue import new_name
from app.storage.rows import clean_seconds
from app.storage.salvage import rows_by_sql
from app.storage.sqlite import Connection, OpenMode, connect, transaction

logger = logging.getLogger(__name__)

_ROLES = frozenset(map(str, Role))
_STATES = frozenset(map(str, MessageState))
_LEVELS = frozenset(map(str, ReasoningEffort))
_TITLE_CHARACTERS = 200  # of a text, for a title that has to be made


def _text_or_none(value: Value) -> Value:
    return value if isinstance(value, str) else None


def _text(value: Value) -> Value:
    return value if isinstance(value, str) else ""


def _seconds(value: Value) -> Value:
    return clean_seconds(value) if isinstance(value, int | float) else 0.0


def _seconds_or_none(value: Value) -> Value:
    return None if value is None else _seconds(value)


def _row_or_none(value: Value) -> Value:
    return value if isinstance(value, int) else None


def _is_set(value: Value) -> Value:
    return int(value == 1)


# Columns in the order of the first release of the schema (later ones come after them), and
# how an unreadable value is mended.
_MESSAGE_COLUMNS: dict[str, Callable[[Value], Value]] = {
    "id": _row_or_none,
    "uuid": _text,
    "conversation": _row_or_none,
    "parent": _row_or_none,
    "role": _text,
    "text": _text,
    "thinking": _text,
    "created_at": _seconds,
    "state": lambda value: value if value in _STATES else str(MessageState.STREAMING),
    "reasoning": _text_or_none,
    "finish_reason": _text_or_none,
    "model_name": _text,
    "stats": _text_or_none,
    "trashed_at": _seconds_or_none,
    "trash_root": _row_or_none,
    "trash_leaf": _row_or_none,
}
_CONVERSATION_COLUMNS: dict[str, Callable[[Value], Value]] = {
    "id": _row_or_none,
    "uuid": _text,
    "title": _text,
    "created_at": _seconds,
    "updated_at": _seconds,
    "sort_key": _seconds,
    "is_pinned": _is_set,
    "draft": _text,
    "reasoning": lambda value: value if value in _LEVELS else str(ReasoningEffort.MEDIUM),
    "instructions": _text,
    "active_leaf": _row_or_none,
    "trashed_at": _seconds_or_none,
}
_ATTACHMENT_COLUMNS: dict[str, Callable[[Value], Value]] = {
    "id": _row_or_none,
    "message": _row_or_none,
    "name": _text,
    "kind": _text,
    "text": _text,
    "n_tokens": _row_or_none,
    "is_cut": _is_set,
}


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was saved out of a damaged database."""

    set_aside: Path  # the folder with the damaged files, as they were
    n_conversations: int
    n_messages: int
    n_cut: int  # messages whose end could not be read


def set_aside(folder: DataFolder) -> Path:
    """Copy the database and its log, byte for byte, into a folder of their own.

    No connection to it may be open in this process: reading the file by other means takes
    SQLite's locks off it.

    Returns:
        The new folder.

    Raises:
        OSError: no room or no access.
    """
    make_private_folder(folder.set_aside)
    aside = folder.set_aside / new_name("damaged")
    part = aside.with_name(aside.name + ".part")
    make_private_folder(part)
    try:
        for source in (folder.database, folder.wal):
            if source.exists():
                copy = part / source.name
                make_private_file(copy)
                shutil.copyfile(source, copy)
                sync_file(copy)
        part.rename(aside)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        raise
    sync_folder(folder.set_aside)
    return aside


def recover(folder: DataFolder, aside: Path) -> Recovered:
    """Replace the database by what can be read of the copy in `aside`.

    No connection to it is open. Stopped at any moment, either the damaged file or the new
    one is in its place.

    Raises:
        OSError: no room or no access; the damaged file is in its place.
        Error: SQLite's own, as above.
    """
    part = folder.database.with_name(folder.database.name + ".part")
    part.unlink(missing_ok=True)
    make_private_file(part)
    found = _Found(aside / folder.database.name, aside / folder.wal.name, key_for(folder.path))
    found.look()
    found.write(part)
    sync_file(part)
    folder.drop_logs()
    part.replace(folder.database)
    sync_folder(folder.path)
    result = Recovered(aside, len(found.conversations), len(found.messages), found.n_cut)
    logger.warning("recovered %d messages, %d cut", result.n_messages, result.n_cut)
    return result


@dataclass
class _Found:
    """Rows that look like conversations, messages and attachments.

    The file is read twice: first to see which rows there are and how they hang together,
    then to write them. So the texts need not be in memory all at once.
    """

    database: Path
    wal: Path
    key: HistoryKey | None = None  # of an encrypted database
    conversations: dict[int, dict[str, Value]] = field(default_factory=dict)  # by row id
    messages: dict[int, dict[str, Value]] = field(default_factory=dict)  # without texts
    worths: dict[int, tuple[bool, bool, int, int]] = field(default_factory=dict)
    attachments: dict[int, tuple[bool, int, int]] = field(default_factory=dict)  # worths

    @property
    def n_cut(self) -> int:
        """Messages whose end is missing."""
        return sum(not is_whole for is_whole, *_ in self.worths.values())

    def _rows(self) -> Iterator[Row]:
        if self.key is None or has_database_header(self.database):
            return read_rows(self.database, self.wal)
        return rows_by_sql(self.database, self.key)

    def look(self) -> None:
        """Find the rows; of two with the same id, the better one."""
        for place, row in enumerate(self._rows()):
            if (message := _as_message(row)) is not None:
                worth = _worth(message, row.is_whole, place)
                if worth > self.worths.get(row.rowid, ()):
                    self.worths[row.rowid] = worth
                    self.messages[row.rowid] = _without_texts(message)
            elif (conversation := _as_conversation(row)) is not None:
                self.conversations[row.rowid] = conversation
            elif (attachment := _as_attachment(row)) is not None:
                best = (row.is_whole, len(str(attachment["text"])), -place)
                if best > self.attachments.get(row.rowid, ()):
                    self.attachments[row.rowid] = best
        self._mend()

    def write(self, path: Path) -> None:
        """Fill a new database at `path`."""
        db = connect(path, OpenMode.PRIVATE)
        try:
            migrate(db)
            with transaction(db.conn):
                db.conn.execute("PRAGMA defer_foreign_keys = ON")
                conversations = (self.conversations[key] for key in sorted(self.conversations))
                _insert(db.conn, "conversations", _CONVERSATION_COLUMNS, conversations)
                _insert(db.conn, "messages", _MESSAGE_COLUMNS, self._chosen())
                _insert(db.conn, "attachments", _ATTACHMENT_COLUMNS, self._attachments())
        finally:
            db.close()

    def _chosen(self) -> Iterator[dict[str, Value]]:
        """The messages with their texts, and with what was mended."""
        for place, row in enumerate(self._rows()):
            worth = self.worths.get(row.rowid)
            if worth is None or worth[-1] != -place:
                continue
            message = _as_message(row)
            if message is not None:
                mended = self.messages[row.rowid]
                yield {**message, "uuid": mended["uuid"], "parent": mended["parent"]}

    def _attachments(self) -> Iterator[dict[str, Value]]:
        """The attachments of messages that were found."""
        for place, row in enumerate(self._rows()):
            worth = self.attachments.get(row.rowid)
            if worth is None or worth[-1] != -place:
                continue
            attachment = _as_attachment(row)
            if attachment is not None and attachment["message"] in self.messages:
                is_cut = int(attachment["is_cut"] == 1 or not row.is_whole)
                yield {**attachment, "is_cut": is_cut}

    def _mend(self) -> None:
        """Close the gaps: lost conversations, lost messages in the middle of a branch."""
        newest: dict[Value, int] = {}  # the message before, by conversation
        uuids: set[Value] = set()
        for key in sorted(self.messages):
            message = self.messages[key]
            if message["uuid"] in uuids:
                message["uuid"] = uuid.uuid4().hex
            uuids.add(message["uuid"])
            home = message["conversation"]
            if home not in self.conversations:
                assert isinstance(home, int)
                self.conversations[home] = _stand_in(message)
            parent = message["parent"]
            if parent is not None and not self._can_follow(key, parent, home):
                message["parent"] = newest.get(home)
            newest[home] = key
        uuids.clear()
        for key, conversation in self.conversations.items():
            if conversation["uuid"] in uuids:
                conversation["uuid"] = uuid.uuid4().hex
            uuids.add(conversation["uuid"])
            leaf = self.messages.get(_int(conversation["active_leaf"]))
            if leaf is None or leaf["conversation"] != key:
                conversation["active_leaf"] = newest.get(key)

    def _can_follow(self, key: int, parent: Value, home: Value) -> bool:
        before = self.messages.get(_int(parent))
        return before is not None and _int(parent) < key and before["conversation"] == home


def _as_message(row: Row) -> dict[str, Value] | None:
    """The row when it is a message; one whose end is cut is a message that was interrupted."""
    if len(row.values) < len(_MESSAGE_COLUMNS):
        return None
    raw = dict(zip(_MESSAGE_COLUMNS, row.values, strict=False))
    is_ours = (
        _is_id(raw["uuid"])
        and isinstance(raw["conversation"], int)
        and raw["role"] in _ROLES
        and isinstance(raw["text"], str)
        and (raw["state"] in _STATES or not row.is_whole)
    )
    return _mended(row, raw, _MESSAGE_COLUMNS) if is_ours else None


def _as_conversation(row: Row) -> dict[str, Value] | None:
    if len(row.values) < len(_CONVERSATION_COLUMNS):
        return None
    raw = dict(zip(_CONVERSATION_COLUMNS, row.values, strict=False))
    is_ours = (
        _is_id(raw["uuid"])
        and isinstance(raw["title"], str)
        and isinstance(raw["created_at"], int | float)
        and isinstance(raw["sort_key"], int | float)
        and (raw["reasoning"] in _LEVELS or not row.is_whole)
    )
    return _mended(row, raw, _CONVERSATION_COLUMNS) if is_ours else None


def _as_attachment(row: Row) -> dict[str, Value] | None:
    """The row when it is an attachment: its id tells of which message."""
    if len(row.values) < len(_ATTACHMENT_COLUMNS):
        return None
    raw = dict(zip(_ATTACHMENT_COLUMNS, row.values, strict=False))
    message = raw["message"]
    is_ours = (
        isinstance(message, int)
        and 0 <= row.rowid - attachment_row(message, 0) < MOST_ATTACHMENTS
        and isinstance(raw["name"], str)
        and isinstance(raw["kind"], str)
        and isinstance(raw["text"], str)
    )
    return _mended(row, raw, _ATTACHMENT_COLUMNS) if is_ours else None


def _mended(
    row: Row, raw: dict[str, Value], columns: dict[str, Callable[[Value], Value]]
) -> dict[str, Value]:
    return {name: mend(raw[name]) for name, mend in columns.items()} | {"id": row.rowid}


def _is_id(value: Value) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 64


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _worth(
    message: dict[str, Value], is_whole: bool, place: int
) -> tuple[bool, bool, int, int]:
    """A finished answer is better than its journal, a longer journal than a shorter one.

    The last number, the place in the file with a minus, makes every row's worth its own.
    """
    is_complete = message["state"] == "complete"
    return is_whole, is_complete, len(str(message["text"])), -place


def _without_texts(message: dict[str, Value]) -> dict[str, Value]:
    kept = {name: message[name] for name in ("uuid", "conversation", "parent", "created_at")}
    return {**kept, "text": str(message["text"])[:_TITLE_CHARACTERS]}


def _stand_in(message: dict[str, Value]) -> dict[str, Value]:
    """A conversation for messages whose own was lost."""
    return {
        "id": message["conversation"],
        "uuid": uuid.uuid4().hex,
        "title": title_from(str(message["text"])),
        "created_at": message["created_at"],
        "updated_at": message["created_at"],
        "sort_key": message["created_at"],
        "is_pinned": 0,
        "draft": "",
        "reasoning": str(ReasoningEffort.MEDIUM),
        "instructions": "",
        "active_leaf": None,
        "trashed_at": None,
    }


def _insert(
    connection: Connection,
    table: str,
    names: Iterable[str],
    rows: Iterable[dict[str, Value]],
) -> None:
    places = ", ".join(f":{name}" for name in names)
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})",  # noqa: S608 -- constants
        rows,
    )
