"""A damaged database is set aside as it is, and what can be read of it is written anew."""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.core.disk_sync import replace_file, sync_folder
from app.storage.data_folder import (
    DataFolder,
    make_private_file,
    make_private_folder,
    sync_file,
)
from app.storage.keys import HistoryKey, key_for
from app.storage.migrations import migrate
from app.storage.pages import Row, Value, has_database_header, read_rows
from app.storage.recovery_rows import (
    ATTACHMENT_COLUMNS,
    CONVERSATION_COLUMNS,
    FOLDER_COLUMNS,
    MESSAGE_COLUMNS,
    PRESET_COLUMNS,
    Values,
    as_attachment,
    as_conversation,
    as_folder,
    as_message,
    as_preset,
    stand_in,
    without_texts,
    worth_of,
)
from app.storage.rescue import new_name
from app.storage.salvage import rows_by_sql
from app.storage.sqlite import Connection, OpenMode, connect, transaction

logger = logging.getLogger(__name__)


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
    replace_file(part, folder.database)
    sync_folder(folder.path)
    result = Recovered(aside, len(found.conversations), len(found.messages), found.n_cut)
    logger.warning("recovered %d messages, %d cut", result.n_messages, result.n_cut)
    return result


@dataclass
class _Found:
    """Rows that look like conversations, messages, attachments, folders and presets.

    The file is read twice: first to see which rows there are and how they hang together,
    then to write them. So the texts need not be in memory all at once.
    """

    database: Path
    wal: Path
    key: HistoryKey | None = None  # of an encrypted database
    conversations: dict[int, Values] = field(default_factory=dict)  # by row id
    folders: dict[int, Values] = field(default_factory=dict)
    presets: dict[int, Values] = field(default_factory=dict)
    messages: dict[int, Values] = field(default_factory=dict)  # without texts
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
            if (message := as_message(row)) is not None:
                worth = worth_of(message, row.is_whole, place)
                if worth > self.worths.get(row.rowid, ()):
                    self.worths[row.rowid] = worth
                    self.messages[row.rowid] = without_texts(message)
            elif (conversation := as_conversation(row)) is not None:
                self.conversations[row.rowid] = conversation
            elif (attachment := as_attachment(row)) is not None:
                best = (row.is_whole, len(str(attachment["text"])), -place)
                if best > self.attachments.get(row.rowid, ()):
                    self.attachments[row.rowid] = best
            elif (folder := as_folder(row)) is not None:
                self.folders[row.rowid] = folder
            elif (preset := as_preset(row)) is not None:
                self.presets[row.rowid] = preset
        self._mend()

    def write(self, path: Path) -> None:
        """Fill a new database at `path`."""
        db = connect(path, OpenMode.PRIVATE)
        try:
            migrate(db)
            with transaction(db.conn):
                db.conn.execute("PRAGMA defer_foreign_keys = ON")
                _insert(db.conn, "folders", FOLDER_COLUMNS, _in_order(self.folders))
                _insert(db.conn, "presets", PRESET_COLUMNS, _in_order(self.presets))
                conversations = _in_order(self.conversations)
                _insert(db.conn, "conversations", CONVERSATION_COLUMNS, conversations)
                _insert(db.conn, "messages", MESSAGE_COLUMNS, self._chosen())
                _insert(db.conn, "attachments", ATTACHMENT_COLUMNS, self._attachments())
        finally:
            db.close()

    def _chosen(self) -> Iterator[Values]:
        """The messages with their texts, and with what was mended."""
        for place, row in enumerate(self._rows()):
            worth = self.worths.get(row.rowid)
            if worth is None or worth[-1] != -place:
                continue
            message = as_message(row)
            if message is not None:
                mended = self.messages[row.rowid]
                yield {**message, "uuid": mended["uuid"], "parent": mended["parent"]}

    def _attachments(self) -> Iterator[Values]:
        """The attachments of messages that were found."""
        for place, row in enumerate(self._rows()):
            worth = self.attachments.get(row.rowid)
            if worth is None or worth[-1] != -place:
                continue
            attachment = as_attachment(row)
            if attachment is not None and attachment["message"] in self.messages:
                is_cut = int(attachment["is_cut"] == 1 or not row.is_whole)
                yield {**attachment, "is_cut": is_cut}

    def _mend(self) -> None:
        """Close the gaps: lost conversations, lost messages in the middle of a branch."""
        newest: dict[Value, int] = {}  # the message before, by conversation
        for key in sorted(self.messages):
            message = self.messages[key]
            home = message["conversation"]
            if home not in self.conversations:
                assert isinstance(home, int)
                self.conversations[home] = stand_in(message)
            parent = message["parent"]
            if parent is not None and not self._can_follow(key, parent, home):
                message["parent"] = newest.get(home)
            newest[home] = key
        for rows in (self.messages, self.conversations, self.folders, self.presets):
            _tell_apart(rows)
        for key, conversation in self.conversations.items():
            leaf = self.messages.get(_int(conversation["active_leaf"]))
            if leaf is None or leaf["conversation"] != key:
                conversation["active_leaf"] = newest.get(key)
            if conversation["folder"] not in self.folders:
                conversation["folder"] = None
        defaults = [preset for preset in self.presets.values() if preset["is_default"]]
        for preset in defaults[1:]:
            preset["is_default"] = 0

    def _can_follow(self, key: int, parent: Value, home: Value) -> bool:
        before = self.messages.get(_int(parent))
        return before is not None and _int(parent) < key and before["conversation"] == home


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _in_order(rows: dict[int, Values]) -> Iterator[Values]:
    return (rows[key] for key in sorted(rows))


def _tell_apart(rows: dict[int, Values]) -> None:
    """Of rows with the same id, all but the oldest get another."""
    uuids: set[Value] = set()
    for row in _in_order(rows):
        if row["uuid"] in uuids:
            row["uuid"] = uuid.uuid4().hex
        uuids.add(row["uuid"])


def _insert(
    connection: Connection,
    table: str,
    names: Iterable[str],
    rows: Iterable[Values],
) -> None:
    places = ", ".join(f":{name}" for name in names)
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})",  # noqa: S608 -- constants
        rows,
    )
