"""What the history needs while the window is open: watching, notices, the daily backup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Slot

from app.core.errors import LumbreError, StorageError
from app.core.history import BackupKeeper, History
from app.workers.job_thread import JobThread
from app.workers.storage_worker import StorageThread
from app.workers.typed_signal import signal_of

WATCH_MS = 30_000
FIRST_BACKUP_MS = 60_000  # after the start: the start itself must not be slowed down
BACKUP_CHECK_MS = 3_600_000  # a program that is never closed makes its backups too


@dataclass(frozen=True, slots=True)
class HistoryNoted:
    """A sentence about the history that the person should read."""

    error: LumbreError


@dataclass(frozen=True, slots=True)
class ReadOnlyKnown:
    """Whether changes can be saved."""

    reason: StorageError | None  # None: they can


@dataclass(frozen=True, slots=True)
class _State:
    """What the history says about itself."""

    notes: tuple[LumbreError, ...]
    read_only_reason: StorageError | None
    problem: LumbreError | None  # of the watch; None: all is well


class HistoryCare(QObject):
    """Asks in the threads of the history and of the backups, tells in the GUI's."""

    noted = signal_of(HistoryNoted)
    read_only_known = signal_of(ReadOnlyKnown)

    def __init__(
        self,
        storage: StorageThread,
        keep_backups: Callable[[], BackupKeeper],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._storage = storage
        self._keep_backups = keep_backups
        self._backups: JobThread[BackupKeeper] | None = None
        self._told = ""  # the last problem: the same one is not told every half minute
        self._watch_timer = QTimer(self)
        self._watch_timer.setInterval(WATCH_MS)
        self._watch_timer.timeout.connect(self.look)
        self._backup_timer = QTimer(self)
        self._backup_timer.setInterval(FIRST_BACKUP_MS)
        self._backup_timer.timeout.connect(self.back_up_when_due)

    def start(self) -> None:
        """Look at once, then again and again."""
        self._storage.submit(_purge_and_look, self._tell, self._on_failed)
        self._watch_timer.start()
        self._backup_timer.start()

    def stop(self) -> None:
        """Finish a running backup and join its thread."""
        self._watch_timer.stop()
        self._backup_timer.stop()
        if self._backups is not None:
            self._backups.stop()
            self._backups = None

    def suspend(self, on_released: Callable[[], None]) -> None:
        """Stop looking; when a running backup has ended, call the function."""
        self._watch_timer.stop()
        self._backup_timer.stop()
        if self._backups is None:
            on_released()
        else:
            self._backups.suspend(on_released)

    def resume(self) -> None:
        """Look again, at once and on."""
        if self._backups is not None:
            self._backups.resume()
        self.start()

    @property
    def backups(self) -> JobThread[BackupKeeper]:
        """The thread of the backups; started when it is first needed."""
        if self._backups is None:
            self._backups = JobThread("backup", self._keep_backups, parent=self)
            self._backups.start()
        return self._backups

    @Slot()
    def look(self) -> None:
        """Ask how the history is; ends with the signals."""
        self._storage.submit(_look, self._tell, self._on_failed)

    @Slot()
    def back_up_when_due(self) -> None:
        """Make the daily backup unless there is one."""
        self._backup_timer.setInterval(BACKUP_CHECK_MS)
        self.backups.submit(lambda keeper: keeper.back_up_when_due(), None, self._note)

    def _tell(self, state: _State) -> None:
        for note in state.notes:
            self._note(note)
        self.read_only_known.emit(ReadOnlyKnown(state.read_only_reason))
        if state.problem is None:
            self._told = ""
        else:
            self._on_failed(state.problem)

    def _on_failed(self, error: LumbreError) -> None:
        if str(error) != self._told:
            self._told = str(error)
            self._note(error)

    def _note(self, error: LumbreError) -> None:
        self.noted.emit(HistoryNoted(error))


def _look(history: History) -> _State:
    problem: LumbreError | None = None
    try:
        history.watch()
    except StorageError as error:
        problem = error
    return _State(history.take_notices(), history.read_only_reason, problem)


def _purge_and_look(history: History) -> _State:
    if not history.is_read_only:
        history.purge_expired()
    return _look(history)
