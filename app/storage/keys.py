"""Keys of encrypted histories that are unlocked in this process."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import NewType

HistoryKey = NewType("HistoryKey", str)  # 32 bytes as 64 hex digits

_keys: dict[Path, HistoryKey] = {}
_lock = threading.Lock()


def remember(folder: Path, key: HistoryKey) -> None:
    """Use `key` for every database in `folder` and below; from any thread."""
    with _lock:
        _keys[folder] = key


def forget(folder: Path) -> None:
    """Do not use the key any more; from any thread."""
    with _lock:
        _keys.pop(folder, None)


def key_for(path: Path) -> HistoryKey | None:
    """The key of the data folder that `path` is, or lies in; None when there is none."""
    with _lock:
        for folder in (path, *path.parents):
            if (key := _keys.get(folder)) is not None:
                return key
    return None
