"""What is remembered of model files: verified hashes, files used in place, a move under way.

One JSON file in the data folder. It is a memory, not a truth: an entry counts only while the
file has the same size and time of change, and losing it costs a hash at most.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.core.kept_json import read_kept, write_kept

logger = logging.getLogger(__name__)

_VERSION = 1


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What was found out about one file."""

    size_bytes: int
    mtime_ns: int
    sha256: str  # computed here
    expected_sha256: str = ""  # from where it was downloaded; empty: not known


class ModelIndex:
    """Kept in `path`; every method from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._files: dict[str, FileFacts] = {}
        self._in_place: list[str] = []
        self._move: tuple[str, str] | None = None
        self._read()

    def known_sha256(self, path: Path) -> str | None:
        """The SHA-256 of a file that has not changed since it was computed; None: unknown."""
        facts = self._facts(path)
        return facts.sha256 if facts is not None else None

    def expected_sha256(self, path: Path) -> str | None:
        """What its source says of it; None: not known."""
        facts = self._files.get(str(path))
        return facts.expected_sha256 or None if facts is not None else None

    def _facts(self, path: Path) -> FileFacts | None:
        facts = self._files.get(str(path))
        if facts is None:
            return None
        try:
            status = path.stat()
        except OSError:
            return None
        same = (status.st_size, status.st_mtime_ns) == (facts.size_bytes, facts.mtime_ns)
        return facts if same else None

    def remember(self, path: Path, sha256: str, expected_sha256: str = "") -> None:
        """Note the hash of a file as it is now; what its source says stays noted."""
        try:
            status = path.stat()
        except OSError:
            return
        with self._lock:
            earlier = self._files.get(str(path))
            expected = expected_sha256 or (earlier.expected_sha256 if earlier else "")
            self._files[str(path)] = FileFacts(
                status.st_size, status.st_mtime_ns, sha256, expected
            )
            self._write()

    def forget(self, path: Path) -> None:
        """The file is gone."""
        with self._lock:
            if self._files.pop(str(path), None) is not None:
                self._write()

    @property
    def in_place(self) -> tuple[Path, ...]:
        """Files that are used where they are."""
        return tuple(Path(p) for p in self._in_place)

    def set_in_place(self, path: Path, *, is_used: bool) -> None:
        """Add a file that is used where it is, or take it off."""
        with self._lock:
            kept = [p for p in self._in_place if p != str(path)]
            self._in_place = [*kept, str(path)] if is_used else kept
            self._write()

    @property
    def move(self) -> tuple[Path, Path] | None:
        """(from, to) of a models folder whose content is, or is being, in the new place."""
        return (Path(self._move[0]), Path(self._move[1])) if self._move else None

    def set_move(self, move: tuple[Path, Path] | None) -> None:
        """From now on what was in the first folder counts in the second; None: settled."""
        with self._lock:
            self._move = (str(move[0]), str(move[1])) if move is not None else None
            self._write()

    def on_moved(self, source: Path, target: Path) -> None:
        """A file has another place and the same content."""
        with self._lock:
            facts = self._files.pop(str(source), None)
            if facts is not None:
                with contextlib.suppress(OSError):
                    status = target.stat()
                    self._files[str(target)] = FileFacts(
                        status.st_size, status.st_mtime_ns, facts.sha256, facts.expected_sha256
                    )
                self._write()

    def _read(self) -> None:
        try:
            raw = read_kept(self._path)
            if raw.get("schema_version") != _VERSION:
                return
            self._files = {str(k): _facts_from(v) for k, v in raw["files"].items()}
            self._in_place = [str(p) for p in raw["in_place"]]
            move = raw.get("move")
            self._move = (str(move[0]), str(move[1])) if move else None
        except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            logger.warning("the index of models is not read: %s", error)

    def _write(self) -> None:
        values = {
            "schema_version": _VERSION,
            "files": {k: asdict(v) for k, v in self._files.items()},
            "in_place": self._in_place,
            "move": self._move,
        }
        try:
            write_kept(self._path, values)
        except OSError as error:
            logger.warning("the index of models is not written: %s", error)


def _facts_from(raw: dict[str, Any]) -> FileFacts:
    return FileFacts(
        int(raw["size_bytes"]),
        int(raw["mtime_ns"]),
        str(raw["sha256"]),
        str(raw.get("expected_sha256", "")),
    )
