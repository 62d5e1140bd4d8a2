"""Fetch the missing blocks of one file: connections, retries, hashing, progress."""

from __future__ import annotations

import logging
import queue
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.core.cancellation import CancelToken
from app.core.drive_room import free_bytes
from app.core.errors import BugError, HubError
from app.hub.connection_trial import ConnectionTrial
from app.hub.faults import NoRoom, Retry
from app.hub.file_source import FileSource
from app.hub.http_client import HttpSession
from app.hub.part_file import PartFile
from app.hub.rate import RateLimit, SpeedMeter
from app.hub.transfer_lane import LaneEnded, TransferLane
from app.hub.transfer_settings import MIB, TransferSettings

logger = logging.getLogger(__name__)

_TICK_S = 0.05
_HASH_BYTES = 32 * MIB  # hashed between two looks at everything else
_ROOM_LOOK_S = 2.0  # a full drive is looked at so often
_ROOM_TO_GO_ON = 16 * MIB


@dataclass(frozen=True, slots=True)
class TransferStatus:
    """How a transfer stands."""

    n_done: int
    bytes_per_second: float
    seconds_left: float | None
    n_connections: int
    problem: HubError | None = None  # nothing comes: why
    retry_in_s: float = 0.0


class FileTransfer:
    """Brings one part file to its end; all in the calling thread but the lanes."""

    def __init__(
        self,
        part: PartFile,
        source: FileSource,
        new_session: Callable[[CancelToken], HttpSession],
        limit: RateLimit,
        settings: TransferSettings,
        stop: CancelToken,
    ) -> None:
        self._part = part
        self._source = source
        self._new_session = new_session
        self._limit = limit
        self._settings = settings
        self._stop = stop
        self._lane_stop = CancelToken()  # also set when one lane's trouble ends all
        self._ended: queue.SimpleQueue[LaneEnded] = queue.SimpleQueue()
        self._lanes: list[TransferLane] = []
        self._meter = SpeedMeter()
        self._trial = ConnectionTrial(settings)
        self._problem: Retry | None = None
        self._next_try_at = 0.0
        self._n_failures = 0  # in a row, without a block between them
        self._n_suspicious = 0
        self._n_done_at_failure = -1

    def run(self) -> Iterator[TransferStatus]:
        """Yield the status until every block is there or `stop` is set.

        Raises:
            HubError: it cannot go on without the person.
        """
        shown_at = 0.0
        self._stop.on_cancel(self._lane_stop.cancel)
        try:
            while not self._part.is_complete and not self._stop.is_cancelled:
                now = time.monotonic()
                self._meter.add(self._part.n_done, now)
                self._start_lanes(now)
                if now - shown_at >= self._settings.progress_every_s:
                    shown_at = now
                    yield self._status(now)
                if not self._part.hash_some(_HASH_BYTES):
                    self._wait_for_lane()
                self._look_at_ended_lanes()
        finally:
            self._end_lanes()

    def _start_lanes(self, now: float) -> None:
        if not self._lanes:
            if now >= self._next_try_at and self._has_room(now):
                self._trial.begin_again()
                self._start_lane()
            return
        n_wanted = self._trial.n_wanted(
            n_done=self._part.n_done,
            n_left=self._part.file.size_bytes - self._part.n_done,
            limit=self._limit.bytes_per_second,
            now=now,
        )
        if self._source.knows_no_ranges:
            n_wanted = 1
        self._set_span_length()
        if n_wanted > len(self._lanes) and now >= self._next_try_at:
            if self._part.has_unclaimed:
                self._start_lane()
        elif n_wanted < sum(not lane.is_retired for lane in self._lanes):
            self._lanes[-1].is_retired = True

    def _start_lane(self) -> None:
        lane = TransferLane(
            self._part,
            self._source,
            self._new_session(self._lane_stop),
            self._limit,
            self._settings,
            self._lane_stop,
            self._ended,
        )
        self._lanes.append(lane)
        lane.start()

    def _set_span_length(self) -> None:
        """Long enough to ask seldom, short enough to leave something for the others."""
        settings = self._settings
        speed = self._meter.bytes_per_second / max(1, len(self._lanes))
        n_left = self._part.file.size_bytes - self._part.n_done
        length = min(
            int(speed * settings.span_seconds),
            n_left // (2 * settings.n_connections_max),
            settings.span_bytes_max,
        )
        for lane in self._lanes:
            lane.span_bytes = max(settings.span_bytes_min, length)

    def _wait_for_lane(self) -> None:
        try:
            self._on_lane_ended(self._ended.get(timeout=_TICK_S))
        except queue.Empty:
            return

    def _look_at_ended_lanes(self) -> None:
        while not self._ended.empty():
            self._on_lane_ended(self._ended.get())

    def _on_lane_ended(self, ended: LaneEnded) -> None:
        ended.lane.join()
        self._lanes.remove(ended.lane)
        problem = ended.problem
        if problem is None or self._stop.is_cancelled:
            return
        if isinstance(problem, BugError | HubError):
            raise problem
        self._note_failure(problem)

    def _note_failure(self, problem: Retry) -> None:
        if self._part.n_done != self._n_done_at_failure:
            self._n_done_at_failure = self._part.n_done
            self._n_failures = self._n_suspicious = 0
        self._n_failures += 1
        self._n_suspicious += problem.is_suspicious
        if self._n_suspicious >= self._settings.n_suspicious_max:
            raise problem.error
        delay_s = problem.delay_s if problem.delay_s is not None else self._back_off_s()
        logger.info(
            "download of %s: try %d failed, next in %.1f s: %s",
            self._part.file.name,
            self._n_failures,
            delay_s,
            type(problem.__cause__ or problem).__name__,
        )
        self._problem = problem
        self._next_try_at = time.monotonic() + delay_s

    def _back_off_s(self) -> float:
        longest = self._settings.longest_retry_s
        delay_s = self._settings.first_retry_s * 2.0 ** min(self._n_failures - 1, 16)
        return min(delay_s, longest) * random.uniform(0.8, 1.2)  # noqa: S311 - only to spread

    def _has_room(self, now: float) -> bool:
        if not isinstance(self._problem, NoRoom):
            return True
        folder = self._part.final_path.parent
        try:
            is_there = free_bytes(folder) >= self._part.unallocated_bytes + _ROOM_TO_GO_ON
        except OSError:
            is_there = False
        if is_there:
            self._problem = None
        else:
            self._next_try_at = now + _ROOM_LOOK_S
        return is_there

    def _status(self, now: float) -> TransferStatus:
        n_left = self._part.file.size_bytes - self._part.n_done
        is_waiting = self._problem is not None and (
            not self._lanes or self._part.n_done == self._n_done_at_failure
        )
        return TransferStatus(
            n_done=self._part.n_done,
            bytes_per_second=self._meter.bytes_per_second,
            seconds_left=self._meter.seconds_left(n_left),
            n_connections=len(self._lanes),
            problem=self._problem.error if is_waiting and self._problem else None,
            retry_in_s=max(0.0, self._next_try_at - now) if is_waiting else 0.0,
        )

    def _end_lanes(self) -> None:
        """Wait a moment for the lanes; one that hangs in a system call ends by itself."""
        self._stop.forget(self._lane_stop.cancel)
        self._lane_stop.cancel()
        deadline = time.monotonic() + self._settings.stop_wait_s
        for lane in self._lanes:
            lane.join(max(0.0, deadline - time.monotonic()))
            if lane.is_alive():
                logger.warning("a download connection ends late")
