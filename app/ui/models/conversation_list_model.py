"""The sidebar's rows: conversations under headings of time, filtered by title."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.core.conversation import ConversationSummary
from app.core.errors import QT_TRANSLATE_NOOP
from app.core.message import ConversationId
from app.workers.typed_signal import signal_of

AnyIndex = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_TITLE_ROLES = {
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.EditRole,
    Qt.ItemDataRole.ToolTipRole,
}
_MANY = 100  # rows that come or go at once: cheaper as a reset


class Section(Enum):
    """Headings, in their order."""

    PINNED = QT_TRANSLATE_NOOP("sections", "Pinned")
    TODAY = QT_TRANSLATE_NOOP("sections", "Today")
    YESTERDAY = QT_TRANSLATE_NOOP("sections", "Yesterday")
    WEEK = QT_TRANSLATE_NOOP("sections", "Last 7 days")
    MONTH = QT_TRANSLATE_NOOP("sections", "Last 30 days")
    OLDER = QT_TRANSLATE_NOOP("sections", "Older")

    @property
    def text(self) -> str:
        """Translated heading."""
        return QCoreApplication.translate("sections", self.value)


@dataclass(frozen=True, slots=True)
class TitleEdited:
    """A person has given a conversation another title."""

    conversation_id: ConversationId
    title: str


Row = Section | ConversationSummary


def folded(text: str) -> str:
    """`text` without case and accents, for finding it."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def section_of(summary: ConversationSummary, now: datetime) -> Section:
    """Under which heading a conversation stands; `now` in the person's time zone."""
    if summary.is_pinned:
        return Section.PINNED
    day = datetime.fromtimestamp(summary.updated_at, now.tzinfo).date()
    today = now.date()
    if day >= today:  # also after the clock was set back
        return Section.TODAY
    if day == today - timedelta(days=1):
        return Section.YESTERDAY
    if day > today - timedelta(days=7):
        return Section.WEEK
    return Section.MONTH if day > today - timedelta(days=30) else Section.OLDER


class ConversationListModel(QAbstractListModel):
    """Headings and conversations as one list. GUI thread only."""

    SUMMARY_ROLE = Qt.ItemDataRole.UserRole + 1  # ConversationSummary; None for a heading
    SECTION_ROLE = Qt.ItemDataRole.UserRole + 2  # Section; None for a conversation
    title_edited = signal_of(TitleEdited)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._summaries: tuple[ConversationSummary, ...] = ()
        self._words: list[str] = []
        self._rows: list[Row] = []

    def rowCount(self, parent: AnyIndex = _ROOT) -> int:
        """Headings and conversations; 0 below a row."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Conversations can be chosen and renamed, headings cannot."""
        if isinstance(self._row(index), ConversationSummary):
            return (
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsEditable
                | Qt.ItemFlag.ItemNeverHasChildren
            )
        is_heading = self._row(index) is not None
        return Qt.ItemFlag.ItemNeverHasChildren if is_heading else Qt.ItemFlag.NoItemFlags

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title or heading; the two own roles; else None."""
        row = self._row(index)
        if row is None:
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row)
        if isinstance(row, Section):
            by_role = {Qt.ItemDataRole.DisplayRole: row.text, self.SECTION_ROLE: row}
            return by_role.get(role)
        if role == self.SUMMARY_ROLE:
            return row
        return self._title(row) if role in _TITLE_ROLES else None

    def setData(
        self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Ask for another title; it is shown when the conversation comes back changed."""
        row = self._row(index)
        if role != Qt.ItemDataRole.EditRole or not isinstance(row, ConversationSummary):
            return False
        title = " ".join(str(value).split())
        if not title or title == row.title:
            return False
        self.title_edited.emit(TitleEdited(row.id, title))
        return True

    def set_conversations(
        self, summaries: Sequence[ConversationSummary], *, keeps_order: bool = False
    ) -> None:
        """Show these, newest first.

        `keeps_order`: rows that are already there stay where they are (the pointer is over
        the list), however new their last change is.
        """
        self._summaries = tuple(summaries)
        self._refresh(keeps_order=keeps_order)

    def set_filter(self, text: str) -> None:
        """Show only conversations whose title has all words of `text`."""
        words = folded(text).split()
        if words != self._words:
            self._words = words
            self._refresh()

    def refresh_headings(self) -> None:
        """Sort under the headings again: the day or the language has changed."""
        self._refresh()
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def index_of(self, conversation_id: ConversationId | None) -> QModelIndex:
        """Where a conversation is shown; an invalid index when it is not."""
        for at, row in enumerate(self._rows):
            if isinstance(row, ConversationSummary) and row.id == conversation_id:
                return self.index(at)
        return QModelIndex()

    def _row(self, index: AnyIndex) -> Row | None:
        if index.isValid() and 0 <= index.row() < len(self._rows):
            return self._rows[index.row()]
        return None

    def _refresh(self, *, keeps_order: bool = False) -> None:
        shown = [s for s in self._summaries if self._fits(s)]
        if keeps_order:
            by_id = {s.id: s for s in shown}
            kept = [r for r in self._rows if isinstance(r, Section) or r.id in by_id]
            present = {r.id for r in kept if isinstance(r, ConversationSummary)}
            if present == by_id.keys():
                self._change_to([r if isinstance(r, Section) else by_id[r.id] for r in kept])
                return
        self._change_to(list(self._grouped(shown)))

    def _fits(self, summary: ConversationSummary) -> bool:
        title = folded(summary.title) if self._words else ""
        return all(word in title for word in self._words)

    @staticmethod
    def _grouped(summaries: Iterable[ConversationSummary]) -> Iterable[Row]:
        now = datetime.now().astimezone()
        groups: dict[Section, list[ConversationSummary]] = {}
        for summary in summaries:
            groups.setdefault(section_of(summary, now), []).append(summary)
        for section in Section:
            if members := groups.get(section):
                yield section
                yield from sorted(members, key=lambda s: s.updated_at, reverse=True)

    def _change_to(self, new: list[Row]) -> None:
        """Remove, move and insert, so that selection and scroll position survive."""
        if not self._rows or abs(len(new) - len(self._rows)) > _MANY:
            self.beginResetModel()
            self._rows = new
            self.endResetModel()
            return
        keys = [_key(row) for row in new]
        wanted = set(keys)
        for at in range(len(self._rows) - 1, -1, -1):
            if _key(self._rows[at]) not in wanted:
                self.beginRemoveRows(_ROOT, at, at)
                del self._rows[at]
                self.endRemoveRows()
        here = {_key(row) for row in self._rows}
        for at, row in enumerate(new):
            key = keys[at]
            if key not in here:
                self.beginInsertRows(_ROOT, at, at)
                self._rows.insert(at, row)
                self.endInsertRows()
                continue
            if _key(self._rows[at]) != key:
                old = next(
                    i for i in range(at + 1, len(self._rows)) if _key(self._rows[i]) == key
                )
                self.beginMoveRows(_ROOT, old, old, _ROOT, at)
                self._rows.insert(at, self._rows.pop(old))
                self.endMoveRows()
            if self._rows[at] != row:
                self._rows[at] = row
                self.dataChanged.emit(self.index(at), self.index(at))

    def _title(self, summary: ConversationSummary) -> str:
        return summary.title or self.tr("New chat")

    def _spoken(self, row: Row) -> str:
        if isinstance(row, Section):
            return row.text
        if row.is_pinned:
            return self.tr("{title}, pinned").replace("{title}", self._title(row))
        return self._title(row)


def _key(row: Row) -> str:
    return row.value if isinstance(row, Section) else row.id
