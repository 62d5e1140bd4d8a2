"""What this process takes of the main memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """Bytes, read at one moment."""

    resident: int  # all that is in main memory now, mapped files included
    anonymous: int | None  # what cannot be dropped and read again; None: not known here
