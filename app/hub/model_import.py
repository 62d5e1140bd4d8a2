"""Bring a model file into the models folder: copy, move or link, all parts together."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Generator
from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.disk_sync import sync_folder
from app.core.drive_room import free_bytes
from app.core.errors import QT_TRANSLATE_NOOP, HubError
from app.core.library import FileProgress, ImportMethod
from app.core.model_card import ModelCard
from app.core.split_files import model_title
from app.hub.faults import no_space
from app.hub.file_copy import Copied, CopyJob, FileCopier
from app.hub.model_index import ModelIndex

logger = logging.getLogger(__name__)

FOLDER_NAME = "imported"
_NAMES_MAX = 1000
_NO_LINK = {errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS}


class ModelImport:
    """One import; either all parts are there at the end, or none."""

    def __init__(
        self,
        card: ModelCard,
        folder: Path,
        index: ModelIndex,
        cancel: CancelToken,
        spare_bytes: int,
    ) -> None:
        """`spare_bytes` stay free on the drive."""
        self._spare_bytes = spare_bytes
        self._card = card
        self._folder = folder
        self._index = index
        self._cancel = cancel
        # A cache may keep the file elsewhere under its hash: the name is that of the link.
        self._sources = [(p.resolve(), p.name) for p in card.paths]

    def run(self, method: ImportMethod) -> Generator[FileProgress, None, Path]:
        """Do it; returns the first part in its new place.

        Raises:
            HubError: no room, or no hard link possible.
            OSError: a file cannot be read or written.
            Cancelled: nothing is left of it.
        """
        place = self._new_place()
        place.mkdir(parents=True)
        jobs = [
            CopyJob(source, place / name, source.stat().st_size)
            for source, name in self._sources
        ]
        try:
            if method is ImportMethod.HARD_LINK:
                self._link(jobs)
            elif method is ImportMethod.MOVE and _same_drive(jobs, place):
                self._rename(jobs)
            else:
                self._remember((yield from self._copy(jobs)))
        except BaseException:
            _undo(jobs, place)
            raise
        sync_folder(place)
        if method is ImportMethod.MOVE:
            self._remove_originals()
        return jobs[0].target

    def _new_place(self) -> Path:
        title = model_title(self._sources[0][1])
        base = self._folder / FOLDER_NAME
        for number in range(1, _NAMES_MAX):
            place = base / (title if number == 1 else f"{title} ({number})")
            if not place.exists():
                return place
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(base))

    def _copy(self, jobs: list[CopyJob]) -> Generator[FileProgress, None, list[Copied]]:
        size_bytes = sum(j.size_bytes for j in jobs)
        free = free_bytes(self._folder)
        if free < size_bytes + self._spare_bytes:
            raise no_space(self._folder, size_bytes + self._spare_bytes - free)
        copier = FileCopier(size_bytes, self._cancel)
        copied: list[Copied] = []
        for job in jobs:
            copied += [(yield from copier.copy(job))]
        return copied

    def _remember(self, copied: list[Copied]) -> None:
        for done in copied:
            expected = self._index.expected_sha256(done.job.source) or ""
            self._index.remember(done.job.target, done.sha256, expected)

    def _remove_originals(self) -> None:
        """After a good copy, or the links of a cache to a file that was renamed."""
        for path in self._card.paths:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:  # the new file is good: the import has succeeded
                logger.warning("%s stays where it was: %s", path.name, error)
            self._index.forget(path)
        self._index.set_in_place(self._card.path, is_used=False)

    def _link(self, jobs: list[CopyJob]) -> None:
        for job in jobs:
            try:
                os.link(job.source, job.target)
            except OSError as error:
                if error.errno in _NO_LINK:
                    raise _no_link(job.source.name, self._folder) from error
                raise

    def _rename(self, jobs: list[CopyJob]) -> None:
        done: list[CopyJob] = []
        try:
            for job in jobs:
                job.source.rename(job.target)
                done.append(job)
        except OSError:
            for job in done:
                job.target.rename(job.source)
            raise
        for job in jobs:
            self._index.on_moved(job.source, job.target)


def _same_drive(jobs: list[CopyJob], place: Path) -> bool:
    device = place.stat().st_dev
    return all(j.source.stat().st_dev == device for j in jobs)


def _undo(jobs: list[CopyJob], place: Path) -> None:
    """Remove what was placed; an original that was moved has been moved back before."""
    for job in jobs:
        if job.source.exists():
            job.target.unlink(missing_ok=True)
    if place.is_dir() and not any(place.iterdir()):
        place.rmdir()


def _no_link(name: str, folder: Path) -> HubError:
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{name} cannot get a second name in {folder}: it lies on another drive, or the "
            "drive knows no hard links. Nothing was changed. Copy it, or use it where it is.",
        ),
        name=name,
        folder=str(folder),
    )
