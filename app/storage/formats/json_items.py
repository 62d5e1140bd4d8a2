"""The conversations of a JSON document, one at a time, however large the document is.

Python's own parser needs the whole document in memory, several times its size. Here only
brackets and strings are looked at, and each conversation is cut out and parsed by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Protocol

from app.core.errors import QT_TRANSLATE_NOOP
from app.storage.formats.untrusted import LeftOutError, malformed, too_large

MOST_ITEM_BYTES = 64 << 20
MOST_DEPTH = 200
_CHUNK_BYTES = 1 << 20
_LIST_KEY = b'"conversations"'
# A whole string, or a bracket. Possessive: a string without end must not be tried again.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]]', re.DOTALL)
_BETWEEN = re.compile(rb"\s*:\s*")

_CUT = QT_TRANSLATE_NOOP(
    "errors", "The file ends too early: what should come after this is missing in it."
)


class Readable(Protocol):
    """What is asked of a stream."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


Item = dict[str, Any] | LeftOutError


class JsonItems:
    """Iterates over the objects of the outermost array, or of the array "conversations".

    An object that is too large or cannot be parsed comes as the `LeftOutError` that says
    so. After the iteration, `header` has everything else of an outermost object.
    """

    def __init__(self, stream: Readable) -> None:
        """Read from `stream`, which stays open."""
        self._stream = stream
        self._buffer = b""
        self._is_at_end = False
        self._depth = 0
        self._item_depth: int | None = None  # brackets that are open around an item
        self._rest = bytearray()  # what belongs to no item
        self._item = bytearray()
        self._is_too_large = False
        self._last_string = (b"", -1)  # of the outermost object, and where it ends
        self.header: dict[str, Any] = {}

    def __iter__(self) -> Iterator[Item]:
        """Raises `LeftOutError` when the document as a whole is no JSON of conversations."""
        while self._fill():
            at = 0
            for match in _TOKEN.finditer(self._buffer):
                if self._buffer.find(b'"', at, match.start()) >= 0:
                    break  # a string that does not end in this piece, and what is in it
                self._append(self._buffer[at : match.start()])
                at = match.end()
                token = match[0]
                if token[:1] == b'"':
                    self._take_string(token, at)
                elif (item := self._take_bracket(token, match.start())) is not None:
                    yield item
            # The rest waits for more when a string begins in it, or when it stands between
            # the name of the list and the list.
            quote = self._buffer.find(b'"', at)
            end = len(self._buffer) if quote < 0 else quote
            if self._last_string != (_LIST_KEY, at):
                self._append(self._buffer[at:end])
                at = end
            self._buffer = self._buffer[at:]
            self._last_string = (self._last_string[0], self._last_string[1] - at)
        if self._depth != 0:
            yield LeftOutError(_CUT)
            return
        self.header = self._parsed_header()

    def _fill(self) -> bool:
        """Read on; False when all has been read and looked at."""
        if self._is_at_end:
            return False
        # A string without end in sight: read more each time, or it takes for ever.
        piece = self._stream.read(max(_CHUNK_BYTES, len(self._buffer)))
        if not piece:
            self._is_at_end = True
            if self._buffer:
                self._depth = self._depth or 1  # an open string
            return False
        if not self._buffer and not self._rest and self._depth == 0:
            piece = piece.removeprefix(b"\xef\xbb\xbf")
            if piece.lstrip()[:1] not in {b"{", b"["}:
                raise malformed("JSON")
        self._buffer += piece
        if len(self._buffer) > MOST_ITEM_BYTES + _CHUNK_BYTES:
            raise too_large()
        return True

    def _append(self, data: bytes) -> None:
        if self._item_depth is not None and self._depth > self._item_depth:
            if len(self._item) + len(data) > MOST_ITEM_BYTES:
                self._is_too_large = True
                self._item.clear()
            elif not self._is_too_large:
                self._item += data
        elif self._item_depth is None or self._depth < self._item_depth:
            if len(self._rest) + len(data) > MOST_ITEM_BYTES:
                raise too_large()
            self._rest += data

    def _take_string(self, token: bytes, end: int) -> None:
        self._append(token)
        if self._depth == 1:
            self._last_string = (token, end)

    def _take_bracket(self, bracket: bytes, at: int) -> Item | None:
        if bracket in b"{[":
            is_list = bracket == b"[" and self._item_depth is None and self._is_list(at)
            if not is_list:
                self._depth += 1
                self._append(bracket)
            else:
                self._append(bracket)
                self._depth += 1
                self._item_depth = self._depth
            if self._depth > MOST_DEPTH:
                raise malformed("nesting")
            return None
        ends_item = self._item_depth is not None and self._depth == self._item_depth + 1
        self._append(bracket)
        self._depth -= 1
        if self._depth < 0:
            raise malformed("brackets")
        if self._item_depth is not None and self._depth < self._item_depth:
            self._rest += b"]"
            self._item_depth = None
        return self._parsed_item() if ends_item else None

    def _is_list(self, at: int) -> bool:
        """True for the bracket that opens the list of conversations."""
        if self._depth == 0:
            return True
        name, end = self._last_string
        return (
            self._depth == 1
            and name == _LIST_KEY
            and end >= 0
            and _BETWEEN.fullmatch(self._buffer, end, at) is not None
        )

    def _parsed_item(self) -> Item:
        data, is_too_large = bytes(self._item), self._is_too_large
        self._item.clear()
        self._is_too_large = False
        if is_too_large:
            return too_large()
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return malformed("JSON")
        return value if isinstance(value, dict) else malformed("object")

    def _parsed_header(self) -> dict[str, Any]:
        try:
            value = json.loads(bytes(self._rest))
        except (ValueError, RecursionError) as error:
            raise malformed("JSON") from error
        return value if isinstance(value, dict) else {}
