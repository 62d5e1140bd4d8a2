"""Writing a database anew under another key, checked against the original."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.disk_sync import replace_file, sync_folder
from app.core.errors import Cancelled
from app.storage.copying import UnsoundCopyError, verify
from app.storage.data_folder import make_private_file, sync_file
from app.storage.keys import HistoryKey
from app.storage.sqlite import Connection, Error, OpenMode, connect, error_name, pragma_int

_CHECK_EVERY = 10_000  # steps of SQLite's machine, about a millisecond
_WRITING = 0.7  # of the work; the rest is checking
_BLOCK_BYTES = 1 << 20
_TABLES = """
    SELECT name FROM sqlite_master
    WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name
"""

OnFraction = Callable[[float], None]  # of this file, 0..1


def write_converted(
    source: Connection,
    part: Path,
    key: HistoryKey,
    cancel: CancelToken,
    on_fraction: OnFraction,
) -> None:
    """Write all of `source` to the new file `part` under `key`; checked, and on the disk.

    Raises:
        Cancelled, Error, OSError, UnsoundCopyError: there is no `part`.
    """
    n_bytes = max(1, pragma_int(source, "page_count") * pragma_int(source, "page_size"))

    def on_written() -> None:
        with contextlib.suppress(OSError):
            on_fraction(_WRITING * min(1.0, part.stat().st_size / n_bytes))

    try:
        erase(part)
        make_private_file(part)
        with _cancellable(source, cancel, on_written):
            _export(source, part, key)
        _check(source, part, key, cancel)
        sync_file(part)
        on_fraction(1.0)
        if cancel.is_cancelled:
            raise Cancelled
    except BaseException:
        with contextlib.suppress(OSError):
            erase(part)
        raise


def put_in_place(part: Path, target: Path) -> None:
    """Replace `target` by `part`, and overwrite what the old file held.

    The old blocks are overwritten only once no name leads to them any more: a crash at any
    moment leaves one whole file. Where an open file cannot be replaced (Windows), and where
    a disk writes changed blocks elsewhere, the old ones are left to the system.

    Raises:
        OSError: `target` is as it was.
    """
    old = None
    if os.name != "nt" and target.exists():
        old = open(target, "rb+", buffering=0)  # noqa: SIM115 -- closed below
    try:
        replace_file(part, target)
        sync_folder(target.parent)
        if old is not None and os.fstat(old.fileno()).st_nlink == 0:
            with contextlib.suppress(OSError):
                _overwrite(old.fileno())
    finally:
        if old is not None:
            old.close()


def erase(path: Path) -> None:
    """Overwrite a file that nobody has open, then delete it; nothing when there is none.

    Raises:
        OSError: it cannot be written or deleted.
    """
    if path.is_symlink() or not path.exists():
        path.unlink(missing_ok=True)
        return
    with open(path, "rb+", buffering=0) as file:
        if os.fstat(file.fileno()).st_nlink == 1:
            _overwrite(file.fileno())
    path.unlink()


def _overwrite(descriptor: int) -> None:
    """Zeros over the whole file, brought to the disk."""
    left = os.lseek(descriptor, 0, os.SEEK_END)
    os.lseek(descriptor, 0, os.SEEK_SET)
    zeros = bytes(_BLOCK_BYTES)
    while left > 0:
        left -= os.write(descriptor, zeros[: min(left, _BLOCK_BYTES)])
    os.fsync(descriptor)


def _export(source: Connection, part: Path, key: HistoryKey) -> None:
    spelled = f"x'{key}'" if key else ""
    source.execute("ATTACH DATABASE ? AS target KEY ?", (str(part), spelled))
    try:
        # The part is nobody's yet: it is synced as a whole, at the end.
        source.execute("PRAGMA target.journal_mode = MEMORY").fetchall()
        source.execute("PRAGMA target.synchronous = OFF")
        source.execute("SELECT sqlcipher_export('target')").fetchall()
        for name in ("user_version", "application_id"):
            source.execute(f"PRAGMA target.{name} = {pragma_int(source, name)}")
    finally:
        with contextlib.suppress(Error):  # inside a transaction that was interrupted
            if source.in_transaction:
                source.execute("ROLLBACK")
        source.execute("DETACH DATABASE target")


def _check(source: Connection, part: Path, key: HistoryKey, cancel: CancelToken) -> None:
    """Every page, every reference, and the rows of every table against the original's."""
    db = connect(part, OpenMode.PRIVATE, key)
    try:
        # A copy says WAL in its header as the original does; a file that is to be read from
        # a write-protected place must not.
        db.conn.execute("PRAGMA journal_mode = DELETE").fetchall()
        with _cancellable(db.conn, cancel):
            verify(db.conn)
            for (table,) in source.execute(_TABLES).fetchall():
                count = f'SELECT count(*) FROM "{table}"'  # noqa: S608 -- from the schema
                if db.conn.execute(count).fetchone() != source.execute(count).fetchone():
                    raise UnsoundCopyError(f"rows of {table} are missing")
    except UnsoundCopyError:
        if cancel.is_cancelled:  # the check was interrupted, and says so in its own words
            raise Cancelled from None
        raise
    finally:
        db.close()


@contextlib.contextmanager
def _cancellable(
    connection: Connection,
    cancel: CancelToken,
    on_step: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """End what the connection does as soon as `cancel` is set.

    Raises:
        Cancelled: it was.
    """

    def look() -> bool:
        on_step()
        return cancel.is_cancelled

    connection.set_progress_handler(look, _CHECK_EVERY)
    try:
        yield
    except Error as error:
        if cancel.is_cancelled and error_name(error) in {"INTERRUPT", "ERROR"}:
            raise Cancelled from error
        raise
    finally:
        connection.set_progress_handler(None, 0)
    if cancel.is_cancelled:
        raise Cancelled
