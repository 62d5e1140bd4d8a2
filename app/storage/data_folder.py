"""What lies where in the data folder, and with which access rights."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.storage.failures import folder_error, is_denied
from app.storage.locking import BACKUPS_NAME, DATABASE_NAME, KEY_FILE_NAME

FOLDER_MODE = 0o700  # conversations are nobody else's business
FILE_MODE = 0o600


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The paths that the storage uses below one folder; nothing is made by asking."""

    path: Path  # absolute

    @property
    def database(self) -> Path:
        """The conversations; SQLite puts `-wal` and `-shm` beside it."""
        return self.path / DATABASE_NAME

    @property
    def wal(self) -> Path:
        """SQLite's write-ahead log: the newest commits."""
        return self.database.with_name(self.database.name + "-wal")

    def drop_logs(self) -> None:
        """Remove the logs of a file that is about to be replaced, while nothing has it open.

        SQLite would take an old log for the new file's own.

        Raises:
            OSError: they cannot be removed.
        """
        for suffix in ("-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)

    @property
    def lock(self) -> Path:
        """Held by the one running instance."""
        return self.path / "instance.lock"

    @property
    def ballast(self) -> Path:
        """Room that is given up when the disk is full."""
        return self.path / "ballast"

    @property
    def backups(self) -> Path:
        """Rotating copies of the database."""
        return self.path / BACKUPS_NAME

    @property
    def set_aside(self) -> Path:
        """Damaged databases, byte for byte as they were found."""
        return self.path / "set-aside"

    @property
    def states(self) -> Path:
        """What models have read so far, to save reading it again."""
        return self.path / "states"

    @property
    def key_file(self) -> Path:
        """The wrapped key of an encrypted history."""
        return self.path / KEY_FILE_NAME

    def is_writable(self) -> bool:
        """True when a file can be made in the folder; the folder exists."""
        try:
            descriptor, name = tempfile.mkstemp(prefix=".probe-", dir=self.path)
        except OSError as error:
            return not is_denied(error)  # a full disk is another matter
        os.close(descriptor)
        with contextlib.suppress(OSError):
            Path(name).unlink()
        return True

    def free_bytes(self) -> int | None:
        """Free space for this user on the folder's disk; None where it cannot be asked."""
        try:
            return shutil.disk_usage(self.path).free
        except OSError:
            return None


def prepare(path: Path) -> DataFolder:
    """The data folder, made (0700) when it is missing.

    An existing folder keeps its access rights: it may be one that the person chose.

    Raises:
        StorageError: it is a file, or it cannot be made or entered.
    """
    folder = DataFolder(path.absolute())
    try:
        make_private_folder(folder.path)
        next(folder.path.iterdir(), None)
    except (FileExistsError, NotADirectoryError) as error:
        raise StorageError(
            QT_TRANSLATE_NOOP(
                "errors",
                "The data folder {folder} cannot be used because a file is in its place. "
                "Nothing was changed. Choose another data folder, or move that file away.",
            ),
            folder=str(folder.path),
        ) from error
    except (OSError, ValueError) as error:
        raise folder_error(error, folder.path) from error
    return folder


def make_private_folder(path: Path) -> None:
    """Make `path` (0700) with its parents; an existing folder is left as it is.

    Raises:
        OSError: as of `Path.mkdir`; FileExistsError when a file is in its place.
    """
    path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make an empty file (0600) when there is none, and take others' rights off an old one.

    Raises:
        OSError: it can be neither made nor opened.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
    with contextlib.suppress(OSError):  # another owner's file: readable is what counts
        path.chmod(FILE_MODE)


def sync_file(path: Path) -> None:
    """Bring what was written to the file to the disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
