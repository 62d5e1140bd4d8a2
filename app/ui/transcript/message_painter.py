"""Paints one message: name, thinking, text, end marker, controls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from app.ui.transcript.attachment_chips import paint_chip
from app.ui.transcript.block import Block, BlockAction, BlockPaint, Scope
from app.ui.transcript.block_spec import BlockKind, Container
from app.ui.transcript.controls import AttachmentTarget, Control, ControlKind
from app.ui.transcript.documents import Mark
from app.ui.transcript.flatten import CHECKED, UNCHECKED
from app.ui.transcript.icons import Icon, paint_icon
from app.ui.transcript.message_controls import controls_of, version_label
from app.ui.transcript.message_item import MessageItem, Part, Place
from app.ui.transcript.palette import TranscriptPalette
from app.ui.transcript.section import Section
from app.ui.transcript.spacing import container_px

_BUBBLE_RADIUS_PX = 14.0
_MARGIN_PX = 14.0  # beside the column, in the narrowest window
_BOXES = {UNCHECKED: Icon.UNCHECKED, CHECKED: Icon.CHECKED}


@dataclass(frozen=True)
class BlockTarget:
    """A control inside a block."""

    section: int
    block: int
    action: BlockAction


@dataclass(frozen=True)
class MessagePaint:
    """How one message is painted once."""

    painter: QPainter  # its origin is the message's corner
    clip: QRectF  # what must be painted, in the message's coordinates
    palette: TranscriptPalette
    marks: Callable[[int, int, Block], Sequence[Mark]]  # section, block number, block
    is_hot: bool = False  # under the pointer, or it has the focus: all controls are shown
    is_current: bool = False  # has the keyboard's focus
    hovered: ControlKind | AttachmentTarget | BlockTarget | None = None
    focused: ControlKind | AttachmentTarget | BlockTarget | None = None
    done: ControlKind | AttachmentTarget | BlockTarget | None = None  # "Copied" is shown
    grounds: Sequence[QRectF] = field(default=())


def paint_message(item: MessageItem, paint: MessagePaint) -> None:
    """Paint what touches `paint.clip`."""
    # Paragraphs find their own direction; labels stay beside their icons, also in a window
    # that is mirrored.
    paint.painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    for place in item.places():
        if place.y <= paint.clip.bottom() and place.y + place.height >= paint.clip.top():
            _paint_part(item, place, paint)
    for section, x, top in item.sections():
        _paint_section(item, section, QPointF(x, top), paint)
    for control in controls_of(item):
        if isinstance(control.kind, AttachmentTarget):
            paint_chip(item, control, paint)
        elif control.is_always or paint.is_hot:
            _paint_control(item, control, paint)
    if paint.is_current:
        _paint_focus(item, paint)


def _paint_part(item: MessageItem, place: Place, paint: MessagePaint) -> None:
    match place.part:
        case Part.NAME:
            _paint_name(item, place, paint)
        case Part.BODY if item.is_question:
            _paint_bubble(item, place, paint)
        case Part.THINKING:
            _paint_thinking_bar(item, place, paint)
        case Part.STATUS:
            _paint_status(item, place, paint)
        case Part.END:
            _paint_end(item, place, paint)
        case Part.FOOTER:
            _paint_statistics(item, place, paint)


def _paint_status(item: MessageItem, place: Place, paint: MessagePaint) -> None:
    painter = paint.painter
    painter.setFont(item.style.label_font())
    painter.setPen(paint.palette.muted)
    box = QRectF(0, place.y, item.width, place.height)
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, item.status())


def _paint_name(item: MessageItem, place: Place, paint: MessagePaint) -> None:
    painter = paint.painter
    painter.setFont(item.style.label_font(bold=True))
    painter.setPen(paint.palette.muted)
    box = QRectF(0, place.y, item.width, place.height)
    metrics = QFontMetricsF(painter.font())
    text = metrics.elidedText(item.name_text(), Qt.TextElideMode.ElideMiddle, item.width)
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)


def _paint_bubble(item: MessageItem, place: Place, paint: MessagePaint) -> None:
    painter = paint.painter
    radius = item.style.px(_BUBBLE_RADIUS_PX)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(paint.palette.bubble)
    painter.drawRoundedRect(item.bubble_rect(place), radius, radius)
    painter.restore()


def _paint_thinking_bar(item: MessageItem, place: Place, paint: MessagePaint) -> None:
    bar = QRectF(item.style.px(4), place.y + 2, 2, max(place.height - item.style.px(12), 2.0))
    paint.painter.fillRect(bar, paint.palette.quote_bar)


def _paint_section(
    item: MessageItem, section: Section, origin: QPointF, paint: MessagePaint
) -> None:
    painter, scope = paint.painter, item.scope_of(section)
    number = 0 if section is item.thinking else 1
    y0, y1 = paint.clip.top() - origin.y(), paint.clip.bottom() - origin.y()
    for n in section.visible(y0, y1):
        block = section.blocks[n]
        section.touch(block)
        top = origin.y() + section.top_of(n)
        left = origin.x() + section.indent_of(n)
        _paint_containers(section, n, QPointF(origin.x(), top), paint, scope)
        painter.save()
        painter.translate(left, top)
        block.paint(
            BlockPaint(
                painter,
                paint.clip.translated(-left, -top),
                paint.marks(number, n, block),
                _action_in(paint.hovered, number, n),
                _action_in(paint.focused, number, n),
                _action_in(paint.done, number, n),
            ),
            scope,
        )
        painter.restore()


def _action_in(
    target: ControlKind | AttachmentTarget | BlockTarget | None, section: int, block: int
) -> BlockAction | None:
    if isinstance(target, BlockTarget) and (target.section, target.block) == (section, block):
        return target.action
    return None


def _paint_containers(
    section: Section, n: int, corner: QPointF, paint: MessagePaint, scope: Scope
) -> None:
    """Bars of the quotes that a block stands in, and its list marker."""
    block, style = section.blocks[n], scope.look.style
    path = block.spec.path
    before = section.blocks[n - 1].spec.path if n else ()
    x = corner.x()
    for depth, container in enumerate(path):
        if container is Container.QUOTE:
            goes_on = before[: depth + 1] == path[: depth + 1]
            above = corner.y() - section.top_of(n) + section.top_of(n - 1) if goes_on else 0.0
            top = above + section.blocks[n - 1].height if goes_on else corner.y()
            bar = QRectF(x + 1, top, style.px(3), corner.y() + block.height - top)
            paint.painter.fillRect(bar, paint.palette.quote_bar)
        x += container_px(container, style)
    if block.spec.marker:
        _paint_marker(block, QPointF(x, corner.y()), paint, scope)


def _paint_marker(block: Block, at: QPointF, paint: MessagePaint, scope: Scope) -> None:
    """The marker ends left of `at`, on the baseline of the block's first line."""
    painter, style = paint.painter, scope.look.style
    marker = block.spec.marker
    is_text = block.spec.kind in {BlockKind.TEXT, BlockKind.HEADING}
    baseline = block.first_baseline() if is_text else None
    y = at.y() + (baseline if baseline is not None else style.px(20))
    painter.setFont(style.font())
    painter.setPen(scope.look.text_color)
    icon = _BOXES.get(marker[-1:])
    if icon is not None:
        side = style.px(17)
        metrics = QFontMetricsF(painter.font())
        middle = y - metrics.xHeight() / 2 - style.px(1)
        box = QRectF(at.x() - side - style.px(6), middle - side / 2, side, side)
        color = paint.palette.accent if icon is Icon.CHECKED else paint.palette.border
        paint_icon(painter, icon, box, color)
        return
    width, gap = style.advance(marker), style.px(7)
    room = at.x() + style.px(_MARGIN_PX) - gap  # a long number reaches into the margin
    if width > room > 0:
        painter.setFont(style.font(max(room / width, 0.5)))
        width = QFontMetricsF(painter.font()).horizontalAdvance(marker)
    painter.drawText(QPointF(at.x() - width - gap, y), marker)


def _paint_end(item: MessageItem, place: Place, paint: MessagePaint) -> None:
    painter, palette = paint.painter, paint.palette
    color = palette.error if item.row.error else palette.muted
    box = item.end_text_rect(place)
    side = item.style.px(17)
    paint_icon(painter, Icon.STOPPED, QRectF(0, box.y() - 1, side, side), color)
    painter.setFont(item.style.label_font())
    painter.setPen(color)
    painter.drawText(box, Qt.TextFlag.TextWordWrap.value, item.end_text())


def _paint_statistics(item: MessageItem, place: Place, paint: MessagePaint) -> None:
    text = item.statistics_text()
    if not text:
        return
    painter, style = paint.painter, item.style
    used = max((c.rect.right() for c in controls_of(item) if c.rect.y() >= place.y), default=0)
    room = item.width - used - style.px(12)
    painter.setFont(style.font(0.8))
    text = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.setPen(paint.palette.muted)
    box = QRectF(item.width - room, place.y + style.px(4), room, style.px(28))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
    painter.drawText(box, flags, text)


def _paint_control(item: MessageItem, control: Control, paint: MessagePaint) -> None:
    painter, palette, style = paint.painter, paint.palette, item.style
    is_hovered = paint.hovered is control.kind and control.is_enabled
    is_focused = paint.focused is control.kind
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rect = control.rect
    if control.icon is None:  # a button with words alone
        painter.setPen(QPen(palette.border, 1))
        painter.setBrush(palette.hover if is_hovered else palette.ground)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    elif is_hovered or is_focused:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.hover)
        painter.drawRoundedRect(rect, 6, 6)
    color = palette.text if is_hovered or is_focused or control.icon is None else palette.muted
    if not control.is_enabled:
        color = palette.line
    side = style.px(12 if control.kind is ControlKind.REGENERATE_LEVEL else 17)
    label_x = rect.x() + style.px(14)
    if control.icon is not None:
        is_done = control.kind is paint.done
        x = rect.x() + style.px(5) if control.label else rect.center().x() - side / 2
        box = QRectF(x, rect.center().y() - side / 2, side, side)
        paint_icon(painter, Icon.CHECK if is_done else control.icon, box, color)
        label_x = x + side + style.px(5)
    if control.label:
        painter.setFont(style.label_font())
        painter.setPen(color)
        if control.icon is None:
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, control.label)
        else:
            box = QRectF(label_x, rect.y(), rect.right() - label_x + 40, rect.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, control.label)
    if control.kind is ControlKind.PREVIOUS_VERSION:
        _paint_version(item, control, paint)
    if is_focused:
        painter.setPen(QPen(palette.focus, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 6, 6)
    painter.restore()


def _paint_version(item: MessageItem, control: Control, paint: MessagePaint) -> None:
    painter = paint.painter
    painter.setFont(item.style.label_font())
    painter.setPen(paint.palette.muted)
    box = QRectF(control.rect.right() + 2, control.rect.y(), 200, control.rect.height())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, version_label(item))


def _paint_focus(item: MessageItem, paint: MessagePaint) -> None:
    painter = paint.painter
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(paint.palette.focus, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    margin = item.style.px(10)
    painter.drawRoundedRect(QRectF(-margin, 3, item.width + 2 * margin, item.height - 6), 8, 8)
    painter.restore()
