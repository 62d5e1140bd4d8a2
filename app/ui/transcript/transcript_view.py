"""The conversation as one painted widget: laid out block by block, only where it is seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPointF, QRect, QRectF, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QDesktopServices,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.core.message import Channel, MessageId
from app.ui.garbage_collector import QuietCollection
from app.ui.models.path_model import MessageRow, PathModel
from app.ui.transcript.accessibility import Announcer, install_factory
from app.ui.transcript.actions import ActionKind, MessageAction
from app.ui.transcript.block import Block
from app.ui.transcript.bookmark import Bookmark
from app.ui.transcript.conversation_area import ConversationArea
from app.ui.transcript.documents import Mark
from app.ui.transcript.editing import Editing
from app.ui.transcript.finding import Finding
from app.ui.transcript.jump_button import JumpButton
from app.ui.transcript.keyboard import KeyboardHandler
from app.ui.transcript.keyboard_focus import KeyboardFocus, Target
from app.ui.transcript.link_dialog import UrlOpener
from app.ui.transcript.message_item import MessageItem
from app.ui.transcript.message_painter import MessagePaint, paint_message
from app.ui.transcript.palette import TranscriptPalette
from app.ui.transcript.pointer import PointerHandler
from app.ui.transcript.pressing import Pressing
from app.ui.transcript.reading_places import ReadingPlaces
from app.ui.transcript.stream_feed import StreamFeed
from app.workers.typed_signal import signal_of


class TranscriptView(ConversationArea):
    """Paints the rows of a `PathModel`. GUI thread; `shutdown` joins its math thread."""

    action_requested = signal_of(MessageAction)
    zoom_changed = signal_of(int)  # per cent, after the person has changed it here
    composer_requested = Signal()  # Esc: the person wants to go back to writing

    def __init__(
        self,
        model: PathModel,
        palette: TranscriptPalette,
        parent: QWidget | None = None,
        *,
        opener: UrlOpener = QDesktopServices.openUrl,
        places: ReadingPlaces | None = None,
    ) -> None:
        """`places` None: nobody else needs to know where conversations were read."""
        install_factory()
        super().__init__(palette, parent)
        self.model = model
        self.keyboard_focus = KeyboardFocus(self.conversation)
        self._shows_thinking = False
        self._shows_statistics = True
        self._feed = StreamFeed(self._on_flush, self)
        self.pressing = Pressing(self, opener)
        self.pointer = PointerHandler(self)
        self._keys = KeyboardHandler(self)
        self.finding = Finding(self)
        self.editing = Editing(self)
        self.announcer = Announcer(self)
        self.bookmark = Bookmark(self, places or ReadingPlaces())
        self._jump = JumpButton(self)
        self._jump.clicked.connect(self.scroll_to_end)
        self._quiet = QuietCollection(self)
        self._seconds = QTimer(self)
        self._seconds.setInterval(1000)
        self._seconds.timeout.connect(self._on_second)
        self.setAccessibleName(self.tr("Conversation"))
        self._connect_model()
        self._on_reset()

    def _connect_model(self) -> None:
        self.model.modelReset.connect(self._on_reset)
        self.model.rowsInserted.connect(self._on_rows_inserted)
        self.model.rowsRemoved.connect(self._on_rows_removed)
        self.model.dataChanged.connect(self._on_data_changed)
        self.model.delta_appended.connect(self._feed.add)

    # -- public settings

    @Slot()
    def shutdown(self) -> None:
        """Join the math thread. Formulas that are not ready show their source."""
        super().shutdown()
        self._seconds.stop()
        self._quiet.set_active(False)

    def flush(self) -> None:
        """Show what has come of a live answer now, not at the next frame."""
        self._feed.flush()

    def scrolled(self) -> None:
        """Button and editor follow."""
        self._jump.follow(self.conversation)
        self.editing.place()

    def restyled(self) -> None:
        """Search bar, button and editor follow."""
        self.finding.set_palette_colors(self._colors)
        self.editing.set_palette_colors(self._colors)
        self._jump.set_palette_colors(self._colors)

    def set_shows_thinking(self, on: bool) -> None:
        """Whether thinking sections start unfolded; those folded by hand stay as they are."""
        self._shows_thinking = on
        for item in self.conversation.items:
            if not item.is_fold_chosen:
                item.is_unfolded = on
        self.relayout()

    def set_shows_statistics(self, on: bool) -> None:
        """Whether figures are shown below answers."""
        self._shows_statistics = on
        for item in self.conversation.items:
            item.shows_statistics = on
        self.viewport().update()

    def open_find_bar(self) -> None:
        """Search in this conversation."""
        self.finding.open()

    def scroll_to_message(self, message_id: MessageId) -> None:
        """Bring the beginning of a message into view; unknown ids are ignored."""
        row = self.model.row_of(message_id)
        if row is not None:
            self.scroll_to_row(row)

    # -- model

    @Slot()
    def _on_reset(self) -> None:
        self._feed.clear()
        self._cache.clear()
        self.selection = None
        self.keyboard_focus.clear()
        self.editing.close()
        self._replace_from(0)
        self.bookmark.go_back()
        self.finding.restart()
        self.after_scroll()

    @Slot(QModelIndex, int, int)
    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        anchor = self.conversation.anchor()
        self._replace_from(first)
        if any(self.model.row_at(n).is_live for n in range(first, last + 1)):
            self.conversation.is_pinned = True  # the person has just sent something
            anchor = None
        self.conversation.restore(anchor)
        self.conversation.settle()
        self.finding.restart()
        self.after_scroll()

    @Slot(QModelIndex, int, int)
    def _on_rows_removed(self, parent: QModelIndex, first: int, last: int) -> None:
        self._feed.flush()
        anchor = self.conversation.anchor()
        self._replace_from(first)
        self.selection = None
        self.keyboard_focus.clamp()
        self.editing.close_removed()
        self.conversation.restore(anchor)
        self.conversation.settle()
        self.finding.restart()
        self.after_scroll()

    @Slot(QModelIndex, QModelIndex, list)
    def _on_data_changed(
        self, first: QModelIndex, last: QModelIndex, roles: Sequence[int] = ()
    ) -> None:
        if roles and PathModel.ROW_ROLE not in roles:
            return  # appended text comes as a delta
        self._feed.flush()
        anchor = self.conversation.anchor()
        for n in range(first.row(), last.row() + 1):
            self._update_row(n, self.model.row_at(n))
        self.conversation.restore(anchor)
        self.conversation.settle()
        self.keyboard_focus.clamp()
        self.after_scroll()

    def _update_row(self, n: int, row: MessageRow) -> None:
        item = self.item(n)
        was_live = item.row.is_live
        item.set_row(row)
        self.conversation.update_height(n)
        if was_live and not row.is_live:
            self.announcer.ended(row)
            self.finding.restart()
        self._watch_live()

    def _replace_from(self, first: int) -> None:
        scope = self.scope()
        items: list[MessageItem] = []
        for n in range(first, self.model.rowCount()):
            row = self.model.row_at(n)
            item = MessageItem(row, scope.look.style, scope, self._cache)
            item.is_unfolded = self._shows_thinking
            item.shows_statistics = self._shows_statistics
            items.append(item)
            if row.is_live:
                self.announcer.begun()
        self.conversation.replace_from(first, items)
        self._watch_live()

    def _on_flush(self, deltas: dict[tuple[int, Channel], str]) -> None:
        conversation = self.conversation
        anchor = conversation.anchor()
        for (n, channel), text in deltas.items():
            if n < len(conversation.items):
                conversation.items[n].append(self.model.row_at(n), channel, text)
                conversation.update_height(n)
        conversation.restore(anchor)
        conversation.settle()
        self._watch_live()
        self.after_scroll()

    def _watch_live(self) -> None:
        items = self.conversation.items
        self._quiet.set_active(bool(items) and items[-1].row.is_live)
        if not items or not items[-1].is_thinking:
            self._seconds.stop()
        elif not self._seconds.isActive():
            self._seconds.start()

    @Slot()
    def _on_second(self) -> None:
        self.viewport().update()

    # -- painting

    def marks(self, row: int, section: int, n: int, block: Block) -> list[Mark]:
        """Grounds of what was found and what is selected in one block."""
        found = self.finding.marks(row, section, n)
        if self.selection is not None:
            start, end = self.selection.range_in(row, section, n, block.n_positions())
            if start < end:
                found.append(Mark(start, end, self._colors.selection))
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what the event asks for."""
        self.conversation.settle()
        column = self.column
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._colors.ground)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        area = event.rect()
        for row in list(self.conversation.visible(area.top(), area.bottom() + 1)):
            top = self.conversation.top(row)
            painter.save()
            painter.translate(column.x(), top)
            self._paint_row(painter, row, area, QPointF(column.x(), top))
            painter.restore()
        painter.end()

    def _paint_row(self, painter: QPainter, row: int, area: QRect, corner: QPointF) -> None:
        item = self.item(row)
        focus = self.keyboard_focus
        is_current = focus.row == row and self.hasFocus() and self._keys.is_in_use

        def marks(section: int, n: int, block: Block) -> list[Mark]:
            return self.marks(row, section, n, block)

        paint = MessagePaint(
            painter,
            QRectF(area).translated(-corner),
            self._colors,
            marks,
            is_hot=is_current or self.pointer.hovered_row == row,
            is_current=is_current and focus.target is None,
            hovered=self.pointer.hovered_in(row),
            focused=focus.target if is_current else None,
            done=self.pressing.done_in(row),
        )
        paint_message(item, paint)

    # -- events

    def showEvent(self, event: QShowEvent) -> None:
        """What was to be read is looked for when the size is known."""
        super().showEvent(event)
        self.bookmark.on_shown()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new size; what is seen stays seen."""
        self.conversation.set_size(self.column.width(), self.viewport().height())
        self.finding.place()
        self.after_scroll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl zoom; sideways inside wide blocks."""
        self.pointer.wheel(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select, or press a control."""
        self.pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select, or follow the pointer."""
        self.pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End selecting, or carry out what was pressed."""
        self.pointer.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select a word; a third press selects the block."""
        self.pointer.double_click(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show the menu of the message."""
        self.pressing.context_menu(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by message, press controls, scroll, copy."""
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab walks through the controls of the current message first."""
        return self._keys.tab(forward=forward) or super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is when it came by the keyboard."""
        self._keys.focus_in(event)
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the focus mark away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is hovered any more."""
        self.pointer.leave()
        super().leaveEvent(event)

    # -- for the handlers

    def zoom_by(self, steps: int) -> None:
        """Zoom by tenths, and tell it."""
        self.set_zoom_percent(self._zoom + 10 * steps)
        self.zoom_changed.emit(self._zoom)

    def keyboard_left(self) -> None:
        """The pointer is used: no focus mark until a key is pressed."""
        self._keys.pointer_used()
        self.viewport().update()

    def focus_moved(self) -> None:
        """Another message or control has the keyboard's focus."""
        self.announcer.focus_moved()
        self.viewport().update()

    def fold_changed(self, row: int) -> None:
        """A thinking section was folded or unfolded."""
        self.finding.restart()
        self.announcer.focus_moved()

    def announce(self, text: str) -> None:
        """Let a screen reader say something."""
        self.announcer.say(text)

    def bring_into_view(self, row: int, target: Target | None) -> None:
        """Scroll as little as is needed to see a message's beginning or one of its controls."""
        height = self.conversation.height
        for _ in range(2):  # what was a guess is measured by the first scroll
            rect = self.target_rect(row, target)
            if rect.top() < 0 or rect.height() > height:
                self.scroll_by(rect.top() - 8)
            elif rect.bottom() > height:
                self.scroll_by(min(rect.bottom() - height + 8, rect.top()))

    def request(self, kind: ActionKind, row: int, **details: object) -> None:
        """Ask the controller for something."""
        message_id = self.model.row_at(row).message.id
        self.action_requested.emit(MessageAction(kind, message_id, **details))  # type: ignore[arg-type]

    def target_rect(self, row: int, target: Target | None) -> QRectF:
        """Where a message or one of its controls is, in the viewport."""
        return self.pressing.target_rect(row, target)
