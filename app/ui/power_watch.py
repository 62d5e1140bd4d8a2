"""Knows whether the computer runs on its battery, and says when that changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Slot

from app.core.power import MAINS, PowerState
from app.workers.typed_signal import signal_of

INTERVAL_MS = 10_000


@dataclass(frozen=True, slots=True)
class PowerChanged:
    """The plug was pulled or put in."""

    power: PowerState


class PowerWatch(QObject):
    """GUI thread; reading takes well under a millisecond on the systems that were tried."""

    changed = signal_of(PowerChanged)

    def __init__(
        self, read_power: Callable[[], PowerState], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._read_power = read_power
        self._power = MAINS
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.look)

    @property
    def is_on_battery(self) -> bool:
        """What was found last; False before the first look."""
        return self._power.is_on_battery

    def set_active(self, is_active: bool) -> None:
        """Watch only while a model is loaded: nothing else uses power worth saving."""
        if is_active:
            self.look()
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Look now."""
        before, self._power = self._power, self._read_power()
        if before.is_on_battery is not self._power.is_on_battery:
            self.changed.emit(PowerChanged(self._power))
