"""Bandwidth, speed, and how many connections pay."""

from __future__ import annotations

import threading
import time

import pytest

from app.core.cancellation import CancelToken
from app.hub.connection_trial import ConnectionTrial
from app.hub.rate import RateLimit, SpeedMeter
from app.hub.transfer_settings import TransferSettings

MB = 1_000_000


def test_without_a_limit_nothing_waits() -> None:
    RateLimit().take(10**12, CancelToken())


def test_a_limit_is_shared_by_all_who_take() -> None:
    limit = RateLimit(MB)
    stop = CancelToken()
    taken = []

    def take() -> None:
        while not stop.is_cancelled:
            limit.take(10_000, stop)
            taken.append(10_000)

    threads = [threading.Thread(target=take) for _ in range(3)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    stop.wait(0.5)
    stop.cancel()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    assert sum(taken) <= MB * (seconds + 0.3) + 30_000


def test_waiting_for_the_limit_ends_when_it_is_stopped_or_lifted() -> None:
    for end in ("stop", "lift"):
        limit, stop = RateLimit(1), CancelToken()
        act = stop.cancel if end == "stop" else lambda limit=limit: limit.set(0)
        timer = threading.Timer(0.05, act)
        timer.start()
        limit.take(10**6, stop)  # 12 days by the limit
        timer.join()


def test_the_speed_is_that_of_the_last_seconds() -> None:
    meter = SpeedMeter(window_s=4.0)
    for second in range(10):
        meter.add(second * MB, now=float(second))
    for second in range(10, 20):
        meter.add(10 * MB + (second - 10) * 5 * MB, now=float(second))
    assert meter.bytes_per_second == pytest.approx(5 * MB)
    assert meter.seconds_left(50 * MB) == pytest.approx(10.0)


def test_no_time_is_promised_while_nothing_comes() -> None:
    meter = SpeedMeter()
    assert meter.seconds_left(MB) is None
    meter.add(0, now=0.0)
    meter.add(0, now=5.0)
    assert meter.seconds_left(MB) is None


def _climb(share_of_line: int, line: int, limit: int = 0) -> list[int]:
    """Connections wanted, second by second, on a line where each gets at most a share."""
    trial = ConnectionTrial(TransferSettings(connection_trial_s=4.0, n_connections_max=4))
    n, n_done, found = 1, 0, []
    for second in range(60):
        n = trial.n_wanted(n_done=n_done, n_left=10**10, limit=limit, now=float(second))
        n_done += min(n * share_of_line, line, limit or line)
        found.append(n)
    return found


def test_connections_are_added_while_each_brings_more() -> None:
    assert _climb(share_of_line=10 * MB, line=100 * MB)[-1] == 4


def test_a_full_line_keeps_one_connection() -> None:
    found = _climb(share_of_line=100 * MB, line=100 * MB)
    assert max(found) == 2  # it was tried once
    assert found[-1] == 1


def test_a_bandwidth_limit_that_is_reached_asks_for_no_further_connection() -> None:
    assert max(_climb(share_of_line=10 * MB, line=100 * MB, limit=5 * MB)) == 1


def test_the_last_piece_of_a_file_is_not_worth_a_connection() -> None:
    trial = ConnectionTrial(TransferSettings())
    for second in range(30):
        n = trial.n_wanted(n_done=second * MB, n_left=MB, limit=0, now=float(second))
        assert n == 1
