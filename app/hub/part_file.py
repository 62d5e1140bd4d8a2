"""A file that is still coming: its part file and its note, written by several connections."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.core.catalogue import RemoteModel
from app.core.disk_sync import replace_file, sync_folder
from app.hub.part_state import MISSING, PartState, block_mark
from app.hub.reserving import allocated_bytes, reserve

# Our own, so that what a browser has left in the same folder is never touched.
PART_SUFFIX = ".lumbre.part"
NOTE_SUFFIX = ".lumbre.part.note"


@dataclass(slots=True, eq=False)
class Span:
    """Blocks `first`..`last` (both included) that one connection fetches."""

    first: int
    last: int


class PartFile:
    """The part file of one download.

    `claim`, `release`, `write_block` and the numbers may be used from any thread; all else
    belongs to the thread that opened it.
    """

    def __init__(
        self, final_path: Path, model: RemoteModel, index: int, block_bytes: int
    ) -> None:
        """Open or begin the part of `model.files[index]`; the folder must be there.

        Raises:
            HubError: another process is writing it.
            OSError: it cannot be opened.
        """
        self.final_path = final_path
        self.path = final_path.with_name(final_path.name + PART_SUFFIX)
        self.file = model.files[index]
        note_path = final_path.with_name(final_path.name + NOTE_SUFFIX)
        self._note = PartState.open(note_path, model, index, block_bytes)
        self.block_bytes = self._note.block_bytes
        self._lock = threading.Lock()
        self._is_closed = False
        self._spans: list[Span] = []
        self._n_done = 0
        self._next_missing = 0  # no block before it is missing
        self._hash = hashlib.sha256()
        self._n_hashed = 0  # blocks from the start that are in `_hash`
        try:
            descriptor = os.open(
                self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600
            )
            self._handle: BinaryIO = os.fdopen(descriptor, "r+b", buffering=0)
        except BaseException:
            self._note.close()
            raise
        self._count()

    def _count(self) -> None:
        self._n_done = sum(
            self.block_size(i) for i in range(self._note.n_blocks) if self.has_block(i)
        )
        self._next_missing = 0

    @property
    def n_blocks(self) -> int:
        """Of the whole file."""
        return self._note.n_blocks

    @property
    def n_done(self) -> int:
        """Bytes that have come and were written."""
        return self._n_done

    @property
    def is_complete(self) -> bool:
        """True when no block is missing; the content may still be wrong."""
        return self._n_done == self.file.size_bytes

    @property
    def unallocated_bytes(self) -> int:
        """Bytes that the drive must still find for it."""
        return max(0, self.file.size_bytes - allocated_bytes(self.path))

    def has_block(self, index: int) -> bool:
        """True when block `index` has come."""
        return self._note.mark(index) != MISSING

    def block_size(self, index: int) -> int:
        """Bytes of block `index`; the last one may be shorter."""
        return min(self.block_bytes, self.file.size_bytes - index * self.block_bytes)

    @property
    def etag(self) -> str | None:
        """The server's mark of the content; None: not known."""
        with self._lock:
            return self._note.etag()

    def set_etag(self, etag: str | None) -> None:
        """Remember the server's mark of the content; from any thread."""
        with self._lock:
            if not self._is_closed:
                self._note.set_etag(etag)

    def reserve(self) -> Iterator[None]:
        """Ask the drive for the whole size, step by step.

        Raises:
            OSError: among others, the drive is full.
        """
        yield from reserve(self._handle, self.file.size_bytes)

    def check(self) -> Iterator[int]:
        """Compare what came earlier with its marks; yields the bytes looked at so far.

        Blocks that are not what was written are fetched again.
        """
        for index in range(self.n_blocks):
            if not self.has_block(index):
                continue
            data = self._read_block(index)
            if block_mark(data) != self._note.mark(index):
                self._note.set_mark(index, MISSING)
            elif index == self._n_hashed:
                self._hash.update(data)
                self._n_hashed += 1
            yield index * self.block_bytes
        self._count()

    @property
    def has_unclaimed(self) -> bool:
        """True when a block is missing that nobody fetches."""
        with self._lock:
            return self._first_unclaimed() is not None

    def claim(self, n_blocks_max: int) -> Span | None:
        """The next missing blocks that nobody fetches; None: there are none."""
        with self._lock:
            first = self._first_unclaimed()
            if first is None or self._is_closed:
                return None
            claimed = (s.first for s in self._spans if s.first > first)
            limit = min([first + n_blocks_max, self.n_blocks, *claimed])
            last = first
            while last + 1 < limit and not self.has_block(last + 1):
                last += 1
            span = Span(first, last)
            self._spans.append(span)
            return span

    def _first_unclaimed(self) -> int | None:
        while self._next_missing < self.n_blocks and self.has_block(self._next_missing):
            self._next_missing += 1
        index = self._next_missing
        while index < self.n_blocks:
            claimed = next((s.last for s in self._spans if s.first <= index <= s.last), None)
            if claimed is not None:
                index = claimed + 1
            elif self.has_block(index):
                index += 1
            else:
                return index
        return None

    def release(self, span: Span) -> None:
        """Nobody fetches `span` any more; what is missing of it can be claimed again."""
        with self._lock:
            self._spans.remove(span)

    def write_block(self, handle: BinaryIO, index: int, data: memoryview) -> bool:
        """Write block `index` with a handle of the calling thread; False: it is closed.

        Raises:
            OSError: the drive is full or gone.
        """
        if self._is_closed:
            return False
        if self.has_block(index):
            return True  # it may be hashed already: what was hashed is never written again
        handle.seek(index * self.block_bytes)
        written = 0
        while written < len(data):
            written += handle.write(data[written:])
        mark = block_mark(data)
        with self._lock:
            if self._is_closed:
                return False
            if not self.has_block(index):
                self._note.set_mark(index, mark)
                self._n_done += len(data)
        return True

    def open_writer(self) -> BinaryIO:
        """A handle for one more thread."""
        return open(self.path, "r+b", buffering=0)

    def hash_some(self, n_bytes: int) -> bool:
        """Hash up to `n_bytes` more of what has come without a gap; False: nothing to do."""
        n_blocks = max(1, n_bytes // self.block_bytes)
        for done in range(n_blocks):
            if self._n_hashed >= self.n_blocks or not self.has_block(self._n_hashed):
                return done > 0
            self._hash.update(self._read_block(self._n_hashed))
            self._n_hashed += 1
        return True

    @property
    def n_hashed(self) -> int:
        """Bytes from the start that are in the SHA-256."""
        return min(self._n_hashed * self.block_bytes, self.file.size_bytes)

    def is_as_expected(self) -> bool:
        """True when the SHA-256 of the whole file is the right one; all must be hashed."""
        if self._n_hashed != self.n_blocks:
            raise ValueError("the file is not hashed to its end")
        return self._hash.hexdigest() == self.file.sha256

    def begin_hash_again(self) -> None:
        """Forget what was hashed, before another `check`."""
        self._hash = hashlib.sha256()
        self._n_hashed = 0

    def finish(self) -> None:
        """Give it its name, for good: data on disk, rename, folder on disk, note removed."""
        self._handle.truncate(self.file.size_bytes)
        os.fsync(self._handle.fileno())
        self._close_data()
        replace_file(self.path, self.final_path)
        sync_folder(self.final_path.parent)
        self._note.remove()

    def close(self) -> None:
        """Stop, keeping what has come."""
        self._close_data()
        self._note.close()

    def remove(self) -> None:
        """Stop and delete what has come."""
        self._close_data()
        self.path.unlink(missing_ok=True)
        self._note.remove()

    def _close_data(self) -> None:
        with self._lock:
            self._is_closed = True
        self._handle.close()

    def _read_block(self, index: int) -> bytes:
        self._handle.seek(index * self.block_bytes)
        wanted = self.block_size(index)
        data = self._handle.read(wanted)
        while len(data) < wanted:
            more = self._handle.read(wanted - len(data))
            if not more:
                break  # cut off: the mark will tell
            data += more
        return data
