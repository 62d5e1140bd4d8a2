"""A model that can be loaded from now on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ModelArrived:
    """A model was imported, or its download is complete."""

    path: Path
