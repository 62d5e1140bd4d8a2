"""Keeps Python's garbage collection out of the frames while an answer is being written."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_PERIOD_MS = 1000
_YOUNG = 1  # the generations that are quick to collect


class QuietCollection(QObject):
    """While it is active only young objects are collected, once a second.

    A full collection walks over everything the program holds: some 60 ms with a long
    conversation open, which is four lost frames. It waits until the answer has ended.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_enabled = False
        self._timer = QTimer(self)
        self._timer.setInterval(_PERIOD_MS)
        self._timer.timeout.connect(self._on_timer)

    def set_active(self, on: bool) -> None:
        """Begin or end; repeated calls change nothing."""
        if on == self._timer.isActive():
            return
        if on:
            self._was_enabled = gc.isenabled()
            gc.disable()
            self._timer.start()
        else:
            self._timer.stop()
            if self._was_enabled:
                gc.enable()

    @Slot()
    def _on_timer(self) -> None:
        gc.collect(_YOUNG)
