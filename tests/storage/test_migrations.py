"""Steps are taken once, all or none, after a backup; released ones never change."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.core.errors import StorageError
from app.core.history import BackupReason
from app.storage.backup import FolderBackups
from app.storage.conversation_store import open_store
from app.storage.migrations import NEWEST_VERSION
from app.storage.sqlite import Connection, OpenMode, connect
from tests.storage.old_schema import as_first_release

if TYPE_CHECKING:
    from tests.storage.conftest import Chat

# The schema after each step, as it was released. A new step adds a line; a line that is
# there never changes.
RELEASED = {3: "f1bc203567041fdc", 5: "290d838d14784e3f", 6: "51f8aed84e06a8c9"}


def schema_digest(connection: Connection) -> str:
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' "
        "AND name NOT LIKE '%\\_fts\\_%' ESCAPE '\\' AND name NOT LIKE '\\_%' ESCAPE '\\' "
        "ORDER BY type, name"
    )
    return hashlib.sha256(repr(rows.fetchall()).encode()).hexdigest()[:16]


def test_the_newest_schema_is_the_released_one(chat: Chat) -> None:
    assert schema_digest(chat.store.file.db.conn) == RELEASED[NEWEST_VERSION]


def test_an_older_database_is_migrated_after_a_backup(chat: Chat, data_dir: Path) -> None:
    chat.say("written long ago")
    as_first_release(chat.store)
    store = open_store(data_dir)
    assert [m.text for m in store.load(chat.conversation.id).active_path()] == [
        "written long ago"
    ]
    found = store.file.read("SELECT rowid FROM messages_fts('long')")
    assert found == [(1,)]
    (backup,) = FolderBackups(data_dir).list_backups()
    assert backup.reason is BackupReason.MIGRATION
    store.restore_backup(backup)  # an old backup is migrated when it is restored
    assert store.file.read("SELECT rowid FROM messages_fts('long')") == [(1,)]
    store.close()


def test_a_migration_that_fails_changes_nothing(chat: Chat, data_dir: Path) -> None:
    chat.say("safe")
    as_first_release(chat.store)
    path = data_dir / "conversations.db"
    db = connect(path, OpenMode.READ_WRITE)
    db.conn.execute("CREATE TABLE titles_fts (taken)")
    db.close()
    with pytest.raises(StorageError):
        open_store(data_dir)
    db = connect(path, OpenMode.READ_WRITE)
    assert db.conn.execute("PRAGMA user_version").fetchone() == (1,)
    assert db.conn.execute("SELECT count(*) FROM messages").fetchone() == (1,)
    db.conn.execute("DROP TABLE titles_fts")
    db.close()
    store = open_store(data_dir)
    assert [m.text for m in store.load(chat.conversation.id).active_path()] == ["safe"]
    store.close()
