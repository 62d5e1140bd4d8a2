"""From what SQLite and the operating system say to a sentence for the person."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from app.core.byte_count import ByteCount
from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.storage.sqlite import error_name

ROOM_WANTED_BYTES = 64 << 20  # with less than this free, a person should make room
_MIB = 1 << 20
_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DENIED_ERRNOS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

_FULL = QT_TRANSLATE_NOOP(
    "errors",
    "The disk of the folder {folder} is full: about {missing} more are needed. What "
    "was saved before is safe; the last change was not saved. Make room and try again.",
)
_DENIED = QT_TRANSLATE_NOOP(
    "errors",
    "Lumbre may not write in the folder {folder}. What is saved there is unchanged. Allow "
    "writing there, or choose another data folder.",
)
_BUSY = QT_TRANSLATE_NOOP(
    "errors",
    "Another program is using the conversations in {folder}, so the last change was not "
    "saved. What was saved before is safe. Close the other program and try again.",
)
_NOT_OURS = QT_TRANSLATE_NOOP(
    "errors",
    "The file {path} is not a database of Lumbre. It was not changed. Move it away, or choose "
    "another data folder.",
)
_DAMAGED = QT_TRANSLATE_NOOP(
    "errors",
    "The file {path} is damaged. It was not changed. Use “Check and repair”: what can be read "
    "is saved, and a backup can be restored.",
)
_UNREADABLE_DISK = QT_TRANSLATE_NOOP(
    "errors",
    "The disk of the folder {folder} does not read or write as it should ({reason}). The last "
    "change was not saved; what was saved before is not touched. Check the disk or its cable, "
    "and try again.",
)
_CANNOT_OPEN = QT_TRANSLATE_NOOP(
    "errors",
    "The conversations in {folder} cannot be opened. Nothing was changed. Check that the "
    "folder exists, can be written and has room, then start Lumbre again.",
)
_OTHER = QT_TRANSLATE_NOOP(
    "errors",
    "The conversations in {folder} cannot be used ({reason}). What was saved before is "
    "safe. Start Lumbre again; if that does not help, restore a backup.",
)

_TEMPLATES = {  # by SQLite's name of the failure
    "READONLY": _DENIED,
    "PERM": _DENIED,
    "AUTH": _DENIED,
    "BUSY": _BUSY,
    "LOCKED": _BUSY,
    "PROTOCOL": _BUSY,
    "CANTOPEN": _CANNOT_OPEN,
    "IOERR": _UNREADABLE_DISK,
    "CORRUPT": _DAMAGED,
    "NOTADB": _DAMAGED,
}


def is_full(error: BaseException) -> bool:
    """True when room would help: a full disk, a used-up quota, a limit on file size."""
    return error_name(error) == "FULL" or getattr(error, "errno", None) in _FULL_ERRNOS


def needs_room(error: BaseException, folder: Path) -> bool:
    """True when room in `folder` would help, also where SQLite only saw "I/O error"."""
    if is_full(error):
        return True
    return error_name(error) in {"IOERR", "CANTOPEN"} and _has_no_room(folder)


def is_damage(error: BaseException) -> bool:
    """True when the file itself is wrong: not a database, or damaged."""
    return error_name(error) in {"CORRUPT", "NOTADB"}


def is_denied(error: BaseException) -> bool:
    """True when writing or opening is not allowed."""
    return (
        error_name(error) in {"READONLY", "PERM", "AUTH"}
        or getattr(error, "errno", None) in _DENIED_ERRNOS
    )


def full_error(folder: Path) -> StorageError:
    """The sentence for a full disk, with how much room is missing."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        free = 0
    missing = ByteCount(max(_MIB, ROOM_WANTED_BYTES - free))
    return StorageError(_FULL, folder=str(folder), missing=missing)


def database_error(error: BaseException, path: Path) -> StorageError:
    """The sentence for a failure of SQLite on the database file `path`."""
    if needs_room(error, path.parent):
        return full_error(path.parent)
    template = _TEMPLATES.get(error_name(error), _OTHER)
    return StorageError(template, folder=str(path.parent), path=str(path), reason=str(error))


def not_ours_error(path: Path) -> StorageError:
    """The sentence for a database of some other program."""
    return StorageError(_NOT_OURS, path=str(path))


def folder_error(error: OSError | ValueError, folder: Path) -> StorageError:
    """The sentence for a failure of the operating system on `folder` or a file in it."""
    if is_full(error):
        return full_error(folder)
    if is_denied(error):
        return StorageError(_DENIED, folder=str(folder))
    reason = getattr(error, "strerror", None) or str(error)
    return StorageError(_OTHER, folder=str(folder), reason=reason)


def _has_no_room(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _MIB
    except OSError:
        return False
