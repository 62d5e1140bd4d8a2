"""What happens when a control, a link or the menu of a message is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, QTimer, Slot
from PySide6.QtGui import QContextMenuEvent, QGuiApplication

from app.core.message import ReasoningEffort
from app.ui.attachment_preview import AttachmentPreview
from app.ui.attachment_words import with_names
from app.ui.transcript.actions import ACTION_OF_CONTROL, ActionKind
from app.ui.transcript.block import Block, BlockAction
from app.ui.transcript.code_block import CodeBlock
from app.ui.transcript.controls import AttachmentTarget, ControlKind
from app.ui.transcript.hit_test import hit_test
from app.ui.transcript.keyboard_focus import Target, control_in
from app.ui.transcript.link_dialog import LinkDialog, UrlOpener
from app.ui.transcript.links import safe_link
from app.ui.transcript.menus import level_menu, message_menu
from app.ui.transcript.message_item import Part
from app.ui.transcript.message_painter import BlockTarget
from app.ui.transcript.section import Section
from app.ui.transcript.selection import section_of

if TYPE_CHECKING:
    from app.ui.transcript.transcript_view import TranscriptView

_DONE_MS = 2000  # how long "Copied" is shown


class Pressing(QObject):
    """Carries out what the view can do itself, and asks the controller for the rest."""

    def __init__(self, view: TranscriptView, opener: UrlOpener) -> None:
        super().__init__(view)
        self._view = view
        self._opener = opener
        self._done: tuple[int, Target] | None = None
        self._done_timer = QTimer(self)
        self._done_timer.setSingleShot(True)
        self._done_timer.setInterval(_DONE_MS)
        self._done_timer.timeout.connect(self._on_done)

    def done_in(self, row: int) -> Target | None:
        """The control of a message that shows "Copied" now."""
        return self._done[1] if self._done is not None and self._done[0] == row else None

    def activate(self, row: int, target: Target) -> None:
        """Carry out what a control stands for."""
        if isinstance(target, BlockTarget):
            self._activate_block(row, target)
        elif isinstance(target, AttachmentTarget):
            self._open_attachment(row, target)
        elif target in ACTION_OF_CONTROL:
            self._view.request(ACTION_OF_CONTROL[target], row)
        elif target is ControlKind.THINKING:
            self._toggle_thinking(row)
        elif target is ControlKind.COPY:
            message = self._view.item(row).row.message
            self._copy(with_names(message.text, message.attachments), row, target)
        elif target is ControlKind.EDIT:
            self._view.editing.begin(row)
        elif target is ControlKind.REGENERATE_LEVEL:
            menu = level_menu(self._view, row)
            menu.popup(self._global_point(row, target))
        elif target is ControlKind.MORE:
            menu = message_menu(self._view, row)
            menu.popup(self._global_point(row, target))

    def regenerate(self, row: int, level: ReasoningEffort) -> None:
        """Ask for another answer at a level."""
        self._view.request(ActionKind.REGENERATE, row, reasoning=level)

    def open_link(self, address: str) -> None:
        """Show where a link leads and ask; nothing is opened without the person's yes."""
        link = safe_link(address)
        if link is not None:
            LinkDialog(link, self._opener, self._view).open()

    def copy_text(self, text: str) -> None:
        """Put text on the clipboard."""
        QGuiApplication.clipboard().setText(text)

    def quote(self, row: int) -> None:
        """Hand the selection, or the message, to the composer as a quotation."""
        text = self._view.selected_text() or self._view.item(row).row.message.text
        quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
        self._view.request(ActionKind.QUOTE, row, text=quoted)

    def context_menu(self, event: QContextMenuEvent) -> None:
        """The menu of the message under the pointer, or of the current one."""
        view = self._view
        if not view.conversation.items:
            return
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            row = view.keyboard_focus.row
            row = len(view.conversation.items) - 1 if row is None else row
            message_menu(view, row).popup(self._global_point(row, None))
            return
        point = QPointF(view.viewport().mapFromGlobal(event.globalPos()))
        hit = hit_test(view.conversation, point - view.column.topLeft())
        if hit is not None:
            message_menu(view, hit.row, hit.link).popup(event.globalPos())

    def target_rect(self, row: int, target: Target | None) -> QRectF:
        """Where a message or one of its controls is, in the viewport."""
        view = self._view
        item = view.item(row)
        corner = QPointF(view.column.x(), view.conversation.top(row))
        if target is None:
            return QRectF(corner.x(), corner.y(), item.width, item.height)
        if isinstance(target, BlockTarget):
            return self._block_rect(row, target).translated(corner)
        control = control_in(item, target)
        return (
            control.rect.translated(corner) if control is not None else QRectF(corner, corner)
        )

    def _block_rect(self, row: int, target: BlockTarget) -> QRectF:
        item = self._view.item(row)
        for section, x, top in item.sections():
            if section is section_of(item, target.section):
                left, y = (
                    x + section.indent_of(target.block),
                    top + section.top_of(target.block),
                )
                for control in section.blocks[target.block].controls(item.scope_of(section)):
                    if control.action is target.action:
                        return control.rect.translated(left, y)
        return QRectF()

    def _global_point(self, row: int, target: Target | None) -> QPoint:
        rect = self.target_rect(row, target)
        inside = QPointF(rect.x(), max(min(rect.bottom(), self._view.viewport().height()), 0))
        return self._view.viewport().mapToGlobal(inside.toPoint())

    def _open_attachment(self, row: int, target: AttachmentTarget) -> None:
        attachments = self._view.item(row).row.message.attachments
        if target.index < len(attachments):
            AttachmentPreview(attachments[target.index], self._view).show()

    def _toggle_thinking(self, row: int) -> None:
        item = self._view.item(row)
        item.is_unfolded = not item.is_unfolded
        item.is_fold_chosen = True
        self._view.relayout_at(row, Part.THINKING_HEAD)
        self._view.fold_changed(row)

    def _activate_block(self, row: int, target: BlockTarget) -> None:
        section, block = self._block(row, target)
        if not isinstance(block, CodeBlock):
            return
        if target.action is BlockAction.COPY_CODE:
            self._copy(block.shape.code(), row, target)
        else:
            block.shape.wraps = not block.shape.wraps
            block.shape.scroll.x = 0.0
            section.invalidate_group(block.spec.group)
            self._view.relayout()

    def _block(self, row: int, target: BlockTarget) -> tuple[Section, Block]:
        section = section_of(self._view.item(row), target.section)
        return section, section.blocks[target.block]

    def _copy(self, text: str, row: int, target: Target) -> None:
        self.copy_text(text)
        self._done = (row, target)
        self._done_timer.start()
        self._view.announce(self.tr("Copied"))
        self._view.viewport().update()

    @Slot()
    def _on_done(self) -> None:
        self._done = None
        self._view.viewport().update()
