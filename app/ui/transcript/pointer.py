"""The mouse in the transcript: hovering, pressing, selecting, dragging, the wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QCursor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from app.ui.transcript.block import Block
from app.ui.transcript.controls import AttachmentTarget, statistics_details
from app.ui.transcript.hit_test import Hit, hit_test, position_at
from app.ui.transcript.keyboard_focus import Target
from app.ui.transcript.links import safe_link
from app.ui.transcript.message_item import Part
from app.ui.transcript.selection import Position, Selection, section_of
from app.ui.transcript.words import word_around

if TYPE_CHECKING:
    from app.ui.transcript.transcript_view import TranscriptView

_AUTO_SCROLL_MS = 30
_NOTCH = 120  # eighths of a degree that a wheel turns at once


class PointerHandler(QObject):
    """Follows the pointer."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view)
        self._view = view
        self._hit: Hit | None = None
        self._pressed: Hit | None = None
        self._is_selecting = False
        self._bar: tuple[Block, float] | None = None  # dragged scroll bar, pointer's last x
        self._clicks = 0  # presses in quick succession at one place
        self._last_point = QPointF()
        self._auto_scroll = QTimer(self)
        self._auto_scroll.setInterval(_AUTO_SCROLL_MS)
        self._auto_scroll.timeout.connect(self._on_auto_scroll)
        self._triple = QTimer(self)
        self._triple.setSingleShot(True)

    # -- state

    @property
    def hovered_row(self) -> int | None:
        """The message under the pointer."""
        return self._hit.row if self._hit is not None else None

    def hovered_in(self, row: int) -> Target | None:
        """The control of a message that is under the pointer."""
        hit = self._hit
        if hit is None or hit.row != row:
            return None
        return hit.control.kind if hit.control is not None else hit.target

    def leave(self) -> None:
        """The pointer has left the window."""
        if self._hit is not None:
            self._hit = None
            self._view.viewport().update()

    # -- events

    def press(self, event: QMouseEvent) -> None:
        """Press a control, or begin to select."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._view.keyboard_left()
        hit = self._pressed = self._hit_at(event.position())
        self._last_point = event.position()
        if hit is None:
            self._view.set_selection(None)
            return
        if hit.bar is not None:
            self._bar = (hit.bar, event.position().x())
            return
        if hit.control is not None or hit.target is not None:
            return
        if self._triple.isActive():
            self._select_block(event.position())
            return
        self._begin_selection(event)

    def move(self, event: QMouseEvent) -> None:
        """Go on selecting or dragging, or show what is under the pointer."""
        self._last_point = event.position()
        if self._bar is not None:
            self._drag_bar(event.position().x())
        elif self._is_selecting:
            self._extend(event.position())
            outside = not 0 <= event.position().y() <= self._view.viewport().height()
            if outside and not self._auto_scroll.isActive():
                self._auto_scroll.start()
        elif not event.buttons():
            self._hover(event.position())

    def release(self, event: QMouseEvent) -> None:
        """Carry out what was pressed when the pointer is still on it."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        pressed, self._pressed = self._pressed, None
        self._is_selecting, self._bar = False, None
        self._auto_scroll.stop()
        hit = self._hit_at(event.position())
        if pressed is None or hit is None or pressed.row != hit.row:
            return
        if pressed.control is not None and hit.control is not None:
            if pressed.control.kind == hit.control.kind:
                self._view.pressing.activate(hit.row, hit.control.kind)
        elif pressed.target is not None and pressed.target == hit.target:
            self._view.pressing.activate(hit.row, pressed.target)
        elif pressed.link and pressed.link == hit.link and not self._has_selection():
            self._view.pressing.open_link(hit.link)
        self._hover(event.position())

    def double_click(self, event: QMouseEvent) -> None:
        """Select the word; a control takes it as another press."""
        hit = self._hit_at(event.position())
        if hit is None or hit.control is not None or hit.target is not None:
            self.press(event)
            return
        position = self._position(event.position())
        if position is None:
            return
        text = self._block_text(position)
        start, end = word_around(text, position.offset)
        self._select(position, start, end)
        self._triple.start(QApplication.doubleClickInterval())

    def wheel(self, event: QWheelEvent) -> None:
        """Scroll the conversation; with Ctrl zoom; sideways what is wider than the column."""
        delta = event.pixelDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.angleDelta().y():
                self._view.zoom_by(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        line = self._view.style_of_text.line_px
        dx: float = (
            delta.x() if not delta.isNull() else event.angleDelta().x() / _NOTCH * line * 3
        )
        dy: float = (
            delta.y() if not delta.isNull() else event.angleDelta().y() / _NOTCH * line * 3
        )
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not dx:
            dx, dy = dy, 0.0
        if abs(dx) > abs(dy):
            hit = self._hit_at(event.position())
            if hit is not None and hit.block is not None and hit.block.scroll_by(-dx):
                self._view.viewport().update()
        elif dy:
            self._view.scroll_by(-dy)
        self._hover(event.position())
        event.accept()

    # -- hovering

    def _hover(self, point: QPointF) -> None:
        before = (self.hovered_row, self._hit and (self._hit.control, self._hit.target))
        self._hit = self._hit_at(point)
        hit = self._hit
        viewport = self._view.viewport()
        shape = Qt.CursorShape.ArrowCursor
        if hit is not None and (hit.control or hit.target or hit.link):
            shape = Qt.CursorShape.PointingHandCursor
        elif hit is not None and hit.is_text:
            shape = Qt.CursorShape.IBeamCursor
        if viewport.cursor().shape() != shape:
            viewport.setCursor(shape)
        self._show_tip(hit)
        if before != (self.hovered_row, hit and (hit.control, hit.target)):
            viewport.update()

    def _show_tip(self, hit: Hit | None) -> None:
        text = self.tip(hit)
        if text != QToolTip.text():
            QToolTip.showText(QCursor.pos(), text, self._view.viewport())

    def tip(self, hit: Hit | None) -> str:
        """What the pointer's tip says: where a link leads, what a control does."""
        if hit is None:
            return ""
        if hit.link:
            link = safe_link(hit.link)
            return link.url if link is not None else ""
        if hit.control is not None and (
            not hit.control.label or isinstance(hit.control.kind, AttachmentTarget)
        ):
            return hit.control.name
        item = self._view.item(hit.row)
        stats = item.row.message.stats
        footer = item.place_of(Part.FOOTER)
        y = self._last_point.y() - self._view.conversation.top(hit.row)
        if stats and footer and y >= footer.y and item.statistics_text() and not hit.control:
            return statistics_details(stats)
        return ""

    def _hit_at(self, point: QPointF) -> Hit | None:
        return hit_test(self._view.conversation, point - self._view.column.topLeft())

    # -- selecting

    def _position(self, point: QPointF) -> Position | None:
        return position_at(self._view.conversation, point - self._view.column.topLeft())

    def _begin_selection(self, event: QMouseEvent) -> None:
        position = self._position(event.position())
        if position is None:
            return
        old = self._view.selection
        is_more = event.modifiers() & Qt.KeyboardModifier.ShiftModifier and old is not None
        anchor = old.anchor if is_more and old is not None else position
        self._view.set_selection(Selection(anchor, position))
        self._is_selecting = True

    def _extend(self, point: QPointF) -> None:
        position = self._position(point)
        selection = self._view.selection
        if position is not None and selection is not None and position != selection.head:
            self._view.set_selection(Selection(selection.anchor, position))

    def _has_selection(self) -> bool:
        selection = self._view.selection
        return selection is not None and not selection.is_empty

    def _select(self, place: Position, start: int, end: int) -> None:
        first = Position(place.row, place.section, place.block, start)
        last = Position(place.row, place.section, place.block, end)
        self._view.set_selection(Selection(first, last))

    def _select_block(self, point: QPointF) -> None:
        self._triple.stop()
        position = self._position(point)
        if position is not None:
            section = section_of(self._view.item(position.row), position.section)
            if section.blocks:
                self._select(position, 0, section.blocks[position.block].n_positions())

    def _block_text(self, position: Position) -> str:
        section = section_of(self._view.item(position.row), position.section)
        return section.blocks[position.block].text() if section.blocks else ""

    @Slot()
    def _on_auto_scroll(self) -> None:
        """While the pointer is above or below the window, scroll and go on selecting."""
        y, height = self._last_point.y(), self._view.viewport().height()
        if not self._is_selecting or 0 <= y <= height:
            self._auto_scroll.stop()
            return
        distance = y if y < 0 else y - height
        self._view.scroll_by(max(min(distance, 60.0), -60.0))
        self._extend(QPointF(self._last_point.x(), min(max(y, 0.0), height - 1.0)))

    # -- scroll bars of blocks

    def _drag_bar(self, x: float) -> None:
        assert self._bar is not None
        block, last_x = self._bar
        track = block.width
        if track > 0:
            block.scroll_by((x - last_x) * (1 + block.overflow() / track))
        self._bar = (block, x)
        self._view.viewport().update()
