"""Large states beside the history: plain files, or small encrypted databases."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from app.core.disk_sync import replace_file
from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.core.state_files import StateFile
from app.storage.data_folder import (
    DataFolder,
    make_private_file,
    make_private_folder,
    sync_file,
)
from app.storage.failures import database_error, folder_error
from app.storage.keys import HistoryKey, derived, key_for
from app.storage.locking import require_unlocked
from app.storage.sqlite import Connection, Error, connect_bare

_PIECE_BYTES = 4 << 20
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_PART = ".part"
_PURPOSE = "state files"
# Large pages: twice as fast as SQLCipher's own 4 KiB, some 300 MB a second.
_PRAGMAS = ("cipher_page_size = 65536", "journal_mode = OFF", "synchronous = OFF")

_UNREADABLE = QT_TRANSLATE_NOOP(
    "errors",
    "The saved state {path} is missing or damaged. Nothing is lost: the conversation is read "
    "again by the model.",
)


class FolderStates:
    """`StateFiles` of one data folder. Every call opens what it needs and closes it."""

    def __init__(self, data_dir: Path) -> None:
        """Keep states below `data_dir`; nothing is made yet."""
        self._folder = DataFolder(data_dir.absolute())

    def write(self, name: str, pieces: Iterable[bytes | memoryview]) -> None:
        """Write a state, whole or not at all."""
        path = self._path(name)
        part = path.with_name(path.name + _PART)
        key = self._key()
        try:
            make_private_folder(path.parent)
            part.unlink(missing_ok=True)
            make_private_file(part)
            write = _write_plain if key is None else _write_encrypted
            write(part, _cut(pieces), key)
            sync_file(part)
            replace_file(part, path)
        except Error as error:
            raise database_error(error, path) from error
        except OSError as error:
            raise folder_error(error, path.parent) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def read(self, name: str) -> Generator[bytes, None, None]:
        """Its bytes in pieces; see `StateFiles.read`."""
        path = self._path(name)
        key = self._key()
        try:
            yield from _read_plain(path) if key is None else _read_encrypted(path, key)
        except (Error, OSError) as error:
            raise StorageError(_UNREADABLE, path=str(path)) from error

    def list_states(self) -> tuple[StateFile, ...]:
        """Which there are, oldest first."""
        found = []
        for path in self._folder.states.glob("*"):
            with suppress(OSError):
                status = path.stat()
                if _NAME.fullmatch(path.name) and path.suffix != _PART:
                    found.append(StateFile(path.name, status.st_size, status.st_mtime))
        return tuple(sorted(found, key=lambda f: (f.written_at, f.name)))

    def delete(self, name: str) -> None:
        """Delete one; nothing when there is none."""
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise folder_error(error, path.parent) from error

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or name.endswith(_PART):
            raise ValueError("no name of a state")
        return self._folder.states / name

    def _key(self) -> HistoryKey | None:
        require_unlocked(self._folder.path)
        key = key_for(self._folder.path)
        return None if key is None else derived(key, _PURPOSE)


def _cut(pieces: Iterable[bytes | memoryview]) -> Iterator[memoryview]:
    for piece in pieces:
        view = memoryview(piece).cast("B")
        for start in range(0, len(view), _PIECE_BYTES):
            yield view[start : start + _PIECE_BYTES]


def _write_plain(path: Path, pieces: Iterable[memoryview], _: HistoryKey | None) -> None:
    with open(path, "wb") as file:
        for piece in pieces:
            file.write(piece)


def _write_encrypted(path: Path, pieces: Iterable[memoryview], key: HistoryKey | None) -> None:
    with closing(_opened(path, key, "mode=rw")) as connection:
        connection.execute("CREATE TABLE pieces (id INTEGER PRIMARY KEY, data BLOB NOT NULL)")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO pieces (data) VALUES (?)", ((p,) for p in pieces))
        connection.execute("COMMIT")


def _read_plain(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _read_encrypted(path: Path, key: HistoryKey) -> Iterator[bytes]:
    with closing(_opened(path, key, "immutable=1")) as connection:
        for (data,) in connection.execute("SELECT data FROM pieces ORDER BY id"):
            yield data


def _opened(path: Path, key: HistoryKey | None, query: str) -> Connection:
    connection = connect_bare(path, query, key)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection
