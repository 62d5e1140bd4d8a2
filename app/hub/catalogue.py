"""Read the shipped catalogue strictly: a fact that is missing or odd is our mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.core.catalogue import (
    Catalogue,
    CatalogueEntry,
    LocalText,
    ModelKind,
    RemoteFile,
    RemoteModel,
    SuggestedRepository,
)
from app.core.errors import BugError

SCHEMA_VERSION = 1
_TOP = {"schema_version", "models", "repositories"}
_MODEL = {
    "id", "title", "quantization", "kind", "is_recommended", "summary",
    "repository", "revision", "files",
}  # fmt: skip
_FILE = {"path", "size_bytes", "sha256"}
_REPOSITORY = {"repository", "kind", "summary"}


def load_catalogue(path: Path) -> Catalogue:
    """The shipped suggestions.

    Raises:
        BugError: the file is missing or not as it must be; says where.
    """
    try:
        raw = json.loads(path.read_text("utf-8"))
        top = _object(raw, _TOP, "the catalogue")
        if top["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"schema_version must be {SCHEMA_VERSION}")
        entries = tuple(_entry(m) for m in _list(top["models"], "models"))
        repositories = tuple(_repository(r) for r in _list(top["repositories"], "repositories"))
        return Catalogue(entries, repositories)
    except (OSError, ValueError, TypeError) as error:
        raise BugError(f"the model catalogue {path.name} is not valid: {error}") from error


def _entry(raw: Any) -> CatalogueEntry:
    model = _object(raw, _MODEL, "a model")
    entry_id = _text(model["id"], "id")
    if type(model["is_recommended"]) is not bool:
        raise TypeError(f"is_recommended of {entry_id} must be true or false")
    files = tuple(
        _file(f, model, entry_id) for f in _list(model["files"], f"files of {entry_id}")
    )
    return CatalogueEntry(
        id=entry_id,
        model=RemoteModel(
            title=_text(model["title"], "title"),
            files=files,
            quantization=_text(model["quantization"], "quantization"),
            kind=ModelKind(model["kind"]),
        ),
        summary=_summary(model["summary"]),
        is_recommended=model["is_recommended"],
    )


def _file(raw: Any, model: dict[str, Any], entry_id: str) -> RemoteFile:
    file = _object(raw, _FILE, f"a file of {entry_id}")
    if type(file["size_bytes"]) is not int:
        raise TypeError(f"size_bytes of {entry_id} must be a whole number")
    return RemoteFile(
        repository=_text(model["repository"], "repository"),
        revision=_text(model["revision"], "revision"),
        path=_text(file["path"], "path"),
        size_bytes=file["size_bytes"],
        sha256=_text(file["sha256"], "sha256"),
    )


def _repository(raw: Any) -> SuggestedRepository:
    values = _object(raw, _REPOSITORY, "a repository")
    return SuggestedRepository(
        repository=_text(values["repository"], "repository"),
        summary=_summary(values["summary"]),
        kind=ModelKind(values["kind"]),
    )


def _summary(raw: Any) -> LocalText:
    values = _object(raw, {"en", "es"}, "a summary")
    return LocalText(en=_text(values["en"], "en"), es=_text(values["es"], "es"))


def _object(raw: Any, keys: set[str], what: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise TypeError(f"{what} must be an object")
    if raw.keys() != keys:
        odd = sorted(raw.keys() ^ keys)
        raise ValueError(f"{what} has missing or unknown keys: {', '.join(odd)}")
    return raw


def _list(raw: Any, what: str) -> list[Any]:
    if not isinstance(raw, list):
        raise TypeError(f"{what} must be a list")
    return raw


def _text(raw: Any, what: str) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise TypeError(f"{what} must be a text")
    return raw
