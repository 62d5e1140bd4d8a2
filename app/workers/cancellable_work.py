"""A thread whose works can each be cancelled, and all of them at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import NewType, TypeVar

from PySide6.QtCore import QObject

from app.core.cancellation import CancelToken
from app.core.errors import LumbreError
from app.workers.job_thread import JobThread

R = TypeVar("R")  # what the thread owns
T = TypeVar("T")  # what a work returns

WorkId = NewType("WorkId", int)
_work_ids = count(1)

BAR_STEP = 0.005  # of the whole: what an eye sees of a bar


@dataclass(frozen=True, slots=True)
class RequestedWork:
    """One work that was asked for."""

    cancel: CancelToken = field(default_factory=CancelToken)
    id: WorkId = field(default_factory=lambda: WorkId(next(_work_ids)))


class CancellableWorkThread(JobThread[R]):
    """Keeps the works that run or wait. `stop` cancels them and waits."""

    def __init__(self, name: str, make: Callable[[], R], parent: QObject | None = None) -> None:
        """`make` is called in the new thread."""
        super().__init__(name, make, parent=parent)
        self._running: dict[WorkId, RequestedWork] = {}

    @property
    def is_busy(self) -> bool:
        """True while a work runs or waits."""
        return bool(self._running)

    def cancel_all(self) -> None:
        """Cancel what runs and waits."""
        for work in self._running.values():
            work.cancel.cancel()

    def stop(self, timeout_ms: int = 5000) -> bool:
        """Cancel what runs and waits, join; False when it is still running then."""
        self.cancel_all()
        return super().stop(timeout_ms)

    def _request(
        self,
        operation: Callable[[R, RequestedWork], T],
        on_done: Callable[[T], None],
        on_failed: Callable[[LumbreError], None],
    ) -> RequestedWork:
        """Run `operation` after all earlier jobs; exactly one of the two is called, here."""
        work = RequestedWork()
        self._running[work.id] = work

        def done(result: T) -> None:
            self._running.pop(work.id, None)
            on_done(result)

        def failed(error: LumbreError) -> None:
            self._running.pop(work.id, None)
            on_failed(error)

        self.submit(lambda owned: operation(owned, work), done, failed)
        return work
