"""Which message has the keyboard's focus, and which of its controls."""

from __future__ import annotations

from app.ui.transcript.block import BlockAction
from app.ui.transcript.controls import AttachmentTarget, Control, ControlKind
from app.ui.transcript.conversation_layout import ConversationLayout
from app.ui.transcript.message_controls import controls_of
from app.ui.transcript.message_item import MessageItem
from app.ui.transcript.message_painter import BlockTarget
from app.ui.transcript.selection import section_index

Target = ControlKind | AttachmentTarget | BlockTarget

_HEAD = {ControlKind.THINKING, ControlKind.ANSWER_NOW}


class KeyboardFocus:
    """Steps through messages, and through the controls of the current one."""

    def __init__(self, layout: ConversationLayout) -> None:
        self._layout = layout
        self.row: int | None = None  # None: nothing is current yet
        self.target: Target | None = None  # None: the message itself

    def clear(self) -> None:
        """Nothing is current."""
        self.row = None
        self.target = None

    def set_row(self, row: int) -> None:
        """Make a message current; rows outside are brought inside."""
        n = len(self._layout.items)
        self.row = min(max(row, 0), n - 1) if n else None
        self.target = None

    def clamp(self) -> None:
        """Messages were removed."""
        if self.row is not None:
            if self.row >= len(self._layout.items):
                self.set_row(self.row)
            elif self.target is not None and self.target not in self.targets():
                self.target = None

    def targets(self) -> list[Target]:
        """Controls of the current message in reading order."""
        if self.row is None or self.row >= len(self._layout.items):
            return []
        return targets_of(self._layout.items[self.row])

    def step(self, direction: int) -> bool:
        """Go to the next (+1) or previous (-1) control; False past either end."""
        targets = self.targets()
        if not targets:
            return False
        if self.target is None:
            if direction < 0:
                return False
            self.target = targets[0]
            return True
        at = targets.index(self.target) + direction if self.target in targets else 0
        if at < 0:
            self.target = None
            return True
        if at >= len(targets):
            return False
        self.target = targets[at]
        return True


def targets_of(item: MessageItem) -> list[Target]:
    """Everything that can be pressed in a message, from top to bottom."""
    footer: list[Target] = []
    head: list[Target] = []
    for control in controls_of(item):
        if not control.is_enabled:
            continue
        is_head = control.kind in _HEAD or isinstance(control.kind, AttachmentTarget)
        (head if is_head else footer).append(control.kind)
    return [*head, *_block_targets(item), *footer]


def _block_targets(item: MessageItem) -> list[Target]:
    found: list[Target] = []
    for section, _, _ in item.sections():
        number = section_index(item, section)
        scope = item.scope_of(section)
        for n, block in enumerate(section.blocks):
            found += [BlockTarget(number, n, c.action) for c in block.controls(scope)]
    return found


def control_in(item: MessageItem, kind: ControlKind | AttachmentTarget) -> Control | None:
    """The control of a kind; None: the message has none now."""
    return next((c for c in controls_of(item) if c.kind == kind), None)


def is_copy_target(target: Target | None) -> bool:
    """True for the copy button of a code block."""
    return isinstance(target, BlockTarget) and target.action is BlockAction.COPY_CODE
