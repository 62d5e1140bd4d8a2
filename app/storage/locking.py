"""Whether a data folder's history is encrypted and locked; cheap, and without SQLite.

The window asks before its first paint, so nothing heavy may be imported here.
"""

from __future__ import annotations

from pathlib import Path

from app.core.errors import QT_TRANSLATE_NOOP, LockedError
from app.storage.keys import key_for

DATABASE_NAME = "conversations.db"
KEY_FILE_NAME = "history.key.json"
BACKUPS_NAME = "backups"
PLAIN_HEADER = b"SQLite format 3\0"  # of every unencrypted database

_LOCKED = QT_TRANSLATE_NOOP(
    "errors",
    "The conversations in {folder} are encrypted. Nothing was changed. Enter the passphrase "
    "or the recovery key to open them.",
)


def is_encrypted(data_dir: Path) -> bool:
    """True when the history needs a key: a key file is there, and no plain database.

    A history that is missing beside its key file counts as encrypted: a new one must not
    begin unencrypted without the person's knowledge.
    """
    # Once it is unlocked the file may be open here, and reading it by other means would take
    # SQLite's locks off it.
    if key_for(data_dir) is not None:
        return True
    key_files = (data_dir / KEY_FILE_NAME, data_dir / BACKUPS_NAME / KEY_FILE_NAME)
    try:
        if not any(path.exists() for path in key_files):
            return False
        with open(data_dir / DATABASE_NAME, "rb") as file:
            return file.read(len(PLAIN_HEADER)) != PLAIN_HEADER
    except FileNotFoundError:
        return True
    except OSError:
        return False


def is_locked(data_dir: Path) -> bool:
    """True when it is encrypted and has not been unlocked in this process."""
    return key_for(data_dir) is None and is_encrypted(data_dir)


def require_unlocked(data_dir: Path) -> None:
    """Nothing when the history can be read in this process.

    Args:
        data_dir: absolute.

    Raises:
        LockedError: it is locked.
    """
    if is_locked(data_dir):
        raise LockedError(_LOCKED, folder=str(data_dir))
