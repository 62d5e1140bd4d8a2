"""Models that can be fetched: files with their exact size and hash."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_REVISION = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNSAFE_IN_NAME = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*]')
_DEVICE_NAMES = {"con", "prn", "aux", "nul"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in "123456789"
}
NAME_LENGTH_MAX = 200  # characters of one part of a path


def is_safe_path(path: str) -> bool:
    """True when `path` can be made below a folder of ours on every system.

    False for absolute paths, `..`, drive letters, signs and names that Windows keeps for
    itself, and parts longer than `NAME_LENGTH_MAX`.
    """
    if not path or path.startswith("/") or "//" in path:
        return False
    return all(_is_safe_name(name) for name in path.split("/"))


def _is_safe_name(name: str) -> bool:
    return (
        0 < len(name) <= NAME_LENGTH_MAX
        and name not in {".", ".."}
        and _UNSAFE_IN_NAME.search(name) is None
        and name == name.strip(" ")
        and not name.endswith(".")
        and name.split(".", 1)[0].lower() not in _DEVICE_NAMES
    )


def is_repository(name: str) -> bool:
    """True for `owner/repo` as Hugging Face allows it."""
    return _REPOSITORY.fullmatch(name) is not None and is_safe_path(name)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of one revision, known by its content."""

    repository: str  # owner/repo
    revision: str  # commit, 40 hexadecimal digits
    path: str  # in the repository, with /
    size_bytes: int
    sha256: str  # 64 hexadecimal digits, lower case

    def __post_init__(self) -> None:
        if not is_repository(self.repository):
            raise ValueError(f"not a repository: {self.repository!r}")
        if _REVISION.fullmatch(self.revision) is None:
            raise ValueError(f"not a full commit: {self.revision!r}")
        if not is_safe_path(self.path):
            raise ValueError(f"not a path that can be made here: {self.path!r}")
        if self.size_bytes <= 0:
            raise ValueError(f"size_bytes of {self.path} must be positive")
        if _SHA256.fullmatch(self.sha256) is None:
            raise ValueError(f"not a SHA-256: {self.sha256!r}")

    @property
    def name(self) -> str:
        """The file's name without folders."""
        return PurePosixPath(self.path).name

    @property
    def relative_path(self) -> str:
        """Where it goes below the models folder: owner/repo/path."""
        return f"{self.repository}/{self.path}"


class ModelKind(StrEnum):
    """What a model was made for."""

    CHAT = "chat"
    SAFEGUARD = "safeguard"  # judges texts by a written policy; it is no chat model


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A model that can be fetched: one file, or all parts of a split one, in order."""

    title: str
    files: tuple[RemoteFile, ...]
    quantization: str  # "MXFP4", "Q4_K_M"; empty: not known from the name
    kind: ModelKind = ModelKind.CHAT

    def __post_init__(self) -> None:
        if not self.files:
            raise ValueError("a model has at least one file")
        if len({(f.repository, f.revision) for f in self.files}) != 1:
            raise ValueError("the parts of a model are of one revision")
        if len({f.path for f in self.files}) != len(self.files):
            raise ValueError("a file is named twice")

    @property
    def repository(self) -> str:
        """owner/repo."""
        return self.files[0].repository

    @property
    def size_bytes(self) -> int:
        """Of all parts."""
        return sum(f.size_bytes for f in self.files)


@dataclass(frozen=True, slots=True)
class LocalText:
    """A text in the languages of the program."""

    en: str
    es: str

    def __post_init__(self) -> None:
        if not self.en.strip() or not self.es.strip():
            raise ValueError("a text must be there in both languages")

    def in_language(self, language: str) -> str:
        """The text for "es", "es_MX" ...; English for all else."""
        return self.es if language.lower().startswith("es") else self.en


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A model that is shipped as a suggestion, with every fact checked beforehand."""

    id: str
    model: RemoteModel
    summary: LocalText  # what it is good for, in one sentence
    is_recommended: bool = False


@dataclass(frozen=True, slots=True)
class SuggestedRepository:
    """A repository whose files are looked up when they are wanted."""

    repository: str
    summary: LocalText
    kind: ModelKind = ModelKind.CHAT

    def __post_init__(self) -> None:
        if not is_repository(self.repository):
            raise ValueError(f"not a repository: {self.repository!r}")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All suggestions, in the order in which they are shown."""

    entries: tuple[CatalogueEntry, ...]
    repositories: tuple[SuggestedRepository, ...] = ()

    def __post_init__(self) -> None:
        if len({e.id for e in self.entries}) != len(self.entries):
            raise ValueError("an id is given twice")
        if sum(e.is_recommended for e in self.entries) != 1:
            raise ValueError("exactly one entry is recommended")

    @property
    def recommended(self) -> CatalogueEntry:
        """The model for most people."""
        return next(e for e in self.entries if e.is_recommended)


class LeftOutReason(StrEnum):
    """Why a GGUF file of a repository is not offered."""

    DRAFT = "draft"  # helps another model to go faster (EAGLE3), cannot chat
    OTHER_MODEL = "other_model"  # no gpt-oss: another architecture, a projector, an adapter
    NO_HASH = "no_hash"  # the repository gives no SHA-256 or size
    MISSING_PART = "missing_part"  # a part of a split model is not there
    BAD_NAME = "bad_name"  # a name that cannot be made on every system


@dataclass(frozen=True, slots=True)
class LeftOutFile:
    """A GGUF file that is not offered, and why."""

    path: str
    reason: LeftOutReason


@dataclass(frozen=True, slots=True)
class RepositoryListing:
    """What a repository holds, as read from Hugging Face just now."""

    repository: str
    revision: str  # commit, 40 hexadecimal digits
    models: tuple[RemoteModel, ...]  # smallest first
    left_out: tuple[LeftOutFile, ...] = ()
    is_gated: bool = False  # its conditions must be accepted on its page first
