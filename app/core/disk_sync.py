"""Names of files: giving them, and making them last."""

from __future__ import annotations

import os
import time
from pathlib import Path

_TRIES = 20
_PAUSE_S = 0.05  # between two of them, on Windows


def sync_folder(path: Path) -> None:
    """Make names in `path` (a rename, a new file) survive a power cut; Windows does so itself.

    Raises:
        OSError: the folder cannot be opened, or its drive fails.
    """
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(source: Path, target: Path) -> None:
    """Give `source` the name of `target`, in the place of what has it; never half.

    Windows refuses while somebody has one of the two open, and virus scanners and indexers
    open what was just written: there it is tried for a second.

    Raises:
        OSError: both are as they were.
    """
    for _ in range(_TRIES if os.name == "nt" else 0):
        try:
            source.replace(target)
        except PermissionError:
            time.sleep(_PAUSE_S)
        else:
            return
    source.replace(target)
