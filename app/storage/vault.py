"""Turning the encryption of a data folder on and off, and unlocking it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable
from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.core.history import Backup
from app.core.vault import Conversion, OnConversion, VaultChange, not_told
from app.storage import key_file, keys, locking
from app.storage.backup import list_backups
from app.storage.conversion import erase, put_in_place, write_converted
from app.storage.copying import UnsoundCopyError
from app.storage.data_folder import DataFolder, prepare
from app.storage.failures import database_error, folder_error
from app.storage.key_file import KeyFile
from app.storage.keys import HistoryKey
from app.storage.pages import has_database_header
from app.storage.sqlite import Connection, Error, OpenMode, connect, pragma_int

logger = logging.getLogger(__name__)

PLAIN = HistoryKey("")
# What may be left of work that a crash or a power cut ended; `*` also covers journals.
_LEFTOVERS = ("converted.db*", "compacted.db*", "conversations.db.part*")
_BACKUP_LEFTOVERS = ("*.part*", "*.work*")

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
        return locking.is_encrypted(self._folder.path)

    def is_locked(self) -> bool:
        """True when it is encrypted and has not been unlocked in this process."""
        return locking.is_locked(self._folder.path)

    def unlock(self, secret: str) -> None:
        """Make the history readable in this process."""
        key = key_file.unwrap(key_file.load(self._folder), secret)
        keys.remember(self._folder.path, key)

    def tidy(self) -> None:
        """Finish what was on its way when the program ended."""
        key = keys.key_for(self._folder.path)
        if key is not None and self.is_encrypted():
            self._sweep()
            self._convert_backups(PLAIN, key, _Progress(self._folder))

    def lock(self) -> None:
        """Forget the key; connections that are open must be closed by their owners."""
        keys.forget(self._folder.path)

    def turn_on(
        self,
        passphrase: str,
        cancel: CancelToken | None = None,
        on_progress: OnConversion = not_told,
    ) -> VaultChange:
        """Encrypt the history and its backups.

        The key file is written first and the history replaced at once: stopped anywhere,
        the history is either readable as before or has its key file beside it.
        """
        key_file.check_passphrase(passphrase)
        folder = prepare(self._folder.path)
        if self.is_encrypted():
            raise StorageError(_IN_USE, folder=str(folder.path))
        self._require_history()
        key, recovery_key = key_file.new_key(), key_file.new_recovery_key()
        wrapped = KeyFile(
            key_file.wrap_passphrase(key, passphrase),
            key_file.wrap_recovery(key, recovery_key),
        )
        progress = _Progress(folder, cancel, on_progress)
        try:
            key_file.put_by(folder)
            key_file.save(folder, wrapped)
            self._convert_history(PLAIN, key, progress)
        except OSError as error:
            raise folder_error(error, folder.path) from error
        finally:
            if not self.is_encrypted():
                with contextlib.suppress(OSError):
                    key_file.remove(folder)
        keys.remember(folder.path, key)
        self._sweep()
        self._erase_states()
        return VaultChange(recovery_key, self._convert_backups(PLAIN, key, progress))

    def change_passphrase(self, secret: str, passphrase: str) -> None:
        """Set a new passphrase; the recovery key stays."""
        key_file.check_passphrase(passphrase)
        old = key_file.load(self._folder)
        key = key_file.unwrap(old, secret)
        self._save(KeyFile(key_file.wrap_passphrase(key, passphrase), old.recovery))

    def new_recovery_key(self, secret: str) -> str:
        """Make another recovery key; the one before opens nothing any more."""
        old = key_file.load(self._folder)
        key = key_file.unwrap(old, secret)
        recovery_key = key_file.new_recovery_key()
        self._save(KeyFile(old.passphrase, key_file.wrap_recovery(key, recovery_key)))
        return recovery_key

    def turn_off(
        self,
        secret: str,
        cancel: CancelToken | None = None,
        on_progress: OnConversion = not_told,
    ) -> VaultChange:
        """Decrypt the history and its backups.

        Backups first, the key file last: stopped anywhere, what is still encrypted has its
        key file beside it.
        """
        key = key_file.unwrap(key_file.load(self._folder), secret)
        self._require_history()
        progress = _Progress(self._folder, cancel, on_progress)
        try:
            unchanged = self._convert_backups(key, PLAIN, progress)
            self._convert_history(key, PLAIN, progress)
        except BaseException:
            self._convert_backups(PLAIN, key, _Progress(self._folder))
            raise
        keys.forget(self._folder.path)
        self._erase_states()
        if not any(path.parent == self._folder.backups for path in unchanged):
            try:
                key_file.remove(self._folder)
            except OSError as error:
                raise folder_error(error, self._folder.path) from error
        return VaultChange("", unchanged)

    def erase(self, paths: Iterable[Path]) -> None:
        """Overwrite and delete files that `VaultChange.unchanged` named."""
        ours = (self._folder.backups, self._folder.set_aside)
        try:
            for path in paths:
                if not any(path.is_relative_to(place) for place in ours):
                    continue
                erase(path)
                with contextlib.suppress(OSError):  # others are still in it
                    if path.parent not in ours:
                        path.parent.rmdir()
        except OSError as error:
            raise folder_error(error, self._folder.path) from error

    def _save(self, file: KeyFile) -> None:
        try:
            key_file.save(self._folder, file)
        except OSError as error:
            raise folder_error(error, self._folder.path) from error

    def _require_history(self) -> None:
        database = self._folder.database
        if not database.exists() or database.stat().st_size == 0:
            raise StorageError(_NOTHING, folder=str(self._folder.path))

    def _convert_history(self, old: HistoryKey, new: HistoryKey, progress: _Progress) -> None:
        folder = self._folder
        converted = folder.database.with_name("converted.db")
        try:
            if not self._write_new(old, new, converted, progress):
                erase(converted)
                raise StorageError(_IN_USE, folder=str(folder.path))
            folder.drop_logs()
            progress.is_swapped = True
            put_in_place(converted, folder.database)
        except UnsoundCopyError as error:
            raise StorageError(_UNSOUND, path=str(folder.database)) from error
        except Error as error:
            raise database_error(error, folder.database) from error
        except OSError as error:
            raise folder_error(error, folder.path) from error

    def _write_new(
        self, old: HistoryKey, new: HistoryKey, converted: Path, progress: _Progress
    ) -> bool:
        """False when somebody else has the history open, or changed it meanwhile."""
        folder = self._folder
        db = connect(folder.database, OpenMode.READ_WRITE, old)
        try:
            version = pragma_int(db.conn, "data_version")
            try:
                progress.write(db.conn, folder.database, converted, new)
            except UnsoundCopyError:
                if version != pragma_int(db.conn, "data_version"):
                    return False
                raise
            # All that is in the log must be in the file: the log is dropped.
            busy, _, _ = db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            is_changed = version != pragma_int(db.conn, "data_version")
        finally:
            db.close()
        has_log = folder.wal.exists() and folder.wal.stat().st_size > 0
        return not (busy or is_changed or has_log)

    def _convert_backups(
        self, old: HistoryKey, new: HistoryKey, progress: _Progress
    ) -> tuple[Path, ...]:
        """Convert all that have not been; which could not be, and files set aside.

        Raises:
            Cancelled: the others are as they were.
        """
        unchanged: list[Path] = []
        for backup in _other_than(new, list_backups(self._folder)):
            part = backup.path.with_name(backup.path.name + ".part")
            try:
                db = connect(backup.path, OpenMode.PRIVATE, old)
                try:
                    progress.write(db.conn, backup.path, part, new)
                finally:
                    db.close()
                put_in_place(part, backup.path)
            except (Error, OSError, UnsoundCopyError) as error:
                logger.warning("a backup keeps its encryption: %s", error)
                unchanged.append(backup.path)
        aside = (path for path in self._folder.set_aside.rglob("*") if path.is_file())
        return (*unchanged, *sorted(aside))

    def _sweep(self) -> None:
        """Erase half-made files of work that was broken off: they may be readable."""
        folder = self._folder
        leftovers = [path for name in _LEFTOVERS for path in folder.path.glob(name)]
        for name in _BACKUP_LEFTOVERS:
            leftovers += folder.backups.glob(name)
        leftovers += folder.states.glob("*.part")
        _erase_all(leftovers)

    def _erase_states(self) -> None:
        """They are of another key now, or of none."""
        _erase_all(self._folder.states.glob("*"))


class _Progress:
    """Tells how far all files together have come, and hands the cancelling on."""

    def __init__(
        self,
        folder: DataFolder,
        cancel: CancelToken | None = None,
        on_progress: OnConversion = not_told,
    ) -> None:
        self.is_swapped = False  # from then on nothing is cancelled
        self._cancel = cancel or CancelToken()
        self._on_progress = on_progress
        sizes = [_size(folder.database), *(b.n_bytes for b in list_backups(folder))]
        self._n_all = max(1, sum(sizes))
        self._n_done = 0

    def write(self, source: Connection, original: Path, part: Path, key: HistoryKey) -> None:
        """`write_converted`, as a part of the whole."""
        n_bytes = _size(original)

        def tell(fraction: float) -> None:
            done = (self._n_done + fraction * n_bytes) / self._n_all
            self._on_progress(Conversion(min(1.0, done), not self.is_swapped))

        cancel = CancelToken() if self.is_swapped else self._cancel
        write_converted(source, part, key, cancel, tell)
        self._n_done += n_bytes


def _other_than(new: HistoryKey, backups: tuple[Backup, ...]) -> list[Backup]:
    """Those that are not yet as they are to be."""
    return [b for b in backups if has_database_header(b.path) != (new == PLAIN)]


def _erase_all(paths: Iterable[Path]) -> None:
    for path in paths:
        try:
            erase(path)
        except OSError as error:
            logger.warning("a file stays that should go: %s", error)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
