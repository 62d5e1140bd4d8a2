"""Cancelling one request from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable


class CancelToken:
    """Says "stop" to one request. Made per request, set at most once, never reset.

    Every method may be called from any thread.
    """

    __slots__ = ("_callbacks", "_event", "_lock")

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def is_cancelled(self) -> bool:
        """True from the first `cancel()` on."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask the owner of the request to stop; runs the callbacks in this thread, once."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Run `callback` in the cancelling thread; at once when it is already cancelled.

        The callback must return quickly and must not raise.
        """
        with self._lock:
            if not self._event.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def forget(self, callback: Callable[[], None]) -> None:
        """Undo `on_cancel`; unknown callbacks are ignored."""
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

    def wait(self, timeout_s: float) -> bool:
        """Sleep up to `timeout_s`; True as soon as it is cancelled."""
        return self._event.wait(timeout_s)
