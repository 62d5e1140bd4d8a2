"""Python's cyclic garbage is collected in the GUI thread only, and not while an answer flows.

CPython collects wherever something is allocated. That may be another thread, where no widget
may be destroyed. And it may be inside a destructor of Qt that holds a lock and asks Python for
an override: a QObject that is collected there wants the same lock, and the window stands still
for ever (PySide6 6.11: `~QObject`, `disconnectNotify`). A timer's slot is a safe place.
"""

from __future__ import annotations

import gc
from functools import partial
from time import monotonic

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot

_PERIOD_MS = 500
_OLDEST = 2  # the generation that holds everything else
_FULL_EVERY_S = 60.0  # some 60 ms with a long conversation open: four frames

_quiet: set[int] = set()  # those that want no full collection now


class GarbageCollector(QObject):
    """Takes the place of the automatic collection, with the same thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._next_full = monotonic() + _FULL_EVERY_S
        self._timer = QTimer(self)
        self._timer.setInterval(_PERIOD_MS)
        self._timer.timeout.connect(self.collect_when_due)
        self._timer.start()

    @Slot()
    def collect_when_due(self) -> None:
        """Collect the generations that are over their thresholds."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [i for i, n in enumerate(counts) if n > thresholds[i] > 0]
        if not due:
            return
        generation = due[-1]
        if generation == _OLDEST:
            if _quiet or monotonic() < self._next_full:
                generation -= 1
            else:
                self._next_full = monotonic() + _FULL_EVERY_S
        gc.collect(generation)


def collect_in_gui_thread(app: QCoreApplication) -> None:
    """Make `app` the owner of the one collector of this process; to be called in its thread."""
    if app.findChild(GarbageCollector) is None:
        GarbageCollector(app)


class QuietCollection(QObject):
    """While it is active no full collection runs: it waits until the answer has ended."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._key = id(self)
        # Not a method of this object: that would be gone when it is called.
        self.destroyed.connect(partial(_end_quiet, self._key))

    def set_active(self, on: bool) -> None:
        """Begin or end; repeated calls change nothing."""
        if on:
            _quiet.add(self._key)
        else:
            _quiet.discard(self._key)


def _end_quiet(key: int, _: object = None) -> None:
    _quiet.discard(key)
