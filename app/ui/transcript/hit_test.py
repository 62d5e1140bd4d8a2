"""What is under a point of the window."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF

from app.ui.transcript.block import Block
from app.ui.transcript.controls import Control
from app.ui.transcript.conversation_layout import ConversationLayout
from app.ui.transcript.message_controls import controls_of
from app.ui.transcript.message_item import MessageItem
from app.ui.transcript.message_painter import BlockTarget
from app.ui.transcript.section import Section
from app.ui.transcript.selection import Position, section_index


@dataclass(frozen=True)
class Hit:
    """What is under the pointer; at most one of control, target, link and bar is set."""

    row: int
    control: Control | None = None
    target: BlockTarget | None = None
    link: str = ""
    bar: Block | None = None  # a block's own scroll bar
    block: Block | None = None  # the block under the pointer
    is_text: bool = False  # directly over selectable text


def hit_test(layout: ConversationLayout, point: QPointF) -> Hit | None:
    """What is at `point`, in the column's coordinates from the window's top; None: nothing."""
    row = layout.row_at(point.y())
    if row < 0:
        return None
    item = layout.items[row]
    inside = point - QPointF(0, layout.top(row))
    for control in controls_of(item):
        if control.rect.contains(inside) and control.is_enabled:
            return Hit(row, control=control)
    for section, x, top in item.sections():
        found = _hit_section(row, item, section, inside - QPointF(x, top))
        if found is not None:
            return found
    return Hit(row)


def _hit_section(row: int, item: MessageItem, section: Section, point: QPointF) -> Hit | None:
    if not 0 <= point.y() < section.height or not section.blocks:
        return None
    n = section.index_at(point.y())
    block = section.blocks[n]
    inside = point - QPointF(section.indent_of(n), section.top_of(n))
    if not (0 <= inside.x() <= block.width and 0 <= inside.y() < block.height):
        return None
    scope = item.scope_of(section)
    for control in block.controls(scope):
        if control.rect.contains(inside):
            target = BlockTarget(section_index(item, section), n, control.action)
            return Hit(row, target=target, block=block)
    if block.scroll_bar(scope).adjusted(0, -4, 0, 4).contains(inside):
        return Hit(row, bar=block, block=block)
    link = block.link_at(inside)
    return Hit(row, link=link, block=block, is_text=True)


def position_at(layout: ConversationLayout, point: QPointF) -> Position | None:
    """The text position nearest to `point`, for selecting; None: there is no text."""
    row = layout.row_at(point.y())
    if row < 0:
        return None
    item = layout.items[row]
    inside = point - QPointF(0, layout.top(row))
    best: tuple[float, Section, QPointF] | None = None
    for section, x, top in item.sections():
        section.ensure_parsed()
        if not section.blocks:
            continue
        below = inside.y() - top
        distance = max(-below, below - section.height, 0.0)
        if best is None or distance < best[0]:
            best = (distance, section, inside - QPointF(x, top))
    if best is None:
        return Position(row, 1, 0, 0)
    _, section, point_in = best
    return _position_in(row, item, section, point_in)


def _position_in(row: int, item: MessageItem, section: Section, point: QPointF) -> Position:
    n = max(section.index_at(point.y()), 0)
    block = section.blocks[n]
    number = section_index(item, section)
    if block.is_stale:
        section.measure(point.y(), point.y() + 1, item.scope_of(section))
    inside = point - QPointF(section.indent_of(n), section.top_of(n))
    if inside.y() < 0:
        return Position(row, number, n, 0)
    if inside.y() > block.height:
        return Position(row, number, n, block.n_positions())
    return Position(row, number, n, block.position_at(inside, item.scope_of(section)))
