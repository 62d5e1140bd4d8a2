"""Where every message is, what of it is in the window, and how both survive changes.

The text under the eyes never moves: while the window does not follow the end, a block that
is seen and measured is the anchor, and keeps its place whatever happens above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.ui.transcript.heights import HeightIndex
from app.ui.transcript.message_item import MessageItem, Part
from app.ui.transcript.section import Section

_BOTTOM_PX = 18.0
_N_NEAR = 30  # messages on each side of the window that stay parsed
_MAX_ROUNDS = 8  # measuring changes what is seen, which is then measured


@dataclass(frozen=True)
class Anchor:
    """A thing in the window that keeps its distance from the window's top."""

    item: MessageItem
    section: Section | None  # None: the part named below
    block: int
    part: Part | None
    y: float  # from the window's top; negative: it begins above


class ConversationLayout:
    """Messages stacked in one column; lengths in logical pixels."""

    def __init__(self) -> None:
        self.items: list[MessageItem] = []
        self.offset = 0.0  # of the window's top below the first message's top
        self.is_pinned = True  # follows the end
        self.height = 1.0  # of the window
        self._width = 1.0
        self._heights = HeightIndex()
        self._forgot_at = 0  # the first message in the window when others were forgotten

    # -- rows

    def replace_from(self, first: int, items: Sequence[MessageItem]) -> None:
        """Put `items` in the place of all from `first` on."""
        self.items[first:] = items
        for n, item in enumerate(self.items):
            item.is_last = n == len(self.items) - 1
        for item in items:
            item.set_width(self._width)
        self._heights.replace_from(first, [item.height for item in items])

    def update_height(self, row: int) -> None:
        """Take the new height of one message."""
        self._heights.set_height(row, self.items[row].height)

    def update_heights(self) -> None:
        """Take the new heights of all messages."""
        self._heights.replace_from(0, [item.height for item in self.items])

    # -- geometry

    @property
    def total(self) -> float:
        """Height of the conversation."""
        return self._heights.total + _BOTTOM_PX

    @property
    def max_offset(self) -> float:
        """The offset at the end."""
        return max(self.total - self.height, 0.0)

    @property
    def is_at_end(self) -> bool:
        """True when the last line is in the window."""
        return self.offset >= self.max_offset - 4

    def top(self, row: int) -> float:
        """Where a message begins, from the window's top."""
        return self._heights.top(row) - self.offset

    def row_at(self, y: float) -> int:
        """The message at `y` from the window's top, the nearest outside; -1: none."""
        return self._heights.index_at(y + self.offset)

    def visible(self, y0: float, y1: float) -> Iterator[int]:
        """Messages that touch `y0`..`y1` from the window's top."""
        row = max(self.row_at(y0), 0)
        while row < len(self.items) and self.top(row) < y1:
            yield row
            row += 1

    # -- changes

    def set_size(self, column_width: float, height: float) -> None:
        """Lay out for another window; what is seen stays seen."""
        anchor = self.anchor()
        self.height = height
        self._width = column_width  # messages take it when they come near the window
        self.restore(anchor)
        self.settle()

    def scroll_to(self, offset: float) -> None:
        """The person scrolls: following begins at the end and ends anywhere else."""
        self.offset = min(max(float(round(offset)), 0.0), self.max_offset)
        self.is_pinned = self.is_at_end
        self.settle()
        if abs(self.row_at(0) - self._forgot_at) > _N_NEAR:
            self.forget_far()  # a long way without a pause must not keep all of it

    def pin(self) -> None:
        """Show the end and follow it."""
        self.is_pinned = True
        self.settle()

    def settle(self) -> bool:
        """Measure what is in the window until nothing changes; True when something did."""
        changed = False
        for _ in range(_MAX_ROUNDS):
            anchor = self.anchor()
            self.restore(anchor)
            if self._measure(self.offset, self.offset + self.height) == 0:
                break
            changed = True
            self.restore(anchor)
        return changed

    def prepare(self, margin: float, limit: int) -> int:
        """Measure up to `limit` blocks less than `margin` outside the window; how many."""
        anchor = self.anchor()
        below = self.offset + self.height
        n = self._measure(below, below + margin, limit)
        if n < limit:
            n += self._measure(self.offset - margin, self.offset, limit - n)
        if n:
            self.restore(anchor)
        return n

    def forget_far(self) -> None:
        """Drop the blocks of messages that are far from the window."""
        first, last = self.row_at(0), self.row_at(self.height)
        self._forgot_at = first
        for row, item in enumerate(self.items):
            if not first - _N_NEAR <= row <= last + _N_NEAR:
                item.forget()

    def anchor(self) -> Anchor | None:
        """What must not move; None while the window follows the end or is empty."""
        if self.is_pinned or not self.items:
            return None
        fallback: Anchor | None = None
        for row in self.visible(0, self.height):
            item = self.items[row]
            top = self.top(row)
            for section, _, y in item.sections():
                for n in section.visible(-top - y, self.height - top - y):
                    at = top + y + section.top_of(n)
                    found = Anchor(item, section, n, None, at)
                    block = section.blocks[n]
                    if not block.is_stale and at + block.height > 0:
                        return found
                    fallback = fallback or found
            if fallback is None:
                fallback = Anchor(item, None, 0, Part.FOOTER, self._part_y(row, Part.FOOTER))
        return fallback

    def part_anchor(self, row: int, part: Part) -> Anchor:
        """An anchor at one part of a message."""
        return Anchor(self.items[row], None, 0, part, self._part_y(row, part))

    def restore(self, anchor: Anchor | None) -> None:
        """Scroll so that the anchor is where it was; at the end when it was pinned."""
        if anchor is None:
            if self.is_pinned:
                self.offset = self.max_offset
            return
        if anchor.item not in self.items:
            self.offset = min(self.offset, self.max_offset)
            return
        row = self.items.index(anchor.item)
        if anchor.section is None:
            y = self._part_y(row, anchor.part or Part.FOOTER)
        else:
            y = self._block_y(row, anchor)
        self.offset = min(max(self.offset + y - anchor.y, 0.0), self.max_offset)

    def _block_y(self, row: int, anchor: Anchor) -> float:
        for section, _, y in self.items[row].sections():
            if section is anchor.section and section.blocks:
                n = min(anchor.block, len(section.blocks) - 1)
                return self.top(row) + y + section.top_of(n)
        return self.top(row)

    def _part_y(self, row: int, part: Part) -> float:
        place = self.items[row].place_of(part)
        return self.top(row) + (place.y if place is not None else 0.0)

    def _measure(self, y0: float, y1: float, limit: int = 1_000_000) -> int:
        """Measure blocks between two heights of the conversation; how many it were."""
        n_measured = 0
        row = max(self._heights.index_at(y0), 0)
        while row < len(self.items) and n_measured < limit:
            top = self._heights.top(row)
            if top >= y1:
                break
            if self.items[row].width != self._width:
                self.items[row].set_width(self._width)
            n = self.items[row].measure(y0 - top, y1 - top, limit - n_measured)
            if self.items[row].height != self._heights.height(row):
                self.update_height(row)
                n = max(n, 1)  # a new width alone changes what is estimated
            n_measured += n
            row += 1
        return n_measured
