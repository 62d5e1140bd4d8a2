"""What is attached to a question, as chips over its text: where they are, how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from app.core.attachment import Attachment, AttachmentKind
from app.ui.attachment_words import chip_label, full_name, length_text
from app.ui.transcript.controls import AttachmentTarget, Control
from app.ui.transcript.icons import Icon, paint_icon
from app.ui.transcript.visible_text import made_visible

if TYPE_CHECKING:
    from app.ui.transcript.message_item import MessageItem
    from app.ui.transcript.message_painter import MessagePaint

# At 100 %.
_HEIGHT_PX = 32.0
_GAP_PX = 6.0
_SIDE_PX = 10.0  # left and right of what is on a chip
_ICON_PX = 17.0
_RADIUS_PX = 9.0

_ICONS = {
    AttachmentKind.CODE: Icon.FILE_CODE,
    AttachmentKind.PASTE: Icon.CLIPBOARD,
}


def chips_height(item: MessageItem) -> float:
    """Room of all chips and the gap below them."""
    rects = chip_rects(item)
    return rects[-1].bottom() + item.style.px(_GAP_PX) if rects else 0.0


def chip_rects(item: MessageItem) -> list[QRectF]:
    """Where the chips are, below the top of their part: in rows, each at the right edge."""
    style = item.style
    height, gap = style.px(_HEIGHT_PX), style.px(_GAP_PX)
    rows: list[list[float]] = [[]]
    for attachment in item.row.message.attachments:
        width = min(_width(item, attachment), item.width)
        if rows[-1] and sum(rows[-1]) + gap * len(rows[-1]) + width > item.width:
            rows.append([])
        rows[-1].append(width)
    rects: list[QRectF] = []
    for number, widths in enumerate(rows):
        x = item.width - sum(widths) - gap * (len(widths) - 1)
        for width in widths:
            rects.append(QRectF(x, number * (height + gap), width, height))
            x += width + gap
    return rects


def chip_controls(item: MessageItem, top: float) -> list[Control]:
    """The chips as controls; their part begins at `top`."""
    text = QCoreApplication.translate("transcript", "Read the attachment {name}")
    return [
        Control(
            AttachmentTarget(index),
            rect.translated(0, top),
            f"{text.replace('{name}', _visible_name(a))} ({length_text(a)})",
            icon=_ICONS.get(a.kind, Icon.FILE),
            label=made_visible(chip_label(a)),
        )
        for index, (a, rect) in enumerate(
            zip(item.row.message.attachments, chip_rects(item), strict=True)
        )
    ]


def paint_chip(item: MessageItem, control: Control, paint: MessagePaint) -> None:
    """Ground, icon, name and length."""
    painter, palette, style = paint.painter, paint.palette, item.style
    rect, radius = control.rect, style.px(_RADIUS_PX)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    is_hovered = paint.hovered == control.kind
    ground = palette.hover if is_hovered else palette.ground
    if isinstance(control.kind, AttachmentTarget):
        is_current = item.found_attachments.get(control.kind.index)
        if is_current is not None:
            ground = palette.found_current if is_current else palette.found
    painter.setPen(QPen(palette.border, 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    side = style.px(_ICON_PX)
    x = rect.x() + style.px(_SIDE_PX)
    if control.icon is not None:
        box = QRectF(x, rect.center().y() - side / 2, side, side)
        paint_icon(painter, control.icon, box, palette.muted)
    x += side + style.px(_GAP_PX)
    painter.setFont(style.label_font())
    painter.setPen(palette.text)
    room = QRectF(x, rect.y(), rect.right() - style.px(_SIDE_PX) - x + 1, rect.height())
    label = QFontMetricsF(painter.font()).elidedText(
        control.label, Qt.TextElideMode.ElideMiddle, room.width()
    )
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, label)
    if paint.focused == control.kind:
        painter.setPen(QPen(palette.focus, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()


def searched_name(attachment: Attachment) -> str:
    """What of an attachment the search in the conversation looks through."""
    return _visible_name(attachment)


def _visible_name(attachment: Attachment) -> str:
    return made_visible(full_name(attachment))


def _width(item: MessageItem, attachment: Attachment) -> float:
    style = item.style
    label = style.advance(made_visible(chip_label(attachment)), style.label_font())
    return label + style.px(_ICON_PX) + style.px(_GAP_PX) + 2 * style.px(_SIDE_PX) + 2
