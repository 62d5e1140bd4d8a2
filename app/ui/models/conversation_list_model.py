"""The sidebar's rows: conversations under folders and times, filtered by title."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.core.conversation import ConversationSummary, Folder, FolderId
from app.core.message import ConversationId
from app.ui.models.conversation_rows import (
    Heading,
    Row,
    Section,
    folded,
    grouped,
    keys_of,
    places,
)
from app.workers.typed_signal import signal_of

AnyIndex = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_TITLE_ROLES = {
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.EditRole,
    Qt.ItemDataRole.ToolTipRole,
}
_MANY = 100  # rows that come or go at once: cheaper as a reset


@dataclass(frozen=True, slots=True)
class TitleEdited:
    """A person has given a conversation another title."""

    conversation_id: ConversationId
    title: str


@dataclass(frozen=True, slots=True)
class FolderRenamed:
    """A person has given a folder another name."""

    folder_id: FolderId
    name: str


class ConversationListModel(QAbstractListModel):
    """Headings and conversations as one list. GUI thread only."""

    SUMMARY_ROLE = Qt.ItemDataRole.UserRole + 1  # ConversationSummary; None for a heading
    HEADING_ROLE = Qt.ItemDataRole.UserRole + 2  # Heading; None for a conversation
    title_edited = signal_of(TitleEdited)
    folder_renamed = signal_of(FolderRenamed)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._summaries: tuple[ConversationSummary, ...] = ()
        self._folders: tuple[Folder, ...] = ()
        self._shows_archived = False
        self._words: list[str] = []
        self._titles: dict[str, str] = {}  # as they are and folded, for finding them
        self._rows: list[Row] = []
        self._keys: list[object] = []  # of the rows: compared where rows would be slow

    def rowCount(self, parent: AnyIndex = _ROOT) -> int:
        """Headings and conversations; 0 below a row."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Conversations, folders and the archive can be chosen; what has a name, renamed."""
        row = self._row(index)
        if row is None:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemNeverHasChildren | Qt.ItemFlag.ItemIsDropEnabled
        if isinstance(row, Heading) and not row.can_fold:
            return flags
        flags |= Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if isinstance(row, Heading):
            return flags | Qt.ItemFlag.ItemIsEditable if row.folder else flags
        if not row.is_temporary:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title or heading; the two own roles; else None."""
        row = self._row(index)
        if row is None:
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row)
        if isinstance(row, Heading):
            if role == self.HEADING_ROLE:
                return row
            return row.text if role in _TITLE_ROLES else None
        if role == self.SUMMARY_ROLE:
            return row
        return self._title(row) if role in _TITLE_ROLES else None

    def setData(
        self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Ask for another title or name; it is shown when it comes back changed."""
        row = self._row(index)
        if role != Qt.ItemDataRole.EditRole or row is None:
            return False
        name = " ".join(str(value).split())
        if isinstance(row, ConversationSummary) and name and name != row.title:
            self.title_edited.emit(TitleEdited(row.id, name))
            return True
        if isinstance(row, Heading) and row.folder and name and name != row.folder.name:
            self.folder_renamed.emit(FolderRenamed(row.folder.id, name))
            return True
        return False

    def set_conversations(
        self,
        summaries: Sequence[ConversationSummary],
        folders: Sequence[Folder] = (),
        *,
        keeps_order: bool = False,
    ) -> None:
        """Show these, newest first, folders by name.

        `keeps_order`: rows that are already there stay where they are (the pointer is over
        the list), however new their last change is. What was put elsewhere goes there.
        """
        self._summaries = tuple(summaries)
        self._folders = tuple(sorted(folders, key=lambda f: (folded(f.name), f.id)))
        if len(self._titles) > 2 * len(self._summaries) + _MANY:
            self._titles.clear()
        self._refresh(keeps_order=keeps_order)

    @property
    def folders(self) -> tuple[Folder, ...]:
        """All folders, in the order in which they are shown."""
        return self._folders

    def show_archived(self, is_shown: bool) -> None:
        """Unfold the archive, or fold it."""
        self._shows_archived = is_shown
        self._refresh()

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
        return self._index_of_key(conversation_id)

    def index_of_folder(self, folder_id: FolderId) -> QModelIndex:
        """Where a folder's heading is; an invalid index when it is not shown."""
        return self._index_of_key((Section.FOLDER, folder_id))

    def _index_of_key(self, key: object) -> QModelIndex:
        return self.index(self._keys.index(key)) if key in self._keys else QModelIndex()

    def heading_above(self, index: AnyIndex) -> Heading | None:
        """The heading under which a row stands; a heading's own."""
        for at in range(index.row(), -1, -1):
            row = self._rows[at]
            if isinstance(row, Heading):
                return row
        return None

    def _row(self, index: AnyIndex) -> Row | None:
        if index.isValid() and 0 <= index.row() < len(self._rows):
            return self._rows[index.row()]
        return None

    def _refresh(self, *, keeps_order: bool = False) -> None:
        shown = (
            [s for s in self._summaries if self._fits(s)] if self._words else self._summaries
        )
        new = list(
            grouped(
                shown,
                self._folders,
                shows_archived=self._shows_archived,
                is_searching=bool(self._words),
            )
        )
        if keeps_order:
            by_key = dict(zip(keys_of(new), new, strict=True))
            kept = [by_key[key] for key in self._keys if key in by_key]
            if len(kept) == len(new) and places(kept) == places(new):
                new = kept
        self._change_to(new)

    def _fits(self, summary: ConversationSummary) -> bool:
        title = self._titles.get(summary.title)
        if title is None:
            title = self._titles[summary.title] = folded(summary.title)
        return all(word in title for word in self._words)

    def _change_to(self, new: list[Row]) -> None:
        """Remove, move and insert, so that selection and scroll position survive."""
        keys = keys_of(new)
        if not self._rows or abs(len(new) - len(self._rows)) > _MANY:
            if new or self._rows:
                self.beginResetModel()
                self._rows, self._keys = new, keys
                self.endResetModel()
            return
        if keys != self._keys:
            self._change_places(new, keys)
        pairs = enumerate(zip(self._rows, new, strict=True))
        changed = [at for at, (old, row) in pairs if old is not row and old != row]
        self._rows = new
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))

    def _change_places(self, new: list[Row], keys: list[object]) -> None:
        """The same rows in the same order as `new`; their values may still be the old ones."""
        # Of ten thousand rows mostly a few go elsewhere: only those between are looked at.
        start = _n_equal(zip(self._keys, keys, strict=False))
        most = min(len(self._keys), len(keys)) - start
        n_end = min(most, _n_equal(zip(reversed(self._keys), reversed(keys), strict=False)))
        wanted = keys[start : len(keys) - n_end]
        self._remove_all_but(set(wanted), start, len(self._keys) - n_end)
        end = len(self._keys) - n_end
        present = set(self._keys[start:end])
        self._bring_into_order([key for key in wanted if key in present], start, end)
        for at, key in enumerate(wanted, start):
            if key not in present:
                self.beginInsertRows(_ROOT, at, at)
                self._rows.insert(at, new[at])
                self._keys.insert(at, key)
                self.endInsertRows()

    def _remove_all_but(self, wanted: set[object], start: int, end: int) -> None:
        gone = [at for at in range(start, end) if self._keys[at] not in wanted]
        for at in reversed(gone):
            self.beginRemoveRows(_ROOT, at, at)
            del self._rows[at], self._keys[at]
            self.endRemoveRows()

    def _bring_into_order(self, after: list[object], start: int, end: int) -> None:
        """Put the rows from `start` to `end` into the order of `after`, as one change."""
        before = self._keys[start:end]
        if before == after:
            return
        # The usual case, one row that goes up, is told as such: views can follow it.
        n_same = _n_equal(zip(before, after, strict=True))
        old = before.index(after[n_same])
        if before[n_same:old] + before[old + 1 :] == after[n_same + 1 :]:
            self.beginMoveRows(_ROOT, start + old, start + old, _ROOT, start + n_same)
            self._rows.insert(start + n_same, self._rows.pop(start + old))
            self._keys[start:end] = after
            self.endMoveRows()
            return
        self.layoutAboutToBeChanged.emit()
        now_at = {key: at for at, key in enumerate(after, start)}
        held = [index for index in self.persistentIndexList() if start <= index.row() < end]
        moved = [self.index(now_at[self._keys[index.row()]]) for index in held]
        by_key = dict(zip(before, self._rows[start:end], strict=True))
        self._rows[start:end] = [by_key[key] for key in after]
        self._keys[start:end] = after
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _title(self, summary: ConversationSummary) -> str:
        return summary.title or self.tr("New chat")

    def _spoken(self, row: Row) -> str:
        if isinstance(row, Heading):
            if not row.can_fold:
                return row.text
            state = self.tr("folded") if row.is_folded else self.tr("unfolded")
            kind = self.tr("folder {name}") if row.folder else "{name}"
            text = kind.replace("{name}", row.text)
            return f"{text}, {row.n_conversations}, {state}"
        title = self._title(row)
        if row.is_temporary:
            return self.tr("{title}, not saved").replace("{title}", title)
        if row.is_archived:
            return self.tr("{title}, archived").replace("{title}", title)
        if row.is_pinned:
            return self.tr("{title}, pinned").replace("{title}", title)
        return title


def _n_equal(pairs: Iterable[tuple[object, object]]) -> int:
    """How many pairs at the beginning are equal."""
    n = 0
    for one, other in pairs:
        if one != other:
            break
        n += 1
    return n
