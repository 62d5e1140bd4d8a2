"""Encryption of the history: what the window asks for, what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.core.cancellation import CancelToken


@dataclass(frozen=True, slots=True)
class VaultChange:
    """What turning encryption on or off did."""

    # To be written down; opens the history without passphrase; "" when off.
    recovery_key: str = field(repr=False)
    unchanged: tuple[Path, ...]  # files that could not be converted, and files set aside


@dataclass(frozen=True, slots=True)
class Conversion:
    """How far turning encryption on or off has come."""

    fraction: float  # 0..1
    can_cancel: bool  # False from the moment on at which the new file is in its place


OnConversion = Callable[[Conversion], None]  # called in the thread that does the work


def not_told(_: Conversion) -> None:
    """Nobody looks at the progress."""


class Vault(Protocol):
    """Passphrase of one data folder.

    The history must not be open while it is turned on or off. All methods raise
    `StorageError` with a sentence. Those that take a secret are slow by design: the key is
    hard to derive, so that it is hard to guess.
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

    def tidy(self) -> None:
        """Encrypt and erase what a crash left readable; nothing while it is locked.

        Only for the process that has the data folder for itself, with the history closed.
        """
        ...

    def lock(self) -> None:
        """Forget the key; connections that are open must be closed by their owners."""
        ...

    def turn_on(
        self,
        passphrase: str,
        cancel: CancelToken | None = None,
        on_progress: OnConversion = not_told,
    ) -> VaultChange:
        """Encrypt the history and its backups.

        Raises:
            Cancelled: the history is as it was.
        """
        ...

    def change_passphrase(self, secret: str, passphrase: str) -> None:
        """Set a new passphrase; the recovery key stays."""
        ...

    def new_recovery_key(self, secret: str) -> str:
        """Make another recovery key; the one before opens nothing any more."""
        ...

    def turn_off(
        self,
        secret: str,
        cancel: CancelToken | None = None,
        on_progress: OnConversion = not_told,
    ) -> VaultChange:
        """Decrypt the history and its backups.

        Raises:
            Cancelled: the history is as it was.
        """
        ...

    def erase(self, paths: Iterable[Path]) -> None:
        """Overwrite and delete files that `VaultChange.unchanged` named.

        Folders that are empty after that are removed too.
        """
        ...
