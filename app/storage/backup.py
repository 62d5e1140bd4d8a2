"""Rotating backups: whole, checked copies beside the database."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.core.history import Backup, BackupReason
from app.storage.copying import UnsoundCopyError, copy_database, verify
from app.storage.data_folder import DataFolder, make_private_folder, prepare
from app.storage.failures import database_error, folder_error, is_damage
from app.storage.locking import require_unlocked
from app.storage.migrations import APPLICATION_ID, NEWEST_VERSION, version_of
from app.storage.recovery import set_aside
from app.storage.sqlite import (
    Connection,
    Database,
    Error,
    OpenMode,
    connect,
    pragma_int,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")

N_DAYS = 7
N_WEEKS = 4
N_OTHERS = 3  # kept of those made before a migration or a restore
_DAY_S = 86_400.0
_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d{6}\.\d{6})Z-([a-z]+)\.db")
_STAMP = "%Y-%m-%dT%H%M%S.%f"

_DAMAGED_HISTORY = QT_TRANSLATE_NOOP(
    "errors",
    "The backup was not made, because {path} is damaged. Earlier backups are kept. Use “Check "
    "and repair” soon.",
)
_BAD_BACKUP = QT_TRANSLATE_NOOP(
    "errors",
    "The backup {path} is damaged or not one of Lumbre. Nothing was changed. Choose another "
    "backup.",
)
_IS_SOUND = QT_TRANSLATE_NOOP(
    "errors",
    "The file {path} can be opened, so no backup was put in its place. Nothing was changed.",
)
_NEWER_BACKUP = QT_TRANSLATE_NOOP(
    "errors",
    "The backup {path} was made by a newer version of Lumbre. Nothing was changed. Install "
    "the newer version to restore it.",
)


class FolderBackups:
    """`BackupKeeper` of one data folder. Every call opens what it needs and closes it."""

    def __init__(self, data_dir: Path) -> None:
        """Keep the backups of `data_dir`; nothing is opened yet."""
        self._data_dir = data_dir

    def list_backups(self) -> tuple[Backup, ...]:
        """All that are there, newest first."""
        return list_backups(prepare(self._data_dir))

    def back_up_when_due(self) -> Backup | None:
        """Make the daily backup unless there is one of the last 24 hours; rotate."""
        folder = prepare(self._data_dir)
        now = time.time()
        days = [b for b in list_backups(folder) if b.reason is BackupReason.DAILY]
        # A clock that was set back must not stop the backups.
        if any(abs(now - b.made_at) < _DAY_S for b in days):
            return None
        if not folder.database.exists() or not folder.is_writable():
            return None
        return self._back_up(folder, BackupReason.DAILY)

    def back_up_now(self) -> Backup:
        """Make a backup that is kept until somebody deletes it."""
        return self._back_up(prepare(self._data_dir), BackupReason.MANUAL)

    def restore_closed(self, backup: Backup) -> Path:
        """Put a backup in the place of a history that cannot be opened.

        Returns:
            The folder in which the old file is kept as it was.
        """
        folder = prepare(self._data_dir)
        require_unlocked(folder.path)
        if _can_be_opened(folder):
            raise StorageError(_IS_SOUND, path=str(folder.database))

        def work() -> Path:
            source = open_backup(backup.path)
            try:
                aside = set_aside(folder)
                folder.drop_logs()
                copy_database(source.conn, folder.database)
            finally:
                source.close()
            logger.info("the backup %s took a damaged history's place", backup.path.name)
            return aside

        return _translated(work, folder.database)

    @staticmethod
    def _back_up(folder: DataFolder, reason: BackupReason) -> Backup:
        require_unlocked(folder.path)

        def work() -> Backup:
            db = connect(folder.database, OpenMode.READ_ONLY)
            try:
                return back_up(db.conn, folder, reason)
            finally:
                db.close()

        return _translated(work, folder.database)


def _can_be_opened(folder: DataFolder) -> bool:
    try:
        db = connect(folder.database, OpenMode.READ_ONLY)
    except Error:
        return False
    try:
        version_of(db.conn)
    except Error:
        return False
    finally:
        db.close()
    return True


def back_up(connection: Connection, folder: DataFolder, reason: BackupReason) -> Backup:
    """Copy what `connection` sees into the folder of backups, check it, remove old ones.

    Raises:
        StorageError: nothing was removed.
    """

    def work() -> Backup:
        started = time.monotonic()
        make_private_folder(folder.backups)
        made_at = datetime.now(UTC)
        path = folder.backups / f"{made_at.strftime(_STAMP)}Z-{reason}.db"
        copy_database(connection, path)
        backup = Backup(path, made_at.timestamp(), reason, path.stat().st_size)
        _rotate(list_backups(folder), backup)
        logger.info(
            "backup of %d bytes made in %.1f s", backup.n_bytes, time.monotonic() - started
        )
        return backup

    return _translated(work, folder.database)


def list_backups(folder: DataFolder) -> tuple[Backup, ...]:
    """All backups of a folder, newest first; other files there are passed over."""
    found = []
    for path in folder.backups.glob("*.db"):
        if (match := _NAME.fullmatch(path.name)) is None:
            continue
        try:
            reason = BackupReason(match[2])
            made_at = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC).timestamp()
            found.append(Backup(path, made_at, reason, path.stat().st_size))
        except (ValueError, OSError):
            continue
    return tuple(sorted(found, key=lambda b: b.made_at, reverse=True))


def open_backup(path: Path) -> Database:
    """A read-only connection to a backup that has been checked.

    Raises:
        StorageError: it is damaged, of a newer program, or no backup.
    """
    try:
        db = connect(path, OpenMode.IMMUTABLE)
    except Error as error:
        raise StorageError(_BAD_BACKUP, path=str(path)) from error
    try:
        if pragma_int(db.conn, "application_id") != APPLICATION_ID:
            raise StorageError(_BAD_BACKUP, path=str(path))
        if version_of(db.conn) > NEWEST_VERSION:
            raise StorageError(_NEWER_BACKUP, path=str(path))
        verify(db.conn)
    except (Error, UnsoundCopyError) as error:
        db.close()
        raise StorageError(_BAD_BACKUP, path=str(path)) from error
    except BaseException:
        db.close()
        raise
    return db


def kept(backups: Iterable[Backup], newest: Backup) -> set[Path]:
    """Which of the backups are kept when `newest` has been made.

    The newest of each of the last 7 days that have one, the newest of each of the last 4
    weeks that have one, the last 3 of those before a migration or a restore, and all that
    somebody asked for.
    """
    keep = {newest.path}
    days: dict[object, Path] = {}
    weeks: dict[object, Path] = {}
    n_others: dict[BackupReason, int] = {}
    for backup in sorted(backups, key=lambda b: b.made_at, reverse=True):
        if backup.reason is BackupReason.MANUAL:
            keep.add(backup.path)
        elif backup.reason is BackupReason.DAILY:
            day = datetime.fromtimestamp(backup.made_at, UTC)
            days.setdefault(day.date(), backup.path)
            weeks.setdefault(day.isocalendar()[:2], backup.path)
        else:
            n_others[backup.reason] = n_others.get(backup.reason, 0) + 1
            if n_others[backup.reason] <= N_OTHERS:
                keep.add(backup.path)
    # Both dictionaries have the newest first.
    return keep | set(list(days.values())[:N_DAYS]) | set(list(weeks.values())[:N_WEEKS])


def _rotate(backups: tuple[Backup, ...], newest: Backup) -> None:
    keep = kept(backups, newest)
    for backup in backups:
        if backup.path not in keep:
            try:
                backup.path.unlink()
            except OSError as error:
                logger.warning("an old backup stays: %s", error)


def _translated(work: Callable[[], T], database: Path) -> T:
    try:
        return work()
    except UnsoundCopyError as error:
        raise StorageError(_DAMAGED_HISTORY, path=str(database)) from error
    except Error as error:
        if is_damage(error):
            raise StorageError(_DAMAGED_HISTORY, path=str(database)) from error
        raise database_error(error, database) from error
    except OSError as error:
        raise folder_error(error, database.parent) from error
