"""The one SQLite of this program, and how its connections are set up.

sqlcipher3 brings its own SQLite, the same on every system: new enough (SQLite before 3.51.3
can damage a WAL database when a checkpoint meets a second connection), with FTS5, and able
to encrypt. sqlite-utils looks for a package called `pysqlite3` before it takes Python's own
`sqlite3`, and catches the exceptions of what it found; so sqlcipher3 stands in under that
name while sqlite-utils is imported, and no longer. It would also load numpy and pandas where
they are installed, for columns that are never used here: 20 MB, so they are hidden from it.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import quote

import sqlcipher3
from sqlcipher3 import dbapi2

from app.core.errors import BugError
from app.storage.keys import HistoryKey, key_for
from app.storage.locking import PLAIN_HEADER as HEADER

_BORROWED: dict[str, ModuleType] = {
    "pysqlite3": sqlcipher3,
    "pysqlite3.dbapi2": dbapi2,
    "sqlite3": sqlcipher3,  # named in annotations of its plugins; a bundle has no other
}
_UNWANTED: dict[str, ModuleType | None] = {"numpy": None, "pandas": None}
_hidden = {name: sys.modules.get(name) for name in (*_BORROWED, *_UNWANTED)}
sys.modules.update(_BORROWED)
sys.modules.update(_UNWANTED)  # type: ignore[arg-type]  # None: "not to be imported"
try:
    from sqlite_utils import Database, Migrations
    from sqlite_utils import db as _sqlite_utils_db
finally:
    for _name, _module in _hidden.items():
        if _module is None:
            del sys.modules[_name]
        else:
            sys.modules[_name] = _module

if TYPE_CHECKING:  # sqlcipher3 has the interface of Python's sqlite3, and no type hints
    from sqlite3 import Connection, Cursor, DatabaseError, Error
else:
    Connection, Cursor = dbapi2.Connection, dbapi2.Cursor
    DatabaseError, Error = dbapi2.DatabaseError, dbapi2.Error

OLDEST_SAFE_SQLITE = (3, 51, 3)
BUSY_TIMEOUT_MS = 5_000
_WAL_LIMIT_BYTES = 64 << 20  # the -wal file is cut to this after a checkpoint
_CACHE_KIB = 8_192  # of one connection


def check_versions() -> None:
    """Refuse a SQLite that can damage databases, or two different ones in one process.

    Raises:
        BugError: the program was put together wrongly.
    """
    if dbapi2.sqlite_version_info < OLDEST_SAFE_SQLITE:
        needed = ".".join(map(str, OLDEST_SAFE_SQLITE))
        raise BugError(
            f"SQLite {dbapi2.sqlite_version} is older than {needed}: rebuild sqlcipher3"
        )
    if getattr(_sqlite_utils_db, "sqlite3", None) is not sqlcipher3:
        raise BugError("sqlite_utils was imported before app.storage and uses another SQLite")


def sqlite_version() -> str:
    """Of the SQLite in use, such as "3.53.0"."""
    return str(dbapi2.sqlite_version)


class OpenMode(Enum):
    """What a connection may do; the value is the query part of SQLite's file URI."""

    READ_WRITE = "mode=rw"
    PRIVATE = "mode=rw&"  # a file that nobody else has opened: no -wal, no syncs, one writer
    READ_ONLY = "mode=ro"
    IMMUTABLE = "immutable=1"  # for a folder that cannot be written: takes no locks, no -wal


def connect(path: Path, mode: OpenMode, key: HistoryKey | None = None) -> Database:
    """Open an existing database file in this thread.

    Args:
        path: absolute; a file that is missing is not created.
        mode: IMMUTABLE reads the file alone, so what is still in a `-wal` beside it is not
            seen.
        key: of an encrypted file, "" for none; None takes the one that its data folder was
            unlocked with. A file that is not encrypted is opened without.

    Raises:
        Error: SQLite's own; the caller translates it.
    """
    key = key_for(path) if key is None else key
    if not key:
        return _connected(path, mode, None)
    # The header would tell whether the file is plain, but reading it by other means takes
    # the locks off a connection that is open in this process.
    try:
        return _connected(path, mode, key)
    except DatabaseError as error:
        if error_name(error) != "NOTADB":
            raise
        with contextlib.suppress(DatabaseError):
            return _connected(path, mode, None)
        raise


def _connected(path: Path, mode: OpenMode, key: HistoryKey | None) -> Database:
    connection = connect_bare(path, mode.value, key)
    try:
        for pragma in pragmas_for(mode):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        if key:  # some modes have not read the file so far
            connection.execute("PRAGMA schema_version").fetchall()
        return Database(connection, execute_plugins=False)
    except BaseException:
        connection.close()
        raise


def connect_bare(path: Path, query: str, key: HistoryKey | None) -> Connection:
    """Open an existing file with its key, and set nothing else up.

    Args:
        path: absolute.
        query: of SQLite's file URI: "mode=rw", "immutable=1" ...
        key: None or "": it is not encrypted.

    Raises:
        Error: SQLite's own.
    """
    # File-name bytes, not text: a name on Linux need not be UTF-8. The empty host in front
    # keeps a Windows network path (//server/share) from being read as one.
    name = quote(os.fsencode(path.as_posix()))
    uri = f"file://{'' if name.startswith('/') else '/'}{name}?{query}"
    connection: Connection = dbapi2.connect(
        uri, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000
    )
    try:
        if key:
            # Without this, SQLCipher writes to the standard error stream.
            connection.execute("PRAGMA cipher_log_level = NONE").fetchall()
            connection.execute(f"PRAGMA key = \"x'{key}'\"").fetchall()
            connection.execute("PRAGMA temp_store = MEMORY")  # no readable files in between
    except BaseException:
        connection.close()
        raise
    return connection


def pragmas_for(mode: OpenMode) -> tuple[str, ...]:
    """How a connection of this kind is set up, as the parts after "PRAGMA"."""
    common = (
        "foreign_keys = ON",
        "mmap_size = 0",  # a file cut by another program would kill the process by SIGBUS
        "trusted_schema = OFF",
        "cell_size_check = ON",
        f"cache_size = -{_CACHE_KIB}",
    )
    if mode is OpenMode.READ_WRITE:
        return (
            *common,
            "journal_mode = WAL",
            "synchronous = FULL",  # NORMAL may lose the last commits at a power cut
            "secure_delete = FAST",
            f"journal_size_limit = {_WAL_LIMIT_BYTES}",
        )
    if mode is OpenMode.PRIVATE:
        return (*common, "journal_mode = MEMORY", "synchronous = OFF", "secure_delete = FAST")
    return (*common, "query_only = ON")


@contextlib.contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All or nothing, durable at the end of the block.

    IMMEDIATE takes the write lock at once and waits for it; a deferred transaction that
    turns into a writer would fail without waiting.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # Some errors (a full disk) have already undone the transaction.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def error_name(error: BaseException) -> str:
    """SQLite's name of a failure without "SQLITE_", primary code only; "" for others.

    "FULL", "READONLY", "CANTOPEN", "BUSY", "IOERR", "CORRUPT", "NOTADB" ...
    """
    name = str(getattr(error, "sqlite_errorname", None) or "")
    return name.removeprefix("SQLITE_").partition("_")[0]


def pragma_int(connection: Connection, name: str) -> int:
    """The value of a pragma that is a number."""
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


__all__ = [
    "HEADER",
    "Connection",
    "Cursor",
    "Database",
    "DatabaseError",
    "Error",
    "Migrations",
    "OpenMode",
    "check_versions",
    "connect",
    "connect_bare",
    "error_name",
    "pragma_int",
    "pragmas_for",
    "sqlite_version",
    "transaction",
]
