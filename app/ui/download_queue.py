"""Downloads as the model page shows them: waiting, running, paused, failed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from app.core.catalogue import RemoteModel
from app.core.download import (
    DownloadId,
    DownloadOutcome,
    DownloadProgress,
    DownloadRequest,
    ModelHub,
    UnfinishedDownload,
)
from app.core.errors import LumbreError
from app.ui.chat_events import ErrorRaised
from app.ui.model_arrival import ModelArrived
from app.workers.download_worker import (
    DownloadDone,
    DownloadProgressed,
    DownloadStarted,
    DownloadThread,
)
from app.workers.typed_signal import signal_of


class DownloadState(Enum):
    """What the person can expect of a download."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DownloadItem:
    """One row of the page."""

    model: RemoteModel
    state: DownloadState
    request_id: DownloadId | None = None  # QUEUED and RUNNING
    progress: DownloadProgress | None = None  # RUNNING, and the last one of PAUSED
    error: LumbreError | None = None  # FAILED
    unfinished: UnfinishedDownload | None = None  # PAUSED in an earlier run

    @property
    def n_done(self) -> int:
        """Bytes that are on disk."""
        if self.progress is not None:
            return self.progress.n_done
        return self.unfinished.n_done if self.unfinished is not None else 0

    @property
    def fraction(self) -> float:
        """0..1."""
        return min(1.0, self.n_done / self.model.size_bytes)


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """All downloads, in order."""

    items: tuple[DownloadItem, ...]


class DownloadQueue(QObject):
    """One row a model; GUI thread only."""

    changed = signal_of(QueueChanged)
    model_downloaded = signal_of(ModelArrived)
    error_raised = signal_of(ErrorRaised)

    def __init__(
        self,
        downloads: DownloadThread,
        hub: ModelHub,
        folder: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._downloads = downloads
        self._hub = hub
        self._folder = folder
        self._items: dict[RemoteModel, DownloadItem] = {}
        downloads.started.connect(self._on_started)
        downloads.progressed.connect(self._on_progressed)
        downloads.done.connect(self._on_done)

    @property
    def items(self) -> tuple[DownloadItem, ...]:
        """All downloads, in order."""
        return tuple(self._items.values())

    @property
    def is_active(self) -> bool:
        """True while something is downloaded or waits for its turn."""
        active = {DownloadState.QUEUED, DownloadState.RUNNING}
        return any(item.state in active for item in self._items.values())

    @property
    def folder(self) -> Path:
        """Where new downloads go."""
        return self._folder

    def set_folder(self, folder: Path) -> None:
        """New downloads go there; what is unfinished there is shown."""
        self._folder = folder
        self._items = {
            m: i for m, i in self._items.items() if i.state is not DownloadState.PAUSED
        }
        self.start()

    def start(self) -> None:
        """Clean the folder and show what earlier runs left unfinished."""
        if self._folder.is_dir():
            self._hub.sweep(self._folder)
            for unfinished in self._hub.unfinished(self._folder):
                self._items.setdefault(
                    unfinished.model,
                    DownloadItem(unfinished.model, DownloadState.PAUSED, unfinished=unfinished),
                )
        self._announce()

    def add(self, model: RemoteModel) -> None:
        """Fetch or resume a model; one that is on its way already is left alone."""
        item = self._items.get(model)
        if item is not None and item.request_id is not None:
            return
        request = DownloadRequest(model, self._folder)
        progress = item.progress if item is not None else None
        self._items[model] = DownloadItem(model, DownloadState.QUEUED, request.id, progress)
        self._announce()
        self._downloads.submit(request)

    def pause(self, model: RemoteModel) -> None:
        """Stop and keep what has come."""
        item = self._items.get(model)
        if item is not None and item.request_id is not None:
            self._downloads.pause(item.request_id)

    def cancel(self, model: RemoteModel) -> None:
        """Stop and remove what has come."""
        item = self._items.get(model)
        if item is None:
            return
        if item.request_id is not None:
            self._downloads.cancel(item.request_id)
            return
        del self._items[model]
        for unfinished in self._hub.unfinished(self._folder):
            if unfinished.model == model:
                self._hub.discard(unfinished)
        self._announce()

    def _announce(self) -> None:
        self.changed.emit(QueueChanged(self.items))

    def _item_of(self, request_id: DownloadId) -> DownloadItem | None:
        return next((i for i in self._items.values() if i.request_id == request_id), None)

    @Slot(object)
    def _on_started(self, event: DownloadStarted) -> None:
        item = self._item_of(event.request.id)
        if item is not None:
            self._items[item.model] = replace(item, state=DownloadState.RUNNING)
            self._announce()

    @Slot(object)
    def _on_progressed(self, event: DownloadProgressed) -> None:
        item = self._item_of(event.request_id)
        if item is not None:
            self._items[item.model] = replace(
                item, state=DownloadState.RUNNING, progress=event.progress
            )
            self._announce()

    @Slot(object)
    def _on_done(self, event: DownloadDone) -> None:
        item = self._item_of(event.request.id)
        if item is None:
            return
        if event.error is not None:
            self._items[item.model] = replace(
                item, state=DownloadState.FAILED, request_id=None, error=event.error
            )
            self.error_raised.emit(ErrorRaised(event.error))
        elif event.ended is not None and event.ended.outcome is DownloadOutcome.PAUSED:
            self._items[item.model] = replace(item, state=DownloadState.PAUSED, request_id=None)
        else:
            del self._items[item.model]
        self._announce()
        if event.ended is not None and event.ended.outcome is DownloadOutcome.FINISHED:
            self.model_downloaded.emit(ModelArrived(event.ended.paths[0]))
