"""Whole, verified copies of a database through SQLite's backup interface."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from app.storage.data_folder import make_private_file, sync_folder
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
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        make_private_file(part)
        _copy(connection, part)
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
        sync_folder(target.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _copy(connection: Connection, part: Path) -> None:
    db = connect(part, OpenMode.PRIVATE)
    try:
        connection.backup(db.conn)
        # The copy says WAL in its header as the original does; a file that is to be read
        # from a write-protected place must not.
        db.conn.execute("PRAGMA journal_mode = DELETE").fetchall()
        verify(db.conn)
    finally:
        db.close()


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
