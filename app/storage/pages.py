"""Reading rows out of a damaged SQLite file, page by page, without SQLite.

SQLite finds a row through the pages above it; when one of those is damaged, whole branches
are out of its reach although their rows are still there. Here every page is looked at by
itself. Sources: https://www.sqlite.org/fileformat2.html, sections 1.3 to 2.3 and 4.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from app.storage.sqlite import HEADER

_USUAL_PAGE_BYTES = 4096
_LEAF_OF_TABLE = 0x0D
_MAX_RECORD_BYTES = 1 << 30
_WALHEADERS = {0x377F0682: "<", 0x377F0683: ">"}  # byte order of the checksums
_FIXED_SIZES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # bytes of the integer types

Value = int | float | bytes | str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of some table; which one, its values must tell."""

    rowid: int
    values: tuple[Value, ...]
    is_whole: bool  # False: its end could not be read and is missing


def has_database_header(path: Path) -> bool:
    """True for an SQLite file and for an empty one, which SQLite takes for a new one.

    SQLite takes any file of a few bytes for a new database too, and overwrites it.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        return file.read(len(HEADER)) in {b"", HEADER}


def read_rows(database: Path, wal: Path | None = None) -> Iterator[Row]:
    """All rows that can be read from the pages of tables that are in use.

    Args:
        database: any file; what is not a page with rows is passed over.
        wal: the write-ahead log beside it; its commits count as written.

    Raises:
        OSError: the file cannot be read.
    """
    with ExitStack() as stack:
        file = stack.enter_context(open(database, "rb"))
        if file.seek(0, 2) == 0:
            return
        data = stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        overlay = {} if wal is None else _committed_pages(wal)
        pages = _Pages(data, overlay)
        free = pages.free_pages()
        for number in range(1, len(pages) + 1):
            if number not in free:
                yield from pages.rows_of(number)


class _Pages:
    """The pages of a file, the newer ones from its write-ahead log."""

    def __init__(self, data: mmap.mmap, overlay: dict[int, bytes]) -> None:
        self._data = data
        self._overlay = overlay
        header = overlay.get(1, data[:100])
        self.n_bytes = _USUAL_PAGE_BYTES
        reserved = 0
        if header[:16] == HEADER:
            size = int.from_bytes(header[16:18])
            size = 65536 if size == 1 else size
            if 512 <= size <= 65536 and size & (size - 1) == 0:
                self.n_bytes = size
                reserved = header[20] if header[20] <= size - 480 else 0
        self._usable = self.n_bytes - reserved
        self._first_free = int.from_bytes(header[32:36])

    def __len__(self) -> int:
        """How many pages there are, a cut last one included."""
        in_file = -(-len(self._data) // self.n_bytes)
        return max(in_file, *self._overlay, 1) if self._overlay else in_file

    def page(self, number: int) -> bytes:
        """The bytes of a page; shorter, or none, where the file ends."""
        newer = self._overlay.get(number)
        if newer is not None:
            return newer
        start = (number - 1) * self.n_bytes
        return self._data[start : start + self.n_bytes]

    def free_pages(self) -> set[int]:
        """Pages of the free list, as far as it can be followed: what they hold is deleted."""
        free: set[int] = set()
        trunk = self._first_free
        while 1 < trunk <= len(self) and trunk not in free:
            page = self.page(trunk)
            free.add(trunk)
            n_leaves = int.from_bytes(page[4:8])
            if len(page) < self.n_bytes or n_leaves > self._usable // 4 - 2:
                break
            free.update(struct.unpack(f">{n_leaves}I", page[8 : 8 + 4 * n_leaves]))
            trunk = int.from_bytes(page[0:4])
        return free

    def rows_of(self, number: int) -> Iterator[Row]:
        """The rows on a page; none when it is no leaf of a table."""
        page = self.page(number)
        start = 100 if number == 1 else 0
        if len(page) < start + 8 or page[start] != _LEAF_OF_TABLE:
            return
        n_cells = int.from_bytes(page[start + 3 : start + 5])
        if n_cells > self._usable // 4:
            return
        for index in range(n_cells):
            at = start + 8 + 2 * index
            cell = int.from_bytes(page[at : at + 2])
            try:
                row = self._row(page, cell)
            except (IndexError, ValueError, struct.error):
                continue  # this cell is damaged; the others may not be
            if row is not None:
                yield row

    def _row(self, page: bytes, at: int) -> Row | None:
        n_payload, at = _varint(page, at)
        rowid, at = _varint(page, at)
        if n_payload > _MAX_RECORD_BYTES:
            return None
        most = self._usable - 35
        n_local = n_payload
        if n_payload > most:
            least = (self._usable - 12) * 32 // 255 - 23
            n_local = least + (n_payload - least) % (self._usable - 4)
            n_local = n_local if n_local <= most else least
        payload = page[at : at + n_local]
        if n_local < n_payload:
            following = int.from_bytes(page[at + n_local : at + n_local + 4])
            payload += self._overflow(following, n_payload - n_local)
        return _record(_signed(rowid), payload, n_payload)

    def _overflow(self, number: int, n_bytes: int) -> bytes:
        """The rest of a long record; shorter when its chain of pages is broken."""
        parts: list[bytes] = []
        seen: set[int] = set()
        while n_bytes > 0 and 1 < number <= len(self) and number not in seen:
            seen.add(number)
            page = self.page(number)
            part = page[4 : min(self._usable, 4 + n_bytes)]
            parts.append(part)
            n_bytes -= len(part)
            number = int.from_bytes(page[0:4])
        return b"".join(parts)


def _record(rowid: int, payload: bytes, n_payload: int) -> Row:
    n_header, at = _varint(payload, 0)
    if n_header > len(payload):
        raise ValueError("the header of the record is cut")
    kinds: list[int] = []
    while at < n_header:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Value] = []
    is_whole = len(payload) == n_payload
    at = n_header
    for kind in kinds:
        value, n_bytes, is_sound = _value(kind, payload, at)
        values.append(value)
        is_whole = is_whole and is_sound
        at += n_bytes
    return Row(rowid, tuple(values), is_whole)


def _value(kind: int, payload: bytes, at: int) -> tuple[Value, int, bool]:
    """The value of a serial type, its bytes, and whether all of it could be read."""
    if kind in {0, 8, 9}:
        return (None, 0, 1)[(0, 8, 9).index(kind)], 0, True
    if kind in _FIXED_SIZES:
        n_bytes = _FIXED_SIZES[kind]
        part = payload[at : at + n_bytes]
        return int.from_bytes(part, signed=True), n_bytes, len(part) == n_bytes
    if kind == 7:
        part = payload[at : at + 8].ljust(8, b"\0")
        return struct.unpack(">d", part)[0], 8, at + 8 <= len(payload)
    if kind < 12:
        raise ValueError("a serial type that does not exist")
    n_bytes = (kind - 12) // 2
    part = payload[at : at + n_bytes]
    if kind % 2 == 0:
        return part, n_bytes, len(part) == n_bytes
    try:
        return part.decode(), n_bytes, len(part) == n_bytes
    except UnicodeDecodeError as error:  # what comes before the damage is good
        return part[: error.start].decode(), n_bytes, False


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer at `at`, and where it ends.

    Raises:
        IndexError: the data end before it does.
    """
    value = 0
    for index in range(at, at + 8):
        byte = data[index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, index + 1
    return value << 8 | data[at + 8], at + 9


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _committed_pages(wal: Path) -> dict[int, bytes]:
    """The newest version of each page in a write-ahead log, up to its last sound commit."""
    try:
        log = wal.read_bytes()
    except FileNotFoundError:
        return {}
    if len(log) < 32:
        return {}
    magic, _, n_page, _, salts = struct.unpack(">4I8s", log[:24])
    order = _WALHEADERS.get(magic)
    if order is None or not (512 <= n_page <= 65536):
        return {}
    sums = _checksum(order, log[:24], (0, 0))
    committed: dict[int, bytes] = {}
    pending: dict[int, bytes] = {}
    for at in range(32, len(log) - n_page - 23, 24 + n_page):
        number, n_pages_after, frame_salts, sum_1, sum_2 = struct.unpack(
            ">2I8s2I", log[at : at + 24]
        )
        page = log[at + 24 : at + 24 + n_page]
        sums = _checksum(order, page, _checksum(order, log[at : at + 8], sums))
        if frame_salts != salts or (sum_1, sum_2) != sums:
            break
        pending[number] = page
        if n_pages_after:
            committed.update(pending)
            pending.clear()
    return committed


def _checksum(order: str, data: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    s_0, s_1 = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for index in range(0, len(words), 2):
        s_0 = (s_0 + words[index] + s_1) & 0xFFFFFFFF
        s_1 = (s_1 + words[index + 1] + s_0) & 0xFFFFFFFF
    return s_0, s_1
