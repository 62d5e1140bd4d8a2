"""Where the controls of a message are."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from app.core.message import FinishReason
from app.ui.transcript.attachment_chips import chip_controls
from app.ui.transcript.controls import Control, ControlKind, control_name
from app.ui.transcript.icons import Icon
from app.ui.transcript.message_item import END_BUTTON_PX, MessageItem, Part, Place

BUTTON_PX = 28.0  # at 100 %; WCAG 2.5.8 asks for 24
_ICONS = {
    ControlKind.COPY: Icon.COPY,
    ControlKind.EDIT: Icon.EDIT,
    ControlKind.REGENERATE: Icon.REGENERATE,
    ControlKind.REGENERATE_LEVEL: Icon.DOWN,
    ControlKind.DELETE: Icon.DELETE,
    ControlKind.MORE: Icon.MORE,
    ControlKind.PREVIOUS_VERSION: Icon.PREVIOUS,
    ControlKind.NEXT_VERSION: Icon.NEXT,
}


def controls_of(item: MessageItem) -> list[Control]:
    """Everything that can be pressed on a message, in the order of the keyboard."""
    found: list[Control] = []
    for place in item.places():
        if place.part is Part.ATTACHMENTS:
            found += chip_controls(item, place.y)
        elif place.part is Part.THINKING_HEAD:
            found += _thinking_controls(item, place)
        elif place.part is Part.END:
            found += _end_controls(item, place)
        elif place.part is Part.FOOTER:
            found += _footer_controls(item, place)
    return found


def version_label(item: MessageItem) -> str:
    """`2/3`."""
    return f"{item.row.version}/{item.row.n_versions}"


def version_label_width(item: MessageItem) -> float:
    """Room of the label between the two arrows."""
    return item.style.advance(version_label(item), item.style.label_font()) + 4


def _thinking_controls(item: MessageItem, place: Place) -> list[Control]:
    style = item.style
    label = item.thinking_text()
    font = style.label_font()
    height = style.px(BUTTON_PX)
    y = place.y + (place.height - height) / 2
    width = style.advance(label, font) + style.px(34)
    head = Control(
        ControlKind.THINKING,
        QRectF(-style.px(6), y, min(width, item.width), height),
        label,
        icon=Icon.DOWN if item.is_unfolded else Icon.NEXT,
        label=label,
        is_expanded=item.is_unfolded,
    )
    if not item.is_thinking:
        return [head]
    name = control_name(ControlKind.ANSWER_NOW, item.row)
    width = style.advance(name, font) + style.px(20)
    x = min(head.rect.right() + style.px(10), item.width - width)
    rect = QRectF(x, y, width, height)
    return [head, Control(ControlKind.ANSWER_NOW, rect, name, label=name)]


def _end_controls(item: MessageItem, place: Place) -> list[Control]:
    style = item.style
    kinds: list[ControlKind] = []
    message = item.row.message
    if message.can_continue and (message.text or message.thinking):
        kinds.append(ControlKind.CONTINUE)
    if item.row.error or message.finish_reason is FinishReason.ERROR:
        kinds.append(ControlKind.RETRY)
    found: list[Control] = []
    x = style.px(24)
    height = style.px(END_BUTTON_PX)
    y = place.y + place.height - height
    for kind in kinds:
        name = control_name(kind, item.row)
        width = style.advance(name, style.label_font()) + style.px(28)
        found.append(Control(kind, QRectF(x, y, width, height), name, label=name))
        x += width + style.px(8)
    return found


def _footer_controls(item: MessageItem, place: Place) -> list[Control]:
    style, row = item.style, item.row
    size = style.px(BUTTON_PX)
    y = place.y + style.px(4)
    kinds = _footer_kinds(item)
    widths = [style.px(18) if k is ControlKind.REGENERATE_LEVEL else size for k in kinds]
    switch = _switch_width(item) if row.n_versions > 1 else 0.0
    x = item.width - sum(widths) - switch if item.is_question else -style.px(6)
    found: list[Control] = []
    if row.n_versions > 1:
        found += _version_controls(item, x, y, size)
        x += switch
    for kind, width in zip(kinds, widths, strict=True):
        found.append(
            Control(
                kind,
                QRectF(x, y, width, size),
                control_name(kind, row),
                icon=_ICONS[kind],
                is_always=item.is_last and not item.is_question,
            )
        )
        x += width
    return found


def _footer_kinds(item: MessageItem) -> list[ControlKind]:
    if item.row.is_live:
        return []
    if item.is_question:
        return [ControlKind.COPY, ControlKind.EDIT, ControlKind.DELETE, ControlKind.MORE]
    return [
        ControlKind.COPY,
        ControlKind.REGENERATE,
        ControlKind.REGENERATE_LEVEL,
        ControlKind.DELETE,
        ControlKind.MORE,
    ]


def _switch_width(item: MessageItem) -> float:
    return 2 * item.style.px(BUTTON_PX) + version_label_width(item) + item.style.px(6)


def _version_controls(item: MessageItem, x: float, y: float, size: float) -> list[Control]:
    row = item.row
    after = x + size + version_label_width(item)
    ways = (
        (ControlKind.PREVIOUS_VERSION, x, row.version > 1),
        (ControlKind.NEXT_VERSION, after, row.version < row.n_versions),
    )
    return [
        Control(
            kind,
            QRectF(left, y, size, size),
            control_name(kind, row),
            icon=_ICONS[kind],
            is_enabled=is_enabled and not row.is_live,
        )
        for kind, left, is_enabled in ways
    ]
