"""Walk through folders and find what may be a model, without reading its content."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.errors import Cancelled
from app.core.library import ModelOrigin
from app.core.split_files import model_title, part_name
from app.hub.other_programs import Place

logger = logging.getLogger(__name__)

_DEPTH_MAX = 8
_ENTRIES_MAX = 50_000  # of one place: a whole home folder must not be walked for minutes
_NO_MODEL = re.compile(r"(^|[^a-z])(mmproj|eagle\d?|draft|imatrix|lora)([^a-z]|$)", re.I)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MANIFEST_MAX = 1 << 20  # bytes
_MODEL_LAYER = "application/vnd.ollama.image.model"
_JAN_NAME = "model"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be a gpt-oss model."""

    path: Path
    origin: ModelOrigin
    title: str
    sha256: str | None = None  # as its program's file name claims

    @property
    def is_named_gpt_oss(self) -> bool:
        """True when name, title or folder say gpt-oss: then a refusal is worth a sentence."""
        words = f"{self.title} {self.path.name} {self.path.parent.name}"
        return re.search(r"gpt[-_. ]?oss", words, re.I) is not None


def candidates_in(place: Place, cancel: CancelToken) -> Iterator[Candidate]:
    """Files of one place; of a split model its first part.

    Raises:
        Cancelled: `cancel` was set.
    """
    if place.origin is ModelOrigin.OLLAMA:
        yield from _ollama_models(place.folder, cancel)
        return
    for path in _files(place.folder, cancel):
        name = path.name
        part = part_name(name)
        if not name.lower().endswith(".gguf") or _NO_MODEL.search(name):
            continue
        if part is not None and part.index != 1:
            continue
        title = model_title(name)
        if place.origin is ModelOrigin.JAN and title == _JAN_NAME:
            title = path.parent.name  # Jan calls every file model.gguf
        yield Candidate(path, place.origin, title, _hash_in_cache(path))


def _hash_in_cache(path: Path) -> str | None:
    """Hugging Face's cache links to a file that is named by its SHA-256."""
    if not path.is_symlink():
        return None
    name = path.resolve().name
    return name if _SHA256.fullmatch(name) else None


def _files(folder: Path, cancel: CancelToken) -> Iterator[Path]:
    """Files in order of their path; links to folders are not followed."""
    n_seen = 0
    levels: list[tuple[Path, int]] = [(folder, 0)]
    while levels:
        place, depth = levels.pop()
        try:
            with os.scandir(place) as entries:
                found = sorted(entries, key=lambda e: e.name)
        except OSError as error:
            logger.info("%s is not looked through: %s", place.name, error.strerror)
            continue
        below = []
        for entry in found:
            n_seen += 1
            if cancel.is_cancelled:
                raise Cancelled
            if n_seen > _ENTRIES_MAX:
                logger.warning("%s has too many files, the rest is left out", folder.name)
                return
            if entry.is_dir(follow_symlinks=False):
                if depth < _DEPTH_MAX:
                    below.append((Path(entry.path), depth + 1))
            elif _is_file(entry):
                yield Path(entry.path)
        levels.extend(reversed(below))


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _ollama_models(folder: Path, cancel: CancelToken) -> Iterator[Candidate]:
    """Models by Ollama's manifests: manifests/registry/owner/name/tag names blobs."""
    manifests = folder / "manifests"
    for path in _files(manifests, cancel):
        digest = _model_digest(path)
        if digest is None:
            continue
        blob = folder / "blobs" / f"sha256-{digest}"
        if blob.is_file():
            words = path.relative_to(manifests).parts
            title = f"{'/'.join(words[-3:-1])}:{words[-1]}".removeprefix("library/")
            yield Candidate(blob, ModelOrigin.OLLAMA, title, digest)


def _model_digest(manifest: Path) -> str | None:
    try:
        if manifest.stat().st_size > _MANIFEST_MAX:
            return None
        layers = json.loads(manifest.read_text("utf-8"))["layers"]
        digests = [x["digest"] for x in layers if x["mediaType"] == _MODEL_LAYER]
        kind, _, value = str(digests[0]).partition(":")
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None
    return value if kind == "sha256" and _SHA256.fullmatch(value) else None
