"""Copy files to another place, and believe it only after reading the copy back."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.disk_sync import replace_file, sync_folder
from app.core.errors import QT_TRANSLATE_NOOP, Cancelled, HubError
from app.core.library import FilePhase, FileProgress
from app.hub.file_hash import hash_file
from app.hub.part_file import PART_SUFFIX
from app.hub.reserving import reserve

_STEP = 4 << 20  # bytes
_SYNC_BYTES = 64 << 20  # written between two fsyncs, so that the last one is short


@dataclass(frozen=True, slots=True)
class CopyJob:
    """One file to copy."""

    source: Path
    target: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was compared and has its name."""

    job: CopyJob
    sha256: str


class FileCopier:
    """Copies files one after the other and counts the bytes of all of them."""

    def __init__(self, size_bytes: int, cancel: CancelToken) -> None:
        """`size_bytes`: of all files; each is read twice."""
        self._total = 2 * size_bytes
        self._n_done = 0
        self._cancel = cancel

    def copy(self, job: CopyJob) -> Generator[FileProgress, None, Copied]:
        """Copy one file: to a part file, to the disk, read back, rename.

        Raises:
            HubError: the copy is not like the original.
            OSError: the drive is full, or a file cannot be read.
            Cancelled: the token was set; the part is removed.
        """
        part = job.target.with_name(job.target.name + PART_SUFFIX)
        job.target.parent.mkdir(parents=True, exist_ok=True)
        try:
            written = yield from self._write(job, part)
            read_back = hash_file(part, _STEP)
            before = self._n_done
            for n_read in read_back:
                self._n_done = before + n_read
                yield self._progress(FilePhase.COMPARING, job)
            if read_back.hexdigest() != written:
                raise _copy_differs(job.source.name)
            status = job.source.stat()
            os.utime(part, ns=(status.st_atime_ns, status.st_mtime_ns))
            replace_file(part, job.target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(job.target.parent)
        return Copied(job, written)

    def _write(self, job: CopyJob, part: Path) -> Generator[FileProgress, None, str]:
        digest = hashlib.sha256()
        n_unsynced = 0
        with (
            open(job.source, "rb", buffering=0) as source,
            open(part, "wb", buffering=0) as target,
        ):
            for _ in reserve(target, job.size_bytes):
                yield self._progress(FilePhase.COPYING, job)
            while data := source.read(_STEP):
                digest.update(data)
                view = memoryview(data)
                while view:
                    view = view[target.write(view) :]
                self._n_done += len(data)
                n_unsynced += len(data)
                if n_unsynced >= _SYNC_BYTES:
                    n_unsynced = 0
                    os.fsync(target.fileno())
                yield self._progress(FilePhase.COPYING, job)
            target.truncate()
            os.fsync(target.fileno())
        return digest.hexdigest()

    def _progress(self, phase: FilePhase, job: CopyJob) -> FileProgress:
        if self._cancel.is_cancelled:
            raise Cancelled
        return FileProgress(phase, job.source.name, self._n_done, self._total)


def _copy_differs(name: str) -> HubError:
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "The copy of {name} is not like the original, so it was removed. The original is "
            "unchanged. Check the drive that it was copied to, or choose another one.",
        ),
        name=name,
    )
