"""The conversation for screen readers: a list of messages, their blocks and controls below.

Interfaces are made when Qt asks for them and kept by the view's interface.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
    QWindow,
)
from PySide6.QtWidgets import QAccessibleWidget, QWidget

from app.core.message import FinishReason
from app.ui.models.path_model import MessageRow
from app.ui.transcript.block_spec import BlockKind
from app.ui.transcript.controls import end_sentence, tokens_text
from app.ui.transcript.keyboard_focus import Target, control_in, targets_of
from app.ui.transcript.message_painter import BlockTarget
from app.ui.transcript.selection import section_of

if TYPE_CHECKING:
    from app.ui.transcript.transcript_view import TranscriptView

MAX_NAME = 4_000  # characters of a message that its name tells; the blocks tell the rest
_interfaces: dict[int, ViewInterface] = {}
_is_installed = False


def install_factory() -> None:
    """Let Qt find the interfaces of transcripts; once in a process."""
    global _is_installed  # noqa: PLW0603 the factory belongs to the process
    if not _is_installed:
        QAccessible.installFactory(_interface)
        _is_installed = True


def _interface(key: str, obj: QObject) -> QAccessibleInterface | None:
    from app.ui.transcript.transcript_view import TranscriptView

    if not isinstance(obj, TranscriptView):
        return None
    number = id(obj)
    if number not in _interfaces:
        _interfaces[number] = ViewInterface(obj)
        obj.destroyed.connect(lambda: _interfaces.pop(number, None))
    return _interfaces[number]


class ViewInterface(QAccessibleWidget):
    """The list of messages."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view, QAccessible.Role.List, view.accessibleName())
        self._view = view
        self._kept: dict[Hashable, QAccessibleInterface] = {}

    def childCount(self) -> int:
        """One for each message."""
        return len(self._view.conversation.items)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """The message at a row."""
        if not 0 <= index < self.childCount():
            return None
        message_id = self._view.item(index).row.message.id
        return self.kept(message_id, lambda: MessageInterface(self._view, self, message_id))

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """The row of a message's interface; -1: it is none."""
        return child.row if isinstance(child, MessageInterface) else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """The message at a point of the screen."""
        point = self._view.viewport().mapFromGlobal(QPoint(x, y))
        return self.child(self._view.conversation.row_at(point.y()))

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The message or control that has the keyboard's focus."""
        focus = self._view.keyboard_focus
        if focus.row is None or not self._view.hasFocus():
            return None
        message = self.child(focus.row)
        if focus.target is None or not isinstance(message, MessageInterface):
            return message
        return message.target_child(focus.target)

    def kept(self, key: Hashable, make: object) -> QAccessibleInterface:
        """The interface for `key`, made once: Qt compares interfaces by identity."""
        if key not in self._kept:
            if len(self._kept) > 4_000:
                self._kept.clear()
            self._kept[key] = make()  # type: ignore[operator]
        return self._kept[key]


class _PaintedInterface(QAccessibleInterface):
    """Something that is painted, not a widget."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__()
        self._view = view

    def isValid(self) -> bool:
        """False when it is no longer shown."""
        return True

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self._view.window().windowHandle()

    def childCount(self) -> int:
        """None: it is painted."""
        return 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """One child; None: there is none."""
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """The place of a child; -1: it is none."""
        return -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Nothing: children are found by their rectangles."""
        return None

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Nothing can be set."""

    def _on_screen(self, rect: QRectF) -> QRect:
        corner = self._view.viewport().mapToGlobal(rect.topLeft().toPoint())
        return QRect(corner, rect.size().toSize())


class MessageInterface(_PaintedInterface):
    """One message: its blocks, then its controls, are its children."""

    def __init__(self, view: TranscriptView, owner: ViewInterface, message_id: str) -> None:
        super().__init__(view)
        self._owner = owner
        self._id = message_id

    @property
    def row(self) -> int:
        """Where the message is; -1: it is no longer shown."""
        row = self._view.model.row_of(self._id)  # type: ignore[arg-type]
        return row if row is not None and row < len(self._view.conversation.items) else -1

    def isValid(self) -> bool:
        """False when it is no longer shown."""
        return self.row >= 0

    def parent(self) -> QAccessibleInterface:
        """What holds it."""
        return self._owner

    def role(self) -> QAccessible.Role:
        """What it is."""
        return QAccessible.Role.ListItem

    def text(self, kind: QAccessible.Text) -> str:
        """`You said: …`, and what ended it."""
        if kind is not QAccessible.Text.Name or self.row < 0:
            return ""
        index = self._view.model.index(self.row)
        spoken = str(self._view.model.data(index, Qt.ItemDataRole.AccessibleTextRole))
        end = end_sentence(self._view.item(self.row).row)
        return f"{spoken[:MAX_NAME]} {end}".strip()

    def rect(self) -> QRect:
        """Where it is on the screen."""
        if self.row < 0:
            return QRect()
        return self._on_screen(self._view.target_rect(self.row, None))

    def state(self) -> QAccessible.State:
        """What can be done with it now."""
        state = QAccessible.State()
        state.focusable = True
        state.readOnly = True
        focus = self._view.keyboard_focus
        if focus.row == self.row and focus.target is None and self._view.hasFocus():
            state.focused = True
        return state

    def childCount(self) -> int:
        """How many children it has."""
        return len(self._blocks()) + len(self._targets())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """One child; None: there is none."""
        blocks, targets = self._blocks(), self._targets()
        if 0 <= index < len(blocks):
            place = blocks[index]
            return self._owner.kept(
                (self._id, place), lambda: BlockInterface(self._view, self, place)
            )
        if len(blocks) <= index < len(blocks) + len(targets):
            return self.target_child(targets[index - len(blocks)])
        return None

    def target_child(self, target: Target) -> QAccessibleInterface:
        """The interface of one control."""
        return self._owner.kept(
            (self._id, target), lambda: ControlInterface(self._view, self, target)
        )

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """The place of a child; -1: it is none."""
        if isinstance(child, BlockInterface) and child.place in self._blocks():
            return self._blocks().index(child.place)
        if isinstance(child, ControlInterface) and child.target in self._targets():
            return len(self._blocks()) + self._targets().index(child.target)
        return -1

    def _blocks(self) -> list[tuple[int, int]]:
        if self.row < 0:
            return []
        item = self._view.item(self.row)
        places: list[tuple[int, int]] = []
        for section, _, _ in item.sections():
            section.ensure_parsed()
            number = 0 if section is item.thinking else 1
            places += [(number, n) for n in range(len(section.blocks))]
        return places

    def _targets(self) -> list[Target]:
        return targets_of(self._view.item(self.row)) if self.row >= 0 else []


class BlockInterface(_PaintedInterface):
    """One paragraph, heading, code block, formula or row."""

    def __init__(
        self, view: TranscriptView, owner: MessageInterface, place: tuple[int, int]
    ) -> None:
        super().__init__(view)
        self._owner = owner
        self.place = place

    def isValid(self) -> bool:
        """False when it is no longer shown."""
        return self._owner.isValid()

    def parent(self) -> QAccessibleInterface:
        """What holds it."""
        return self._owner

    def role(self) -> QAccessible.Role:
        """What it is."""
        section = section_of(self._view.item(self._owner.row), self.place[0])
        if self.place[1] >= len(section.blocks):
            return QAccessible.Role.StaticText
        kind = section.blocks[self.place[1]].spec.kind
        return {
            BlockKind.HEADING: QAccessible.Role.Heading,
            BlockKind.TABLE_ROW: QAccessible.Role.Row,
            BlockKind.RULE: QAccessible.Role.Separator,
            BlockKind.MATH: QAccessible.Role.Equation,
            BlockKind.TEXT: QAccessible.Role.Paragraph,
        }.get(kind, QAccessible.Role.StaticText)

    def text(self, kind: QAccessible.Text) -> str:
        """Its name; empty for other texts."""
        if kind is not QAccessible.Text.Name or self._owner.row < 0:
            return ""
        section = section_of(self._view.item(self._owner.row), self.place[0])
        if self.place[1] >= len(section.blocks):
            return ""
        block = section.blocks[self.place[1]]
        text = block.copied(0, block.n_positions())
        return f"{block.spec.marker} {text}".strip()

    def rect(self) -> QRect:
        """Where it is on the screen."""
        row = self._owner.row
        if row < 0:
            return QRect()
        return self._on_screen(self._view.block_rect(row, self.place[0], self.place[1]))

    def state(self) -> QAccessible.State:
        """What can be done with it now."""
        state = QAccessible.State()
        state.readOnly = True
        return state


class ControlInterface(_PaintedInterface):
    """One button."""

    def __init__(self, view: TranscriptView, owner: MessageInterface, target: Target) -> None:
        super().__init__(view)
        self._owner = owner
        self.target = target

    def isValid(self) -> bool:
        """False when it is no longer shown."""
        return self._owner.isValid()

    def parent(self) -> QAccessibleInterface:
        """What holds it."""
        return self._owner

    def role(self) -> QAccessible.Role:
        """What it is."""
        return QAccessible.Role.Button

    def text(self, kind: QAccessible.Text) -> str:
        """Its name; empty for other texts."""
        if kind is not QAccessible.Text.Name or self._owner.row < 0:
            return ""
        if isinstance(self.target, BlockTarget):
            return block_action_name(self.target)
        control = control_in(self._view.item(self._owner.row), self.target)
        return control.name if control is not None else ""

    def rect(self) -> QRect:
        """Where it is on the screen."""
        if self._owner.row < 0:
            return QRect()
        return self._on_screen(self._view.target_rect(self._owner.row, self.target))

    def state(self) -> QAccessible.State:
        """What can be done with it now."""
        state = QAccessible.State()
        state.focusable = True
        focus = self._view.keyboard_focus
        row = self._owner.row
        if focus.row == row and focus.target == self.target and self._view.hasFocus():
            state.focused = True
        if row >= 0 and not isinstance(self.target, BlockTarget):
            control = control_in(self._view.item(row), self.target)
            if control is not None and control.is_expanded is not None:
                state.expandable = True
                state.expanded = control.is_expanded
                state.collapsed = not control.is_expanded
        return state


def block_action_name(target: BlockTarget) -> str:
    """What the control inside a block does."""
    from app.ui.transcript.block import BlockAction

    if target.action is BlockAction.COPY_CODE:
        return QCoreApplication.translate("transcript", "Copy code")
    return QCoreApplication.translate("transcript", "Wrap long lines")


class Announcer:
    """Says aloud where an answer begins and ends, never its text."""

    def __init__(self, view: QWidget) -> None:
        self._view = view
        self.speaker: Callable[[str, bool], object] = self._speak  # text, is it urgent

    def say(self, text: str, *, is_urgent: bool = False) -> None:
        """Let a screen reader speak."""
        self.speaker(text, is_urgent)

    def begun(self) -> None:
        """An answer begins."""
        self.say(QCoreApplication.translate("transcript", "Answering"))

    def ended(self, row: MessageRow) -> None:
        """An answer has ended, for whatever reason."""
        sentence = end_sentence(row)
        if sentence:
            is_error = row.message.finish_reason is FinishReason.ERROR or bool(row.error)
            self.say(sentence, is_urgent=is_error)
            return
        stats = row.message.stats
        text = QCoreApplication.translate("transcript", "Answer finished, {tokens}")
        n = stats.n_generated if stats is not None else 0
        self.say(text.replace("{tokens}", tokens_text(n)))

    def focus_moved(self) -> None:
        """Another message or control has the focus."""
        if QAccessible.isActive():
            QAccessible.updateAccessibility(
                QAccessibleEvent(self._view, QAccessible.Event.Focus)
            )

    def _speak(self, text: str, urgent: bool) -> None:
        if not QAccessible.isActive():
            return
        event = QAccessibleAnnouncementEvent(self._view, text)
        if urgent:
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)
