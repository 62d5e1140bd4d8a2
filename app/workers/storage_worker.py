"""The conversation store in its own thread: jobs in, results out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QThread, Slot

from app.core.conversation import ConversationStore
from app.core.errors import BugError, LumbreError
from app.workers.typed_signal import signal_of

logger = logging.getLogger(__name__)

T = TypeVar("T")
Operation = Callable[[ConversationStore], T]


@dataclass(frozen=True, slots=True)
class _Job:
    operation: Operation[Any]
    on_done: Callable[[Any], None] | None
    on_failed: Callable[[LumbreError], None] | None


@dataclass(frozen=True, slots=True)
class _JobEnded:
    job: _Job
    result: object = None
    error: LumbreError | None = None


@dataclass(frozen=True, slots=True)
class StorageFailed:
    """A job failed that had no handler of its own."""

    error: LumbreError


@dataclass(frozen=True, slots=True)
class _Close:
    pass


class _Worker(QObject):
    """Lives in the storage thread; opens the store there with the first job."""

    job_ended = signal_of(_JobEnded)

    def __init__(self, open_store: Callable[[], ConversationStore]) -> None:
        super().__init__()
        self._open_store = open_store
        self._store: ConversationStore | None = None

    @Slot(object)
    def run(self, job: _Job) -> None:
        """Do one job; a store that could not be opened is tried again with the next."""
        try:
            if self._store is None:
                self._store = self._open_store()
            result = job.operation(self._store)
        except LumbreError as error:
            self.job_ended.emit(_JobEnded(job, error=error))
        except Exception as error:
            logger.exception("a storage job failed")
            bug = BugError(f"{type(error).__name__}: {error}")
            bug.__cause__ = error
            self.job_ended.emit(_JobEnded(job, error=bug))
        else:
            self.job_ended.emit(_JobEnded(job, result=result))

    @Slot(object)
    def close(self, _: _Close) -> None:
        """Close the store after all earlier jobs and end the thread's event loop."""
        try:
            if self._store is not None:
                self._store.close()
        except Exception:
            logger.exception("the store could not be closed")
        finally:
            self._store = None
            self.thread().quit()


class StorageThread(QObject):
    """The storage thread as the GUI thread sees it.

    Jobs run one after the other in the order of `submit`; `on_done` and `on_failed` are
    called in the GUI thread.
    """

    failed = signal_of(StorageFailed)

    _job_requested = signal_of(_Job)
    _close_requested = signal_of(_Close)

    def __init__(
        self, open_store: Callable[[], ConversationStore], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._thread = QThread()
        self._thread.setObjectName("storage")
        self._worker = _Worker(open_store)
        self._worker.moveToThread(self._thread)
        self._job_requested.connect(self._worker.run)
        self._close_requested.connect(self._worker.close)
        self._worker.job_ended.connect(self._on_job_ended)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def submit(
        self,
        operation: Operation[T],
        on_done: Callable[[T], None] | None = None,
        on_failed: Callable[[LumbreError], None] | None = None,
    ) -> None:
        """Run `operation` with the store in the storage thread.

        Args:
            operation: must touch nothing but the store and frozen values.
            on_done: gets the result, in the GUI thread.
            on_failed: gets the error, in the GUI thread; without it, `failed` is sent.
        """
        self._job_requested.emit(_Job(operation, on_done, on_failed))

    def stop(self, timeout_ms: int = 5000) -> bool:
        """Finish all jobs, close the store, join; False when it is still running then."""
        if not self._thread.isRunning():
            return True
        self._close_requested.emit(_Close())
        joined = self._thread.wait(timeout_ms)
        if not joined:
            logger.error("the storage thread is still running after %d ms", timeout_ms)
        return joined

    @Slot(object)
    def _on_job_ended(self, ended: _JobEnded) -> None:
        job = ended.job
        if ended.error is None:
            if job.on_done is not None:
                job.on_done(ended.result)
        elif job.on_failed is not None:
            job.on_failed(ended.error)
        else:
            self.failed.emit(StorageFailed(ended.error))
