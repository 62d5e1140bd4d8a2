"""A file that takes up room so that it can be given up when the disk is full.

On a full disk SQLite can neither save nor delete. Giving the ballast up lets the last
changes through and leaves the person time to make room.
"""

from __future__ import annotations

import contextlib
import logging
import os

from app.storage.data_folder import FILE_MODE, DataFolder

logger = logging.getLogger(__name__)

BALLAST_BYTES = 8 << 20
_ROOM_LEFT_BYTES = 64 << 20  # it is not made where less than this would be left


def ensure(folder: DataFolder) -> bool:
    """Make the ballast when it is missing and there is room; True when it is there.

    Never raises: a disk without room for it is simply one without ballast.
    """
    with contextlib.suppress(OSError):
        if folder.ballast.stat().st_size == BALLAST_BYTES:
            return True
    free = folder.free_bytes()
    if free is None or free < BALLAST_BYTES + _ROOM_LEFT_BYTES:
        return False
    try:
        _write(folder)
    except OSError as error:
        logger.warning("no ballast: %s", error)
        drop(folder)
        return False
    return True


def drop(folder: DataFolder) -> bool:
    """Give the room up; False when there was none to give."""
    try:
        folder.ballast.unlink()
    except OSError:
        return False
    logger.warning("the disk is full: the ballast was given up")
    return True


def _write(folder: DataFolder) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    descriptor = os.open(folder.ballast, flags, FILE_MODE)
    with open(descriptor, "wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)
        else:  # random bytes: a file system that compresses would keep no room for zeros
            file.write(os.urandom(BALLAST_BYTES))
