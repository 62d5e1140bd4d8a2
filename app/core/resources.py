"""Where the shipped files are: icons, translations, vocabulary, practice model."""

from __future__ import annotations

import sys
import sysconfig
from functools import cache
from pathlib import Path


@cache
def resources_dir() -> Path:
    """Folder of the shipped files: in a bundle, in a checkout, or installed by pip."""
    bundle = getattr(sys, "_MEIPASS", None)
    places = [
        *([Path(bundle) / "resources"] if bundle else []),
        Path(__file__).resolve().parents[2] / "resources",
        Path(sysconfig.get_path("data")) / "share" / "lumbre" / "resources",
    ]
    return next((p for p in places if p.is_dir()), places[0])


def resource_path(name: str) -> Path:
    """A shipped file by its name below `resources/`; it may be missing."""
    return resources_dir() / name
