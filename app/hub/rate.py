"""How fast bytes may come, and how fast they do."""

from __future__ import annotations

import threading
import time
from collections import deque

from app.core.cancellation import CancelToken

_BURST_S = 0.25  # seconds' worth of bytes that may come at once
WINDOW_S = 8.0  # seconds over which the shown speed is averaged


class RateLimit:
    """A bandwidth for all downloads together; every method from any thread."""

    def __init__(self, bytes_per_second: int = 0) -> None:
        self._lock = threading.Lock()
        self._rate = bytes_per_second
        self._allowance = 0.0
        self._at = time.monotonic()

    @property
    def bytes_per_second(self) -> int:
        """0: no limit."""
        return self._rate

    def set(self, bytes_per_second: int) -> None:
        """Change it at once; 0: no limit."""
        with self._lock:
            self._rate = max(0, bytes_per_second)
            self._allowance = 0.0
            self._at = time.monotonic()

    def take(self, n_bytes: int, stop: CancelToken) -> None:
        """Wait until `n_bytes` more were allowed to come, or until `stop` is set."""
        while self._rate and not stop.is_cancelled:
            wait_s = self._try_take(n_bytes)
            if wait_s <= 0:
                return
            stop.wait(min(wait_s, 0.2))  # short: the limit may be lifted meanwhile

    def _try_take(self, n_bytes: int) -> float:
        with self._lock:
            if not self._rate:
                return 0.0
            now = time.monotonic()
            burst = max(self._rate * _BURST_S, n_bytes)
            self._allowance = min(self._allowance + (now - self._at) * self._rate, burst)
            self._at = now
            if self._allowance >= n_bytes:
                self._allowance -= n_bytes
                return 0.0
            return (n_bytes - self._allowance) / self._rate


class SpeedMeter:
    """Bytes a second over the last seconds; one thread."""

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._points: deque[tuple[float, int]] = deque()

    def add(self, n_done: int, now: float | None = None) -> None:
        """Note how many bytes there are in all.

        Args:
            n_done: bytes so far.
            now: `time.monotonic()`; None: this moment.
        """
        at = time.monotonic() if now is None else now
        self._points.append((at, n_done))
        while len(self._points) > 2 and at - self._points[0][0] > self._window_s:
            self._points.popleft()

    @property
    def bytes_per_second(self) -> float:
        """0 until half a second has passed."""
        if len(self._points) < 2:
            return 0.0
        (first_at, first), (last_at, last) = self._points[0], self._points[-1]
        seconds = last_at - first_at
        return max(0.0, (last - first) / seconds) if seconds >= 0.5 else 0.0

    def seconds_left(self, n_left: int) -> float | None:
        """At the present speed; None while nothing comes."""
        speed = self.bytes_per_second
        return n_left / speed if speed > 1 else None
