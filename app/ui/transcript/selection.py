"""Selected text across blocks and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.ui.transcript.block import Block
from app.ui.transcript.block_spec import BlockSpec, Container
from app.ui.transcript.message_item import MessageItem
from app.ui.transcript.section import Section


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters of the conversation; ordered as they are read."""

    row: int
    section: int  # 0 thinking, 1 the message's text
    block: int
    offset: int  # UTF-16 units in the block's text


@dataclass(frozen=True, slots=True)
class Selection:
    """From where the person pressed to where the pointer is."""

    anchor: Position
    head: Position

    @property
    def first(self) -> Position:
        """The earlier end."""
        return min(self.anchor, self.head)

    @property
    def last(self) -> Position:
        """The later end."""
        return max(self.anchor, self.head)

    @property
    def is_empty(self) -> bool:
        """True when nothing is between the ends."""
        return self.anchor == self.head

    def range_in(self, row: int, section: int, block: int, n_units: int) -> tuple[int, int]:
        """The selected positions of one block; (0, 0): none."""
        here = (row, section, block)
        first, last = self.first, self.last
        if here < (first.row, first.section, first.block):
            return (0, 0)
        if here > (last.row, last.section, last.block):
            return (0, 0)
        start = first.offset if here == (first.row, first.section, first.block) else 0
        end = last.offset if here == (last.row, last.section, last.block) else n_units
        return (min(start, n_units), min(end, n_units))


def section_of(item: MessageItem, index: int) -> Section:
    """The section that `Position.section` means."""
    return item.thinking if index == 0 else item.body


def section_index(item: MessageItem, section: Section) -> int:
    """The number of a section in positions."""
    return 0 if section is item.thinking else 1


def selected_text(
    item_at: Callable[[int], MessageItem], n_items: int, selection: Selection
) -> str:
    """What is copied: text without markup, formulas as TeX, list markers kept."""
    messages: list[str] = []
    for row in range(selection.first.row, min(selection.last.row + 1, n_items)):
        text = _joined(list(_pieces(item_at(row), row, selection)))
        if text:
            messages.append(text)
    return "\n\n".join(messages)


def _pieces(
    item: MessageItem, row: int, selection: Selection
) -> Iterator[tuple[BlockSpec, str]]:
    for section, _, _ in item.sections():
        number = section_index(item, section)
        section.ensure_parsed()
        for n, block in enumerate(section.blocks):
            start, end = selection.range_in(row, number, n, block.n_positions())
            if start < end:
                yield block.spec, _marked(block, start, end)


def _marked(block: Block, start: int, end: int) -> str:
    """The text of a block, with its list marker when it is taken from its beginning."""
    spec = block.spec
    text = block.copied(start, end)
    if start > 0 or not spec.marker:
        return text
    depth = max(sum(c is Container.LIST for c in spec.path) - 1, 0)
    return f"{'  ' * depth}{spec.marker} {text}"


def _joined(pieces: Sequence[tuple[BlockSpec, str]]) -> str:
    text = ""
    before: BlockSpec | None = None
    for spec, piece in pieces:
        if before is not None:
            text += _separator(before, spec)
        text += piece
        before = spec
    return text


def _separator(before: BlockSpec, spec: BlockSpec) -> str:
    if spec.group >= 0 and spec.group == before.group:
        return "\n" if before.ends_line else ""
    is_list = Container.LIST in spec.path and Container.LIST in before.path
    return "\n" if is_list else "\n\n"
