"""The area behind the transcript: one column of messages, laid out where it is seen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from app.ui.transcript.block import Scope
from app.ui.transcript.conversation_layout import ConversationLayout
from app.ui.transcript.math_thread import FormulaReady, MathRenderer
from app.ui.transcript.message_item import MessageItem, Part
from app.ui.transcript.palette import TranscriptPalette
from app.ui.transcript.reading_places import ReadingPlace
from app.ui.transcript.section import DocumentCache
from app.ui.transcript.selection import (
    Position,
    Selection,
    section_index,
    section_of,
    selected_text,
)
from app.ui.transcript.style import Look, TextStyle

MIN_ZOOM, MAX_ZOOM = 80, 200  # per cent
_MARGIN_PX = 28.0  # least room beside the column
_NARROW_PX = 560  # a window below this width has smaller margins
_IDLE_MS = 30
_IDLE_BLOCKS = 6  # measured at once while nothing else is to do


class ConversationArea(QAbstractScrollArea):
    """Geometry, scrolling, zoom and colours. GUI thread; `shutdown` joins the math thread.

    The layout's own offset is the truth; the scroll bar shows it, and does not move under
    the pointer while its handle is dragged.
    """

    def __init__(self, palette: TranscriptPalette, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.conversation = ConversationLayout()
        self.selection: Selection | None = None
        self._colors = palette
        self._zoom = 100
        self._cache = DocumentCache()
        self._math = MathRenderer(self)
        self._math.formula_ready.connect(self._on_formula_ready)
        self._idle = QTimer(self)
        self._idle.setInterval(_IDLE_MS)
        self._idle.timeout.connect(self._on_idle)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        viewport = self.viewport()
        viewport.setMouseTracking(True)
        viewport.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        viewport.setAutoFillBackground(False)
        self.verticalScrollBar().valueChanged.connect(self._on_bar)
        self.verticalScrollBar().sliderReleased.connect(self._sync_bar)
        app = QGuiApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.shutdown)

    @Slot()
    def shutdown(self) -> None:
        """Join the math thread. Formulas that are not ready show their source."""
        self._math.close()
        self._idle.stop()

    @property
    def n_formulas_waiting(self) -> int:
        """Formulas that are being typeset."""
        return self._math.n_waiting

    def scrolled(self) -> None:
        """Called when something has moved: overlays follow."""

    def restyled(self) -> None:
        """Called when colours or fonts have changed: overlays follow."""

    # -- colours and zoom

    @property
    def palette_colors(self) -> TranscriptPalette:
        """The colours in use."""
        return self._colors

    def set_palette_colors(self, palette: TranscriptPalette) -> None:
        """Follow another theme, live."""
        self._colors = palette
        self._restyle()

    @property
    def zoom_percent(self) -> int:
        """Size of the text, 80..200."""
        return self._zoom

    def set_zoom_percent(self, percent: int) -> None:
        """Change the size of the text; the anchor keeps its place."""
        percent = min(max(percent, MIN_ZOOM), MAX_ZOOM)
        if percent != self._zoom:
            self._zoom = percent
            self._restyle()

    def _restyle(self) -> None:
        conversation = self.conversation
        anchor = conversation.anchor()
        self._cache.clear()
        scope = self.scope()
        for item in conversation.items:
            item.set_look(scope)
        conversation.update_heights()
        conversation.restore(anchor)
        conversation.set_size(self.column.width(), self.viewport().height())
        self.restyled()
        self.after_scroll()

    def showEvent(self, event: QShowEvent) -> None:
        """The pixel ratio is known only now."""
        super().showEvent(event)
        self._restyle()

    # -- geometry

    @property
    def column(self) -> QRectF:
        """Where the column of text is in the viewport; its height is the viewport's."""
        viewport = self.viewport()
        margin = _MARGIN_PX if viewport.width() > 560 else 16.0
        width = min(self.style_of_text.column_px, viewport.width() - 2 * margin)
        width = float(max(int(width), 60))
        return QRectF(int((viewport.width() - width) / 2), 0, width, viewport.height())

    @property
    def style_of_text(self) -> TextStyle:
        """Fonts and measures in use."""
        return TextStyle(tuple(self.font().families()) or (self.font().family(),), self._zoom)

    def scope(self) -> Scope:
        """How blocks are measured and painted."""
        return Scope(
            Look(self.style_of_text, self._colors), self._math, self.devicePixelRatioF()
        )

    def item(self, row: int) -> MessageItem:
        """The layout of one message."""
        return self.conversation.items[row]

    def block_rect(self, row: int, section: int, block: int) -> QRectF:
        """Where a block is, in the viewport; empty: it is not shown."""
        item = self.item(row)
        for found, x, top in item.sections():
            if found is section_of(item, section) and block < len(found.blocks):
                left = self.column.x() + x + found.indent_of(block)
                y = self.conversation.top(row) + top + found.top_of(block)
                entry = found.blocks[block]
                return QRectF(left, y, max(entry.width, 1.0), entry.height)
        return QRectF()

    # -- scrolling

    @Slot()
    def scroll_to_end(self) -> None:
        """Show the end and follow it."""
        self.conversation.pin()
        self.after_scroll()

    def scroll_to_row(self, row: int) -> None:
        """Bring the beginning of a message to the top of the window."""
        conversation = self.conversation
        conversation.scroll_to(conversation.offset + conversation.top(row))
        # What was a guess above the message is measured now: go there once more.
        conversation.scroll_to(conversation.offset + conversation.top(row))
        self.after_scroll()

    def scroll_by(self, dy: float) -> None:
        """Scroll down by `dy` pixels; upwards when it is negative."""
        self.conversation.scroll_to(self.conversation.offset + dy)
        self.after_scroll()

    def bring_block_into_view(self, row: int, section: int, block: int, share: float) -> None:
        """Scroll so that a place in a block (0 its top, 1 its end) is well inside."""
        conversation = self.conversation
        section_of(self.item(row), section).ensure_parsed()
        conversation.update_height(row)
        for _ in range(2):
            rect = self.block_rect(row, section, block)
            y = rect.top() + share * rect.height()
            if not 40 <= y <= conversation.height - 60:
                self.scroll_by(y - conversation.height / 3)
        self.viewport().update()

    def _sync_bar(self) -> None:
        bar, conversation = self.verticalScrollBar(), self.conversation
        if bar.isSliderDown():
            return  # a handle under the pointer never jumps
        bar.blockSignals(True)
        bar.setRange(0, int(conversation.max_offset + 0.5))
        bar.setPageStep(max(int(conversation.height * 0.9), 1))
        bar.setSingleStep(int(self.style_of_text.line_px * 2))
        bar.setValue(int(conversation.offset + 0.5))
        bar.blockSignals(False)
        bar.update()

    @Slot(int)
    def _on_bar(self, value: int) -> None:
        bar, conversation = self.verticalScrollBar(), self.conversation
        if bar.isSliderDown() and bar.maximum() > 0:
            conversation.scroll_to(conversation.max_offset * value / bar.maximum())
        else:
            conversation.scroll_to(value)
        self.after_scroll()

    # -- changes

    def relayout(self) -> None:
        """Heights of messages have changed: measure, keep the anchor, repaint."""
        anchor = self.conversation.anchor()
        self.conversation.update_heights()
        self.conversation.restore(anchor)
        self.conversation.settle()
        self.after_scroll()

    def relayout_at(self, row: int, part: Part) -> None:
        """The same, but keep one part of one message where it is (the person pressed it)."""
        conversation = self.conversation
        conversation.is_pinned = False
        anchor = conversation.part_anchor(row, part)
        conversation.update_height(row)
        conversation.restore(anchor)
        conversation.settle()
        conversation.restore(anchor)
        conversation.is_pinned = conversation.is_at_end and self._is_live()
        self.after_scroll()

    def after_scroll(self) -> None:
        """Bring scroll bar, buttons and editor up to date, and repaint."""
        self._sync_bar()
        self.scrolled()
        self.viewport().update()
        self._idle.start()

    def _is_live(self) -> bool:
        items = self.conversation.items
        return bool(items) and items[-1].row.is_live

    @Slot()
    def _on_idle(self) -> None:
        """Measure one window's height on each side, a few blocks at a time."""
        if self.conversation.prepare(self.conversation.height, _IDLE_BLOCKS) == 0:
            self._idle.stop()
            self.conversation.forget_far()
            return
        self._sync_bar()
        self.scrolled()

    @Slot(object)
    def _on_formula_ready(self, ready: FormulaReady) -> None:
        conversation = self.conversation
        anchor = conversation.anchor()
        found = False
        for item in conversation.items:
            for section in (item.thinking, item.body):
                found |= section.invalidate_awaiting(ready.key)
        if found:
            conversation.restore(anchor)
            conversation.settle()
            self.after_scroll()

    def reading_place(self) -> ReadingPlace | None:
        """What is read now, to come back to it; None: the end is followed."""
        anchor = self.conversation.anchor()
        if anchor is None:
            return None
        number = 1 if anchor.section is None else section_index(anchor.item, anchor.section)
        return ReadingPlace(anchor.item.row.message.id, number, anchor.block, anchor.y)

    def go_to_place(self, place: ReadingPlace | None) -> None:
        """Come back to what was read; None, or a message that is gone: to the end."""
        items = self.conversation.items
        row = next(
            (n for n, i in enumerate(items) if place and i.row.message.id == place.message_id),
            None,
        )
        if place is None or row is None:
            self.scroll_to_end()
            return
        items[row].is_unfolded |= place.section == 0  # the thinking was being read
        section_of(items[row], place.section).ensure_parsed()
        self.conversation.update_height(row)
        self.scroll_to_row(row)
        for _ in range(4):  # what was a guess is measured by the scroll before
            rect = self.block_rect(row, place.section, place.block)
            if not rect.isEmpty() and abs(rect.top() - place.y) > 0.5:
                self.scroll_by(rect.top() - place.y)

    # -- selection

    def copy_selection(self) -> bool:
        """Copy what is selected; False: nothing is."""
        text = self.selected_text()
        if text:
            QGuiApplication.clipboard().setText(text)
        return bool(text)

    def selected_text(self) -> str:
        """What is selected, without markup, formulas as TeX; empty: nothing."""
        if self.selection is None or self.selection.is_empty:
            return ""
        items = self.conversation.items
        return selected_text(items.__getitem__, len(items), self.selection)

    def select_all(self) -> None:
        """Select the whole conversation."""
        n = len(self.conversation.items)
        if n:
            last = Position(n - 1, 2, 0, 0)
            self.set_selection(Selection(Position(0, 0, 0, 0), last))

    def set_selection(self, selection: Selection | None) -> None:
        """Show another selection."""
        self.selection = selection
        self.viewport().update()

    def plain_text(self, row: int) -> str:
        """A message without markup, formulas as TeX."""
        whole = Selection(Position(row, 1, 0, 0), Position(row, 2, 0, 0))
        items = self.conversation.items
        return selected_text(items.__getitem__, len(items), whole)
