"""Connections that only read, also where nothing can be written."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from app.storage.data_folder import DataFolder
from app.storage.keys import key_for
from app.storage.sqlite import Database, OpenMode, connect


def connect_for_reading(folder: DataFolder, cleanup: ExitStack) -> Database:
    """A read-only connection to the folder's database.

    SQLite opens a WAL database in a folder that cannot be written as immutable only, and
    then without its log. So where a log holds the newest commits, both are read from a
    private copy.

    Args:
        folder: has a database.
        cleanup: closes what the connection needs; to be closed after it.

    Raises:
        Error: SQLite's own.
        OSError: no room for the copy, or no access.
    """
    if folder.is_writable():
        return connect(folder.database, OpenMode.READ_ONLY)
    if not folder.wal.exists() or folder.wal.stat().st_size == 0:
        return connect(folder.database, OpenMode.IMMUTABLE)
    copies = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="lumbre-")))
    copy = copies / folder.database.name
    shutil.copyfile(folder.database, copy)
    shutil.copyfile(folder.wal, copies / folder.wal.name)
    return connect(copy, OpenMode.READ_ONLY, key_for(folder.path))
