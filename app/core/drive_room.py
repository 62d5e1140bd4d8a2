"""How much room there is on a drive."""

from __future__ import annotations

import shutil
from pathlib import Path


def free_bytes(folder: Path) -> int:
    """What this person may still write on the drive of `folder`.

    The folder need not exist; then its nearest parent is asked.

    Raises:
        OSError: the drive cannot be asked.
    """
    place = folder
    while not place.exists() and place.parent != place:
        place = place.parent
    return shutil.disk_usage(place).free


def known_free_bytes(folder: Path) -> int:
    """The same for a sentence about it; 0 when the drive cannot be asked."""
    try:
        return free_bytes(folder)
    except OSError:
        return 0
