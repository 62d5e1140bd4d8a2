"""Downloads in a thread of their own, one after the other: requests in, signals out."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Slot

from app.core.download import (
    DownloadEnded,
    DownloadId,
    DownloadOutcome,
    DownloadProgress,
    DownloadRequest,
    ModelHub,
)
from app.core.errors import BugError, LumbreError
from app.workers.typed_signal import signal_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DownloadStarted:
    """It was this request's turn."""

    request: DownloadRequest


@dataclass(frozen=True, slots=True)
class DownloadProgressed:
    """How a download stands, several times a second."""

    request_id: DownloadId
    progress: DownloadProgress


@dataclass(frozen=True, slots=True)
class DownloadDone:
    """Sent once a request, whatever happened: exactly one of `ended` and `error` is set."""

    request: DownloadRequest
    ended: DownloadEnded | None = None
    error: LumbreError | None = None


@dataclass(frozen=True, slots=True)
class _Close:
    pass


class _Worker(QObject):
    """Lives in the download thread; every slot runs there."""

    started = signal_of(DownloadStarted)
    progressed = signal_of(DownloadProgressed)
    done = signal_of(DownloadDone)

    def __init__(self, hub: ModelHub) -> None:
        super().__init__()
        self._hub = hub

    @Slot(object)
    def run(self, request: DownloadRequest) -> None:
        """Download until it is finished, paused, cancelled or cannot go on."""
        if request.pause.is_cancelled and not request.cancel.is_cancelled:
            # Paused while it waited for its turn: nothing was begun.
            self.done.emit(DownloadDone(request, DownloadEnded(DownloadOutcome.PAUSED)))
            return
        self.started.emit(DownloadStarted(request))
        try:
            ended = self._run(request)
        except LumbreError as error:
            self.done.emit(DownloadDone(request, error=error))
        except Exception as error:
            logger.exception("a download failed")
            self.done.emit(DownloadDone(request, error=BugError.of(error)))
        else:
            self.done.emit(DownloadDone(request, ended))

    def _run(self, request: DownloadRequest) -> DownloadEnded:
        for event in self._hub.download(request):
            if isinstance(event, DownloadEnded):
                return event
            self.progressed.emit(DownloadProgressed(request.id, event))
        raise BugError("a download ended without saying how")

    @Slot(object)
    def close(self, _: _Close) -> None:
        """End the thread's event loop after all earlier requests."""
        self.thread().quit()


class DownloadThread(QObject):
    """The download thread as the GUI thread sees it.

    Requests run in the order of `submit`. All signals come in the thread of this object.
    """

    started = signal_of(DownloadStarted)
    progressed = signal_of(DownloadProgressed)
    done = signal_of(DownloadDone)

    _download_requested = signal_of(DownloadRequest)
    _close_requested = signal_of(_Close)

    def __init__(self, hub: ModelHub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pending: dict[DownloadId, DownloadRequest] = {}
        self._thread = QThread()
        self._thread.setObjectName("download")
        self._worker = _Worker(hub)
        self._worker.moveToThread(self._thread)
        self._download_requested.connect(self._worker.run)
        self._close_requested.connect(self._worker.close)
        self._worker.started.connect(self._on_started)
        self._worker.progressed.connect(self._on_progressed)
        self._worker.done.connect(self._on_done)

    @property
    def pending(self) -> tuple[DownloadRequest, ...]:
        """Requests that have not ended, in order; the first runs, the others wait."""
        return tuple(self._pending.values())

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def submit(self, request: DownloadRequest) -> None:
        """Download after all earlier requests; `done` is sent once for it."""
        self._pending[request.id] = request
        self._download_requested.emit(request)

    def pause(self, request_id: DownloadId) -> None:
        """Stop a running or waiting download; what has come is kept. Unknown ids: nothing."""
        request = self._pending.get(request_id)
        if request is not None:
            request.pause.cancel()

    def cancel(self, request_id: DownloadId) -> None:
        """Stop a running or waiting download and remove it. Unknown ids: nothing."""
        request = self._pending.get(request_id)
        if request is not None:
            request.cancel.cancel()

    def stop(self, timeout_ms: int = 3000) -> bool:
        """Pause all, join; False when the thread is still running then."""
        for request in self._pending.values():
            request.pause.cancel()
        if not self._thread.isRunning():
            return True
        self._close_requested.emit(_Close())
        joined = self._thread.wait(timeout_ms)
        if not joined:
            logger.error("the download thread is still running after %d ms", timeout_ms)
        return joined

    @Slot(object)
    def _on_started(self, started: DownloadStarted) -> None:
        self.started.emit(started)

    @Slot(object)
    def _on_progressed(self, progressed: DownloadProgressed) -> None:
        if progressed.request_id in self._pending:
            self.progressed.emit(progressed)

    @Slot(object)
    def _on_done(self, done: DownloadDone) -> None:
        self._pending.pop(done.request.id, None)
        self.done.emit(done)
