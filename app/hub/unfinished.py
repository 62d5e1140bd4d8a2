"""What earlier downloads left in a models folder: to be resumed, or to be removed."""

from __future__ import annotations

import logging
from pathlib import Path

from app.core.catalogue import RemoteModel
from app.core.download import UnfinishedDownload
from app.hub.model_download import note_path, unfinished_files
from app.hub.part_file import NOTE_SUFFIX, PART_SUFFIX
from app.hub.part_state import is_in_use, read_note
from app.hub.reserving import allocated_bytes

logger = logging.getLogger(__name__)

_DEPTH = 8  # folders below the models folder: owner, repository, folders of the repository


def unfinished_in(folder: Path) -> tuple[UnfinishedDownload, ...]:
    """Downloads that were paused or interrupted; those that run now are among them."""
    found: dict[tuple[str, ...], UnfinishedDownload] = {}
    for path in _files(folder, NOTE_SUFFIX):
        note = read_note(path)
        # A part that was moved by hand is no longer where its download looks for it.
        if note is None or path != folder / (note.file.relative_path + NOTE_SUFFIX):
            continue
        key = tuple(f.relative_path for f in note.model.files)
        if key not in found:
            found[key] = _stand(folder, note.model)
    return tuple(found.values())


def _stand(folder: Path, model: RemoteModel) -> UnfinishedDownload:
    n_done = 0
    for file in model.files:
        path = folder / file.relative_path
        note = read_note(note_path(path))
        if note is not None and note.file == file:
            n_done += note.n_done
        elif path.is_file() and path.stat().st_size == file.size_bytes:
            n_done += file.size_bytes
    size_on_disk = sum(allocated_bytes(p) for p in unfinished_files(model, folder))
    return UnfinishedDownload(model, folder, n_done, size_on_disk)


def sweep_folder(folder: Path) -> int:
    """Remove parts without a note, and notes without a part; how many files."""
    n_removed = 0
    for part in _files(folder, PART_SUFFIX):
        note = part.with_name(part.name.removesuffix(PART_SUFFIX) + NOTE_SUFFIX)
        if read_note(note) is None and not is_in_use(note):
            n_removed += _remove(part) + _remove(note)
    for note in _files(folder, NOTE_SUFFIX):
        part = note.with_name(note.name.removesuffix(NOTE_SUFFIX) + PART_SUFFIX)
        if not part.exists() and not is_in_use(note):
            n_removed += _remove(note)
    return n_removed


def _remove(path: Path) -> int:
    try:
        path.unlink()
    except FileNotFoundError:
        return 0
    except OSError as error:
        logger.warning("%s cannot be removed: %s", path.name, error)
        return 0
    return 1


def _files(folder: Path, suffix: str) -> list[Path]:
    """Files below `folder` that end in `suffix`; folders that cannot be read are left out."""
    found: list[Path] = []
    level = [folder]
    for _ in range(_DEPTH):
        below: list[Path] = []
        for place in level:
            try:
                children = sorted(place.iterdir())
            except OSError:
                continue
            for child in children:
                if child.is_symlink():
                    continue
                if child.is_dir():
                    below.append(child)
                elif child.name.endswith(suffix):
                    found.append(child)
        level = below
    return found
