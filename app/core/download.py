"""What is asked of a download, what it reports, and the port to where models come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import NewType, Protocol

from app.core.cancellation import CancelToken
from app.core.catalogue import Catalogue, RemoteModel, RepositoryListing
from app.core.errors import HubError

DownloadId = NewType("DownloadId", int)
_download_ids = count(1)


def new_download_id() -> DownloadId:
    """A number that no other download of this process has."""
    return DownloadId(next(_download_ids))


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """One model that is wanted. Resuming is a new request for the same model and folder."""

    model: RemoteModel
    folder: Path  # the models folder; files go to owner/repo/path below it
    pause: CancelToken = field(default_factory=CancelToken)  # set: stop, keep what has come
    cancel: CancelToken = field(default_factory=CancelToken)  # set: stop, remove it
    id: DownloadId = field(default_factory=new_download_id)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where the files will lie, in order; the first is given to llama.cpp."""
        return tuple(self.folder / f.relative_path for f in self.model.files)


class DownloadPhase(StrEnum):
    """What a download is doing."""

    PREPARING = "preparing"  # room is checked and reserved
    CHECKING = "checking"  # what came earlier is read and compared
    DOWNLOADING = "downloading"
    WAITING = "waiting"  # nothing comes; it is tried again by itself
    VERIFYING = "verifying"  # the whole file is compared with its SHA-256


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """The state of a download, at least twice a second."""

    phase: DownloadPhase
    n_done: int  # bytes that are safe on disk, of all files
    size_bytes: int  # of all files
    bytes_per_second: float = 0.0
    seconds_left: float | None = None  # None: not known
    n_connections: int = 0
    problem: HubError | None = None  # WAITING: why, in a sentence
    retry_in_s: float = 0.0  # WAITING: when it is tried again

    @property
    def fraction(self) -> float:
        """0..1."""
        return min(1.0, self.n_done / self.size_bytes)


class DownloadOutcome(StrEnum):
    """How a download ended that did not fail."""

    FINISHED = "finished"  # verified, under its name
    PAUSED = "paused"  # can be resumed, also after a restart
    CANCELLED = "cancelled"  # nothing of it is left


@dataclass(frozen=True, slots=True)
class DownloadEnded:
    """Last event of every download that did not raise."""

    outcome: DownloadOutcome
    paths: tuple[Path, ...] = ()  # FINISHED: all files in order


DownloadEvent = DownloadProgress | DownloadEnded


@dataclass(frozen=True, slots=True)
class UnfinishedDownload:
    """A download of this or an earlier run that can be resumed or removed."""

    model: RemoteModel
    folder: Path  # the models folder
    n_done: int  # bytes on disk, of all files; not yet compared
    size_on_disk: int  # bytes that removing it gives back


class ModelHub(Protocol):
    """Where models come from. `download` and `list_repository` block; the rest is quick.

    Every method may be called from any thread; errors are `HubError`s with a sentence.
    """

    @property
    def catalogue(self) -> Catalogue:
        """The shipped suggestions."""
        ...

    def list_repository(self, reference: str, cancel: CancelToken) -> RepositoryListing:
        """The gpt-oss files of a repository.

        Args:
            reference: `owner/repo`, or the address of a page of it.
            cancel: the call ends with `Cancelled` within half a second.

        Raises:
            HubError: no such repository, no access, no connection, not an address.
            Cancelled: `cancel` was set.
        """
        ...

    def download(self, request: DownloadRequest) -> Iterator[DownloadEvent]:
        """Fetch, resume or complete a model; yields progress and, last, `DownloadEnded`.

        Goes on trying for as long as it is not paused or cancelled. Closing the iterator
        is the same as pausing.

        Raises:
            HubError: it cannot go on without the person; what has come is kept unless it
                is not what was asked for.
        """
        ...

    def unfinished(self, folder: Path) -> tuple[UnfinishedDownload, ...]:
        """Downloads in a models folder that were paused or interrupted."""
        ...

    def discard(self, download: UnfinishedDownload) -> int:
        """Remove what has come of a download; the bytes that this gave back."""
        ...

    def sweep(self, folder: Path) -> int:
        """At start: remove left-overs that no download can use; how many files."""
        ...

    def set_limit(self, kib_s: int) -> None:
        """Bandwidth of all downloads together in KiB a second, at once; 0: no limit."""
        ...

    def set_token(self, token: str | None) -> None:
        """Keep the person's own access token in the system's keyring; None: forget it.

        Raises:
            HubError: this computer has no keyring that can be used; the token then holds
                until the program ends.
        """
        ...

    @property
    def has_token(self) -> bool:
        """True when there is an access token for gated and private repositories."""
        ...

    def close(self) -> None:
        """Close all connections; running downloads end as paused."""
        ...
