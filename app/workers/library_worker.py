"""Work on model files in a thread of its own: scans, imports, verifications, moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject

from app.core.cancellation import CancelToken
from app.core.errors import BugError, LumbreError
from app.core.library import FileProgress, ModelLibrary
from app.workers.cancellable_work import CancellableWorkThread, RequestedWork, WorkId
from app.workers.typed_signal import signal_of

# Given the library and the token of the work, yields progress and, last, its result.
Work = Callable[[ModelLibrary, CancelToken], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class FileWorkProgressed:
    """How far an import, a verification or a move has come."""

    work_id: WorkId
    progress: FileProgress


class LibraryThread(CancellableWorkThread[ModelLibrary]):
    """The library as the GUI thread sees it.

    Short calls go in by `submit`; what takes long and shows progress by `run`. `stop`
    cancels what runs and waits.
    """

    progressed = signal_of(FileWorkProgressed)

    def __init__(
        self, open_library: Callable[[], ModelLibrary], parent: QObject | None = None
    ) -> None:
        super().__init__("library", open_library, parent)

    def run(
        self,
        work: Work,
        on_done: Callable[[Any], None],
        on_failed: Callable[[LumbreError], None],
    ) -> RequestedWork:
        """Run `work` after all earlier jobs; exactly one of the two is called, here.

        Args:
            work: for example `lambda library, cancel: library.verify(model, cancel)`; it
                runs in the other thread and must touch nothing but its arguments and
                frozen values.
            on_done: gets its last event.
            on_failed: gets the error; `Cancelled` when the token was set.
        """

        def operation(library: ModelLibrary, requested: RequestedWork) -> Any:
            return self._iterate(work(library, requested.cancel), requested.id)

        return self._request(operation, on_done, on_failed)

    def _iterate(self, events: Iterator[Any], work_id: WorkId) -> Any:
        """In the library thread: progress out by signal, the last event back."""
        result: Any = None
        for event in events:
            if isinstance(event, FileProgress):
                self.progressed.emit(FileWorkProgressed(work_id, event))
            else:
                result = event
        if result is None:
            raise BugError("a work on files ended without a result")
        return result
