"""Room on a drive: what a file takes of it, and keeping it before the file comes."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_STEP = 32 << 20  # bytes reserved at a time, so that it can be cancelled between


def allocated_bytes(path: Path) -> int:
    """What `path` takes on its drive already; 0 when it is not there or cannot be asked."""
    try:
        status = path.stat()
    except OSError:
        return 0
    if sys.platform == "win32":
        return status.st_size  # NTFS gives the whole length room at once
    return status.st_blocks * 512


def reserve(handle: BinaryIO, size_bytes: int) -> Iterator[None]:
    """Make the drive keep `size_bytes` for the file, a step at a time.

    Raises:
        OSError: the drive is full, or cannot hold a file this large.
    """
    if sys.platform == "linux":
        for start in range(0, size_bytes, _STEP):
            os.posix_fallocate(handle.fileno(), start, min(_STEP, size_bytes - start))
            yield
        return
    if sys.platform == "darwin":
        _reserve_on_macos(handle, size_bytes)
    if os.fstat(handle.fileno()).st_size < size_bytes:
        handle.truncate(size_bytes)
    yield


def _reserve_on_macos(handle: BinaryIO, size_bytes: int) -> None:
    """F_PREALLOCATE of <sys/fcntl.h>: struct fstore {flags, posmode, offset, length, out}."""
    if sys.platform == "win32":
        return
    import fcntl

    missing = size_bytes - os.fstat(handle.fileno()).st_size
    if missing <= 0:
        return
    command = getattr(fcntl, "F_PREALLOCATE", 42)
    allocate_all, from_physical_end = 4, 3
    request = struct.pack("@IiqqQ", allocate_all, from_physical_end, 0, missing, 0)
    fcntl.fcntl(handle.fileno(), command, request)
