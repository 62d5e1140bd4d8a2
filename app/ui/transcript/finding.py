"""Search in the shown conversation, also where nothing is laid out yet."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from app.ui.transcript.attachment_chips import searched_name
from app.ui.transcript.block_spec import n_units
from app.ui.transcript.controls import AttachmentTarget
from app.ui.transcript.documents import Mark
from app.ui.transcript.find_bar import FindBar
from app.ui.transcript.palette import TranscriptPalette
from app.ui.transcript.selection import section_index, section_of

if TYPE_CHECKING:
    from app.ui.transcript.message_item import MessageItem
    from app.ui.transcript.transcript_view import TranscriptView

_SLICE_S = 0.008  # of searching between two turns of the event loop
_MARGIN_PX = 12
_NAMES = -1  # in the place of a section: the names of what is attached
_WORDS = re.compile(r"\w+")
_NO_MARKUP = str.maketrans("", "", "*_`~\\")  # signs that may stand inside a word


@dataclass(frozen=True, slots=True)
class Found:
    """One hit: the `ordinal`-th match in a block, or the name of the `block`-th attachment."""

    row: int
    section: int
    block: int
    ordinal: int


class Finding(QObject):
    """The query, its hits in reading order, and the hit that is shown."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view)
        self._view = view
        self._bar = FindBar(view)
        self._bar.hide()
        self._bar.query_changed.connect(self._on_query)
        self._bar.step_requested.connect(self.step)
        self._bar.closed.connect(self.close)
        self._pattern: re.Pattern[str] | None = None
        self._hits: list[Found] = []
        self._current: Found | None = None
        self._next_row = 0  # to be searched
        self._jumps = False  # to the first hit below what is seen
        self._room_px = 0  # above the text, while the bar is shown
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_slice)

    @property
    def bar(self) -> FindBar:
        """The bar; hidden while nothing is searched."""
        return self._bar

    @property
    def hits(self) -> list[Found]:
        """What was found so far."""
        return self._hits

    @property
    def is_complete(self) -> bool:
        """True when every message was searched."""
        return not self._timer.isActive()

    def open(self) -> None:
        """Show the bar; a short selection becomes the query."""
        selected = self._view.selected_text()
        if selected and "\n" not in selected and len(selected) < 100:
            self._bar.field.setText(selected)
        self._bar.set_palette_colors(self._view.palette_colors)
        self._bar.show()
        self._bar.raise_()
        self._make_room(self._bar.sizeHint().height() + 2 * _MARGIN_PX)
        self.place()
        self._bar.field.selectAll()
        self._bar.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._on_query(self._bar.field.text())

    @Slot()
    def close(self) -> None:
        """Hide the bar and all marks."""
        self._bar.hide()
        self._make_room(0)
        self._pattern = None
        self._hits, self._current = [], None
        self._timer.stop()
        for item in self._view.conversation.items:
            item.found_attachments = {}
        self._view.viewport().update()
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> None:
        """Keep the bar at the upper right corner."""
        self._bar.adjustSize()
        area = self._view.viewport().geometry()
        width = min(self._bar.width(), area.width() - 2 * _MARGIN_PX)
        self._bar.resize(width, self._bar.height())
        self._bar.move(area.right() - width - _MARGIN_PX, _MARGIN_PX)

    def _make_room(self, height_px: int) -> None:
        """The bar stands above the text, which stays where it is: no hit is under the bar."""
        grown, self._room_px = height_px - self._room_px, height_px
        self._view.setViewportMargins(0, height_px, 0, 0)
        if grown and not self._view.conversation.is_pinned:
            self._view.scroll_by(grown)

    def set_palette_colors(self, palette: TranscriptPalette) -> None:
        """Follow another theme."""
        self._bar.set_palette_colors(palette)

    def restart(self) -> None:
        """Messages have changed: search again, keep the hit that is shown."""
        if self._pattern is not None:
            self._begin(jumps=False)

    def marks(self, row: int, section: int, n: int) -> list[Mark]:
        """Grounds of the hits in one block."""
        if self._pattern is None:
            return []
        text = section_of(self._view.item(row), section).blocks[n].text()
        palette = self._view.palette_colors
        found: list[Mark] = []
        for ordinal, match in enumerate(self._pattern.finditer(text)):
            is_current = self._current == Found(row, section, n, ordinal)
            ground = palette.found_current if is_current else palette.found
            start = n_units(text[: match.start()])
            found.append(Mark(start, start + n_units(match.group()), ground))
        return found

    @Slot(int)
    def step(self, direction: int) -> None:
        """Show the next (+1) or the previous (-1) hit; after the last comes the first."""
        if not self._hits:
            return
        if self._current in self._hits:
            at = (self._hits.index(self._current) + direction) % len(self._hits)
        else:
            at = self._first_below() if direction > 0 else len(self._hits) - 1
        self._show(self._hits[at])

    @Slot(str)
    def _on_query(self, query: str) -> None:
        self._current = None
        self._pattern = re.compile(re.escape(query), re.IGNORECASE) if query else None
        self._begin(jumps=True)

    def _begin(self, *, jumps: bool) -> None:
        self._hits, self._next_row, self._jumps = [], 0, jumps
        if self._pattern is None:
            self._timer.stop()
            for item in self._view.conversation.items:
                item.found_attachments = {}
        else:
            self._timer.start(0)
        self._count()
        self._view.viewport().update()

    @Slot()
    def _on_slice(self) -> None:
        """Search messages for some milliseconds."""
        begun = time.monotonic()
        items = self._view.conversation.items
        anchor = self._view.conversation.anchor()
        n_parsed = 0
        while self._next_row < len(items) and time.monotonic() - begun < _SLICE_S:
            n_parsed += self._search(self._next_row, items[self._next_row])
            self._next_row += 1
        if n_parsed:
            self._view.conversation.update_heights()
            self._view.conversation.restore(anchor)
            self._view.after_scroll()
        if self._next_row >= len(items):
            self._timer.stop()
            if self._jumps and self._hits:
                self._jumps = False
                self._show(self._hits[self._first_below()])
        self._count()

    def _search(self, row: int, item: MessageItem) -> int:
        """Search one message; 1 when it had to be parsed for that."""
        assert self._pattern is not None
        n_parsed = 0
        item.found_attachments = {}
        for index, attachment in enumerate(item.row.message.attachments):
            if self._pattern.search(searched_name(attachment)):
                item.found_attachments[index] = False
                self._hits.append(Found(row, _NAMES, index, 0))
        for section, _, _ in list(item.sections()):
            if not self._may_contain(section.text):
                continue
            n_parsed |= not section.is_parsed
            section.ensure_parsed()
            number = section_index(item, section)
            for n, block in enumerate(section.blocks):
                n_matches = sum(1 for _ in self._pattern.finditer(block.text()))
                self._hits += [Found(row, number, n, i) for i in range(n_matches)]
        return n_parsed

    def _may_contain(self, source: str) -> bool:
        """False when a word of the query is nowhere in the source, whatever its markup."""
        assert self._pattern is not None
        query = self._bar.field.text()
        words = _WORDS.findall(query)
        longest = max(words, key=len, default="").translate(_NO_MARKUP)
        plain = source.translate(_NO_MARKUP)
        return re.search(re.escape(longest), plain, re.IGNORECASE) is not None

    def _first_below(self) -> int:
        top = self._view.conversation.row_at(0)
        return next((i for i, hit in enumerate(self._hits) if hit.row >= top), 0)

    def _show(self, hit: Found) -> None:
        self._mark_name(self._current, False)
        self._current = hit
        item = self._view.item(hit.row)
        if hit.section == _NAMES:
            self._mark_name(hit, True)
            self._view.bring_into_view(hit.row, AttachmentTarget(hit.block))
            self._count()
            return
        section = section_of(item, hit.section)
        section.ensure_parsed()
        if hit.block >= len(section.blocks) or self._pattern is None:
            return
        text = section.blocks[hit.block].text()
        matches = list(self._pattern.finditer(text))
        share = matches[hit.ordinal].start() / max(len(text), 1) if matches else 0.0
        self._view.bring_block_into_view(hit.row, hit.section, hit.block, share)
        self._count()

    def _mark_name(self, hit: Found | None, is_current: bool) -> None:
        items = self._view.conversation.items
        if hit is not None and hit.section == _NAMES and hit.row < len(items):
            found = items[hit.row].found_attachments
            if hit.block in found:
                found[hit.block] = is_current
            self._view.viewport().update()

    def _count(self) -> None:
        current = self._hits.index(self._current) + 1 if self._current in self._hits else 0
        self._bar.set_count(current, len(self._hits), is_complete=self.is_complete)
