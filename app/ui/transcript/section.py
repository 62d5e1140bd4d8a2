"""The blocks of one text: a question, an answer, or the thinking before it."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator
from enum import Enum, auto

from app.ui.transcript.block import Block, Scope
from app.ui.transcript.block_spec import BlockKind, BlockSpec
from app.ui.transcript.code_block import CodeBlock, CodeShape
from app.ui.transcript.heights import HeightIndex
from app.ui.transcript.markdown_stream import MarkdownStream, parse_answer, parse_question
from app.ui.transcript.math_block import MathBlock
from app.ui.transcript.spacing import gap_above, indent
from app.ui.transcript.style import Look
from app.ui.transcript.table_block import TableRowBlock, TableShape
from app.ui.transcript.text_block import RuleBlock, TextBlock

MAX_DOCUMENTS = 80  # kept for blocks that are out of sight: some three windows of them


class SectionKind(Enum):
    """Where a text stands in its message."""

    QUESTION = auto()
    THINKING = auto()
    ANSWER = auto()


class DocumentCache:
    """Blocks whose documents are kept, the least recently painted ones dropped."""

    def __init__(self, limit: int = MAX_DOCUMENTS) -> None:
        self._limit = limit
        self._blocks: OrderedDict[Block, None] = OrderedDict()

    def touch(self, block: Block) -> None:
        """Say that `block` is in use."""
        self._blocks[block] = None
        self._blocks.move_to_end(block)
        while len(self._blocks) > self._limit:
            old, _ = self._blocks.popitem(last=False)
            old.release()

    def clear(self) -> None:
        """Forget all; the documents go with their blocks."""
        self._blocks.clear()


class Section:
    """A text and its blocks, stacked. Parsed when it is first needed, then kept up to date.

    Vertical positions are logical pixels from the section's top. `look` decides fonts and
    colours; changing it keeps the heights as estimates until blocks are measured again.
    """

    def __init__(self, kind: SectionKind, look: Look, cache: DocumentCache) -> None:
        self.kind = kind
        self.blocks: list[Block] = []
        self._look = look
        self._cache = cache
        self._text = ""
        self._width = 1.0
        self._heights = HeightIndex()
        self._shapes: dict[int, CodeShape | TableShape] = {}
        self._stream: MarkdownStream | None = None
        self._n_settled = 0
        self._is_parsed = False
        self._known_height: float | None = None  # from before the blocks were forgotten

    # -- text

    @property
    def text(self) -> str:
        """The source."""
        return self._text

    @property
    def is_parsed(self) -> bool:
        """False while the height is only a guess from the text's length."""
        return self._is_parsed

    def set_text(self, text: str, *, is_live: bool) -> None:
        """Show `text`; a live one is parsed as it grows."""
        if is_live:
            if self._stream is None or not text.startswith(self._text):
                self._stream, self._n_settled, self._text = MarkdownStream(), 0, ""
            self.append(text[len(self._text) :])
            return
        if self._stream is None and text == self._text and self._is_parsed:
            return
        stream, self._stream = self._stream, None
        if stream is not None and text == self._text and (update := stream.finish()):
            self._replace_from(self._n_settled, update.open)
            for block in self.blocks:
                if isinstance(block, CodeBlock) and block.spec.is_last_part:
                    block.finish()
            return
        self._text, self._known_height = text, None
        if self._is_parsed:
            self._parse()

    def append(self, text: str) -> None:
        """Take more of a live text."""
        if self._stream is None:
            self.set_text(self._text + text, is_live=True)
            return
        self._text += text
        update = self._stream.feed(text)
        self._replace_from(self._n_settled, update.settled + update.open)
        self._n_settled += len(update.settled)
        self._is_parsed = True

    def ensure_parsed(self) -> None:
        """Make the blocks."""
        if not self._is_parsed:
            self._parse()

    def forget(self) -> None:
        """Drop the blocks of a text that is far away; they are parsed again when it comes."""
        if self._is_parsed and self._stream is None:
            self._known_height = self.height
            self._is_parsed = False
            self.blocks = []
            self._heights = HeightIndex()
            self._shapes.clear()

    def _parse(self) -> None:
        parse = parse_question if self.kind is SectionKind.QUESTION else parse_answer
        self._is_parsed = True
        self._replace_from(0, parse(self._text))

    # -- geometry

    @property
    def height(self) -> float:
        """Height of all blocks, measured or estimated."""
        if self._is_parsed:
            return self._heights.total
        if self._known_height is not None:
            return self._known_height
        style = self._look.style
        per_line = max(self._width / style.char_px, 1)
        n_lines = len(self._text) / per_line + 0.7 * self._text.count("\n") + 0.5
        return float(math.ceil(max(n_lines, 1) * style.line_px))

    def set_width(self, width: float) -> None:
        """Lay out for `width` from now on."""
        if width != self._width:
            self._known_height = None
        self._width = width

    def set_look(self, look: Look) -> None:
        """Other fonts or colours; heights scale with the text until they are measured."""
        factor = look.style.text_px / self._look.style.text_px
        self._known_height = None
        self._look = look
        for shape in self._shapes.values():
            if isinstance(shape, TableShape):
                shape.restyle(look.style)
        for n, block in enumerate(self.blocks):
            block.invalidate()
            block.height = math.ceil(block.height * factor)
            self._heights.set_height(n, self._gap(n) + block.height)

    def top_of(self, index: int) -> float:
        """Where block `index` begins, below its gap."""
        return self._heights.top(index) + self._gap(index)

    def index_at(self, y: float) -> int:
        """The block that covers `y`; -1 when there is none."""
        return self._heights.index_at(y)

    def indent_of(self, index: int) -> float:
        """Where block `index` begins from the left."""
        return indent(self.blocks[index].spec.path, self._look.style)

    def visible(self, y0: float, y1: float) -> Iterator[int]:
        """Indices of the blocks that touch `y0`..`y1`."""
        index = max(self.index_at(y0), 0)
        while index < len(self.blocks) and self._heights.top(index) < y1:
            if self._heights.top(index + 1) > y0:
                yield index
            index += 1

    def measure(self, y0: float, y1: float, scope: Scope, limit: int = 1_000_000) -> int:
        """Measure what touches `y0`..`y1` and is not measured; how many blocks it was.

        At most `limit` blocks are measured.
        """
        self.ensure_parsed()
        n_measured = 0
        for index in self.visible(y0, y1):
            if n_measured >= limit:
                break
            block = self.blocks[index]
            width = max(self._width - self.indent_of(index), 40.0)
            if not _needs_measuring(block, width):
                continue
            block.height = math.ceil(block.measure(width, scope))
            self._cache.touch(block)
            self._heights.set_height(index, self._gap(index) + block.height)
            n_measured += 1
        return n_measured

    def first_stale_above(self, y: float) -> float | None:
        """Top of the nearest unmeasured block that begins above `y`; None: there is none."""
        index = self.index_at(y)
        while index >= 0:
            if self.blocks[index].is_stale:
                return self._heights.top(index)
            index -= 1
        return None

    def touch(self, block: Block) -> None:
        """Say that `block` is painted: its documents are kept."""
        self._cache.touch(block)

    def invalidate_awaiting(self, key: object) -> bool:
        """A formula is ready: forget the layout of blocks that wait for it."""
        found = False
        for block in self.blocks:
            if key in block.awaited:
                block.invalidate()
                found = True
        return found

    def invalidate_group(self, group: int) -> None:
        """Lay out again all parts of one code block or table."""
        for block in self.blocks:
            if block.spec.group == group:
                block.invalidate()

    def _gap(self, index: int) -> float:
        before = self.blocks[index - 1].spec if index else None
        return gap_above(self.blocks[index].spec, before, self._look.style)

    # -- blocks

    def _replace_from(self, first: int, specs: list[BlockSpec]) -> None:
        """Show `specs` from block `first` on; equal blocks keep their layout."""
        old = self.blocks[first:]
        new: list[Block] = []
        n_kept = 0
        for n, spec in enumerate(specs):
            self._observe(spec)
            previous = old[n] if n < len(old) else None
            if previous is not None and previous.spec == spec:
                n_kept += n_kept == n
                new.append(previous)
            elif previous is not None and previous.spec.same_place(spec):
                previous.update(spec)
                new.append(previous)
            else:
                new.append(self._block(spec))
        self.blocks[first:] = new
        start = first + n_kept
        self._heights.replace_from(
            start,
            [self._gap(n) + self.blocks[n].height for n in range(start, len(self.blocks))],
        )

    def _observe(self, spec: BlockSpec) -> None:
        """Rows widen the columns when they are complete."""
        if spec.kind is not BlockKind.TABLE_ROW:
            return
        shape = self._shapes.get(spec.group)
        if not isinstance(shape, TableShape):
            shape = self._shapes[spec.group] = TableShape(self._look.style)
        if spec.is_header or not spec.is_last_part or self._stream is None:
            shape.observe(spec)

    def _block(self, spec: BlockSpec) -> Block:
        block = self._made(spec)
        width = max(self._width - indent(spec.path, self._look.style), 40.0)
        block.height = math.ceil(block.estimate(width, self._look))
        return block

    def _made(self, spec: BlockSpec) -> Block:
        shape = self._shapes.get(spec.group)
        match spec.kind:
            case BlockKind.CODE:
                is_new = spec.part == 0 or not isinstance(shape, CodeShape)
                if is_new or not isinstance(shape, CodeShape):
                    shape = self._shapes[spec.group] = CodeShape(spec.language)
                return CodeBlock(spec, shape)
            case BlockKind.TABLE_ROW:
                assert isinstance(shape, TableShape)  # `_observe` has made it
                return TableRowBlock(spec, shape)
            case BlockKind.MATH:
                return MathBlock(spec)
            case BlockKind.RULE:
                return RuleBlock(spec)
            case _:
                return TextBlock(spec)


def _needs_measuring(block: Block, width: float) -> bool:
    if block.is_stale or block.width != width:
        return True
    return isinstance(block, TableRowBlock) and block.columns_changed()
