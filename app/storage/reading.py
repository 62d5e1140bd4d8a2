"""Connections that only read, also where nothing can be written."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from app.storage.data_folder import DataFolder
from app.storage.keys import key_for
from app.storage.locking import require_unlocked
from app.storage.migrations import NEWEST_VERSION, migrate, version_of
from app.storage.sqlite import Database, OpenMode, connect


def connect_for_reading(folder: DataFolder, cleanup: ExitStack) -> Database:
    """A read-only connection to the folder's database.

    SQLite opens a WAL database in a folder that cannot be written as immutable only, and
    then without its log. So where a log holds the newest commits, both are read from a
    private copy. So it is with a database of an older version: the copy is migrated.

    Args:
        folder: has a database.
        cleanup: closes what the connection needs; to be closed after it.

    Raises:
        Error: SQLite's own.
        OSError: no room for the copy, or no access.
        StorageError: the history is locked.
    """
    require_unlocked(folder.path)
    db = _connect(folder, cleanup)
    try:
        if not 0 < version_of(db.conn) < NEWEST_VERSION:
            return db
    except BaseException:
        db.close()
        raise
    db.close()
    copy, key = _copy(folder, cleanup), key_for(folder.path)
    db = connect(copy, OpenMode.PRIVATE, key)
    try:
        migrate(db)
    finally:
        db.close()
    return connect(copy, OpenMode.READ_ONLY, key)


def _connect(folder: DataFolder, cleanup: ExitStack) -> Database:
    if folder.is_writable():
        return connect(folder.database, OpenMode.READ_ONLY)
    if not folder.wal.exists() or folder.wal.stat().st_size == 0:
        return connect(folder.database, OpenMode.IMMUTABLE)
    return connect(_copy(folder, cleanup), OpenMode.READ_ONLY, key_for(folder.path))


def _copy(folder: DataFolder, cleanup: ExitStack) -> Path:
    """The database and its log in a private folder that goes with `cleanup`."""
    copies = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="lumbre-")))
    copy = copies / folder.database.name
    shutil.copyfile(folder.database, copy)
    if folder.wal.exists():
        shutil.copyfile(folder.wal, copies / folder.wal.name)
    return copy
