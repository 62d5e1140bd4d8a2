"""Connections to other computers: when, to whom, why; and the lock that forbids them all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ConnectionPurpose(StrEnum):
    """Why this program connects. There are no other reasons."""

    LISTING = "listing"  # names, sizes and hashes of a repository's files
    DOWNLOAD = "download"  # a model that the person asked for
    UPDATE_CHECK = "update_check"  # asked for by the person
    UNKNOWN = "unknown"  # not announced: a mistake of ours, or of a library


class ConnectionOutcome(StrEnum):
    """What became of an attempt."""

    ATTEMPTED = "attempted"  # it was let through
    REFUSED = "refused"  # the offline lock was on


@dataclass(frozen=True, slots=True)
class ConnectionRecord:
    """One attempt to reach another computer; nothing that the person wrote is in it."""

    at: float  # seconds since 1970, UTC
    host: str  # name as it was asked for, or the address
    port: int  # 0: the name was looked up, or the port is not known
    purpose: ConnectionPurpose
    outcome: ConnectionOutcome


class NetworkGate(Protocol):
    """The offline lock and the list of connections. Every method from any thread."""

    @property
    def is_locked(self) -> bool:
        """True while every attempt of this process to connect fails."""
        ...

    def set_locked(self, is_locked: bool) -> None:
        """Lock: open connections are closed, new ones fail. Unlock: they may be made."""
        ...

    def records(self) -> tuple[ConnectionRecord, ...]:
        """Every connection ever made or refused, oldest first, of earlier runs too."""
        ...
