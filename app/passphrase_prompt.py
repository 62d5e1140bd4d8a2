"""The passphrase of an encrypted history, from the terminal, a file or the environment."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.errors import QT_TRANSLATE_NOOP, LockedError, StorageError
from app.core.vault import Vault
from app.storage.locking import is_locked

VARIABLE = "LUMBRE_PASSPHRASE"
_TRIES = 3
_STANDARD_INPUT = "-"

_NOT_GIVEN = QT_TRANSLATE_NOOP(
    "errors",
    "The conversations in {folder} are encrypted. Nothing was changed. Give the passphrase in "
    "a terminal, with --passphrase-file FILE, or in the variable LUMBRE_PASSPHRASE.",
)
_NO_FILE = QT_TRANSLATE_NOOP(
    "errors",
    "The passphrase could not be read from {path}: {reason}. Nothing was changed.",
)


@contextmanager
def unlocked(data_dir: Path, passphrase_file: str | None) -> Iterator[None]:
    """The history can be read inside the block, and is locked again after it.

    Args:
        data_dir: of the history.
        passphrase_file: its first line is the secret; "-" is the standard input; None: the
            environment, else the terminal is asked.

    Raises:
        LockedError: no passphrase, or a wrong one.
        StorageError: the key file is damaged, or `passphrase_file` cannot be read.
    """
    folder = data_dir.absolute()
    if not is_locked(folder):
        yield
        return
    from app.storage.vault import FolderVault

    vault = FolderVault(folder)
    secret = _given(passphrase_file)
    if secret is not None:
        vault.unlock(secret)
    else:
        _ask(vault, folder)
    try:
        yield
    finally:
        vault.lock()


def _given(passphrase_file: str | None) -> str | None:
    """What needs no question; None: it must be asked for."""
    secret = os.environ.pop(VARIABLE, None)  # no process that we start shall inherit it
    if passphrase_file is None:
        return secret
    if passphrase_file == _STANDARD_INPUT:
        return sys.stdin.readline().rstrip("\r\n")
    path = Path(passphrase_file).expanduser()
    try:
        with open(path, encoding="utf-8") as file:
            return file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StorageError(_NO_FILE, path=str(path), reason=reason) from error


def _ask(vault: Vault, folder: Path) -> None:
    if sys.stdin is None or not sys.stdin.isatty():
        raise LockedError(_NOT_GIVEN, folder=str(folder))
    for n_left in reversed(range(_TRIES)):
        try:
            vault.unlock(getpass.getpass("Passphrase or recovery key: "))
        except EOFError as error:
            raise LockedError(_NOT_GIVEN, folder=str(folder)) from error
        except LockedError as error:
            if n_left == 0:
                raise
            print(error, file=sys.stderr)  # noqa: T201
        else:
            return
