"""Models that lie beside the program or on a stick: the kit for computers without a network.

packaging/air_gapped_kit.py makes it: a folder `lumbre-kit` with `installers` and `models`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

from app.core.library import ModelOrigin
from app.hub.other_programs import Place

KIT = "lumbre-kit"  # the folder on the stick
MODELS = "models"  # below it, or beside a program that is carried along


def kit_places(program: Path | None, drives: Iterable[Path]) -> tuple[Place, ...]:
    """Folders with models to use in place or to copy; each once.

    Args:
        program: what the person starts; None in a checkout.
        drives: where drives are mounted.
    """
    found: dict[Path, Place] = {}
    for folder in (*_beside(program), *(drive / KIT / MODELS for drive in drives)):
        try:
            if folder.is_dir():
                found.setdefault(folder.resolve(), Place(ModelOrigin.FOLDER, folder))
        except OSError:  # a drive without a disk, a stick that is just pulled out
            continue
    return tuple(found.values())


def mounted_drives() -> Iterator[Path]:
    """Where drives of this computer are mounted, sticks among them; no network drives."""
    for partition in psutil.disk_partitions(all=False):
        yield Path(partition.mountpoint)


def _beside(program: Path | None) -> Iterator[Path]:
    """`models` beside the program, and in the kit that the program lies in."""
    if program is None:
        return
    yield program.parent / MODELS
    for folder in program.parents:
        if folder.name == KIT:
            yield folder / MODELS
