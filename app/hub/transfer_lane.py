"""One connection of a transfer: a thread that fetches span after span."""

from __future__ import annotations

import http.client
import logging
import os
import queue
import threading
from dataclasses import dataclass
from typing import BinaryIO

from app.core.cancellation import CancelToken
from app.core.connection import ConnectionPurpose
from app.core.errors import BugError, HubError
from app.hub.faults import (
    NoRoom,
    Retry,
    Stopped,
    disk_error,
    is_disk_full,
    no_connection,
    not_gguf,
    portal,
    stalled,
)
from app.hub.file_source import FileSource
from app.hub.http_client import HttpSession, Reply
from app.hub.offline_lock import connecting_for
from app.hub.part_file import PartFile, Span
from app.hub.rate import RateLimit
from app.hub.transfer_settings import TransferSettings

logger = logging.getLogger(__name__)

_READ_BYTES = 64 * 1024
_MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True)
class LaneEnded:
    """A lane has ended: nothing left to fetch (None), or why not."""

    lane: TransferLane
    problem: Retry | HubError | BugError | None


class TransferLane(threading.Thread):
    """Fetches spans until none is left, it is retired, or something is wrong."""

    def __init__(
        self,
        part: PartFile,
        source: FileSource,
        session: HttpSession,
        limit: RateLimit,
        settings: TransferSettings,
        stop: CancelToken,
        ended: queue.SimpleQueue[LaneEnded],
    ) -> None:
        super().__init__(name="download", daemon=True)
        self._part = part
        self._source = source
        self._session = session
        self._limit = limit
        self._settings = settings
        self._stop_token = stop
        self._ended = ended
        self._n_unsynced = 0
        self.span_bytes = settings.span_bytes_min  # of the next request; set from outside
        self.is_retired = False  # set from outside: end after the present span

    def run(self) -> None:
        """Fetch; always puts one `LaneEnded`."""
        problem: Retry | HubError | BugError | None = None
        try:
            with connecting_for(ConnectionPurpose.DOWNLOAD), self._part.open_writer() as handle:
                self._fetch_spans(handle)
        except (Retry, HubError) as error:
            problem = error
        except Stopped:
            pass
        except OSError as error:
            problem = self._disk_problem(error)
        except Exception as error:
            logger.exception("a download connection failed")
            problem = BugError.of(error)
        finally:
            self._session.close()
            self._ended.put(LaneEnded(self, problem))

    def _disk_problem(self, error: OSError) -> Retry | HubError:
        sentence = disk_error(error, self._part.final_path.parent, self._part.unallocated_bytes)
        return NoRoom(sentence) if is_disk_full(error) else sentence

    def _fetch_spans(self, handle: BinaryIO) -> None:
        while not self.is_retired and not self._stop_token.is_cancelled:
            n_blocks = max(1, self.span_bytes // self._part.block_bytes)
            if self._source.knows_no_ranges:
                n_blocks = self._part.n_blocks
            span = self._part.claim(n_blocks)
            if span is None:
                return
            try:
                self._fetch(span, handle)
            finally:
                self._part.release(span)

    def _fetch(self, span: Span, handle: BinaryIO) -> None:
        block_bytes = self._part.block_bytes
        start = span.first * block_bytes
        end = span.last * block_bytes + self._part.block_size(span.last) - 1
        reply, offset = self._source.open(self._session, start, end)
        self._part.set_etag(self._source.etag)
        try:
            self._skip(reply, start - offset)
            buffer = memoryview(bytearray(block_bytes))
            for index in range(span.first, span.last + 1):
                block = buffer[: self._part.block_size(index)]
                self._fill(reply, block)
                if index == 0 and bytes(block[:4]) != _MAGIC:
                    raise self._not_a_model(reply, bytes(block[:512]))
                if not self._part.write_block(handle, index, block):
                    raise Stopped
                self._sync(handle, len(block))
        finally:
            if reply.body.length == 0:
                reply.body.read(1)  # reads nothing, but ends the answer: read1 does not
            if not reply.body.isclosed():
                self._session.close()  # what is left of the body is not wanted

    def _skip(self, reply: Reply, n_bytes: int) -> None:
        """Read over what is there already: the server knows no ranges."""
        buffer = memoryview(bytearray(_READ_BYTES))
        while n_bytes > 0:
            piece = buffer[: min(n_bytes, _READ_BYTES)]
            self._fill(reply, piece)
            n_bytes -= len(piece)

    def _fill(self, reply: Reply, block: memoryview) -> None:
        n_filled = 0
        while n_filled < len(block):
            wanted = min(_READ_BYTES, len(block) - n_filled)
            self._limit.take(wanted, self._stop_token)
            if self._stop_token.is_cancelled:
                raise Stopped
            data = self._read(reply, wanted)
            block[n_filled : n_filled + len(data)] = data
            n_filled += len(data)

    def _read(self, reply: Reply, n_bytes: int) -> bytes:
        try:
            data = reply.body.read1(n_bytes)
        except TimeoutError as error:
            raise Retry(stalled(reply.host, self._settings.stall_timeout_s)) from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            if self._stop_token.is_cancelled:
                raise Stopped from error
            raise Retry(no_connection(reply.host)) from error
        if not data:
            if self._stop_token.is_cancelled:
                raise Stopped
            raise Retry(no_connection(reply.host))
        return data

    def _not_a_model(self, reply: Reply, head: bytes) -> Retry | HubError:
        if head.lstrip().lower().startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
            return Retry(portal(reply.host))
        return not_gguf(self._part.file.name)

    def _sync(self, handle: BinaryIO, n_bytes: int) -> None:
        """Now and then, so that the end does not wait for gigabytes to reach the disk."""
        self._n_unsynced += n_bytes
        if self._n_unsynced >= self._settings.sync_bytes:
            self._n_unsynced = 0
            os.fsync(handle.fileno())
