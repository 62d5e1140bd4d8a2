"""The store of one data folder, opened whatever state the folder is in."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from pathlib import Path

from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.core.history import Backup, BackupReason
from app.storage.backup import back_up, list_backups
from app.storage.data_folder import DataFolder, make_private_file, prepare
from app.storage.failures import database_error, folder_error, is_damage, not_ours_error
from app.storage.history_file import HistoryFile
from app.storage.importing import take_out_unfinished
from app.storage.locking import is_encrypted, require_unlocked
from app.storage.migrations import NEWEST_VERSION, is_ours, migrate, version_of
from app.storage.pages import has_database_header
from app.storage.reading import connect_for_reading
from app.storage.recovery import Recovered, recover, set_aside
from app.storage.sqlite import Error, OpenMode, check_versions, connect
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
_RECOVERED = QT_TRANSLATE_NOOP(
    "errors",
    "The file with your conversations was damaged. {n_messages} messages in "
    "{n_conversations} conversations were read from it. The damaged file is kept as it was "
    "in {folder}.",
)
_RECOVERED_BACKUP = QT_TRANSLATE_NOOP(
    "errors",
    "The file with your conversations was damaged. {n_messages} messages in "
    "{n_conversations} conversations were read from it. The damaged file is kept as it was "
    "in {folder}. There is also a backup of {date}, which you can restore.",
)
_EMPTY = QT_TRANSLATE_NOOP(
    "errors",
    "The file with your conversations was missing or empty, so a new one was begun as {path}. "
    "There is a backup of {date}, which you can restore.",
)
_ENCRYPTED_DAMAGED = QT_TRANSLATE_NOOP(
    "errors",
    "The encrypted file {path} cannot be opened: it is damaged, or another key file belongs to "
    "it. It was not changed. Restore a backup: choose “Backups and repair”.",
)
_NEVER_WRITTEN = QT_TRANSLATE_NOOP(
    "errors",
    "The data folder {folder} cannot be written, and there are no conversations in it. Allow "
    "writing there, or choose another data folder.",
)


def open_store(data_dir: Path) -> SqliteConversationStore:
    """Open the conversations in `data_dir`, in the thread that will use them.

    A missing folder is made (0700), a missing database too (0600), an older one is
    migrated after a backup, a damaged one is set aside and read as far as it can be (see
    `take_notices`). Where nothing can be written, and for a database of a newer program, the
    store is read-only (`is_read_only`, `read_only_reason`).

    Raises:
        StorageError: with a sentence; the file is as it was.
        BugError: this program was built with an unsafe SQLite.
    """
    check_versions()
    folder = prepare(data_dir)
    if not folder.is_writable():
        return _open_unwritable(folder)
    backups = list_backups(folder)
    was_empty = _is_missing_or_empty(folder.database)
    try:
        make_private_file(folder.database)
        store = _open_or_recover(folder)
    except OSError as error:
        raise folder_error(error, folder.path) from error
    except Error as error:
        raise database_error(error, folder.database) from error
    if not store.is_read_only:
        try:
            take_out_unfinished(store.file)
        except StorageError as error:  # the conversations themselves can be opened
            store.file.add_notice(error)
    if was_empty and backups:
        store.file.add_notice(
            StorageError(_EMPTY, path=str(folder.database), date=_date_of(backups[0]))
        )
    return store


def _open_or_recover(folder: DataFolder) -> SqliteConversationStore:
    require_unlocked(folder.path)
    is_secret = is_encrypted(folder.path)
    try:
        if is_secret or has_database_header(folder.database):
            return _open_writable(folder)
        logger.warning("the history is not a database")
    except Error as error:
        if not is_damage(error):
            raise
        if is_secret:  # under a wrong key all looks damaged: nothing is replaced by itself
            raise StorageError(_ENCRYPTED_DAMAGED, path=str(folder.database)) from error
        logger.warning("the history cannot be opened: %s", error)
    recovered = recover(folder, set_aside(folder))
    store = _open_writable(folder)
    store.file.add_notice(_recovered_notice(recovered, list_backups(folder)))
    return store


def _open_writable(folder: DataFolder) -> SqliteConversationStore:
    if (version := _peek_version(folder)) > NEWEST_VERSION:
        logger.warning("database version %d is newer than %d", version, NEWEST_VERSION)
        db = connect(folder.database, OpenMode.READ_ONLY)
        reason = StorageError(_NEWER, folder=str(folder.path))
        return SqliteConversationStore(HistoryFile(db, folder, read_only=reason))
    db = connect(folder.database, OpenMode.READ_WRITE)
    try:
        if 0 < version < NEWEST_VERSION:
            back_up(db.conn, folder, BackupReason.MIGRATION)
        if version < NEWEST_VERSION:
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
    require_unlocked(folder.path)
    with ExitStack() as cleanup:
        try:
            db = connect_for_reading(folder, cleanup)
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


def _recovered_notice(recovered: Recovered, backups: tuple[Backup, ...]) -> StorageError:
    return StorageError(
        _RECOVERED_BACKUP if backups else _RECOVERED,
        folder=str(recovered.set_aside),
        n_messages=recovered.n_messages,
        n_conversations=recovered.n_conversations,
        date=_date_of(backups[0]) if backups else "",
    )


def _date_of(backup: Backup) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(backup.made_at))


def _is_missing_or_empty(path: Path) -> bool:
    try:
        return path.stat().st_size == 0
    except OSError:
        return True


__all__ = ["SqliteConversationStore", "open_store"]
