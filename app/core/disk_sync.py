"""What has to be on the disk before something else may rely on it."""

from __future__ import annotations

import os
from pathlib import Path


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
