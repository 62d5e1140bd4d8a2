"""How long nobody has touched this program."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QWindow

CHECK_MS = 5_000
_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.InputMethod,
    }
)


def _clocks() -> tuple[float, float]:
    # The monotonic clock may stand while the computer sleeps, the other one may be set back.
    return time.monotonic(), time.time()


class IdleWatch(QObject):
    """Says when nothing was typed or pointed at for some minutes. GUI thread only.

    It listens at the windows, not at the application: there every paint of every widget
    would pass through Python.
    """

    idle = Signal()  # again and again while it lasts

    def __init__(
        self,
        parent: QObject | None = None,
        clocks: Callable[[], tuple[float, float]] = _clocks,
    ) -> None:
        """`clocks` are two readings in seconds; the longer time that passed counts."""
        super().__init__(parent)
        self._clocks = clocks
        self._limit_s = 0.0
        self._touched = clocks()
        self._timer = QTimer(self)
        self._timer.setInterval(CHECK_MS)
        self._timer.timeout.connect(self.check)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._on_focus_window_changed)

    def watch(self, minutes: int) -> None:
        """Say `idle` after so many minutes; 0 stops watching."""
        self._limit_s = 60.0 * minutes
        self.note_touch()
        if minutes:
            self._on_focus_window_changed(QGuiApplication.focusWindow())
            self._timer.start()
        else:
            self._timer.stop()

    def note_touch(self) -> None:
        """Somebody is here."""
        self._touched = self._clocks()

    @property
    def idle_s(self) -> float:
        """Seconds since the last touch."""
        now = self._clocks()
        return max(now[0] - self._touched[0], now[1] - self._touched[1])

    @Slot()
    def check(self) -> None:
        """Look at the clock."""
        if self._limit_s and self.idle_s >= self._limit_s:
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note what comes from a person, and let it pass."""
        if event.type() in _TOUCHES:
            self.note_touch()
        return False

    @Slot(QWindow)
    def _on_focus_window_changed(self, window: QWindow | None) -> None:
        self.note_touch()
        if window is not None and self._limit_s:
            window.installEventFilter(self)  # once more does nothing
