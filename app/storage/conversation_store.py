"""The store of one data folder, opened whatever state the folder is in."""

from __future__ import annotations

import logging
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.storage.data_folder import DataFolder, make_private_file, prepare
from app.storage.failures import database_error, folder_error, not_ours_error
from app.storage.history_file import HistoryFile
from app.storage.migrations import NEWEST_VERSION, is_ours, migrate, version_of
from app.storage.sqlite import Database, Error, OpenMode, check_versions, connect
from app.storage.sqlite_store import SqliteConversationStore

logger = logging.getLogger(__name__)

_READ_ONLY_FOLDER = QT_TRANSLATE_NOOP(
    "errors",
    "The data folder {folder} cannot be written. Your conversations can be read and "
    "exported; nothing new is saved. Allow writing there, or choose another data folder.",
)
_NEWER = QT_TRANSLATE_NOOP(
    "errors",
    "The conversations in {folder} were written by a newer version of Lumbre. They can be "
    "read and exported, and are not changed. Install the newer version to go on with them.",
)
_NEVER_WRITTEN = QT_TRANSLATE_NOOP(
    "errors",
    "The data folder {folder} cannot be written, and there are no conversations in it. Allow "
    "writing there, or choose another data folder.",
)


def open_store(data_dir: Path) -> SqliteConversationStore:
    """Open the conversations in `data_dir`, in the thread that will use them.

    A missing folder is made (0700), a missing database too (0600), an older one is
    migrated. Where nothing can be written, and for a database of a newer program, the store
    is read-only (`is_read_only`, `read_only_reason`).

    Raises:
        StorageError: with a sentence; the file is as it was.
        BugError: this program was built with an unsafe SQLite.
    """
    check_versions()
    folder = prepare(data_dir)
    if not folder.is_writable():
        return _open_unwritable(folder)
    try:
        make_private_file(folder.database)
    except OSError as error:
        raise folder_error(error, folder.database.parent) from error
    try:
        return _open_writable(folder)
    except Error as error:
        raise database_error(error, folder.database) from error


def _open_writable(folder: DataFolder) -> SqliteConversationStore:
    if (newer := _peek_version(folder)) > NEWEST_VERSION:
        logger.warning("database version %d is newer than %d", newer, NEWEST_VERSION)
        db = connect(folder.database, OpenMode.READ_ONLY)
        reason = StorageError(_NEWER, folder=str(folder.path))
        return SqliteConversationStore(HistoryFile(db, folder, read_only=reason))
    db = connect(folder.database, OpenMode.READ_WRITE)
    try:
        if version_of(db.conn) < NEWEST_VERSION:
            migrate(db)
    except BaseException:
        db.close()
        raise
    return SqliteConversationStore(HistoryFile(db, folder))


def _peek_version(folder: DataFolder) -> int:
    """The schema version, found without changing the file.

    Raises:
        StorageError: the file is some other program's database.
    """
    db = connect(folder.database, OpenMode.READ_ONLY)
    try:
        if not is_ours(db.conn):
            raise not_ours_error(folder.database)
        return version_of(db.conn)
    finally:
        db.close()


def _open_unwritable(folder: DataFolder) -> SqliteConversationStore:
    """Read what is there. SQLite opens a WAL database in such a folder as immutable only."""
    if not folder.database.exists():
        raise StorageError(_NEVER_WRITTEN, folder=str(folder.path))
    with ExitStack() as cleanup:
        try:
            db = _connect_unwritable(folder, cleanup)
            if not is_ours(db.conn):
                db.close()
                raise not_ours_error(folder.database)
        except Error as error:
            raise database_error(error, folder.database) from error
        except OSError as error:
            raise folder_error(error, folder.path) from error
        template = _READ_ONLY_FOLDER if version_of(db.conn) <= NEWEST_VERSION else _NEWER
        reason = StorageError(template, folder=str(folder.path))
        return SqliteConversationStore(
            HistoryFile(db, folder, read_only=reason, on_close=cleanup.pop_all().close)
        )


def _connect_unwritable(folder: DataFolder, cleanup: ExitStack) -> Database:
    """An immutable connection, to a private copy when a `-wal` holds the newest commits."""
    wal = folder.database.with_name(folder.database.name + "-wal")
    if not wal.exists() or wal.stat().st_size == 0:
        return connect(folder.database, OpenMode.IMMUTABLE)
    copies = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="lumbre-")))
    copy = copies / folder.database.name
    shutil.copyfile(folder.database, copy)
    shutil.copyfile(wal, copies / wal.name)
    return connect(copy, OpenMode.READ_ONLY)


__all__ = ["SqliteConversationStore", "open_store"]
