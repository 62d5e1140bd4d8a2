"""Whole, verified copies of a database through SQLite's backup interface."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from app.core.disk_sync import replace_file, sync_folder
from app.storage.data_folder import make_private_file, sync_file
from app.storage.keys import HistoryKey
from app.storage.sqlite import Connection, Error, OpenMode, connect


class UnsoundCopyError(Exception):
    """The copy does not pass SQLite's check: the original is damaged, or the disk is."""


def copy_database(connection: Connection, target: Path) -> None:
    """Write what `connection` sees to `target`, whole or not at all, readable on its own.

    Other connections may go on writing; the copy is of one moment.

    Args:
        connection: may be read-only; not inside a transaction.
        target: is replaced at the end, when the copy has been checked and is on the disk.

    Raises:
        Error: SQLite's own.
        OSError: the folder cannot be written.
        UnsoundCopyError: nothing was put at `target`.
    """

    def fill(part: Path) -> None:
        db = connect(part, OpenMode.PRIVATE)
        try:
            connection.backup(db.conn)
        finally:
            db.close()

    place(fill, target)


def compact_database(connection: Connection, target: Path) -> None:
    """As `copy_database`, built anew row by row: free and half-used pages are left behind.

    Those may hold text that was deleted long ago; here nothing of it remains.
    """

    def fill(part: Path) -> None:
        connection.execute("VACUUM INTO ?", (str(part),))

    place(fill, target)


def place(fill: Callable[[Path], None], target: Path, key: HistoryKey | None = None) -> None:
    """Put a database that `fill` writes at `target`, checked, whole or not at all.

    Args:
        fill: gets the path of an empty file.
        target: is replaced at the end.
        key: as of `connect`.

    Raises:
        Error, OSError, UnsoundCopyError: nothing was put at `target`.
    """
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        make_private_file(part)
        fill(part)
        db = connect(part, OpenMode.PRIVATE, key)
        try:
            # A copy says WAL in its header as the original does; a file that is to be read
            # from a write-protected place must not.
            db.conn.execute("PRAGMA journal_mode = DELETE").fetchall()
            verify(db.conn)
        finally:
            db.close()
        sync_file(part)
        replace_file(part, target)
        sync_folder(target.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def verify(connection: Connection) -> None:
    """Check every page and every reference.

    Raises:
        UnsoundCopyError: with the first finding.
    """
    try:
        (finding,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if finding == "ok" and connection.execute("PRAGMA foreign_key_check").fetchone():
            finding = "a row points to one that is not there"
    except Error as error:
        raise UnsoundCopyError(str(error)) from error
    if finding != "ok":
        raise UnsoundCopyError(finding)
