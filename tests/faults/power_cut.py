"""A disk that forgets: what SQLite wrote and did not sync may be lost or torn at a power cut.

apsw lets a test stand between SQLite and the file system. Every write, cut, sync and deletion
is taken down with the steps of the workload; afterwards the files are put together as they
could be found after a power cut at any moment.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import apsw
from sqlcipher3 import dbapi2

from app.storage.data_folder import DataFolder
from app.storage.history_file import HistoryFile
from app.storage.sqlite import Connection, Database, DatabaseError, OpenMode, pragmas_for
from app.storage.sqlite_store import SqliteConversationStore
from tests.faults.storage_workload import Expected, Step

SECTOR = 512
TORN_SHARE = 0.15  # of the surviving unsynced writes, only a part of the sectors is there


@dataclass(frozen=True)
class Operation:
    """Something done to a file, or by the workload when there is no file."""

    kind: str  # "write", "truncate", "delete", "sync"; "announce", "acknowledge"
    name: str = ""
    offset: int = 0
    data: bytes = b""
    step: Step | None = None


class RecordingFile(apsw.VFSFile):
    """A file that tells its disk what is done to it."""

    def __init__(self, disk: Disk, name: str | apsw.URIFilename, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(path).name

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.fail_sometimes()
        self._disk.log.append(Operation("write", self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self._disk.log.append(Operation("truncate", self._name, size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self._disk.fail_sometimes()
        self._disk.log.append(Operation("sync", self._name))
        super().xSync(flags)


class Disk(apsw.VFS):
    """The file system that SQLite sees; used under its `name`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.log: list[Operation] = []
        self.failing_share = 0.0  # of writes and syncs that fail with an I/O error
        self.n_failed = 0
        self._chance = random.Random(name)
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> RecordingFile:
        return RecordingFile(self, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:
        self.log.append(Operation("delete", Path(name).name))
        super().xDelete(name, syncdir)

    def fail_sometimes(self) -> None:
        """Raises an I/O error with the chance `failing_share`."""
        if self._chance.random() < self.failing_share:
            self.n_failed += 1
            raise apsw.IOError("injected")

    def announce(self, step: Step) -> None:
        """A step of the workload begins."""
        self.log.append(Operation("announce", step=step))

    def acknowledge(self) -> None:
        """The step has returned."""
        self.log.append(Operation("acknowledge"))


class _Rows:
    """A result as the store reads it; all of it is fetched, so that the statement ends."""

    def __init__(self, rows: list[Any], n_changed: int, last: int) -> None:
        self._rows = rows
        self.rowcount = n_changed
        self.lastrowid = last
        self.description = None

    def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())


class _ApswConnection:
    """What the store asks of a connection, on apsw."""

    def __init__(self, path: Path, disk: Disk) -> None:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        self._connection = apsw.Connection(str(path), flags=flags, vfs=disk.name)

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def execute(self, sql: str, values: Any = None) -> _Rows:
        try:
            rows = list(self._connection.execute(sql, values))
        except apsw.IOError as error:
            raise _translated(error) from error
        last = self._connection.last_insert_rowid()
        return _Rows(rows, self._connection.changes(), last)

    def close(self) -> None:
        self._connection.close()


def open_on(disk: Disk, data_dir: Path, synchronous: str = "FULL") -> SqliteConversationStore:
    """The store on an existing database in `data_dir`, every write of which goes to `disk`."""
    folder = DataFolder(data_dir)
    connection = _ApswConnection(folder.database, disk)
    for pragma in pragmas_for(OpenMode.READ_WRITE):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA temp_store = MEMORY")  # as sqlcipher3 is built
    connection.execute("PRAGMA wal_autocheckpoint = 60")  # pages: many checkpoints to hit
    db = Database(cast("Connection", connection), execute_plugins=False)
    return SqliteConversationStore(HistoryFile(db, folder))


def _translated(error: apsw.Error) -> DatabaseError:
    """An injected error as the program's own SQLite raises it."""
    translated = dbapi2.OperationalError(str(error))
    translated.sqlite_errorname = "SQLITE_IOERR"
    return cast("DatabaseError", translated)


@dataclass
class Replay:
    """Walks through a log and tells what could be found at any place of it."""

    log: list[Operation]
    durable: dict[str, bytearray]  # files as they were before, by name
    expected: Expected = field(default_factory=Expected)
    pending: dict[str, list[Operation]] = field(default_factory=dict)
    at: int = 0

    def go_to(self, place: int) -> None:
        """Everything before `place` has happened."""
        while self.at < place:
            operation = self.log[self.at]
            self.at += 1
            if operation.kind == "announce":
                assert operation.step is not None
                self.expected.announce(operation.step)
            elif operation.kind == "acknowledge":
                self.expected.acknowledge()
            elif operation.kind == "sync":
                for done in self.pending.pop(operation.name, []):
                    _apply(self.durable, done, None)
            else:
                self.pending.setdefault(operation.name, []).append(operation)

    def files_after_cut(self, chance: random.Random) -> dict[str, bytes]:
        """The files as a power cut here could leave them."""
        found = {name: bytearray(data) for name, data in self.durable.items()}
        for operations in self.pending.values():
            share = chance.choice([0.0, 0.5, 1.0])  # none, some at random, the first ones
            last = chance.randint(0, len(operations)) if share == 1.0 else len(operations)
            for operation in operations[:last]:
                if chance.random() < share:
                    torn = chance if chance.random() < TORN_SHARE else None
                    _apply(found, operation, torn)
        return {name: bytes(data) for name, data in found.items()}


def _apply(
    files: dict[str, bytearray], operation: Operation, torn: random.Random | None
) -> None:
    if operation.kind == "delete":
        files.pop(operation.name, None)
        return
    file = files.setdefault(operation.name, bytearray())
    if operation.kind == "truncate":
        del file[operation.offset :]
        return
    for start in range(0, len(operation.data), SECTOR):
        if torn is not None and torn.random() < 0.5:
            continue
        piece = operation.data[start : start + SECTOR]
        at = operation.offset + start
        if len(file) < at:
            file.extend(bytes(at - len(file)))
        file[at : at + len(piece)] = piece
