"""Keys of encrypted histories that are unlocked in this process."""

from __future__ import annotations

import hashlib
import hmac
import threading
from pathlib import Path
from typing import NewType

HistoryKey = NewType("HistoryKey", str)  # 32 bytes as 64 hex digits

# Kept as bytes that can be overwritten. The texts that are made of them for SQLite cannot:
# they stay in memory until Python uses their place again.
_keys: dict[Path, bytearray] = {}
_lock = threading.Lock()


def remember(folder: Path, key: HistoryKey) -> None:
    """Use `key` for every database in `folder` and below; from any thread."""
    with _lock:
        _wipe(folder)
        _keys[folder] = bytearray.fromhex(key)


def forget(folder: Path) -> None:
    """Overwrite the key and do not use it any more; from any thread."""
    with _lock:
        _wipe(folder)


def key_for(path: Path) -> HistoryKey | None:
    """The key of the data folder that `path` is, or lies in; None when there is none."""
    with _lock:
        for folder in (path, *path.parents):
            if (key := _keys.get(folder)) is not None:
                return HistoryKey(key.hex())
    return None


def derived(key: HistoryKey, purpose: str) -> HistoryKey:
    """Another key, from which nobody can tell the first one: one for each purpose."""
    secret = bytes.fromhex(key)
    return HistoryKey(hmac.digest(secret, purpose.encode("utf-8"), hashlib.sha256).hex())


def _wipe(folder: Path) -> None:
    key = _keys.pop(folder, None)
    if key is not None:
        key[:] = bytes(len(key))
