"""What the program consists of, with versions: for the about box and for reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ComponentVersion:
    """One part that the program runs on."""

    name: str  # as its makers write it; not translated
    version: str  # empty: it is not there

    def __str__(self) -> str:
        return f"{self.name} {self.version or '-'}"
