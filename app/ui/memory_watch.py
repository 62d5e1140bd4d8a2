"""Looks at the free memory while a model is loaded, and says when it becomes short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Slot

from app.core.machine import Machine
from app.workers.typed_signal import signal_of

INTERVAL_MS = 5000
# Below this share the system begins to push pages of the model out, and answers crawl.
SHORT_SHARE = 0.05  # of the memory that this process may use
LEAST_BYTES = 400_000_000
CALM_FACTOR = 1.5  # enough again: so that the note does not flicker


@dataclass(frozen=True, slots=True)
class MemoryStateChanged:
    """Memory has become short, or there is enough again."""

    is_short: bool
    available_bytes: int


class MemoryWatch(QObject):
    """GUI thread; reading takes about a millisecond."""

    changed = signal_of(MemoryStateChanged)

    def __init__(
        self, read_machine: Callable[[], Machine], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._read_machine = read_machine
        self._is_short = False
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.look)

    @property
    def is_short(self) -> bool:
        """What was said last."""
        return self._is_short

    def set_active(self, is_active: bool) -> None:
        """Watch only while a model is loaded; what was said is taken back at the end."""
        if is_active:
            self._timer.start()
        else:
            self._timer.stop()
            self._say(False, 0)

    @Slot()
    def look(self) -> None:
        """Look now."""
        machine = self._read_machine()
        limit = max(LEAST_BYTES, machine.ram_total_bytes * SHORT_SHARE)
        if self._is_short:
            limit *= CALM_FACTOR
        self._say(machine.ram_available_bytes < limit, machine.ram_available_bytes)

    def _say(self, is_short: bool, available_bytes: int) -> None:
        if is_short is not self._is_short:
            self._is_short = is_short
            self.changed.emit(MemoryStateChanged(is_short, available_bytes))
