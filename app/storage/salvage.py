"""Reading rows out of a damaged encrypted database, as far as SQLite reaches them.

Encrypted pages cannot be looked at one by one as in `pages`: only SQLCipher opens them.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.storage.keys import HistoryKey
from app.storage.pages import Row
from app.storage.sqlite import Connection, Error, OpenMode, connect

_MOST_FAILURES = 3_000  # reads of one table that may fail before the rest is given up
_GUESSED_IDS = range(-100_000, 1_000_000)  # where no index tells which rows there are
# Indexes have the row ids too, on pages of their own.
_INDEXES = {
    "conversations": ("sqlite_autoindex_conversations_1", "conversations_sort_key"),
    "messages": ("sqlite_autoindex_messages_1", "messages_conversation", "messages_parent"),
    "attachments": ("attachments_message",),
    "folders": ("sqlite_autoindex_folders_1",),
    "presets": ("sqlite_autoindex_presets_1",),
}


def rows_by_sql(database: Path, key: HistoryKey) -> Iterator[Row]:
    """Rows of all tables that are recovered; what cannot be read is left out.

    The log beside the file is read too. Nothing when the file as a whole cannot be opened.
    """
    for table in _INDEXES:
        ids = _ids_of(database, key, table)
        stretches = deque([(0, len(ids))] if ids else [])
        n_failures = 0
        # Where reading fails, both halves of what is left of the stretch are tried; long
        # stretches come first.
        while stretches and n_failures < _MOST_FAILURES:
            start, end = stretches.popleft()
            n_read = 0
            try:
                for row in _read(database, key, table, ids[start], ids[end - 1]):
                    n_read += 1
                    yield row
            except (Error, MemoryError):  # SQLCipher's word for some unreadable pages
                n_failures += 1
                start += n_read if isinstance(ids, list) else 0
                middle = (start + end) // 2
                if end - start > 1:
                    stretches += [(start, middle), (middle, end)]


def _read(database: Path, key: HistoryKey, table: str, low: int, high: int) -> Iterator[Row]:
    # A connection of its own: after a page that it cannot open, SQLCipher refuses all others.
    with _opened(database, key) as connection:
        for values in connection.execute(
            f"SELECT * FROM {table} WHERE id BETWEEN ? AND ? ORDER BY id",  # noqa: S608
            (low, high),
        ):
            yield Row(int(values[0]), (None, *values[1:]), is_whole=True)


def _ids_of(database: Path, key: HistoryKey, table: str) -> Sequence[int]:
    """The row ids of a table in order, from the first index that can be read.

    Empty when there is no such table: the file is of an earlier schema.
    """
    with contextlib.suppress(Error, MemoryError), _opened(database, key) as connection:
        sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?"
        if connection.execute(sql, (table,)).fetchone() == (0,):
            return ()
    for index in _INDEXES[table]:
        with contextlib.suppress(Error, MemoryError), _opened(database, key) as connection:
            sql = f"SELECT id FROM {table} INDEXED BY {index}"  # noqa: S608
            return sorted(row[0] for row in connection.execute(sql))
    return _GUESSED_IDS


@contextlib.contextmanager
def _opened(database: Path, key: HistoryKey) -> Iterator[Connection]:
    db = connect(database, OpenMode.READ_ONLY, key)
    try:
        yield db.conn
    finally:
        db.close()
