"""From a path to conversations: plain files, ChatGPT's zip, folders; bounded in every way."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from app.core.cancellation import CancelToken
from app.core.conversation import Conversation
from app.core.errors import QT_TRANSLATE_NOOP, Cancelled, StorageError
from app.core.transfer import ImportSource, Progress
from app.storage.formats import chatgpt, lm_studio, open_webui, own_json
from app.storage.formats.json_items import JsonItems
from app.storage.formats.untrusted import LeftOutError, malformed

MOST_FILES = 10_000  # of a folder or a zip
MOST_UNPACKED_BYTES = 4 << 30  # of a zip
MOST_RATIO = 200  # unpacked to packed; conversations are packed about 1 to 5

_UNKNOWN = QT_TRANSLATE_NOOP(
    "errors",
    "There are no conversations in {path} that Lumbre can read. Nothing was imported. It "
    "reads its own JSON, ChatGPT's export (conversations.json or the zip), Open WebUI's and "
    "LM Studio's JSON.",
)
_UNREADABLE = QT_TRANSLATE_NOOP(
    "errors", "{path} cannot be read ({reason}). Nothing was imported. Check the file."
)
_BOMB = QT_TRANSLATE_NOOP(
    "errors",
    "{path} would become far too large when it is unpacked. Nothing was imported. Unpack it "
    "yourself and import the conversations.json in it, if you trust it.",
)

Reader = Callable[[dict[str, Any]], Conversation]
_FOREIGN: tuple[tuple[ImportSource, Callable[[dict[str, Any]], bool], Reader], ...] = (
    (ImportSource.CHATGPT, chatgpt.looks_right, chatgpt.read_conversation),
    (ImportSource.OPEN_WEBUI, open_webui.looks_right, open_webui.read_conversation),
    (ImportSource.LM_STUDIO, lm_studio.looks_right, lm_studio.read_conversation),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One conversation of a file, or why it is none."""

    name: str  # title, or where it stands
    source: ImportSource
    conversation: Conversation | None
    reason: LeftOutError | None = None
    folder_name: str = ""  # empty: in no folder


def read_entries(path: Path, cancel: CancelToken, on_progress: Progress) -> Iterator[Entry]:
    """All conversations of a file, a zip or a folder, in the order in which they stand.

    Raises:
        Cancelled: by `cancel`.
        StorageError: nothing in it is a conversation, or it cannot be read at all.
    """
    found = 0
    try:
        with _documents(path) as documents:
            meter = _Meter(path, cancel, on_progress, sum(size for *_, size in documents))
            for name, open_document, _ in documents:
                with open_document() as stream:
                    for entry in _entries_of(name, _Counted(stream, meter)):
                        found += entry.conversation is not None
                        yield entry
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise StorageError(_UNREADABLE, path=str(path), reason="zip") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(_UNREADABLE, path=str(path), reason=reason) from error
    if not found:
        raise StorageError(_UNKNOWN, path=str(path))


def _entries_of(name: str, stream: _Counted) -> Iterator[Entry]:
    items = JsonItems(stream)
    source = ImportSource.LUMBRE
    index = 0
    try:
        for item in items:
            index += 1
            where = f"{name} ({index})"
            if isinstance(item, LeftOutError):
                yield Entry(where, source, None, item)
                continue
            source = _source_of(item)
            yield _entry(where, source, item)
        if items.header.get("format") == own_json.FORMAT:
            own_json.check_header(items.header)
        elif not index and items.header:
            yield _entry(name, _source_of(items.header), items.header)
    except LeftOutError as error:
        yield Entry(name, source, None, error)


def _source_of(item: dict[str, Any]) -> ImportSource:
    return next((s for s, looks_right, _ in _FOREIGN if looks_right(item)), ImportSource.LUMBRE)


def _entry(where: str, source: ImportSource, item: dict[str, Any]) -> Entry:
    title = item.get("title") or item.get("name")
    name = title[:100] if isinstance(title, str) and title.strip() else where
    read = next((r for s, _, r in _FOREIGN if s is source), own_json.read_conversation)
    try:
        folder_name = own_json.folder_name(item) if source is ImportSource.LUMBRE else ""
        return Entry(name, source, read(item), folder_name=folder_name)
    except LeftOutError as error:
        return Entry(name, source, None, error)
    except RecursionError:
        return Entry(name, source, None, malformed("nesting"))


Document = tuple[str, Callable[[], IO[bytes]], int]  # name, how to open it, bytes


@contextmanager
def _documents(path: Path) -> Iterator[list[Document]]:
    """The documents of a file, a zip or a folder; they can be opened inside the block."""
    if path.is_dir():
        files = [p for p in sorted(path.rglob("*.json"))[:MOST_FILES] if p.is_file()]
        yield [(p.name, partial(_open, p), p.stat().st_size) for p in files]
    elif not path.is_file():  # a device or a pipe could be read for ever
        raise FileNotFoundError(2, "not a file", str(path))
    elif not zipfile.is_zipfile(path):
        yield [(path.name, partial(_open, path), path.stat().st_size)]
    else:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive)
            unpacked = sum(m.file_size for m in members)
            packed = sum(m.compress_size for m in members)
            if unpacked > min(MOST_UNPACKED_BYTES, MOST_RATIO * max(packed, 1 << 16)):
                raise StorageError(_BOMB, path=str(path))
            yield [
                (PurePosixPath(m.filename).name, partial(archive.open, m), m.file_size)
                for m in members
            ]


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """ChatGPT's conversations where there are any, else all JSON files."""
    found = [m for m in archive.infolist()[:MOST_FILES] if m.filename.endswith(".json")]
    named = [m for m in found if PurePosixPath(m.filename).name.startswith("conversations")]
    return named or found


@dataclass
class _Meter:
    """How much has been read of all documents together."""

    path: Path
    cancel: CancelToken
    on_progress: Progress
    n_total: int
    n_read: int = 0

    def count(self, n_bytes: int) -> None:
        """Take down what was read.

        Raises:
            Cancelled: by the token.
            StorageError: there is more than the zip said.
        """
        if self.cancel.is_cancelled:
            raise Cancelled
        self.n_read += n_bytes
        if self.n_read > self.n_total:
            raise StorageError(_BOMB, path=str(self.path))
        self.on_progress(self.n_read / max(1, self.n_total))


class _Counted:
    """A stream that tells a meter what is read from it."""

    def __init__(self, stream: IO[bytes], meter: _Meter) -> None:
        self._stream = stream
        self._meter = meter

    def read(self, size: int, /) -> bytes:
        """As of a file; raises what the meter raises."""
        data = self._stream.read(size)
        self._meter.count(len(data))
        return data
