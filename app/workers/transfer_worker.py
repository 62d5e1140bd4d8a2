"""Exports and imports in a thread of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject

from app.core.cancellation import CancelToken
from app.core.errors import LumbreError
from app.core.transfer import Progress, Transfer
from app.workers.cancellable_work import (
    BAR_STEP,
    CancellableWorkThread,
    RequestedWork,
    WorkId,
)
from app.workers.typed_signal import signal_of

T = TypeVar("T")  # what a transfer returns


@dataclass(frozen=True, slots=True)
class TransferProgressed:
    """How far it has come."""

    work_id: WorkId
    fraction: float  # 0..1


class TransferThread(CancellableWorkThread[Transfer]):
    """`Transfer` as the GUI thread sees it. `stop` cancels what runs and waits."""

    progressed = signal_of(TransferProgressed)

    def __init__(
        self, make_transfer: Callable[[], Transfer], parent: QObject | None = None
    ) -> None:
        super().__init__("transfer", make_transfer, parent)

    def run(
        self,
        work: Callable[[Transfer, CancelToken, Progress], T],
        on_done: Callable[[T], None],
        on_failed: Callable[[LumbreError], None],
    ) -> RequestedWork:
        """Run `work` after all earlier jobs; exactly one of the two is called, here.

        Args:
            work: runs in the other thread; touches only its arguments and frozen values.
            on_done: gets the result.
            on_failed: gets the error; `Cancelled` when the token was set.
        """

        def operation(transfer: Transfer, requested: RequestedWork) -> T:
            return work(transfer, requested.cancel, self._reporter(requested.id))

        return self._request(operation, on_done, on_failed)

    def _reporter(self, work_id: WorkId) -> Progress:
        """Called in the transfer's thread; the receivers' slots run in theirs."""
        sent = -1.0

        def report(fraction: float) -> None:
            nonlocal sent
            if fraction - sent >= BAR_STEP or fraction >= 1.0 > sent:
                sent = fraction
                self.progressed.emit(TransferProgressed(work_id, fraction))

        return report
