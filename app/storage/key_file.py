"""The key of an encrypted history, wrapped by the passphrase and by the recovery key.

The database has a random key of its own, so that a new passphrase does not mean writing
everything anew. It is wrapped with bytes that scrypt makes of the secret and a random salt:
they are used once, so adding them (XOR) hides the key fully, and a keyed hash tells a wrong
secret from the right one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path

from app.core.disk_sync import replace_file
from app.core.errors import QT_TRANSLATE_NOOP, LockedError, StorageError
from app.core.passphrase import SHORTEST_PASSPHRASE
from app.storage.data_folder import (
    DataFolder,
    make_private_file,
    make_private_folder,
    sync_file,
)
from app.storage.keys import HistoryKey
from app.storage.pages import has_database_header
from app.storage.rescue import new_name

VERSION = 1

_KEY_BYTES = 32
_RECOVERY_BYTES = 20  # 160 bits, 32 letters and digits
_N_PASSPHRASE = 1 << 16  # 64 MiB and some tenths of a second for each guess
_N_RECOVERY = 1 << 14  # is random: guessing is hopeless anyway
_MOST_MEMORY_BYTES = 256 << 20

_WRONG = QT_TRANSLATE_NOOP(
    "errors",
    "That is neither the passphrase nor the recovery key. Nothing was changed. Check the "
    "keyboard layout and Caps Lock, and try again.",
)
_UNREADABLE = QT_TRANSLATE_NOOP(
    "errors",
    "The key file {path} is missing or damaged, so the encrypted conversations cannot be "
    "opened. They were not changed. Put a copy of that file back; one lies in {copy}.",
)
_SHORT = QT_TRANSLATE_NOOP(
    "errors",
    "A passphrase needs at least {n} characters. Nothing was changed. Several words are easy "
    "to remember and hard to guess.",
)


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """The history's key under one secret; all texts are hexadecimal."""

    n: int  # cost of scrypt, a power of two
    salt: str
    wrapped: str
    tag: str

    def __post_init__(self) -> None:
        if not (1 << 10 <= self.n <= 1 << 20) or self.n & (self.n - 1):
            raise ValueError("n must be a power of two in 2**10..2**20")
        if len(bytes.fromhex(self.wrapped)) != _KEY_BYTES:
            raise ValueError("a wrapped key has 32 bytes")


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What is stored."""

    passphrase: WrappedKey
    recovery: WrappedKey


def new_key() -> HistoryKey:
    """A random key for a history."""
    return HistoryKey(secrets.token_hex(_KEY_BYTES))


def new_recovery_key() -> str:
    """Letters and digits in groups of four, to be written down."""
    text = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def check_passphrase(passphrase: str) -> None:
    """Raises `StorageError` when it is too short."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise StorageError(_SHORT, n=SHORTEST_PASSPHRASE)


def wrap_passphrase(key: HistoryKey, passphrase: str) -> WrappedKey:
    """The key under a passphrase."""
    return _wrap(key, _normal_passphrase(passphrase), _N_PASSPHRASE)


def wrap_recovery(key: HistoryKey, recovery_key: str) -> WrappedKey:
    """The key under a recovery key."""
    return _wrap(key, _normal_recovery(recovery_key), _N_RECOVERY)


def unwrap(file: KeyFile, secret: str) -> HistoryKey:
    """The key, by the passphrase or the recovery key.

    Raises:
        LockedError: it is neither.
    """
    key = _unwrap(file.passphrase, _normal_passphrase(secret))
    key = key or _unwrap(file.recovery, _normal_recovery(secret))
    if key is None:
        raise LockedError(_WRONG)
    return key


def copies(folder: DataFolder) -> tuple[Path, Path]:
    """The key file and its copy beside the backups: one of them damaged is not the end."""
    return folder.key_file, folder.backups / folder.key_file.name


def load(folder: DataFolder) -> KeyFile:
    """Read the key file, or else its copy.

    Raises:
        StorageError: neither can be read.
    """
    for path in copies(folder):
        try:
            raw = json.loads(path.read_text("utf-8"))
            return KeyFile(WrappedKey(**raw["passphrase"]), WrappedKey(**raw["recovery"]))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            continue
    first, second = copies(folder)
    raise StorageError(_UNREADABLE, path=str(first), copy=str(second))


def save(folder: DataFolder, file: KeyFile) -> None:
    """Write both copies, each whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    text = json.dumps({"version": VERSION, **asdict(file)}, indent=1)
    for path in copies(folder):
        make_private_folder(path.parent)
        part = path.with_name(path.name + ".part")
        make_private_file(part)
        part.write_text(text, "utf-8")
        sync_file(part)
        replace_file(part, path)


def put_by(folder: DataFolder) -> None:
    """Keep an older key file under another name: there may be backups that need it.

    Raises:
        OSError: the folder cannot be written.
    """
    if not folder.key_file.exists():
        return
    if any(not has_database_header(path) for path in folder.backups.glob("*.db")):
        folder.key_file.replace(folder.key_file.with_name(new_name("history.key") + ".json"))


def remove(folder: DataFolder) -> None:
    """Remove both copies.

    Raises:
        OSError: the folder cannot be written.
    """
    for path in copies(folder):
        path.unlink(missing_ok=True)


def _wrap(key: HistoryKey, secret: bytes, n: int) -> WrappedKey:
    salt = os.urandom(16)
    pad, tag_key = _stretched(secret, salt, n)
    wrapped = _xor(bytes.fromhex(key), pad)
    tag = hmac.digest(tag_key, wrapped, "sha256")
    return WrappedKey(n, salt.hex(), wrapped.hex(), tag.hex())


def _unwrap(wrapped: WrappedKey, secret: bytes) -> HistoryKey | None:
    pad, tag_key = _stretched(secret, bytes.fromhex(wrapped.salt), wrapped.n)
    data = bytes.fromhex(wrapped.wrapped)
    tag = hmac.digest(tag_key, data, "sha256")
    if not hmac.compare_digest(tag.hex(), wrapped.tag):
        return None
    return HistoryKey(_xor(data, pad).hex())


def _stretched(secret: bytes, salt: bytes, n: int) -> tuple[bytes, bytes]:
    made = hashlib.scrypt(
        secret, salt=salt, n=n, r=8, p=1, maxmem=_MOST_MEMORY_BYTES, dklen=2 * _KEY_BYTES
    )
    return made[:_KEY_BYTES], made[_KEY_BYTES:]


def _xor(data: bytes, pad: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(data, pad, strict=True))


def _normal_passphrase(text: str) -> bytes:
    """The same bytes however the keyboard composes accents."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")


def _normal_recovery(text: str) -> bytes:
    """Without spaces and dashes, with the digits that do not occur read as letters."""
    kept = "".join(c for c in text.upper() if c.isalnum())
    return kept.translate(str.maketrans("018", "OIB")).encode("utf-8", "surrogatepass")
