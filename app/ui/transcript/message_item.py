"""One message of the transcript: its texts, its parts from top to bottom, its controls."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from app.core.message import Channel, Role
from app.ui.models.path_model import MessageRow
from app.ui.transcript.attachment_chips import chips_height
from app.ui.transcript.block import Scope
from app.ui.transcript.controls import (
    end_sentence,
    speaker,
    statistics_line,
    thinking_label,
)
from app.ui.transcript.section import DocumentCache, Section, SectionKind
from app.ui.transcript.style import TextStyle

# Heights at 100 %.
_TOP_PX = 10.0
_NAME_PX = 24.0
_THINKING_PX = 30.0
_STATUS_PX = 26.0
_FOOTER_PX = 34.0
END_BUTTON_PX = 32.0
BUBBLE_X_PX = 14.0
BUBBLE_Y_PX = 9.0
_BUBBLE_SHARE = 0.82  # of the column
_THINKING_INDENT_PX = 18.0


class Part(Enum):
    """Parts of a message, from top to bottom."""

    NAME = auto()
    THINKING_HEAD = auto()
    THINKING = auto()
    ATTACHMENTS = auto()
    BODY = auto()
    EDITOR = auto()
    STATUS = auto()
    END = auto()
    FOOTER = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part is, in the message's coordinates."""

    part: Part
    y: float
    height: float


class MessageItem:
    """Layout of one message in a column of `width` logical pixels."""

    def __init__(
        self, row: MessageRow, style: TextStyle, scope: Scope, cache: DocumentCache
    ) -> None:
        self.row = row
        self.style = style
        self.width = 1.0
        self.is_unfolded = False  # the thinking is shown
        self.is_fold_chosen = False  # by the person: nothing else changes it then
        self.is_last = False
        self.shows_statistics = True
        self.found_attachments: dict[int, bool] = {}  # hits of the search; True: the shown one
        self.editor_height = 0.0  # > 0: an editor stands in the text's place
        self._measured_text: tuple[str, TextStyle] | None = None
        self._text_width = 0.0
        self._scope = scope
        self._thinking_since: float | None = None
        self._thought_s: float | None = None
        kind = SectionKind.QUESTION if self.is_question else SectionKind.ANSWER
        self.body = Section(kind, scope.look, cache)
        self.thinking = Section(SectionKind.THINKING, scope.muted.look, cache)
        self._take_texts()

    # -- state

    @property
    def is_question(self) -> bool:
        """True for what a person wrote."""
        return self.row.message.role is Role.USER

    @property
    def is_thinking(self) -> bool:
        """True while the model thinks and has not begun to answer."""
        message = self.row.message
        return self.row.is_live and bool(message.thinking) and not message.text

    def set_row(self, row: MessageRow) -> None:
        """Show a newer state of the same message."""
        self.row = row
        self._take_texts()

    def append(self, row: MessageRow, channel: Channel, text: str) -> None:
        """Take a delta; `row` holds it already."""
        self.row = row
        now = time.monotonic()
        if channel is Channel.FINAL:
            if self._thinking_since is not None and self._thought_s is None:
                self._thought_s = now - self._thinking_since
            self.body.append(text)
        else:
            self._thinking_since = self._thinking_since or now
            self.thinking.append(text)

    def forget(self) -> None:
        """Drop what can be made again: the message is far from the window."""
        self.body.forget()
        self.thinking.forget()

    def set_look(self, scope: Scope) -> None:
        """Other fonts or colours."""
        self._scope = scope
        self.style = scope.look.style
        self.body.set_look(scope.look)
        self.thinking.set_look(scope.muted.look)
        self.set_width(self.width)

    def set_width(self, width: float) -> None:
        """Lay out in a column of this width."""
        self.width = width
        style = self.style
        if self.is_question:
            self.body.set_width(self._bubble_text_width())
        else:
            self.body.set_width(width)
        self.thinking.set_width(width - style.px(_THINKING_INDENT_PX))

    def thinking_seconds(self) -> float | None:
        """How long it has thought; None: not known."""
        stats = self.row.message.stats
        if stats is not None and stats.thinking_ms > 0:
            return stats.thinking_ms / 1000
        if self._thought_s is not None:
            return self._thought_s
        if self._thinking_since is not None and self.row.is_live:
            return time.monotonic() - self._thinking_since
        return None

    def _take_texts(self) -> None:
        message = self.row.message
        is_live = self.row.is_live and not self.is_question
        if is_live and message.thinking and self._thinking_since is None:
            self._thinking_since = time.monotonic()
        self.body.set_text(message.text, is_live=is_live)
        self.thinking.set_text(message.thinking, is_live=is_live)
        if self.is_question:
            self.body.set_width(self._bubble_text_width())

    # -- geometry

    def places(self) -> Iterator[Place]:
        """All parts that the message has now, from top to bottom."""
        y = self.style.px(_TOP_PX)
        for part, height in self._parts():
            yield Place(part, y, height)
            y += height

    def place_of(self, part: Part) -> Place | None:
        """Where a part is; None: the message has none."""
        return next((p for p in self.places() if p.part is part), None)

    @property
    def height(self) -> float:
        """Height with all parts."""
        return self.style.px(_TOP_PX) + sum(height for _, height in self._parts())

    def scope_of(self, section: Section) -> Scope:
        """How the blocks of a section are measured and painted."""
        return self._scope.muted if section is self.thinking else self._scope

    def sections(self) -> Iterator[tuple[Section, float, float]]:
        """Sections that are shown: with their left edge and top in the message."""
        for place in self.places():
            if place.part is Part.THINKING:
                x = self.style.px(_THINKING_INDENT_PX)
                yield self.thinking, x, place.y + self.style.px(2)
            elif place.part is Part.BODY:
                bubble = self.bubble_rect(place)
                x = bubble.x() + self.style.px(BUBBLE_X_PX) if self.is_question else 0.0
                yield self.body, x, place.y + self._body_padding()

    def bubble_rect(self, body: Place) -> QRectF:
        """The ground of a person's message."""
        width = self._bubble_text_width() + 2 * self.style.px(BUBBLE_X_PX)
        return QRectF(self.width - width, body.y, width, body.height)

    def measure(self, y0: float, y1: float, limit: int = 1_000_000) -> int:
        """Measure the blocks between `y0` and `y1` of the message; how many it were."""
        n_measured = 0
        for section, _, top in list(self.sections()):
            n_measured += section.measure(
                y0 - top, y1 - top, self.scope_of(section), limit - n_measured
            )
            if n_measured >= limit:
                break
        return n_measured

    def _parts(self) -> Iterator[tuple[Part, float]]:
        style = self.style
        message = self.row.message
        if not self.is_question:
            yield Part.NAME, style.px(_NAME_PX)
            if message.thinking:
                yield Part.THINKING_HEAD, style.px(_THINKING_PX)
                if self.is_unfolded:
                    yield Part.THINKING, self.thinking.height + style.px(12)
        elif message.attachments:
            yield Part.ATTACHMENTS, chips_height(self)
        if self.editor_height > 0:
            yield Part.EDITOR, self.editor_height
        elif message.text or (self.is_question and not message.attachments):
            yield Part.BODY, self.body.height + 2 * self._body_padding()
        if self.status():
            yield Part.STATUS, style.px(_STATUS_PX)
        if self.end_text():
            yield Part.END, self._end_height()
        yield Part.FOOTER, style.px(_FOOTER_PX)

    def _body_padding(self) -> float:
        return self.style.px(BUBBLE_Y_PX if self.is_question else 2.0)

    def _bubble_text_width(self) -> float:
        """Width of a question's text: as wide as its lines, within the bubble's share."""
        style = self.style
        most = self.width * _BUBBLE_SHARE - 2 * style.px(BUBBLE_X_PX)
        return max(min(self._natural_width(), most), style.px(20))

    def _natural_width(self) -> float:
        """Width of the longest line of a short question; of others more than any bubble's."""
        text = self.row.message.text
        if len(text) > 400 or "```" in text or "~~~" in text:
            return 1e6
        if self._measured_text != (text, self.style):
            lines = text.expandtabs(4).split("\n")
            self._text_width = math.ceil(max(map(self.style.advance, lines))) + 3.0
            self._measured_text = (text, self.style)
        return self._text_width

    # -- end marker

    def end_text_rect(self, place: Place) -> QRectF:
        """Where the sentence of the end marker is written."""
        x = self.style.px(24)
        return QRectF(x, place.y + self.style.px(8), self.width - x, self._end_text_height())

    def _end_text_height(self) -> float:
        metrics = QFontMetricsF(self.style.label_font())
        width = self.width - self.style.px(24)
        box = QRectF(0, 0, max(width, 40), 10_000)
        flags = Qt.TextFlag.TextWordWrap.value
        return math.ceil(metrics.boundingRect(box, flags, self.end_text()).height())

    def _end_height(self) -> float:
        return self._end_text_height() + self.style.px(8 + 6 + END_BUTTON_PX)

    # -- words

    def name_text(self) -> str:
        """Who speaks."""
        return speaker(self.row.message)

    def thinking_text(self) -> str:
        """The head of the thinking section."""
        return thinking_label(
            seconds=self.thinking_seconds(),
            is_thinking=self.is_thinking,
            level=self.row.message.reasoning,
        )

    def status(self) -> str:
        """What is said while the answer is prepared; empty: nothing."""
        return self.row.status if self.row.is_live else ""

    def end_text(self) -> str:
        """Why it ended early; empty: it did not."""
        return end_sentence(self.row)

    def statistics_text(self) -> str:
        """Figures below the answer; empty: none are shown."""
        stats = self.row.message.stats
        if stats is None or not self.shows_statistics or self.row.is_live or self.is_question:
            return ""
        return statistics_line(stats)
