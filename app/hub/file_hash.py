"""SHA-256 of a file that is too large to be read at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path


class FileHash:
    """Iterate over it to the end: yields the bytes read so far; then ask `hexdigest`."""

    def __init__(self, path: Path, step_bytes: int) -> None:
        self._path = path
        self._step_bytes = step_bytes
        self._hash = hashlib.sha256()

    def __iter__(self) -> Iterator[int]:
        """Read the file.

        Raises:
            OSError: it cannot be read.
        """
        n_read = 0
        with open(self._path, "rb", buffering=0) as file:
            while data := file.read(self._step_bytes):
                self._hash.update(data)
                n_read += len(data)
                yield n_read

    def hexdigest(self) -> str:
        """64 hexadecimal digits of what has been read."""
        return self._hash.hexdigest()


def hash_file(path: Path, step_bytes: int = 16 << 20) -> FileHash:
    """The SHA-256 of `path`, a step at a time."""
    return FileHash(path, step_bytes)
