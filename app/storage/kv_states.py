"""KV states on the disk: one file a state, and a row that proves it.

A file is handed to llama.cpp's C++ reader, which trusts it. So nothing of it is used before its
SHA-256 is found to be the one in the database; the size of its parts is read before, to tell
whether the bulk is worth reading. Whatever is wrong with a state, it is removed and the text is
read again: it is a shortcut, never the only copy of anything.
"""

from __future__ import annotations

import hashlib
import json
import logging
import struct
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import StorageError
from app.core.kv_state import Buffer, KvState, KvWindow, StateKey
from app.core.state_files import StateFiles
from app.storage.data_folder import DataFolder
from app.storage.kv_state_rows import StateRow, erased_at, find, put, remove, touch, unowned
from app.storage.migrations import NEWEST_VERSION, version_of
from app.storage.sqlite import Connection, Error, OpenMode, connect, transaction

logger = logging.getLogger(__name__)

_MAGIC = b"LUMBREKV"
_HEADER = struct.Struct("<8sII")  # magic, bytes of the JSON after it, number of token ids
_JSON_MAX = 1 << 16
_TOKENS_MAX = 1 << 20
_SUFFIX = ".kv"


class _UnfitError(Exception):
    """The file is not what was saved."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the header says; not proved until all of the file has been hashed."""

    identity: str
    places: tuple[int, ...]  # of the windows
    sizes: tuple[int, ...]  # bytes of the windows
    n_sequence: int  # bytes
    made_at: float


def state_name(key: StateKey) -> str:
    """The file of a state; says nothing about the conversation."""
    spelled = f"{key.conversation_id}/{key.beginning}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(spelled).hexdigest()[:40] + _SUFFIX


@contextmanager
def _quietly(what: str) -> Iterator[None]:
    """The disk or the database may not cooperate: then there is no state."""
    try:
        yield
    except (Error, OSError, StorageError) as error:
        logger.info("KV state not %s: %s", what, error)


class FolderKvStates:
    """`KvStateStore` of one data folder. Every call opens what it needs and closes it.

    Args:
        data_dir: with the database; it may be missing.
        files: where the states themselves are.
        budget_bytes: how much room all of them may take; 0: none is kept.
    """

    def __init__(
        self, data_dir: Path, files: StateFiles, budget_bytes: Callable[[], int]
    ) -> None:
        self._folder = DataFolder(data_dir.absolute())
        self._files = files
        self._budget_bytes = budget_bytes

    def load(
        self,
        key: StateKey,
        identity: str,
        is_wanted: Callable[[Sequence[int], Sequence[int]], bool],
    ) -> KvState | None:
        """The state of `key`; see `KvStateStore.load`."""
        with _quietly("looked up"):
            with self._database(OpenMode.READ_ONLY) as connection:
                row = find(connection, key)
            if row is None:
                return None
            try:
                if row.identity != identity:
                    raise _UnfitError("made by something else")
                with closing(self._files.read(row.name)) as pieces:
                    return _read(row, pieces, is_wanted)
            except (_UnfitError, StorageError) as error:
                logger.info("a KV state is dropped: %s", error)
                self.delete(key)
        return None

    def save(self, key: StateKey, identity: str, state: KvState) -> bool:
        """Keep `state`; see `KvStateStore.save`."""
        if state.n_bytes > self.room_bytes():
            return False
        with _quietly("saved"):
            with self._database(OpenMode.READ_ONLY) as connection:
                is_kept = _may_be_kept(connection, key, state)
            if is_kept:
                row = self._write(state_name(key), identity, state)
                with self._changing() as connection:
                    # The conversation may have been deleted meanwhile.
                    is_kept = _may_be_kept(connection, key, state) and put(connection, key, row)
                self.trim()
            return is_kept
        return False

    def touch(self, key: StateKey) -> None:
        """It was used just now."""
        with _quietly("touched"), self._changing() as connection:
            touch(connection, key)

    def delete(self, key: StateKey) -> None:
        """Remove a state, from the disk too."""
        with _quietly("deleted"):
            self._files.delete(state_name(key))
            with self._changing() as connection:
                remove(connection, [state_name(key)])

    def trim(self) -> None:
        """Remove what goes beyond the budget and what no conversation owns any more.

        Also what a crash left half written: only one thread saves, and it trims.
        """
        with _quietly("trimmed"):
            for path in self._folder.states.glob("*.part"):
                path.unlink(missing_ok=True)
            with self._changing() as connection:
                remove(connection, unowned(connection, self._budget_bytes()))
            with self._database(OpenMode.READ_ONLY) as connection:
                drop_stray_files(connection, self._files)

    def room_bytes(self) -> int:
        """The most that one state may take; 0: none is kept."""
        free = self._folder.free_bytes()
        budget = max(0, self._budget_bytes())
        return budget if free is None else min(budget, max(0, free // 4))

    def _write(self, name: str, identity: str, state: KvState) -> StateRow:
        digest, n_bytes = hashlib.sha256(), 0

        def pieces() -> Iterator[bytes | memoryview]:
            nonlocal n_bytes
            for piece in _pieces(identity, state):
                digest.update(piece)
                n_bytes += len(piece)
                yield piece

        self._files.write(name, pieces())
        return StateRow(name, identity, n_bytes, digest.hexdigest())

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with self._database(OpenMode.READ_WRITE) as connection, transaction(connection):
            yield connection

    @contextmanager
    def _database(self, mode: OpenMode) -> Iterator[Connection]:
        db = connect(self._folder.database, mode)
        try:
            if version_of(db.conn) != NEWEST_VERSION:
                raise StorageError("The database is of another version.")
            yield db.conn
        finally:
            db.close()


def drop_stray_files(connection: Connection, files: StateFiles) -> None:
    """Delete the states that the database does not know, or whose conversation is deleted.

    Raises:
        Error, OSError, StorageError: some are still there.
    """
    found = files.list_states()
    if not found:
        return
    known = {
        name
        for (name,) in connection.execute(
            "SELECT s.name FROM kv_states s JOIN conversations c ON c.id = s.conversation "
            "WHERE c.trashed_at IS NULL"
        )
    }
    for file in found:
        if file.name not in known:
            files.delete(file.name)


def _may_be_kept(connection: Connection, key: StateKey, state: KvState) -> bool:
    """False when its conversation is deleted, or may hold text that was erased since."""
    row = connection.execute(
        "SELECT 1 FROM conversations WHERE uuid = ? AND trashed_at IS NULL",
        (key.conversation_id,),
    ).fetchone()
    return row is not None and state.made_at > erased_at(connection)


# ---- the file ----------------------------------------------------------------------------


def _pieces(identity: str, state: KvState) -> Iterator[bytes | memoryview]:
    header = {
        "identity": identity,
        "windows": [[w.n_tokens, len(w.data)] for w in state.windows],
        "sequence": len(state.sequence),
        "made_at": state.made_at,
    }
    text = json.dumps(header).encode()
    yield _HEADER.pack(_MAGIC, len(text), len(state.ids))
    yield text
    yield array("i", state.ids).tobytes()
    for window in state.windows:
        yield memoryview(window.data)
    yield memoryview(state.sequence)


def _read(
    row: StateRow,
    pieces: Iterator[bytes],
    is_wanted: Callable[[Sequence[int], Sequence[int]], bool],
) -> KvState | None:
    """The state in a file; None when it is not wanted.

    Raises:
        _UnfitError: it is not what was saved.
        StorageError: it cannot be read.
    """
    source = _Source(pieces, row.n_bytes)
    magic, n_json, n_ids = _HEADER.unpack(source.take(_HEADER.size))
    if magic != _MAGIC or n_json > _JSON_MAX or n_ids > _TOKENS_MAX:
        raise _UnfitError("no header")
    layout = _layout(source.take(n_json))
    ids = array("i")
    ids.frombytes(source.take(n_ids * ids.itemsize))
    places = (*layout.places, n_ids)
    if layout.identity != row.identity or list(places) != sorted(set(places)):
        raise _UnfitError("wrong header")
    if not is_wanted(ids, places):
        return None
    windows = [
        KvWindow(n_tokens, source.take(size))
        for n_tokens, size in zip(layout.places, layout.sizes, strict=True)
    ]
    sequence = source.take(layout.n_sequence)
    if not source.is_at_end() or source.sha256() != row.sha256:
        raise _UnfitError("not what was saved")
    return KvState(tuple(ids), sequence, tuple(windows), layout.made_at)


def _layout(text: Buffer) -> _Layout:
    try:
        raw = json.loads(bytes(text))
        windows = [(int(n), int(size)) for n, size in raw["windows"]]
        return _Layout(
            str(raw["identity"]),
            tuple(n for n, _ in windows),
            tuple(size for _, size in windows),
            int(raw["sequence"]),
            float(raw["made_at"]),
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise _UnfitError("unreadable header") from error


class _Source:
    """Takes exact numbers of bytes from pieces, and hashes all that it takes."""

    def __init__(self, pieces: Iterable[bytes], n_bytes: int) -> None:
        """`n_bytes` is all that there may be: a damaged length asks for no more memory."""
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")
        self._n_left = n_bytes
        self._digest = hashlib.sha256()

    def take(self, n_bytes: int) -> bytearray:
        """The next `n_bytes`, writable, so that ctypes need not copy them."""
        if not 0 <= n_bytes <= self._n_left:
            raise _UnfitError("wrong sizes")
        self._n_left -= n_bytes
        taken = bytearray(n_bytes)
        n_done = 0
        while n_done < n_bytes:
            if not self._rest:
                self._rest = memoryview(next(self._pieces, b""))
                if not self._rest:
                    raise _UnfitError("cut off")
            part = self._rest[: n_bytes - n_done]
            taken[n_done : n_done + len(part)] = part
            self._rest = self._rest[len(part) :]
            n_done += len(part)
        self._digest.update(taken)
        return taken

    def is_at_end(self) -> bool:
        """True when nothing is left."""
        return self._n_left == 0 and not self._rest and not next(self._pieces, b"")

    def sha256(self) -> str:
        """Of all that was taken."""
        return self._digest.hexdigest()
