"""Saving what an open connection still holds after its file was moved, deleted or replaced."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from app.storage.copying import copy_database
from app.storage.data_folder import DataFolder, make_private_folder
from app.storage.sqlite import Connection, Error


def put_back(connection: Connection, folder: DataFolder) -> None:
    """Write the database of `connection` to its old, now empty place.

    Raises:
        Error: SQLite's own.
        OSError: the folder cannot be made or written.
    """
    make_private_folder(folder.path)
    # Put the newest commits into the moved file too: its -wal does not follow it.
    with contextlib.suppress(Error):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    folder.drop_logs()
    copy_database(connection, folder.database)


def save_copy(connection: Connection, folder: DataFolder) -> Path:
    """Write the database of `connection` to a new file in the folder of files set aside.

    Raises:
        Error: SQLite's own.
        OSError: the folder cannot be made or written.
    """
    make_private_folder(folder.set_aside)
    path = folder.set_aside / f"{new_name('replaced')}.db"
    copy_database(connection, path)
    return path


def new_name(reason: str) -> str:
    """A file name that sorts by time and is not used yet."""
    now = time.time_ns()
    stamp = time.strftime("%Y-%m-%d-%H%M%S", time.localtime(now // 1_000_000_000))
    return f"{stamp}-{now % 1_000_000_000 // 1000:06d}-{reason}"
