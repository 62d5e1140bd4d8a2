"""Work on model files in a thread of its own: scans, imports, verifications, moves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NewType

from PySide6.QtCore import QObject

from app.core.cancellation import CancelToken
from app.core.errors import BugError, LumbreError
from app.core.library import FileProgress, ModelLibrary
from app.workers.job_thread import JobThread
from app.workers.typed_signal import signal_of

logger = logging.getLogger(__name__)

FileWorkId = NewType("FileWorkId", int)
_work_ids = count(1)

# Given the library and the token of the work, yields progress and, last, its result.
Work = Callable[[ModelLibrary, CancelToken], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class FileWork:
    """One import, verification or move that was asked for."""

    cancel: CancelToken = field(default_factory=CancelToken)
    id: FileWorkId = field(default_factory=lambda: FileWorkId(next(_work_ids)))


@dataclass(frozen=True, slots=True)
class FileWorkProgressed:
    """How far it has come."""

    work_id: FileWorkId
    progress: FileProgress


class LibraryThread(JobThread[ModelLibrary]):
    """The library as the GUI thread sees it.

    Short calls go in by `submit`; what takes long and shows progress by `run`. `stop`
    cancels what runs and waits.
    """

    progressed = signal_of(FileWorkProgressed)

    def __init__(
        self, open_library: Callable[[], ModelLibrary], parent: QObject | None = None
    ) -> None:
        super().__init__("library", open_library, lambda _: None, parent)
        self._running: dict[FileWorkId, FileWork] = {}

    def run(
        self,
        work: Work,
        on_done: Callable[[Any], None],
        on_failed: Callable[[LumbreError], None],
    ) -> FileWork:
        """Run `work` after all earlier jobs; exactly one of the two is called, here.

        Args:
            work: for example `lambda library, cancel: library.verify(model, cancel)`; it
                runs in the other thread and must touch nothing but its arguments and
                frozen values.
            on_done: gets its last event.
            on_failed: gets the error; `Cancelled` when the token was set.
        """
        handle = FileWork()
        self._running[handle.id] = handle

        def operation(library: ModelLibrary) -> Any:
            return self._iterate(work(library, handle.cancel), handle)

        def done(result: Any) -> None:
            self._running.pop(handle.id, None)
            on_done(result)

        def failed(error: LumbreError) -> None:
            self._running.pop(handle.id, None)
            on_failed(error)

        self.submit(operation, done, failed)
        return handle

    def _iterate(self, events: Iterator[Any], handle: FileWork) -> Any:
        """In the library thread: progress out by signal, the last event back."""
        result: Any = None
        for event in events:
            if isinstance(event, FileProgress):
                self.progressed.emit(FileWorkProgressed(handle.id, event))
            else:
                result = event
        if result is None:
            raise BugError("a work on files ended without a result")
        return result

    def stop(self, timeout_ms: int = 5000) -> bool:
        """Cancel what runs and waits, join; False when it is still running then."""
        for handle in self._running.values():
            handle.cancel.cancel()
        return super().stop(timeout_ms)
