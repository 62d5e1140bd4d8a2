"""One running instance per data folder, by a lock that the operating system holds.

The system gives a lock up when its process ends, however it ends: it cannot go stale as a
file with a process number in it can.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from app.storage.data_folder import FILE_MODE, prepare
from app.storage.failures import folder_error, is_denied

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        """Lock the first byte; False when another process or descriptor has it."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        """Lock the file; False when another process or descriptor has it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class InstanceLock:
    """Held until `release` or the end of the process. Not inherited by child processes."""

    def __init__(self, descriptor: int | None) -> None:
        """Keep `descriptor` open; None for a folder that nobody can write in."""
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock up; a second call is ignored. The file stays, it means nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)


def acquire(data_dir: Path) -> InstanceLock | None:
    """Become the one instance of this data folder; does not wait.

    In a folder that cannot be written the lock holds nothing: there, everybody only reads.

    Returns:
        None when another instance has the folder.

    Raises:
        StorageError: the folder cannot be made or used.
    """
    folder = prepare(data_dir)
    try:
        descriptor = os.open(folder.lock, os.O_RDWR | os.O_CREAT, FILE_MODE)
    except OSError as error:
        if is_denied(error) and not folder.is_writable():
            return InstanceLock(None)
        raise folder_error(error, folder.path) from error
    try:
        is_ours = _try_lock(descriptor)
    except OSError as error:
        os.close(descriptor)
        raise folder_error(error, folder.path) from error
    if not is_ours:
        os.close(descriptor)
        return None
    return InstanceLock(descriptor)
