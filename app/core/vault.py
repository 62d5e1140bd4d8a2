"""Encryption of the history: what the window asks for, what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class VaultChange:
    """What turning encryption on or off did."""

    recovery_key: str  # to be written down; opens the history without passphrase; "" when off
    unchanged: tuple[Path, ...]  # files that could not be converted, and files set aside


class Vault(Protocol):
    """Passphrase of one data folder.

    The history must not be open while it is turned on or off. All methods raise
    `StorageError` with a sentence.
    """

    def is_encrypted(self) -> bool:
        """True when the history cannot be read without its key."""
        ...

    def is_locked(self) -> bool:
        """True when it is encrypted and has not been unlocked in this process."""
        ...

    def unlock(self, secret: str) -> None:
        """Make the history readable in this process.

        Args:
            secret: the passphrase, or the recovery key in any spelling.
        """
        ...

    def lock(self) -> None:
        """Forget the key; connections that are open must be closed by their owners."""
        ...

    def turn_on(self, passphrase: str) -> VaultChange:
        """Encrypt the history and its backups."""
        ...

    def change_passphrase(self, secret: str, passphrase: str) -> None:
        """Set a new passphrase; the recovery key stays."""
        ...

    def turn_off(self, secret: str) -> VaultChange:
        """Decrypt the history and its backups."""
        ...
