"""Joins what the engine sends, so that the window draws at most 30 times a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from app.core.message import Channel
from app.ui.models.path_model import RowDelta

PERIOD_MS = 33
COST_FACTOR = 4  # a flush that is slow comes less often: at most a quarter of the time

Flush = Callable[[dict[tuple[int, Channel], str]], None]


class StreamFeed(QObject):
    """Collects deltas and hands them on together, the first one at once."""

    def __init__(self, flush: Flush, parent: QObject) -> None:
        super().__init__(parent)
        self._flush = flush
        self._pending: dict[tuple[int, Channel], list[str]] = {}
        self._not_before = 0.0  # of time.monotonic
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)

    def add(self, delta: RowDelta) -> None:
        """Take a delta."""
        self._pending.setdefault((delta.row, delta.channel), []).append(delta.text)
        if self._timer.isActive():
            return
        wait_s = self._not_before - time.monotonic()
        if wait_s <= 0:
            self.flush()
        else:
            self._timer.start(int(wait_s * 1000) + 1)

    @Slot()
    def flush(self) -> None:
        """Hand on what has come, now."""
        self._timer.stop()
        if not self._pending:
            return
        joined = {place: "".join(texts) for place, texts in self._pending.items()}
        self._pending.clear()
        begun = time.monotonic()
        self._flush(joined)
        cost_s = time.monotonic() - begun
        self._not_before = begun + max(PERIOD_MS / 1000, COST_FACTOR * cost_s)

    def clear(self) -> None:
        """Forget what has come: other rows are shown."""
        self._timer.stop()
        self._pending.clear()
