"""Move the models folder: on the same drive by renaming, to another by compared copies."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.disk_sync import sync_folder
from app.core.drive_room import free_bytes
from app.core.errors import QT_TRANSLATE_NOOP, HubError
from app.core.library import FileProgress, FolderMoved
from app.hub.faults import already_running, no_space
from app.hub.file_copy import CopyJob, FileCopier
from app.hub.model_index import ModelIndex
from app.hub.part_file import NOTE_SUFFIX, PART_SUFFIX
from app.hub.part_state import is_in_use

logger = logging.getLogger(__name__)

_KINDS = (".gguf", PART_SUFFIX, NOTE_SUFFIX)


class FolderMove:
    """One move; until every copy was compared, nothing in the old folder is touched."""

    def __init__(
        self,
        source: Path,
        target: Path,
        index: ModelIndex,
        cancel: CancelToken,
        spare_bytes: int,
    ) -> None:
        """`spare_bytes` stay free on the new drive."""
        self._spare_bytes = spare_bytes
        self._source = source
        self.target = target
        self._index = index
        self._cancel = cancel
        self.missing_bytes = 0  # for the sentence when the drive is full

    def run(self) -> Generator[FileProgress, None, FolderMoved]:
        """Move; progress is reported where copies are needed.

        Raises:
            HubError: the places do not fit together, no room, a download is running.
            OSError: a file cannot be read or written.
            Cancelled: the copies were removed, the old folder is as it was.
        """
        self._check_places()
        jobs = self._jobs()
        self._check_free(jobs)
        self.target.mkdir(parents=True, exist_ok=True)
        if jobs and self.target.stat().st_dev != self._source.stat().st_dev:
            yield from self._copy(jobs)
            self._index.set_move((self._source, self.target))
            self._remove_originals(jobs)
        else:
            self._index.set_move((self._source, self.target))
            _rename(jobs, self._index)
        _remove_empty_below(self._source)
        moved = tuple((j.source, j.target) for j in jobs)
        return FolderMoved(self.target, moved, sum(j.size_bytes for j in jobs))

    def _check_places(self) -> None:
        source, target = self._source.resolve(), self.target.resolve()
        if source == target or target.is_relative_to(source) or source.is_relative_to(target):
            raise HubError(
                QT_TRANSLATE_NOOP(
                    "errors",
                    "{folder} is the models folder already, or one of the two lies inside the "
                    "other. Nothing was changed. Choose a folder in another place.",
                ),
                folder=str(self.target),
            )

    def _jobs(self) -> list[CopyJob]:
        return _jobs_between(self._source, self.target)

    def _check_free(self, jobs: list[CopyJob]) -> None:
        for job in jobs:
            if job.source.name.endswith(NOTE_SUFFIX) and is_in_use(job.source):
                raise already_running(job.source.name.removesuffix(NOTE_SUFFIX))
            if job.target.exists():
                raise HubError(
                    QT_TRANSLATE_NOOP(
                        "errors",
                        "{folder} already has a file {name}. Nothing was moved. Choose an "
                        "empty folder, or remove that file first.",
                    ),
                    folder=str(job.target.parent),
                    name=job.target.name,
                )

    def _copy(self, jobs: list[CopyJob]) -> Generator[FileProgress, None, None]:
        size_bytes = sum(j.size_bytes for j in jobs)
        free = free_bytes(self.target)
        self.missing_bytes = size_bytes
        if free < size_bytes + self._spare_bytes:
            raise no_space(self.target, size_bytes + self._spare_bytes - free)
        copier = FileCopier(size_bytes, self._cancel)
        done: list[CopyJob] = []
        try:
            for job in jobs:
                yield from copier.copy(job)
                done.append(job)
        except BaseException:
            for job in done:
                job.target.unlink(missing_ok=True)
            _remove_empty_below(self.target)
            raise

    def _remove_originals(self, jobs: list[CopyJob]) -> None:
        for job in jobs:
            self._index.on_moved(job.source, job.target)
            try:
                job.source.unlink()
            except OSError as error:  # its copy is good: the move has succeeded
                logger.warning("%s stays in the old folder: %s", job.source.name, error)


def finish_renames(source: Path, target: Path, index: ModelIndex) -> None:
    """At start: complete a move that was interrupted between two renames."""
    if not source.is_dir() or not target.is_dir():
        return
    with suppress(OSError):
        if source.stat().st_dev != target.stat().st_dev:
            return  # by copies: what is left in the old folder are originals of good copies
        left = [j for j in _jobs_between(source, target) if not j.target.exists()]
        _rename(left, index)
        _remove_empty_below(source)


def _jobs_between(source: Path, target: Path) -> list[CopyJob]:
    jobs = []
    for path in sorted(source.rglob("*")):
        if path.name.lower().endswith(_KINDS) and path.is_file() and not path.is_symlink():
            place = target / path.relative_to(source)
            jobs.append(CopyJob(path, place, path.stat().st_size))
    return jobs


def _rename(jobs: list[CopyJob], index: ModelIndex) -> None:
    for job in jobs:
        job.target.parent.mkdir(parents=True, exist_ok=True)
        job.source.rename(job.target)
        sync_folder(job.target.parent)
        index.on_moved(job.source, job.target)


def _remove_empty_below(folder: Path) -> None:
    for place, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):
            Path(place).rmdir()
