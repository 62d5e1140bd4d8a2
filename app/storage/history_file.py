"""The open database file: reading, writing, and what can go wrong with it on the way."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.storage import ballast, rescue
from app.storage.data_folder import DataFolder
from app.storage.failures import database_error, folder_error, full_error, needs_room
from app.storage.sqlite import Connection, Database, Error, OpenMode, connect, transaction

logger = logging.getLogger(__name__)

T = TypeVar("T")

_LAST_ROOM = QT_TRANSLATE_NOOP(
    "errors",
    "The disk of the folder {folder} is full. Lumbre used its last reserve: everything is "
    "saved so far. Make {missing} of room now.",
)
_PUT_BACK = QT_TRANSLATE_NOOP(
    "errors",
    "The file with your conversations was moved or deleted while Lumbre was running. Nothing "
    "is lost: it was written again as {path}.",
)
_REPLACED = QT_TRANSLATE_NOOP(
    "errors",
    "Another program replaced the file with your conversations while Lumbre was running. "
    "Neither was changed: what Lumbre had is saved in {copy}. Close Lumbre and decide which "
    "one to keep as {path}.",
)


class HistoryFile:
    """One connection to the database of a folder, used in one thread.

    Errors come out as `StorageError`; notices of what went well but needs attention are
    kept for `take_notices`.
    """

    def __init__(
        self,
        db: Database,
        folder: DataFolder,
        *,
        read_only: StorageError | None = None,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        """Take over `db`.

        Args:
            db: with this program's schema.
            folder: where it lies.
            read_only: why nothing can be changed, as a sentence for the window; None when
                it can.
            on_close: called once, after the database has been closed.
        """
        self.db = db
        self.folder = folder
        self.read_only_reason = read_only
        self._on_close = on_close
        self._notices: list[StorageError] = []
        self._identity = file_identity(folder.database)
        self._copy: Path | None = None  # of what we had when another file took our place
        if read_only is None:
            ballast.ensure(folder)

    def read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a query.

        Raises:
            StorageError: with a sentence.
        """
        try:
            return self.db.conn.execute(sql, values).fetchall()
        except Error as error:
            raise database_error(error, self.folder.database) from error

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction and commit it; on a full disk with the last reserve.

        Args:
            work: may be run twice; it does nothing but use the connection.

        Raises:
            StorageError: nothing was changed.
        """
        self.require_writable()
        self._check_identity()
        try:
            return self._attempt(work)
        except Error as error:
            if not (needs_room(error, self.folder.path) and ballast.drop(self.folder)):
                raise database_error(error, self.folder.database) from error
        try:
            result = self._attempt(work)
        except Error as error:
            raise database_error(error, self.folder.database) from error
        full = full_error(self.folder.path)
        self.add_notice(StorageError(_LAST_ROOM, **full.values))
        return result

    def require_writable(self) -> None:
        """Nothing when changes are possible.

        Raises:
            StorageError: they are not; why.
        """
        if (reason := self.read_only_reason) is not None:
            raise StorageError(reason.template, **reason.values)

    def reopen(self, work: Callable[[], None]) -> None:
        """Run `work` while the file is closed, and open it again, also when it fails.

        Raises:
            StorageError: `work` failed, or what it left cannot be opened.
        """
        self.db.close()
        try:
            try:
                work()
            finally:
                self.replace_connection(connect(self.folder.database, OpenMode.READ_WRITE))
        except (Error, OSError) as error:
            raise _from(error, self.folder) from error

    def add_notice(self, notice: StorageError) -> None:
        """Keep a sentence for the person."""
        logger.warning("%s", notice)
        self._notices.append(notice)

    def take_notices(self) -> tuple[StorageError, ...]:
        """The sentences since the last call, oldest first."""
        taken, self._notices = tuple(self._notices), []
        return taken

    def watch(self) -> None:
        """What a caller does every half minute: notice a moved file, renew the ballast.

        Raises:
            StorageError: another program replaced the file.
        """
        if self.read_only_reason is None:
            self._check_identity()
            ballast.ensure(self.folder)

    def replace_connection(self, db: Database) -> None:
        """Go on with `db`, another connection to the same path; the old one is closed."""
        self.db.close()
        self.db = db
        self._identity = file_identity(self.folder.database)

    def close(self) -> None:
        """Checkpoint and close; further calls raise `StorageError`, but `close` does not."""
        with contextlib.suppress(Error):  # closed already, or the disk is gone: no matter
            if self.read_only_reason is None:
                self.db.conn.execute("PRAGMA optimize")
                self.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self.db.close()
        on_close, self._on_close = self._on_close, lambda: None
        on_close()

    def _attempt(self, work: Callable[[Connection], T]) -> T:
        with transaction(self.db.conn):
            return work(self.db.conn)

    def _check_identity(self) -> None:
        """SQLite would go on writing into a file that has been moved away, unnoticed."""
        now = file_identity(self.folder.database)
        if now == self._identity:
            return
        try:
            if now is None:
                self._put_back()
                return
            if self._copy is None:
                self._copy = rescue.save_copy(self.db.conn, self.folder)
        except (Error, OSError) as error:
            raise _from(error, self.folder) from error
        raise StorageError(_REPLACED, path=str(self.folder.database), copy=str(self._copy))

    def _put_back(self) -> None:
        rescue.put_back(self.db.conn, self.folder)
        self.replace_connection(connect(self.folder.database, OpenMode.READ_WRITE))
        self.add_notice(StorageError(_PUT_BACK, path=str(self.folder.database)))


def file_identity(path: Path) -> tuple[int, int] | None:
    """What tells this file from another one at the same path; None when there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 -- called before every write
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _from(error: Exception, folder: DataFolder) -> StorageError:
    if isinstance(error, OSError):
        return folder_error(error, folder.path)
    return database_error(error, folder.database)
