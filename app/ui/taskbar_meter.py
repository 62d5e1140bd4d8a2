"""What the window's button in the task bar shows: the wait for an answer, or downloads."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from app.ui.chat_events import Phase, PhaseChanged
from app.ui.download_queue import DownloadState, QueueChanged
from app.ui.taskbar_progress import TaskbarProgress

SHORT_MS = 2000  # what is over sooner would only flicker
_SHOWN_PHASES = {Phase.LOADING, Phase.READING}
_ACTIVE = {DownloadState.QUEUED, DownloadState.RUNNING}


class TaskbarMeter(QObject):
    """Chooses between what is under way. GUI thread only."""

    def __init__(
        self,
        make_progress: Callable[[], TaskbarProgress],
        parent: QObject | None = None,
        *,
        short_ms: int = SHORT_MS,
    ) -> None:
        """Nothing is shown yet; `make_progress` is called when something is."""
        super().__init__(parent)
        self._make_progress = make_progress
        self._progress: TaskbarProgress | None = None
        self._shown: float | None = None
        self._phase = Phase.NO_MODEL
        self._waited: float | None = None  # how far loading or reading is
        self._downloaded: float | None = None
        self._patience = QTimer(self, singleShot=True, interval=short_ms)
        self._patience.timeout.connect(self._show)

    def clear(self) -> None:
        """The window closes: nothing is shown any more."""
        self._patience.stop()
        self._waited = self._downloaded = None
        self._show()

    @Slot(object)
    def on_phase_changed(self, event: PhaseChanged) -> None:
        """Loading and reading are shown when they take long."""
        if event.phase is not self._phase:
            self._phase = event.phase
            if event.phase in _SHOWN_PHASES:
                self._patience.start()
            else:
                self._patience.stop()
        self._waited = event.progress if event.phase in _SHOWN_PHASES else None
        self._show()

    @Slot(object)
    def on_downloads_changed(self, event: QueueChanged) -> None:
        """All that run or wait count together."""
        active = [item for item in event.items if item.state in _ACTIVE]
        size = sum(item.model.size_bytes for item in active)
        self._downloaded = sum(item.n_done for item in active) / size if size else None
        self._show()

    @Slot()
    def _show(self) -> None:
        is_long = not self._patience.isActive()
        wanted = self._waited if self._waited is not None and is_long else self._downloaded
        if wanted is not None:
            wanted = round(min(1.0, max(0.0, wanted)), 2)
        if wanted == self._shown:
            return
        if self._progress is None:
            self._progress = self._make_progress()
        self._shown = wanted
        if wanted is None:
            self._progress.clear()
        else:
            self._progress.show(wanted)
