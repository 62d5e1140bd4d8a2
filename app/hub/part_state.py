"""The note beside a part file: what it is to become, and which blocks of it have come.

A head of 16 KiB (JSON, padded) and then a mark of 8 bytes for each block: a sign and its
CRC-32, all zero while the block is missing. A mark is written after its block, in place, so
the note is true after a kill at any moment; after a power cut the marks tell which blocks
really arrived on the disk. A CRC is enough for that (and costs nothing beside the SHA-256 of
the whole file, which stays the judge of the content).
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from app.core.catalogue import ModelKind, RemoteFile, RemoteModel
from app.hub.faults import already_running

HEAD_BYTES = 16 * 1024
MARK_BYTES = 8
MISSING = bytes(MARK_BYTES)
_SIGN = b"LBLK"
_ETAG_AT = 15 * 1024  # the ETag has a place of its own, for it changes
_ETAG_MAX = HEAD_BYTES - _ETAG_AT - 2
_VERSION = 1


def block_mark(data: bytes | memoryview) -> bytes:
    """8 bytes that tell whether a block on the disk is the one that came; never `MISSING`."""
    return _SIGN + zlib.crc32(data).to_bytes(4, "little")


@dataclass(frozen=True, slots=True)
class Note:
    """What a note says."""

    model: RemoteModel
    index: int  # of the file in the model
    block_bytes: int
    n_done: int = 0  # bytes of the file that have come, not yet compared

    def __post_init__(self) -> None:
        if type(self.index) is not int or not (0 <= self.index < len(self.model.files)):
            raise ValueError("no such file in the model")
        if type(self.block_bytes) is not int or self.block_bytes < 4096:
            raise ValueError("blocks are too small")

    @property
    def file(self) -> RemoteFile:
        """The file that the part is to become."""
        return self.model.files[self.index]


class PartState:
    """The open note of one file; held by one process at a time."""

    def __init__(
        self,
        path: Path,
        file: RemoteFile,
        block_bytes: int,
        handle: BinaryIO,
        marks: bytearray,
    ) -> None:
        self.path = path
        self.file = file
        self.block_bytes = block_bytes
        self._handle = handle
        self._marks = marks

    @classmethod
    def open(cls, path: Path, model: RemoteModel, index: int, block_bytes: int) -> PartState:
        """Open the note for `model.files[index]`; a note of another file is begun anew.

        Raises:
            HubError: another process has it open.
            OSError: it cannot be read or written.
        """
        file = model.files[index]
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        handle = os.fdopen(descriptor, "r+b", buffering=0)
        try:
            if not _lock(handle):
                raise already_running(file.name)
            found = _read_head(handle)
            if found is not None and _is_same_content(found.file, file):
                block_bytes = found.block_bytes
                if found.model != model:  # another revision or title of the same content
                    handle.seek(0)
                    handle.write(_head(model, index, block_bytes).ljust(_ETAG_AT, b"\0"))
                marks = _read_marks(handle, file, block_bytes)
            else:
                marks = bytearray(MARK_BYTES * n_blocks(file.size_bytes, block_bytes))
                _begin(handle, _head(model, index, block_bytes), marks)
        except BaseException:
            handle.close()
            raise
        return cls(path, file, block_bytes, handle, marks)

    @property
    def n_blocks(self) -> int:
        """Of the whole file."""
        return len(self._marks) // MARK_BYTES

    def mark(self, index: int) -> bytes:
        """What block `index` was when it came; `MISSING`: it has not."""
        at = index * MARK_BYTES
        return bytes(self._marks[at : at + MARK_BYTES])

    def set_mark(self, index: int, mark: bytes) -> None:
        """Note that block `index` is in the part file, or `MISSING`: it no longer counts."""
        at = index * MARK_BYTES
        self._marks[at : at + MARK_BYTES] = mark
        self._handle.seek(HEAD_BYTES + at)
        self._handle.write(mark)

    def etag(self) -> str | None:
        """The server's mark of the content, for If-Range; None: none was given."""
        self._handle.seek(_ETAG_AT)
        text = self._handle.read(_ETAG_MAX).split(b"\0", 1)[0].decode("latin-1").strip()
        return text or None

    def set_etag(self, etag: str | None) -> None:
        """Remember the server's mark; marks that are too long are not used."""
        raw = (etag or "").encode("latin-1", "replace")
        raw = raw if len(raw) <= _ETAG_MAX else b""
        self._handle.seek(_ETAG_AT)
        self._handle.write(raw.ljust(_ETAG_MAX + 1, b"\0"))

    def sync(self) -> None:
        """Force it to the disk."""
        os.fsync(self._handle.fileno())

    def close(self) -> None:
        """Let go of it."""
        self._handle.close()

    def remove(self) -> None:
        """Close and delete it."""
        self._handle.close()
        self.path.unlink(missing_ok=True)


def _is_same_content(left: RemoteFile, right: RemoteFile) -> bool:
    return replace(left, revision=right.revision) == right


def n_blocks(size_bytes: int, block_bytes: int) -> int:
    """How many blocks a file has; the last may be shorter."""
    return -(-size_bytes // block_bytes)


def read_note(path: Path) -> Note | None:
    """What a note says; None: it is none."""
    try:
        with open(path, "rb", buffering=0) as handle:
            head = _read_head(handle)
            if head is None:
                return None
            marks = _read_marks(handle, head.file, head.block_bytes)
    except OSError:
        return None
    n_done = 0
    for index in range(n_blocks(head.file.size_bytes, head.block_bytes)):
        at = index * MARK_BYTES
        if marks[at : at + MARK_BYTES] != MISSING:
            n_done += min(head.block_bytes, head.file.size_bytes - index * head.block_bytes)
    return replace(head, n_done=n_done)


def is_in_use(path: Path) -> bool:
    """True while a process has the note open."""
    try:
        with open(path, "r+b", buffering=0) as handle:
            return not _lock(handle)
    except OSError:
        return False


def _head(model: RemoteModel, index: int, block_bytes: int) -> bytes:
    """The whole model, so that all its parts can be resumed from the note of one."""
    for files, position in ((model.files, index), ((model.files[index],), 0)):
        head = json.dumps(
            {
                "lumbre_part": _VERSION,
                "block_bytes": block_bytes,
                "index": position,
                "title": model.title,
                "quantization": model.quantization,
                "kind": model.kind.value,
                "repository": model.repository,
                "revision": model.files[0].revision,
                "files": [[f.path, f.size_bytes, f.sha256] for f in files],
            }
        ).encode()
        if len(head) < _ETAG_AT:
            return head
    raise ValueError("the head of the note is too long")


def _begin(handle: BinaryIO, head: bytes, marks: bytearray) -> None:
    handle.truncate(0)
    handle.seek(0)
    handle.write(head.ljust(HEAD_BYTES, b"\0") + marks)
    os.fsync(handle.fileno())


def _read_head(handle: BinaryIO) -> Note | None:
    handle.seek(0)
    head = handle.read(HEAD_BYTES)
    try:
        raw = json.loads(head[:_ETAG_AT].split(b"\0", 1)[0])
        if raw["lumbre_part"] != _VERSION:
            return None
        block_bytes, index = raw["block_bytes"], raw["index"]
        files = tuple(
            RemoteFile(raw["repository"], raw["revision"], path, size_bytes, sha256)
            for path, size_bytes, sha256 in raw["files"]
        )
        model = RemoteModel(
            str(raw["title"]), files, str(raw["quantization"]), ModelKind(raw["kind"])
        )
        return Note(model, index, block_bytes)
    except (ValueError, TypeError, KeyError):
        return None


def _read_marks(handle: BinaryIO, file: RemoteFile, block_bytes: int) -> bytearray:
    size = MARK_BYTES * n_blocks(file.size_bytes, block_bytes)
    handle.seek(HEAD_BYTES)
    marks = bytearray()
    while len(marks) < size:
        piece = handle.read(size - len(marks))
        if not piece:
            break  # cut off by a power cut: the rest has not come
        marks += piece
    whole = len(marks) // MARK_BYTES * MARK_BYTES
    return marks[:whole] + bytearray(size - whole)


def _lock(handle: BinaryIO) -> bool:
    """Hold the file until it is closed or the process ends; False: somebody else does.

    Where the file system knows no locks (some network drives), nobody is kept out.
    """
    if sys.platform == "win32":
        import msvcrt

        # A byte far beyond the content: Windows forbids others to read a locked range. Not
        # beyond 2 GiB: the C library's `_locking` counted with 32 bits for a long time.
        handle.seek((1 << 31) - 2)
        with contextlib.suppress(OSError):
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
            return True
        return False
    import fcntl

    try:
        fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
