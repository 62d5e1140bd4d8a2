"""From what is typed to what is found, in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot

from app.core.errors import Cancelled, LumbreError
from app.core.history import HistorySearch, SearchHit, SearchQuery
from app.ui.chat_events import ErrorRaised
from app.ui.sidebar import SearchTyped
from app.workers.job_thread import JobThread
from app.workers.typed_signal import signal_of

PAUSE_MS = 10  # after the last key


@dataclass(frozen=True, slots=True)
class HitsFound:
    """The answer to the newest text; older ones are never answered."""

    text: str
    hits: tuple[SearchHit, ...]


class SearchDesk(QObject):
    """Asks for the newest text only: an older question ends with the next key."""

    hits_found = signal_of(HitsFound)
    failed = signal_of(ErrorRaised)

    def __init__(
        self, open_search: Callable[[], HistorySearch], parent: QObject | None = None
    ) -> None:
        """`open_search` is called in the thread of the search, with the first question."""
        super().__init__(parent)
        self._open_search = open_search
        self._thread: JobThread[HistorySearch] | None = None
        self._query = SearchQuery("")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._on_pause)

    @property
    def is_pausing(self) -> bool:
        """True until the newest text is asked for."""
        return self._timer.isActive()

    @Slot(object)
    def look_for(self, event: SearchTyped) -> None:
        """Answer with `hits_found`; a blank text finds nothing."""
        self._query.cancel.cancel()
        self._query = SearchQuery(event.text, event.includes_thinking)
        if event.text.strip():
            self._timer.start()
        else:
            self._timer.stop()
            self.hits_found.emit(HitsFound(event.text, ()))

    def stop(self) -> None:
        """Interrupt, join the thread, close its connection."""
        self._timer.stop()
        self._query.cancel.cancel()
        if self._thread is not None:
            self._thread.stop()
            self._thread = None

    def suspend(self, on_released: Callable[[], None]) -> None:
        """Forget the question and close the connection; then call the function."""
        self._timer.stop()
        self._query.cancel.cancel()
        self._query = SearchQuery("")
        if self._thread is None:
            on_released()
        else:
            self._thread.suspend(on_released)

    def resume(self) -> None:
        """Questions are answered again."""
        if self._thread is not None:
            self._thread.resume()

    @Slot()
    def _on_pause(self) -> None:
        if self._thread is None:
            self._thread = JobThread("search", self._open_search, _close, self)
            self._thread.start()
        query = self._query
        self._thread.submit(
            lambda search: search.search(query),
            partial(self._on_found, query),
            partial(self._on_failed, query),
        )

    def _on_found(self, query: SearchQuery, hits: tuple[SearchHit, ...]) -> None:
        if query is self._query:
            self.hits_found.emit(HitsFound(query.text, hits))

    def _on_failed(self, query: SearchQuery, error: LumbreError) -> None:
        if query is self._query and not isinstance(error, Cancelled):
            self.hits_found.emit(HitsFound(query.text, ()))
            self.failed.emit(ErrorRaised(error))


def _close(search: HistorySearch) -> None:
    search.close()
