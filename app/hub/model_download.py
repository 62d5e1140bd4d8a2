"""Download of one model: room, every file in turn, what was there before, the end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.catalogue import RemoteFile, RemoteModel
from app.core.download import (
    DownloadEnded,
    DownloadEvent,
    DownloadOutcome,
    DownloadPhase,
    DownloadProgress,
    DownloadRequest,
)
from app.core.drive_room import free_bytes
from app.core.errors import HubError
from app.hub.faults import Gone, Stopped, disk_error, hash_mismatch, no_space
from app.hub.file_hash import hash_file
from app.hub.file_source import FileSource
from app.hub.http_client import HttpSession
from app.hub.part_file import NOTE_SUFFIX, PART_SUFFIX, PartFile
from app.hub.rate import RateLimit
from app.hub.reserving import allocated_bytes
from app.hub.transfer import FileTransfer, TransferStatus
from app.hub.transfer_settings import MIB, TransferSettings

logger = logging.getLogger(__name__)

_HASH_BYTES = 16 * MIB  # hashed between two looks at the pause and cancel tokens
_STEPS_SHOWN = 16 * MIB  # of reading what is on the disk


@dataclass(frozen=True, slots=True)
class DownloadTools:
    """What a download needs from the hub."""

    endpoint: str
    token: str | None
    settings: TransferSettings
    limit: RateLimit
    new_session: Callable[[CancelToken], HttpSession]
    find_again: Callable[[RemoteFile, CancelToken], RemoteFile | None]
    known_sha256: Callable[[Path], str | None]  # of a finished file that has not changed
    on_verified: Callable[[Path, RemoteFile], None]


class ModelDownload:
    """One request, from the first look at the folder to the last rename."""

    def __init__(self, request: DownloadRequest, tools: DownloadTools) -> None:
        self._request = request
        self._tools = tools
        self._stop = CancelToken()
        self._size_bytes = request.model.size_bytes
        self._n_before = 0  # bytes of the files that are finished
        self._pending: list[tuple[RemoteFile, Path]] = []

    def stop(self) -> None:
        """Pause from any thread: the program ends, or the offline lock goes on."""
        self._stop.cancel()

    def run(self) -> Generator[DownloadEvent, None, None]:
        """Yield progress and, last, how it ended.

        Raises:
            HubError: it cannot go on without the person.
        """
        request = self._request
        for token in (request.pause, request.cancel):
            token.on_cancel(self._stop.cancel)
        try:
            yield from self._run_all()
            yield DownloadEnded(DownloadOutcome.FINISHED, request.paths)
        except Stopped:
            if request.cancel.is_cancelled:
                self._remove_all()
                yield DownloadEnded(DownloadOutcome.CANCELLED)
            else:
                yield DownloadEnded(DownloadOutcome.PAUSED)
        except OSError as error:
            raise disk_error(error, request.folder, self._needed_bytes()) from error
        finally:
            for token in (request.pause, request.cancel):
                token.forget(self._stop.cancel)

    def _run_all(self) -> Iterator[DownloadEvent]:
        yield self._progress(DownloadPhase.PREPARING, 0)
        files = list(zip(self._request.model.files, self._request.paths, strict=True))
        for file, path in files:
            if (yield from self._is_there(file, path)):
                self._n_before += file.size_bytes
            else:
                self._pending.append((file, path))
        if not self._pending:
            return
        self._check_room()
        for file, path in list(self._pending):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield from self._fetch_file(file, path)
            self._pending.remove((file, path))
            self._n_before += file.size_bytes

    def _is_there(self, file: RemoteFile, path: Path) -> Generator[DownloadEvent, None, bool]:
        """Whether the finished file lies there, by its content."""
        self._raise_if_stopped()
        if not path.is_file() or path.stat().st_size != file.size_bytes:
            return False
        if self._tools.known_sha256(path) == file.sha256:
            return True
        hashed = hash_file(path, _HASH_BYTES)
        for n_read in hashed:
            yield self._progress(DownloadPhase.VERIFYING, n_read)
            self._raise_if_stopped()
        if hashed.hexdigest() != file.sha256:
            return False
        self._tools.on_verified(path, file)
        return True

    def _fetch_file(self, file: RemoteFile, path: Path) -> Iterator[DownloadEvent]:
        model = self._request.model
        index = model.files.index(file)
        part = PartFile(path, model, index, self._tools.settings.block_bytes)
        try:
            yield from self._prepare(part)
            yield from self._fill(part)
            yield from self._verify(part)
            self._raise_if_stopped()
            part.finish()
        except (HubError, OSError):
            # Nothing has come: the room that was reserved for it is given back.
            part.close() if part.n_done else part.remove()
            raise
        except BaseException:
            part.close()
            raise
        self._tools.on_verified(path, file)
        logger.info("downloaded %s: %d bytes, SHA-256 right", file.name, file.size_bytes)

    def _prepare(self, part: PartFile) -> Iterator[DownloadEvent]:
        for _ in part.reserve():
            yield self._progress(DownloadPhase.PREPARING, 0)
            self._raise_if_stopped()
        shown = 0
        for n_checked in part.check():
            self._raise_if_stopped()
            if n_checked - shown >= _STEPS_SHOWN:
                shown = n_checked
                yield self._progress(DownloadPhase.CHECKING, n_checked)

    def _fill(self, part: PartFile) -> Iterator[DownloadEvent]:
        file = part.file
        while not part.is_complete:
            source = FileSource(self._tools.endpoint, file, self._tools.token, part.etag)
            transfer = FileTransfer(
                part,
                source,
                self._tools.new_session,
                self._tools.limit,
                self._tools.settings,
                self._stop,
            )
            try:
                for status in transfer.run():
                    yield self._from_status(status)
            except Gone:
                found = self._tools.find_again(file, self._stop)
                if found is None or found.sha256 != file.sha256 or found == file:
                    raise
                file = found
            self._raise_if_stopped()

    def _verify(self, part: PartFile) -> Iterator[DownloadEvent]:
        while part.hash_some(_HASH_BYTES):
            yield self._progress(DownloadPhase.VERIFYING, part.n_hashed)
            self._raise_if_stopped()
        if part.is_as_expected():
            return
        # Was it the drive? Blocks that are not what came are fetched again, once.
        part.begin_hash_again()
        yield from self._prepare(part)
        if not part.is_complete:
            logger.warning("%s: blocks changed on the drive, fetched again", part.file.name)
            yield from self._fill(part)
            while part.hash_some(_HASH_BYTES):
                yield self._progress(DownloadPhase.VERIFYING, part.n_hashed)
                self._raise_if_stopped()
            if part.is_as_expected():
                return
        part.remove()
        raise hash_mismatch(part.file.name)

    def _check_room(self) -> None:
        needed = self._needed_bytes() + self._tools.settings.spare_bytes
        free = free_bytes(self._request.folder)
        if free < needed:
            raise no_space(self._request.folder, needed - free)

    def _needed_bytes(self) -> int:
        return sum(
            max(0, file.size_bytes - allocated_bytes(part_path(path)))
            for file, path in self._pending
        )

    def _remove_all(self) -> None:
        freed = remove_unfinished(self._request.model, self._request.folder)
        logger.info("download cancelled, %d bytes removed", freed)

    def _raise_if_stopped(self) -> None:
        if self._stop.is_cancelled:
            raise Stopped

    def _progress(self, phase: DownloadPhase, n_done: int) -> DownloadProgress:
        return DownloadProgress(phase, self._n_before + n_done, self._size_bytes)

    def _from_status(self, status: TransferStatus) -> DownloadProgress:
        is_waiting = status.problem is not None
        phase = DownloadPhase.WAITING if is_waiting else DownloadPhase.DOWNLOADING
        return replace(
            self._progress(phase, status.n_done),
            bytes_per_second=status.bytes_per_second,
            seconds_left=self._seconds_left(status),
            n_connections=status.n_connections,
            problem=status.problem,
            retry_in_s=status.retry_in_s,
        )

    def _seconds_left(self, status: TransferStatus) -> float | None:
        if status.seconds_left is None or status.bytes_per_second <= 0:
            return None
        n_left = self._size_bytes - self._n_before - status.n_done
        return n_left / status.bytes_per_second


def part_path(path: Path) -> Path:
    """Where the file `path` lies while it is coming."""
    return path.with_name(path.name + PART_SUFFIX)


def note_path(path: Path) -> Path:
    """The note beside the part file of `path`."""
    return path.with_name(path.name + NOTE_SUFFIX)


def unfinished_files(model: RemoteModel, folder: Path) -> list[Path]:
    """All that an unfinished download has put on the disk.

    Of a split model of which a part is missing, the parts that are finished are of no use
    to anybody either. A model that is complete is never among them.
    """
    paths = [(f, folder / f.relative_path) for f in model.files]
    finished = [p for f, p in paths if p.is_file() and p.stat().st_size == f.size_bytes]
    left_over = [place(p) for _, p in paths for place in (part_path, note_path)]
    useless = finished if len(finished) < len(paths) and len(paths) > 1 else []
    return [p for p in [*left_over, *useless] if p.is_file()]


def remove_unfinished(model: RemoteModel, folder: Path) -> int:
    """Delete what has come of a model; the bytes that this gave back.

    Raises:
        HubError: it cannot be deleted.
    """
    freed = 0
    for path in unfinished_files(model, folder):
        size = allocated_bytes(path)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(error, path.parent, 0) from error
        freed += size
    return freed
