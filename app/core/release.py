"""Newer versions of this program: what is asked, what comes back, and the port to where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from app.core.cancellation import CancelToken

REPOSITORY = "lumbre/lumbre"  # on GitHub, owner/name: where releases are published

_NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)(|[^.\d].*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Release:
    """A published version; all of it comes from a stranger and is shown as plain text."""

    version: str  # such as "1.2.0"
    notes: str  # what changed, as its author wrote it
    page_url: str  # where it can be fetched by hand
    published: str = ""  # "2026-11-21"; empty: not known

    def is_newer_than(self, version: str) -> bool:
        """True when it comes after `version`; a version that nobody can read is not newer."""
        mine = version_key(self.version)
        return bool(mine[0]) and mine > version_key(version)


def version_key(version: str) -> tuple[tuple[int, ...], bool, str]:
    """Sorts "0.9" before "0.10", "1.0rc1" before "1.0", and what is no version first."""
    found = _NUMBERS.fullmatch(version.strip())
    if found is None:
        return (), False, ""
    numbers = tuple(map(int, found[1].split(".")))
    while numbers and numbers[-1] == 0:
        numbers = numbers[:-1]
    return numbers or (0,), not found[2], found[2]


class ReleaseCheck(Protocol):
    """Asks for the newest version, when the person wants it; never by itself."""

    @property
    def address(self) -> str:
        """What is asked, the whole address; shown before anything is sent."""
        ...

    @property
    def is_locked(self) -> bool:
        """True while the offline lock forbids it."""
        ...

    def newest(self, cancel: CancelToken) -> Release | None:
        """The newest published version; None: there is none yet. Blocks.

        Raises:
            HubError: no connection, the offline lock, an answer that cannot be read.
            Cancelled: `cancel` was set.
        """
        ...
