"""Turning the encryption of a data folder on and off, and unlocking it."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.core.vault import VaultChange
from app.storage import key_file, keys
from app.storage.backup import list_backups
from app.storage.copying import UnsoundCopyError, place, verify
from app.storage.data_folder import DataFolder, prepare
from app.storage.failures import database_error, folder_error
from app.storage.key_file import KeyFile
from app.storage.keys import HistoryKey
from app.storage.pages import has_database_header
from app.storage.sqlite import Connection, Error, OpenMode, connect, pragma_int

logger = logging.getLogger(__name__)

PLAIN = HistoryKey("")
_TABLES = ("conversations", "messages", "imports")

_IN_USE = QT_TRANSLATE_NOOP(
    "errors",
    "The conversations in {folder} are in use, so their encryption was not changed. Nothing "
    "was changed. Close other programs that read them, and try again.",
)
_UNSOUND = QT_TRANSLATE_NOOP(
    "errors",
    "The file {path} is damaged, so its encryption was not changed. It is as it was. Use "
    "“Check and repair” first.",
)
_NOTHING = QT_TRANSLATE_NOOP(
    "errors", "There are no conversations in {folder} yet. Nothing was changed."
)


class FolderVault:
    """`Vault` of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        """Work on `data_dir`; nothing is opened yet."""
        self._folder = DataFolder(data_dir.absolute())

    def is_encrypted(self) -> bool:
        """True when the history cannot be read without its key."""
        return is_encrypted(self._folder)

    def is_locked(self) -> bool:
        """True when it is encrypted and has not been unlocked in this process."""
        return self.is_encrypted() and keys.key_for(self._folder.path) is None

    def unlock(self, secret: str) -> None:
        """Make the history readable in this process."""
        key = key_file.unwrap(key_file.load(self._folder), secret)
        keys.remember(self._folder.path, key)
        # Backups that were on their way when the program ended.
        self._convert_backups(PLAIN, key)

    def lock(self) -> None:
        """Forget the key; connections that are open must be closed by their owners."""
        keys.forget(self._folder.path)

    def turn_on(self, passphrase: str) -> VaultChange:
        """Encrypt the history and its backups.

        The key file is written first and the history replaced at once: stopped anywhere,
        the history is either readable as before or has its key file beside it.
        """
        key_file.check_passphrase(passphrase)
        folder = prepare(self._folder.path)
        if is_encrypted(folder):
            raise StorageError(_IN_USE, folder=str(folder.path))
        key, recovery_key = key_file.new_key(), key_file.new_recovery_key()
        wrapped = KeyFile(
            key_file.wrap_passphrase(key, passphrase),
            key_file.wrap_recovery(key, recovery_key),
        )
        try:
            key_file.save(folder, wrapped)
            self._convert_history(PLAIN, key)
        except OSError as error:
            raise folder_error(error, folder.path) from error
        except StorageError:
            with contextlib.suppress(OSError):
                key_file.remove(folder)
            raise
        keys.remember(folder.path, key)
        return VaultChange(recovery_key, self._convert_backups(PLAIN, key))

    def change_passphrase(self, secret: str, passphrase: str) -> None:
        """Set a new passphrase; the recovery key stays."""
        key_file.check_passphrase(passphrase)
        old = key_file.load(self._folder)
        key = key_file.unwrap(old, secret)
        wrapped = KeyFile(key_file.wrap_passphrase(key, passphrase), old.recovery)
        try:
            key_file.save(self._folder, wrapped)
        except OSError as error:
            raise folder_error(error, self._folder.path) from error

    def turn_off(self, secret: str) -> VaultChange:
        """Decrypt the history and its backups.

        Backups first, the key file last: stopped anywhere, what is still encrypted has its
        key file beside it.
        """
        key = key_file.unwrap(key_file.load(self._folder), secret)
        unchanged = self._convert_backups(key, PLAIN)
        self._convert_history(key, PLAIN)
        keys.forget(self._folder.path)
        if not unchanged:  # they need it
            try:
                key_file.remove(self._folder)
            except OSError as error:
                raise folder_error(error, self._folder.path) from error
        return VaultChange("", unchanged)

    def _convert_history(self, old: HistoryKey, new: HistoryKey) -> None:
        folder = self._folder
        if not folder.database.exists() or folder.database.stat().st_size == 0:
            raise StorageError(_NOTHING, folder=str(folder.path))
        converted = folder.database.with_name("converted.db")
        try:
            db = connect(folder.database, OpenMode.READ_WRITE, old)
            try:
                _convert(db.conn, converted, new)
                # All that is in the log must be in the file: the log is dropped.
                busy, _, _ = db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                db.close()
            if busy or (folder.wal.exists() and folder.wal.stat().st_size > 0):
                converted.unlink()
                raise StorageError(_IN_USE, folder=str(folder.path))
            folder.drop_logs()
            converted.replace(folder.database)
        except UnsoundCopyError as error:
            raise StorageError(_UNSOUND, path=str(folder.database)) from error
        except Error as error:
            raise database_error(error, folder.database) from error
        except OSError as error:
            raise folder_error(error, folder.path) from error

    def _convert_backups(self, old: HistoryKey, new: HistoryKey) -> tuple[Path, ...]:
        """Convert all that have not been; which could not be, and files set aside."""
        unchanged: list[Path] = []
        for backup in list_backups(self._folder):
            if has_database_header(backup.path) == (new == PLAIN):
                continue
            try:
                db = connect(backup.path, OpenMode.PRIVATE, old)
                try:
                    _convert(db.conn, backup.path, new)
                finally:
                    db.close()
            except (Error, OSError, UnsoundCopyError) as error:
                logger.warning("a backup keeps its encryption: %s", error)
                unchanged.append(backup.path)
        return (*unchanged, *self._folder.set_aside.glob("*"))


def is_encrypted(folder: DataFolder) -> bool:
    """True when the history needs a key: it has no plain header, and a key file is there."""
    try:
        return not has_database_header(folder.database) and any(
            path.exists() for path in key_file.copies(folder)
        )
    except OSError:
        return False


def _convert(source: Connection, target: Path, key: HistoryKey) -> None:
    """Write all of `source` to `target` under another key, checked against the source."""

    def fill(part: Path) -> None:
        spelled = f"x'{key}'" if key else ""
        source.execute("ATTACH DATABASE ? AS target KEY ?", (str(part), spelled))
        try:
            source.execute("SELECT sqlcipher_export('target')").fetchall()
            for name in ("user_version", "application_id"):
                source.execute(f"PRAGMA target.{name} = {pragma_int(source, name)}")
        finally:
            source.execute("DETACH DATABASE target")
        _compare(source, part, key)

    place(fill, target, key)


def _compare(source: Connection, part: Path, key: HistoryKey) -> None:
    db = connect(part, OpenMode.PRIVATE, key)
    try:
        verify(db.conn)
        for table in _TABLES:
            count = f"SELECT count(*), total(length(rowid)) FROM {table}"  # noqa: S608
            if db.conn.execute(count).fetchone() != source.execute(count).fetchone():
                raise UnsoundCopyError(f"rows of {table} are missing")
    finally:
        db.close()
