"""Measuring models in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.core.cancellation import CancelToken
from app.core.errors import LumbreError
from app.core.tuning import TuneProgress, Tuner, TuneRequest, TuneResult
from app.workers.job_thread import JobThread
from app.workers.typed_signal import signal_of


class TuneThread(JobThread[Tuner]):
    """One measuring at a time; a window that closes ends it."""

    progressed = signal_of(TuneProgress)

    def __init__(self, make: Callable[[], Tuner], parent: QObject | None = None) -> None:
        super().__init__("tune", make, parent=parent)
        self._running: CancelToken | None = None

    def tune(
        self,
        request: TuneRequest,
        on_done: Callable[[TuneResult], None],
        on_failed: Callable[[LumbreError], None],
    ) -> None:
        """Measure; exactly one of the two is called, `Cancelled` is an error."""
        self._running = request.cancel

        def operation(tuner: Tuner) -> TuneResult:
            return tuner.tune(request, self.progressed.emit)

        self.submit(operation, on_done, on_failed)

    def cancel(self) -> None:
        """End the measuring within a tenth of a second."""
        if self._running is not None:
            self._running.cancel()

    def stop(self, timeout_ms: int = 5000) -> bool:
        """Cancel and join."""
        self.cancel()
        return super().stop(timeout_ms)
