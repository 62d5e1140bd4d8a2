"""Models on this computer and models on their way: what the model page shows and does."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from app.core.cancellation import CancelToken
from app.core.catalogue import Catalogue, RemoteModel, RepositoryListing
from app.core.connection import ConnectionRecord, NetworkGate
from app.core.download import ModelHub
from app.core.errors import Cancelled, LumbreError
from app.core.known_models import expected_card
from app.core.library import (
    FileProgress,
    FolderMoved,
    ImportMethod,
    InstalledModel,
    LibraryScan,
    ModelImported,
    ModelLibrary,
    ModelVerified,
)
from app.core.machine import Device
from app.core.memory_plan import MemoryPlan
from app.core.model_card import ModelCard
from app.ui.chat_events import ErrorRaised
from app.ui.download_queue import DownloadQueue
from app.ui.model_arrival import ModelArrived
from app.workers.cancellable_work import RequestedWork
from app.workers.download_worker import DownloadThread
from app.workers.job_thread import JobFailed, JobThread
from app.workers.library_worker import FileWorkProgressed, LibraryThread, Work
from app.workers.typed_signal import signal_of

logger = logging.getLogger(__name__)

PlanModel = Callable[[ModelCard], MemoryPlan]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that is known of the models of this computer."""

    scan: LibraryScan = field(default_factory=lambda: LibraryScan(()))
    plans: Mapping[Path, MemoryPlan] = field(default_factory=dict)  # by the model's path
    offers: Mapping[str, MemoryPlan] = field(default_factory=dict)  # by the entry's id
    is_scanning: bool = False


@dataclass(frozen=True, slots=True)
class ShelfChanged:
    """Models came, went, or were looked at again."""

    shelf: Shelf


@dataclass(frozen=True, slots=True)
class WorkProgressed:
    """A long work on files (import, verification, move) goes on; None: it has ended."""

    progress: FileProgress | None


@dataclass(frozen=True, slots=True)
class VerificationEnded:
    """A model was compared with its hash."""

    result: ModelVerified


@dataclass(frozen=True, slots=True)
class SpaceGivenBack:
    """A model was deleted."""

    title: str
    n_bytes: int


@dataclass(frozen=True, slots=True)
class RepositoryListed:
    """The files of a repository that was asked for."""

    reference: str
    listing: RepositoryListing | None = None
    error: LumbreError | None = None


@dataclass(frozen=True, slots=True)
class FolderChanged:
    """The models folder lies somewhere else now."""

    moved: FolderMoved


class ModelManager(QObject):
    """GUI thread only; files are read and written in the library thread."""

    shelf_changed = signal_of(ShelfChanged)
    work_progressed = signal_of(WorkProgressed)
    model_arrived = signal_of(ModelArrived)
    verification_ended = signal_of(VerificationEnded)
    space_given_back = signal_of(SpaceGivenBack)
    repository_listed = signal_of(RepositoryListed)
    folder_changed = signal_of(FolderChanged)
    error_raised = signal_of(ErrorRaised)

    def __init__(
        self,
        library: LibraryThread,
        downloads: DownloadThread,
        hub: ModelHub,
        gate: NetworkGate,
        plan: PlanModel,
        find_devices: Callable[[], tuple[Device, ...]],
        models_dir: Path,
        *,
        shipped: Path,
        parent: QObject | None = None,
    ) -> None:
        """Nothing is looked for yet.

        Args:
            library: thread of the models on this computer.
            downloads: thread of the transfers.
            hub: where models come from.
            gate: the offline lock.
            plan: says how a model would be loaded now; called in the library thread.
            find_devices: asks for graphics devices; called in the library thread.
            models_dir: where downloads go.
            shipped: folder of the models that come with the program.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._library = library
        self._lookups: JobThread[ModelHub] = JobThread("lookup", lambda: hub, parent=self)
        self._hub = hub
        self._gate = gate
        self._plan = plan
        self._find_devices = find_devices
        self._shipped = shipped
        self._shelf = Shelf()
        self._folders: tuple[Path, ...] = ()
        self._work: RequestedWork | None = None
        self._lookup: CancelToken | None = None
        self.queue = DownloadQueue(downloads, hub, models_dir, self)
        self.queue.model_downloaded.connect(self._on_model_downloaded)
        library.failed.connect(self._on_job_failed)
        library.progressed.connect(self._on_file_work_progressed)

    # -- what there is ---------------------------------------------------------------------
    @property
    def shelf(self) -> Shelf:
        """The models of this computer as they were last seen."""
        return self._shelf

    @property
    def catalogue(self) -> Catalogue:
        """The shipped suggestions."""
        return self._hub.catalogue

    @property
    def is_working(self) -> bool:
        """True while files are imported, verified or moved."""
        return self._work is not None

    def start(self, folders: tuple[Path, ...]) -> None:
        """Look for models, ours, other programs' and in `folders`; begin the queue."""
        self._lookups.start()
        self._folders = folders
        self.queue.start()
        self.scan()

    def stop(self) -> None:
        """Give up running works and lookups and join the lookups' thread."""
        self.cancel_work()
        self.cancel_lookup()
        self._lookups.stop()

    def set_folders(self, folders: tuple[Path, ...]) -> None:
        """Folders of the person's own in which models are looked for."""
        if folders != self._folders:
            self._folders = folders
            self.scan()

    # -- the shelf -------------------------------------------------------------------------
    def scan(self) -> None:
        """Look again at all places."""
        folders, plan = (self._shipped, *self._folders), self._plan
        cards = {e.id: expected_card(e.model) for e in self.catalogue.entries}
        expected = {i: card for i, card in cards.items() if card is not None}
        self._set_shelf(replace(self._shelf, is_scanning=True))

        def scan(library: ModelLibrary) -> Shelf:
            found = library.scan(folders, CancelToken())
            return Shelf(
                found,
                {m.path: plan(m.card) for m in found.models},
                {i: plan(card) for i, card in expected.items()},
            )

        self._library.submit(scan, self._set_shelf, self._on_scan_failed)

    def _on_scan_failed(self, error: LumbreError) -> None:
        self._set_shelf(replace(self._shelf, is_scanning=False))
        self._raise(error)

    def _set_shelf(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.shelf_changed.emit(ShelfChanged(shelf))

    def import_model(self, path: Path, method: ImportMethod) -> None:
        """Make a file one of our models; ends with `model_arrived`."""

        def done(ended: ModelImported) -> None:
            self.model_arrived.emit(ModelArrived(ended.model.path))
            self.scan()

        self._begin_work(
            lambda library, cancel: library.import_model(path, method, cancel), done
        )

    def verify(self, model: InstalledModel) -> None:
        """Compare a model with its hash; ends with `verification_ended`."""

        def done(ended: ModelVerified) -> None:
            self.verification_ended.emit(VerificationEnded(ended))
            self.scan()

        self._begin_work(lambda library, cancel: library.verify(model, cancel), done)

    def move_folder(self, target: Path) -> None:
        """Move the models folder with its content; ends with `folder_changed`."""

        def done(ended: FolderMoved) -> None:
            self.queue.set_folder(ended.folder)
            self.folder_changed.emit(FolderChanged(ended))
            self.scan()

        self._begin_work(lambda library, cancel: library.move_folder(target, cancel), done)

    def cancel_work(self) -> None:
        """Give up the running import, verification or move; what it began is undone."""
        if self._work is not None:
            self._work.cancel.cancel()

    def _begin_work(self, work: Work, on_ended: Callable[[Any], None]) -> None:
        """Run a long work in the library thread; one at a time, a second one is ignored."""
        if self._work is not None:
            return

        def done(ended: Any) -> None:
            self._end_work()
            on_ended(ended)

        def failed(error: LumbreError) -> None:
            self._end_work()
            if not isinstance(error, Cancelled):
                self._raise(error)

        self._work = self._library.run(work, done, failed)

    @Slot(object)
    def _on_file_work_progressed(self, event: FileWorkProgressed) -> None:
        if self._work is not None and event.work_id == self._work.id:
            self.work_progressed.emit(WorkProgressed(event.progress))

    def _end_work(self) -> None:
        self._work = None
        self.work_progressed.emit(WorkProgressed(None))

    def delete(self, model: InstalledModel) -> None:
        """Delete a model of ours for good."""

        def done(n_bytes: int) -> None:
            self.space_given_back.emit(SpaceGivenBack(model.title, n_bytes))
            self.scan()

        self._library.submit(lambda library: library.delete(model), done, self._raise)

    def ask_size_given_back(
        self, model: InstalledModel, on_known: Callable[[int], None]
    ) -> None:
        """Find out what deleting a model would free; `on_known` gets the bytes."""
        self._library.submit(
            lambda library: library.size_given_back(model), on_known, self._raise
        )

    def forget(self, model: InstalledModel) -> None:
        """Take a file that is used in place off the list."""
        self._library.submit(
            lambda library: library.forget(model), lambda _: self.scan(), self._raise
        )

    # -- from elsewhere --------------------------------------------------------------------
    def download(self, model: RemoteModel) -> None:
        """Fetch a model, after those that are already on their way."""
        self.queue.add(model)

    def look_up(self, reference: str) -> None:
        """Ask Hugging Face for the files of a repository; ends with `repository_listed`."""
        self.cancel_lookup()
        self._lookup = cancel = CancelToken()

        def listed(listing: RepositoryListing) -> None:
            self.repository_listed.emit(RepositoryListed(reference, listing))

        def failed(error: LumbreError) -> None:
            if not isinstance(error, Cancelled):
                self.repository_listed.emit(RepositoryListed(reference, error=error))

        self._lookups.submit(lambda hub: hub.list_repository(reference, cancel), listed, failed)

    def cancel_lookup(self) -> None:
        """Give up the running question."""
        if self._lookup is not None:
            self._lookup.cancel()
            self._lookup = None

    def set_token(self, token: str | None) -> None:
        """Keep or forget the person's own access token."""
        try:
            self._hub.set_token(token)
        except LumbreError as error:
            self._raise(error)

    @property
    def has_token(self) -> bool:
        """True when there is an access token."""
        return self._hub.has_token

    def set_limit(self, kib_s: int) -> None:
        """Bandwidth of downloads in KiB a second; 0: no limit."""
        self._hub.set_limit(kib_s)

    def ask_devices(self, on_known: Callable[[tuple[Device, ...]], None]) -> None:
        """Find the graphics devices; may take seconds, `on_known` gets them."""
        find = self._find_devices
        self._library.submit(lambda _: find(), on_known, self._raise)

    # -- the network -----------------------------------------------------------------------
    @property
    def is_offline_locked(self) -> bool:
        """True while every attempt to connect fails."""
        return self._gate.is_locked

    def set_offline_locked(self, is_locked: bool) -> None:
        """Lock or unlock; running downloads wait while it is locked."""
        self._gate.set_locked(is_locked)

    def connections(self) -> tuple[ConnectionRecord, ...]:
        """Every connection ever made or refused, oldest first."""
        return self._gate.records()

    @Slot(object)
    def _on_model_downloaded(self, event: ModelArrived) -> None:
        self.model_arrived.emit(event)
        self.scan()

    @Slot(object)
    def _on_job_failed(self, event: JobFailed) -> None:
        self._raise(event.error)

    def _raise(self, error: LumbreError) -> None:
        self.error_raised.emit(ErrorRaised(error))
