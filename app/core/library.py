"""Models on this computer: where they were found, and what can be done with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.core.cancellation import CancelToken
from app.core.errors import ModelFileError
from app.core.model_card import ModelCard


class ModelOrigin(StrEnum):
    """Whose folder a model lies in."""

    OURS = "ours"  # the models folder: it can be deleted and moved from here
    IN_PLACE = "in_place"  # a file that the person pointed at
    FOLDER = "folder"  # a folder that the person added
    HUGGING_FACE = "hugging_face"
    LM_STUDIO = "lm_studio"
    JAN = "jan"
    GPT4ALL = "gpt4all"
    LLAMA_CPP = "llama_cpp"
    OLLAMA = "ollama"


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A gpt-oss model on the disk, all parts of it, with a header that was checked."""

    card: ModelCard
    origin: ModelOrigin
    title: str  # for the list: the file's name, or what the other program calls it
    sha256: tuple[str, ...] = ()  # per part, as verified here; empty: never verified
    expected_sha256: tuple[str, ...] = ()  # per part, from its source; empty: not known

    @property
    def path(self) -> Path:
        """The file that is given to llama.cpp."""
        return self.card.path

    @property
    def can_be_deleted(self) -> bool:
        """Only what lies in our models folder; other programs' files are theirs."""
        return self.origin is ModelOrigin.OURS

    @property
    def can_be_forgotten(self) -> bool:
        """A file used in place can leave the list without being touched."""
        return self.origin is ModelOrigin.IN_PLACE


@dataclass(frozen=True, slots=True)
class RefusedModel:
    """A file that is named like gpt-oss and cannot be used."""

    path: Path
    origin: ModelOrigin
    title: str
    reason: ModelFileError


@dataclass(frozen=True, slots=True)
class LibraryScan:
    """What was found, our own models first."""

    models: tuple[InstalledModel, ...]
    refused: tuple[RefusedModel, ...] = ()


class ImportMethod(StrEnum):
    """How a file becomes one of our models."""

    IN_PLACE = "in_place"  # stays where it is, is only remembered
    COPY = "copy"
    MOVE = "move"
    HARD_LINK = "hard_link"  # a second name on the same drive: takes no room


class FilePhase(StrEnum):
    """What is being done with a file."""

    READING = "reading"  # its SHA-256 is computed
    COPYING = "copying"
    COMPARING = "comparing"  # the copy is read back


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How far a work on files has come."""

    phase: FilePhase
    name: str
    n_done: int  # bytes, of all files and passes
    size_bytes: int

    @property
    def fraction(self) -> float:
        """0..1."""
        return min(1.0, self.n_done / self.size_bytes) if self.size_bytes else 1.0


@dataclass(frozen=True, slots=True)
class ModelImported:
    """Last event of an import."""

    model: InstalledModel


class Verdict(StrEnum):
    """What comparing a model with its hash has shown."""

    RIGHT = "right"
    DAMAGED = "damaged"
    NO_HASH = "no_hash"  # nothing to compare with; the hash is remembered from now on


@dataclass(frozen=True, slots=True)
class ModelVerified:
    """Last event of a verification."""

    model: InstalledModel  # with `sha256`
    verdict: Verdict
    damaged: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class FolderMoved:
    """Last event of moving the models folder."""

    folder: Path  # the new one
    moved: tuple[tuple[Path, Path], ...] = field(default=())  # (from, to), every file
    n_bytes: int = 0


class ModelLibrary(Protocol):
    """The models of this computer. Every call blocks; use it in a thread of its own.

    Errors are `HubError` and `ModelFileError` with a sentence. Iterators that are closed
    early, or whose token is set, undo what they began and raise `Cancelled`.
    """

    def scan(self, folders: tuple[Path, ...], cancel: CancelToken) -> LibraryScan:
        """Look through our models folder, other programs' folders and `folders`."""
        ...

    def import_model(
        self, path: Path, method: ImportMethod, cancel: CancelToken
    ) -> Iterator[FileProgress | ModelImported]:
        """Make a file (or any part of a split model) one of our models.

        Raises:
            ModelFileError: it cannot be used; nothing was changed.
            HubError: no room, no permission, another drive for a hard link.
        """
        ...

    def size_given_back(self, model: InstalledModel) -> int:
        """Bytes that deleting it frees: 0 for what has another name elsewhere."""
        ...

    def delete(self, model: InstalledModel) -> int:
        """Delete a model of ours for good; the bytes that this gave back.

        Raises:
            HubError: it is in use, or not ours.
        """
        ...

    def forget(self, model: InstalledModel) -> None:
        """Take a file that is used in place off the list; the file stays."""
        ...

    def verify(
        self, model: InstalledModel, cancel: CancelToken
    ) -> Iterator[FileProgress | ModelVerified]:
        """Compare every part with its SHA-256."""
        ...

    def move_folder(
        self, target: Path, cancel: CancelToken
    ) -> Iterator[FileProgress | FolderMoved]:
        """Move the models folder with its models and unfinished downloads to `target`.

        Every copy is compared before its original is deleted. Nothing must be loaded or
        downloading from the folder.
        """
        ...

    @property
    def folder(self) -> Path:
        """The models folder."""
        ...
