"""A thread that owns one object: jobs for it go in, results come back as calls."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QThread, Slot

from app.core.errors import BugError, LumbreError
from app.workers.typed_signal import signal_of

logger = logging.getLogger(__name__)

R = TypeVar("R")  # what the thread owns
T = TypeVar("T")  # what a job returns


@dataclass(frozen=True, slots=True)
class _Job:
    number: int
    operation: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _JobEnded:
    number: int
    result: object = None
    error: LumbreError | None = None


@dataclass(frozen=True, slots=True)
class _Handlers:
    """They never leave the thread of the receiver: a widget must not end in another one."""

    on_done: Callable[[Any], None] | None
    on_failed: Callable[[LumbreError], None] | None


@dataclass(frozen=True, slots=True)
class JobFailed:
    """A job failed that had no handler of its own."""

    error: LumbreError


@dataclass(frozen=True, slots=True)
class _Release:
    number: int


@dataclass(frozen=True, slots=True)
class _Close:
    pass


class _Worker(QObject):
    """Lives in the thread; makes the owned object there with the first job."""

    job_ended = signal_of(_JobEnded)
    released = signal_of(_Release)

    def __init__(self, make: Callable[[], Any], close: Callable[[Any], None]) -> None:
        super().__init__()
        self._make = make
        self._close = close
        self._owned: Any = None

    @Slot(object)
    def run(self, job: _Job) -> None:
        """Do one job; an object that could not be made is tried again with the next."""
        try:
            if self._owned is None:
                self._owned = self._make()
            result = job.operation(self._owned)
        except LumbreError as error:
            self.job_ended.emit(_JobEnded(job.number, error=error))
        except Exception as error:
            logger.exception("a job failed")
            self.job_ended.emit(_JobEnded(job.number, error=BugError.of(error)))
        else:
            self.job_ended.emit(_JobEnded(job.number, result=result))

    @Slot(object)
    def release(self, request: _Release) -> None:
        """Close the object after all earlier jobs; a later job makes it anew."""
        self._close_owned()
        self.released.emit(request)

    @Slot(object)
    def close(self, _: _Close) -> None:
        """Close the object after all earlier jobs and end the thread's event loop."""
        self._close_owned()
        self.thread().quit()

    def _close_owned(self) -> None:
        try:
            if self._owned is not None:
                self._close(self._owned)
        except Exception:
            logger.exception("%s could not be closed", type(self._owned).__name__)
        finally:
            self._owned = None


class JobThread(QObject, Generic[R]):
    """The thread as the GUI thread sees it.

    Jobs run one after the other in the order of `submit`; `on_done` and `on_failed` are
    called in the thread of this object, the GUI's.
    """

    failed = signal_of(JobFailed)

    _job_requested = signal_of(_Job)
    _release_requested = signal_of(_Release)
    _close_requested = signal_of(_Close)

    def __init__(
        self,
        name: str,
        make: Callable[[], R],
        close: Callable[[R], None] = lambda _: None,
        parent: QObject | None = None,
    ) -> None:
        """`make` and `close` are called in the new thread."""
        super().__init__(parent)
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._numbers = count(1)
        self._handlers: dict[int, _Handlers] = {}
        self._is_suspended = False
        self._held: list[_Job] = []  # asked for while suspended
        self._on_release: dict[int, Callable[[], None]] = {}
        self._worker = _Worker(make, close)
        self._worker.moveToThread(self._thread)
        self._job_requested.connect(self._worker.run)
        self._release_requested.connect(self._worker.release)
        self._close_requested.connect(self._worker.close)
        self._worker.released.connect(self._on_released)
        self._worker.job_ended.connect(self._on_job_ended)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def submit(
        self,
        operation: Callable[[R], T],
        on_done: Callable[[T], None] | None = None,
        on_failed: Callable[[LumbreError], None] | None = None,
    ) -> None:
        """Run `operation` with the owned object in its thread.

        Args:
            operation: must touch nothing but that object and frozen values.
            on_done: gets the result.
            on_failed: gets the error; without it, `failed` is sent.
        """
        number = next(self._numbers)
        self._handlers[number] = _Handlers(on_done, on_failed)
        job = _Job(number, operation)
        if self._is_suspended:
            self._held.append(job)
        else:
            self._job_requested.emit(job)

    def suspend(self, on_released: Callable[[], None] | None = None) -> None:
        """Close the owned object after all earlier jobs; later ones wait for `resume`.

        Args:
            on_released: called when the object is closed.
        """
        self._is_suspended = True
        number = next(self._numbers)
        if on_released is not None:
            self._on_release[number] = on_released
        self._release_requested.emit(_Release(number))

    def resume(self) -> None:
        """Run the jobs that waited, in their order; the object is made anew with the first."""
        self._is_suspended = False
        held, self._held = self._held, []
        for job in held:
            self._job_requested.emit(job)

    def stop(self, timeout_ms: int = 5000) -> bool:
        """Finish all jobs, close, join; False when the thread is still running then.

        Jobs that wait for `resume` are dropped.
        """
        if not self._thread.isRunning():
            return True
        self._close_requested.emit(_Close())
        joined = self._thread.wait(timeout_ms)
        if not joined:
            name = self._thread.objectName()
            logger.error("the %s thread is still running after %d ms", name, timeout_ms)
        return joined

    @Slot(object)
    def _on_released(self, request: _Release) -> None:
        on_released = self._on_release.pop(request.number, None)
        if on_released is not None:
            on_released()

    @Slot(object)
    def _on_job_ended(self, ended: _JobEnded) -> None:
        handlers = self._handlers.pop(ended.number)
        if ended.error is None:
            if handlers.on_done is not None:
                handlers.on_done(ended.result)
        elif handlers.on_failed is not None:
            handlers.on_failed(ended.error)
        else:
            self.failed.emit(JobFailed(ended.error))
