"""Exports and imports in a thread of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import NewType, TypeVar

from PySide6.QtCore import QObject

from app.core.cancellation import CancelToken
from app.core.errors import LumbreError
from app.core.transfer import Progress, Transfer
from app.workers.job_thread import JobThread
from app.workers.typed_signal import signal_of

T = TypeVar("T")  # what a transfer returns

TransferId = NewType("TransferId", int)
_transfer_ids = count(1)
_STEP = 0.005  # of the whole: what an eye sees of a bar


@dataclass(frozen=True, slots=True)
class TransferWork:
    """One export or import that was asked for."""

    cancel: CancelToken = field(default_factory=CancelToken)
    id: TransferId = field(default_factory=lambda: TransferId(next(_transfer_ids)))


@dataclass(frozen=True, slots=True)
class TransferProgressed:
    """How far it has come."""

    work_id: TransferId
    fraction: float  # 0..1


class TransferThread(JobThread[Transfer]):
    """`Transfer` as the GUI thread sees it. `stop` cancels what runs and waits."""

    progressed = signal_of(TransferProgressed)

    def __init__(
        self, make_transfer: Callable[[], Transfer], parent: QObject | None = None
    ) -> None:
        super().__init__("transfer", make_transfer, parent=parent)
        self._running: dict[TransferId, TransferWork] = {}

    @property
    def is_busy(self) -> bool:
        """True while an export or import runs or waits."""
        return bool(self._running)

    def cancel_all(self) -> None:
        """Cancel what runs and waits."""
        for handle in self._running.values():
            handle.cancel.cancel()

    def run(
        self,
        work: Callable[[Transfer, CancelToken, Progress], T],
        on_done: Callable[[T], None],
        on_failed: Callable[[LumbreError], None],
    ) -> TransferWork:
        """Run `work` after all earlier jobs; exactly one of the two is called, here.

        Args:
            work: runs in the other thread; touches only its arguments and frozen values.
            on_done: gets the result.
            on_failed: gets the error; `Cancelled` when the token was set.
        """
        handle = TransferWork()
        self._running[handle.id] = handle

        def operation(transfer: Transfer) -> T:
            return work(transfer, handle.cancel, self._reporter(handle.id))

        def done(result: T) -> None:
            self._running.pop(handle.id, None)
            on_done(result)

        def failed(error: LumbreError) -> None:
            self._running.pop(handle.id, None)
            on_failed(error)

        self.submit(operation, done, failed)
        return handle

    def _reporter(self, work_id: TransferId) -> Progress:
        """Called in the transfer's thread; the receivers' slots run in theirs."""
        sent = -1.0

        def report(fraction: float) -> None:
            nonlocal sent
            if fraction - sent >= _STEP or fraction >= 1.0 > sent:
                sent = fraction
                self.progressed.emit(TransferProgressed(work_id, fraction))

        return report

    def stop(self, timeout_ms: int = 5000) -> bool:
        """Cancel what runs and waits, join; False when it is still running then."""
        self.cancel_all()
        return super().stop(timeout_ms)
