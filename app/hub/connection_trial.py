"""How many connections fill the line: one more is tried, and kept when it pays."""

from __future__ import annotations

from app.hub.transfer_settings import TransferSettings

_LIMIT_REACHED = 0.85  # of the bandwidth limit: a further connection can gain nothing


class ConnectionTrial:
    """Decides by the measured speed; one thread."""

    def __init__(self, settings: TransferSettings) -> None:
        self._settings = settings
        self._n_wanted = 1
        self._measured_from: tuple[float, int] | None = None  # time, bytes done
        self._speed_before = 0.0
        self._is_settled = False

    def begin_again(self) -> None:
        """All connections were lost: measure anew; what was found to pay stays."""
        self._measured_from = None
        self._speed_before = 0.0
        if not self._is_settled:
            self._n_wanted = 1

    def n_wanted(self, *, n_done: int, n_left: int, limit: int, now: float) -> int:
        """How many connections there should be.

        Args:
            n_done: bytes that have come.
            n_left: bytes still to come.
            limit: bandwidth limit in bytes a second; 0: none.
            now: `time.monotonic()`.
        """
        if self._is_settled or n_left < self._settings.connection_bytes_left:
            return self._n_wanted
        if self._measured_from is None:
            self._measured_from = (now, n_done)
            return self._n_wanted
        since, n_done_before = self._measured_from
        if now - since >= self._settings.connection_trial_s:
            self._measured_from = (now, n_done)
            speed = (n_done - n_done_before) / (now - since)
            if not limit or speed < limit * _LIMIT_REACHED:
                self._decide(speed)
        return self._n_wanted

    def _decide(self, speed: float) -> None:
        pays = speed >= self._speed_before * self._settings.connection_gain
        if not pays:
            self._n_wanted = max(1, self._n_wanted - 1)
            self._is_settled = True
        elif self._n_wanted >= self._settings.n_connections_max:
            self._is_settled = True
        else:
            self._speed_before = speed
            self._n_wanted += 1
