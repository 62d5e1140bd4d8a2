"""The port to where large states of conversations are kept: what a model has read so far."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StateFile:
    """One state on the disk."""

    name: str
    n_bytes: int  # on the disk
    written_at: float  # seconds since 1970, UTC


class StateFiles(Protocol):
    """States beside the history, as secret as the history itself. From any thread.

    With an encrypted history they are encrypted under a key made of the history's; while it
    is locked, nothing is read or written. All of them go when the encryption is turned on or
    off: a state is a shortcut, never the only copy of anything.
    """

    def write(self, name: str, pieces: Iterable[bytes | memoryview]) -> None:
        """Write a state, whole or not at all; one of that name is replaced.

        Args:
            name: letters, digits, `-`, `_` and `.`; must not tell what was said.
            pieces: of any sizes.

        Raises:
            StorageError: locked, no room, no access; the older one is as it was.
        """
        ...

    def read(self, name: str) -> Generator[bytes, None, None]:
        """Its bytes in pieces of at most 4 MiB. To be closed: until then the file is open.

        Raises:
            StorageError: it is missing, damaged, of another key, or the history is locked.
        """
        ...

    def list_states(self) -> tuple[StateFile, ...]:
        """Which there are, oldest first; also while locked."""
        ...

    def delete(self, name: str) -> None:
        """Delete one; nothing when there is none."""
        ...
