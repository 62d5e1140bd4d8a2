"""Markdown that arrives in pieces: only the open end is parsed again.

A top-level block is settled once the block after it begins on a complete line: the start of
that line decides whether the block before goes on. Items of a list settle one by one, lines
of fenced code too. `finish` parses the end, or the whole text once more when its end changes
its beginning: link references and footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.ui.transcript.block_spec import BlockKind, BlockSpec
from app.ui.transcript.flatten import MAX_PART_CHARS, MAX_PART_LINES, Flattener, code_specs
from app.ui.transcript.inline_html import plain_inline
from app.ui.transcript.markdown_rules import IS_OPEN, environment, markdown_parser, plain_parser
from app.ui.transcript.visible_text import pieces

MAX_BLOCK_CHARS = 65_536  # a longer Markdown block is shown as plain text
MAX_TEXT_CHARS = 1_000_000  # a longer text is not parsed at all
MAX_HELD = 40  # characters of an unfinished line that wait for what they mean
MAX_HELD_ROW = 500
_UNDECIDED = re.compile(r"[ -@\[-`{-~]+")  # ASCII without letters
_NEEDS_WHOLE = re.compile(r"\]:|\[\^")  # link references, footnotes
_LISTS = {"bullet_list_open", "ordered_list_open"}
_PLAIN_PIECE = 2_000  # characters


@dataclass(frozen=True, slots=True)
class StreamUpdate:
    """What one feed changed."""

    settled: list[BlockSpec]  # to be appended to what was settled before
    open: list[BlockSpec]  # after these; replaced by the next update


@dataclass(slots=True)
class _Block:
    start_line: int
    end_line: int
    tokens: list[Token]


@cache
def _answer_parser() -> MarkdownIt:
    return markdown_parser()


@cache
def _question_parser() -> MarkdownIt:
    return plain_parser()


def parse_answer(text: str) -> list[BlockSpec]:
    """The blocks of a complete text in Markdown."""
    if len(text) > MAX_TEXT_CHARS:
        return code_specs(text, "", 0)
    flattener = Flattener()
    for block in _blocks(text, is_open=False):
        _add(flattener, block, text)
    return flattener.take()


def parse_question(text: str) -> list[BlockSpec]:
    """The blocks of what a person wrote: their lines as they are, fenced code highlighted."""
    if len(text) > MAX_TEXT_CHARS:
        return code_specs(text, "", 0)
    specs: list[BlockSpec] = []
    n_groups = 0
    for token in _question_parser().parse(text):
        if token.type == "fence":
            language = token.info.split()[0] if token.info.strip() else ""
            specs += code_specs(token.content.removesuffix("\n"), language[:24], n_groups)
            n_groups += 1
        elif token.type == "inline":
            specs += [
                BlockSpec(BlockKind.TEXT, plain_inline(piece))
                for piece in pieces(token.content, _PLAIN_PIECE)
            ]
    return specs


class MarkdownStream:
    """Parses one growing answer."""

    def __init__(self) -> None:
        self._settled_text: list[str] = []
        self._tail = ""
        self._n_groups = 0  # tables and code blocks that are settled
        self._next_number: int | None = None  # of the list whose items are being settled
        self._fence: _OpenFence | None = None

    def feed(self, text: str) -> StreamUpdate:
        """Take more text."""
        if self._fence is None:
            self._tail += text
            return self._parse_tail()
        settled = self._fence.feed(text)
        if not self._fence.is_closed:
            return StreamUpdate(settled, [self._fence.open_part()])
        self._settled_text.append(self._fence.source)
        self._tail = self._fence.rest
        self._n_groups += 1
        self._fence = None
        update = self._parse_tail()
        return StreamUpdate(settled + update.settled, update.open)

    def finish(self) -> StreamUpdate | None:
        """The text is complete; None: its end changes its beginning, parse it as a whole."""
        text = self.text
        if _NEEDS_WHOLE.search(text):
            return None
        if self._fence is not None:
            return StreamUpdate([], [self._fence.whole_part()])
        flattener = Flattener(self._n_groups)
        for block in _blocks(self._tail, is_open=False):
            _add(flattener, block, self._tail, self._next_number)
            self._next_number = None
        return StreamUpdate([], flattener.take())

    @property
    def text(self) -> str:
        """Everything that was fed."""
        fence = self._fence.source + self._fence.partial if self._fence else ""
        return "".join(self._settled_text) + fence + self._tail

    def _parse_tail(self) -> StreamUpdate:
        shown = _decided(self._tail)
        blocks = list(_blocks(shown, is_open=True))
        n_complete = shown.count("\n")
        flattener = Flattener(self._n_groups)
        cut = _last_settling(blocks, n_complete)
        for block in blocks[:cut]:
            _add(flattener, block, shown, self._next_number)
            self._next_number = None
        rest = blocks[cut:]
        line = rest[0].start_line if rest else 0
        if len(rest) == 1 and rest[0].tokens[0].type in _LISTS:
            line = self._settle_items(rest[0], n_complete, flattener) or line
        settled = flattener.take()
        self._n_groups = flattener.next_group
        rest_text = self._drop_lines(line)
        if len(rest) == 1 and (fence := _OpenFence.begun(rest[0].tokens, rest_text)):
            return self._enter_fence(fence, settled)
        for block in rest:
            _add(flattener, block, shown, self._next_number)
        return StreamUpdate(settled, flattener.take())

    def _enter_fence(self, fence: _OpenFence, settled: list[BlockSpec]) -> StreamUpdate:
        fence.group = self._n_groups
        self._fence, text, self._tail = fence, self._tail, ""
        self._next_number = None
        update = self.feed(text[len(fence.source) :])
        return StreamUpdate(settled + update.settled, update.open)

    def _settle_items(self, block: _Block, n_complete: int, flattener: Flattener) -> int | None:
        """Settle all items but the last that begins on a complete line; that one's line."""
        tokens = block.tokens
        starts = [
            i
            for i, t in enumerate(tokens)
            if t.type == "list_item_open" and t.level == 1 and t.map and t.map[0] < n_complete
        ]
        if len(starts) < 2:
            return None
        cut = starts[-1]
        flattener.add([*tokens[:cut], tokens[-1]], self._next_number)
        if tokens[0].type == "ordered_list_open":
            first = self._next_number
            if first is None:
                first = int(tokens[0].attrs.get("start", 1))
            self._next_number = first + len(starts) - 1
        block.tokens = [tokens[0], *tokens[cut:]]
        item_map = tokens[cut].map
        return item_map[0] if item_map else None

    def _drop_lines(self, n_lines: int) -> str:
        """Move the first lines of the tail to the settled text; what remains."""
        at = 0
        for _ in range(n_lines):
            at = self._tail.index("\n", at) + 1
        self._settled_text.append(self._tail[:at])
        self._tail = self._tail[at:]
        return self._tail


class _OpenFence:
    """Fenced code whose end has not come: its lines are settled without parsing."""

    def __init__(self, opening: str, markup: str, indent: int, language: str) -> None:
        self.source = opening  # complete lines, as they came
        self.partial = ""  # the unfinished line
        self.rest = ""  # what follows the closing line
        self.is_closed = False
        self.group = 0
        self._language = language
        self._indent = indent
        self._closing = re.compile(rf" {{0,3}}{re.escape(markup[0])}{{{len(markup)},}}[ \t]*")
        self._maybe_closing = re.compile(rf" {{0,3}}{re.escape(markup[0])}*[ \t]*")
        self._lines: list[str] = []
        self._part = 0

    @classmethod
    def begun(cls, tokens: list[Token], text: str) -> _OpenFence | None:
        """The fence when `text` is one that is still open and its first line complete."""
        token = tokens[0]
        if token.type != "fence" or "\n" not in text:
            return None
        opening = text[: text.index("\n") + 1]
        specs = Flattener()
        specs.add([token])
        indent = len(opening) - len(opening.lstrip(" "))
        fence = cls(opening, token.markup, indent, specs.take()[0].language)
        body = text[len(opening) :].split("\n")
        if any(fence._closing.fullmatch(line) for line in body):
            return None
        return fence

    def feed(self, text: str) -> list[BlockSpec]:
        """Take more text; parts that will not change any more."""
        settled: list[BlockSpec] = []
        *complete, partial = (self.partial + text).split("\n")
        for i, line in enumerate(complete):
            self.source += line + "\n"
            if self._closing.fullmatch(line):
                self.is_closed = True
                self.rest = "\n".join([*complete[i + 1 :], partial])
                self.partial = ""
                return [*settled, self.open_part()]
            settled += self._take_line(line)
        self.partial = partial
        return settled

    def open_part(self) -> BlockSpec:
        """The part that still grows."""
        lines = self._lines
        if self.partial and not self._maybe_closing.fullmatch(self.partial):
            lines = [*lines, self._outdented(self.partial)]
        return self._spec(lines, is_last=True)

    def whole_part(self) -> BlockSpec:
        """The last part when no more comes: an unfinished line is code, whatever it is."""
        lines = self._lines
        if self.partial and not self._closing.fullmatch(self.partial):
            lines = [*lines, self._outdented(self.partial)]
        return self._spec(lines, is_last=True)

    def _take_line(self, line: str) -> list[BlockSpec]:
        full: list[BlockSpec] = []
        n_chars = sum(map(len, self._lines)) + len(self._lines)
        line = self._outdented(line)
        is_long = self._lines and n_chars + len(line) > MAX_PART_CHARS
        if len(self._lines) >= MAX_PART_LINES or is_long:
            full = [self._spec(self._lines, is_last=False)]
            self._lines = []
            self._part += 1
        self._lines.append(line)
        return full

    def _outdented(self, line: str) -> str:
        if not self._indent:
            return line
        text = line.lstrip(" \t")
        lead = line[: len(line) - len(text)].expandtabs(4)
        return lead[self._indent :] + text

    def _spec(self, lines: list[str], *, is_last: bool) -> BlockSpec:
        return BlockSpec(
            BlockKind.CODE,
            code="\n".join(lines),
            language=self._language,
            group=self.group,
            part=self._part,
            is_last_part=is_last,
        )


def _blocks(text: str, *, is_open: bool) -> Iterator[_Block]:
    """Top-level blocks of `text` with their lines."""
    tokens: list[Token] = []
    for token in _answer_parser().parse(text, environment(is_open=is_open)):
        tokens.append(token)
        if token.level == 0 and token.nesting <= 0:
            start, end = tokens[0].map or (0, 0)
            yield _Block(start, end, tokens)
            tokens = []


def _add(
    flattener: Flattener, block: _Block, text: str, first_number: int | None = None
) -> None:
    if block.end_line - block.start_line > 1 or block.tokens[0].type == "paragraph_open":
        size = sum(len(t.content) for t in block.tokens)
        if size > MAX_BLOCK_CHARS and block.tokens[0].type != "fence":
            lines = text.split("\n")[block.start_line : block.end_line]
            flattener.add_plain("\n".join(lines))
            return
    flattener.add(block.tokens, first_number)


def _last_settling(blocks: list[_Block], n_complete: int) -> int:
    """Index of the last block that begins on a complete line; 0: none but the first."""
    last = len(blocks) - 1
    if blocks and blocks[last].tokens[0].meta.get(IS_OPEN):
        last -= 1  # should it turn out to be no math, it belongs to the block before
    for i in range(last, 0, -1):
        if blocks[i].start_line < n_complete:
            return i
    return 0


def _decided(text: str) -> str:
    """`text` without an unfinished end that could still become something else.

    A line that begins with `-` may become an item, a rule or an underline; a first row may
    become a table. Shown too early they would flash.
    """
    at = text.rfind("\n") + 1
    partial = text[at:]
    if partial and len(partial) <= MAX_HELD and _UNDECIDED.fullmatch(partial):
        text, partial = text[:at], ""
    if partial:
        is_row = partial.lstrip().startswith("|") and len(partial) <= MAX_HELD_ROW
        if is_row and not _ends_in_row(text[:at]):
            return text[:at]
        return text
    before = text[:-1] if text.endswith("\n") else text
    start = before.rfind("\n") + 1
    if before[start:].lstrip().startswith("|") and not _ends_in_row(before[:start]):
        return before[:start]
    return text


def _ends_in_row(text: str) -> bool:
    """True when the last complete line of `text` is a row of a table."""
    end = text.rstrip("\n")
    if text.endswith("\n\n"):
        return False
    return end[end.rfind("\n") + 1 :].lstrip().startswith("|")
