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

MOST_ITEM_BYTES = 256 << 20  # attachments can be long
MOST_DEPTH = 200
_CHUNK_BYTES = 1 << 20
# From one bracket to the next, over whole strings. Possessive: a string that does not end in
# what has been read must not be taken for something else.
_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+[{}\[\]]', re.DOTALL)
_LIST = re.compile(rb'"conversations"\s*:\s*\[\Z')
_OPENING = frozenset(b"{[")

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
        self._at = 0  # the buffer is known up to here
        self._depth = 0  # open brackets there
        self._list_depth = 0  # open brackets around an item; 0: no list is open
        self._start = 0  # in the buffer, of the item or of the text outside of items
        self._outside: list[bytes] = []
        self._is_too_large = False
        self.header: dict[str, Any] = {}

    def __iter__(self) -> Iterator[Item]:
        """Raises `LeftOutError` when the document as a whole is no JSON of conversations."""
        while self._read_on():
            while (match := _TO_BRACKET.match(self._buffer, self._at)) is not None:
                before, self._at = self._at, match.end()
                if self._buffer[self._at - 1] in _OPENING:
                    self._open(before)
                elif (item := self._close()) is not None:
                    yield item
            self._forget()
        if self._depth != 0:
            yield LeftOutError(_CUT)
            return
        self._outside.append(self._buffer[self._start :])
        self.header = self._parsed_header()

    def _read_on(self) -> bool:
        """Make the buffer longer; False at the end of the document."""
        # A string without end in sight is looked at anew each time: twice as much then.
        piece = self._stream.read(max(_CHUNK_BYTES, len(self._buffer) - self._at))
        if not piece:
            if b'"' in self._buffer[self._at :]:
                self._depth = max(1, self._depth)  # a string without end
            return False
        if not self._buffer and not self._outside and self._depth == 0:
            piece = piece.removeprefix(b"\xef\xbb\xbf")
            if piece.lstrip()[:1] not in {b"{", b"["}:
                raise malformed("JSON")
        self._buffer += piece
        return True

    def _open(self, before: int) -> None:
        is_list = self._list_depth == 0 and (
            self._buffer[self._at - 1 : self._at] == b"["
            if self._depth == 0
            else self._depth == 1 and _LIST.search(self._buffer, before, self._at) is not None
        )
        if self._list_depth and self._depth == self._list_depth:
            self._start = self._at - 1
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise malformed("nesting")
        if is_list:
            self._outside.append(self._buffer[self._start : self._at])
            self._list_depth = self._depth

    def _close(self) -> Item | None:
        self._depth -= 1
        if self._depth < 0:
            raise malformed("brackets")
        if self._list_depth and self._depth == self._list_depth:
            return self._parsed_item()
        if self._depth < self._list_depth:
            self._start = self._at - 1
            self._list_depth = 0
        return None

    def _forget(self) -> None:
        """Drop what is done with; what is too large is dropped too, and remembered."""
        is_between = self._list_depth != 0 and self._depth == self._list_depth
        kept_from = self._at if is_between else self._start
        if self._at - kept_from > MOST_ITEM_BYTES:
            if not self._list_depth:
                raise too_large()
            self._is_too_large = True
            kept_from = self._at
        if len(self._buffer) - self._at > MOST_ITEM_BYTES:
            raise too_large()  # one string
        self._buffer = self._buffer[kept_from:]
        self._at -= kept_from
        self._start = 0

    def _parsed_item(self) -> Item:
        if self._is_too_large:
            self._is_too_large = False
            return too_large()
        try:
            value = json.loads(self._buffer[self._start : self._at])
        except (ValueError, RecursionError):
            return malformed("JSON")
        return value if isinstance(value, dict) else malformed("object")

    def _parsed_header(self) -> dict[str, Any]:
        try:
            value = json.loads(b"".join(self._outside))
        except (ValueError, RecursionError) as error:
            raise malformed("JSON") from error
        return value if isinstance(value, dict) else {}
