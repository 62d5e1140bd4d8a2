"""The shown branch of a conversation as a list model: one row a message, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.core.message import Channel, Message, MessageId, Role
from app.ui.attachment_words import full_name
from app.workers.typed_signal import signal_of

AnyIndex = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message as the transcript shows it."""

    message: Message
    version: int = 1  # 1-based place among its siblings
    n_versions: int = 1
    is_live: bool = False  # the engine is writing it now
    status: str = ""  # live only, translated: "Reading the prompt, 40 %"
    error: str = ""  # translated sentence shown under the answer; empty: none

    def __post_init__(self) -> None:
        if not 1 <= self.version <= self.n_versions:
            raise ValueError("version must be in 1..n_versions")


@dataclass(frozen=True, slots=True)
class RowDelta:
    """Text that was appended to one channel of the message at `row`."""

    row: int
    channel: Channel
    text: str


class PathModel(QAbstractListModel):
    """Rows of the active path. GUI thread only; changed by the controller, read by the view.

    `dataChanged` names ROW_ROLE when anything but appended text has changed; text that is
    appended while an answer streams is told by `delta_appended` (and by `dataChanged` for
    the display role alone), so that a view need not compare whole texts.
    """

    ROW_ROLE = Qt.ItemDataRole.UserRole + 1  # the MessageRow
    delta_appended = signal_of(RowDelta)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[MessageRow] = []
        self._row_by_id: dict[MessageId, int] = {}

    def rowCount(self, parent: AnyIndex = _ROOT) -> int:
        """Messages of the branch; 0 below a message."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text for the display and accessibility roles, the row for ROW_ROLE, else None."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == self.ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.message.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row)
        return None

    def set_rows(self, rows: Sequence[MessageRow]) -> None:
        """Show another branch or conversation; leading rows with equal ids are kept.

        A branch that shares no first message is a model reset.
        """
        new = list(rows)
        n_common = 0
        for old_row, new_row in zip(self._rows, new, strict=False):
            if old_row.message.id != new_row.message.id:
                break
            n_common += 1
        if n_common == 0:
            self.beginResetModel()
            self._rows = new
            self._index_from(0)
            self.endResetModel()
            return
        self._truncate(n_common)
        for row in new[:n_common]:
            self.update_row(row)
        self._extend(new[n_common:])

    def append_row(self, row: MessageRow) -> None:
        """Add the newest message.

        Raises:
            ValueError: a message with this id is already shown.
        """
        if row.message.id in self._row_by_id:
            raise ValueError("this message is already shown")
        self._extend([row])

    def update_row(self, row: MessageRow) -> None:
        """Replace the row with the same message id; ids that are not shown are ignored."""
        at = self._row_by_id.get(row.message.id)
        if at is None or self._rows[at] == row:
            return
        self._rows[at] = row
        index = self.index(at)
        self.dataChanged.emit(
            index,
            index,
            [
                self.ROW_ROLE,
                Qt.ItemDataRole.DisplayRole,
                Qt.ItemDataRole.AccessibleTextRole,
            ],
        )

    def append_delta(self, message_id: MessageId, channel: Channel, text: str) -> None:
        """Append to the answer or to its thinking; ids that are not shown are ignored.

        Calls to tools (commentary) are shown with the thinking.
        """
        at = self._row_by_id.get(message_id)
        if at is None or not text:
            return
        row = self._rows[at]
        message = row.message
        if channel is Channel.FINAL:
            message = message.with_text(message.text + text, message.thinking)
        else:
            message = message.with_text(message.text, message.thinking + text)
        self._rows[at] = replace(row, message=message)
        index = self.index(at)
        self.dataChanged.emit(index, index, [Qt.ItemDataRole.DisplayRole])
        self.delta_appended.emit(RowDelta(at, channel, text))

    def remove_from(self, message_id: MessageId) -> None:
        """Remove the message and all after it; ids that are not shown are ignored."""
        at = self._row_by_id.get(message_id)
        if at is not None:
            self._truncate(at)

    def row_of(self, message_id: MessageId) -> int | None:
        """Where the message is shown; None: it is not."""
        return self._row_by_id.get(message_id)

    def row_at(self, row: int) -> MessageRow:
        """The row at `row`, 0-based.

        Raises:
            IndexError: there is no such row.
        """
        if row < 0:
            raise IndexError(row)
        return self._rows[row]

    def _truncate(self, n_kept: int) -> None:
        if n_kept >= len(self._rows):
            return
        self.beginRemoveRows(_ROOT, n_kept, len(self._rows) - 1)
        for row in self._rows[n_kept:]:
            del self._row_by_id[row.message.id]
        del self._rows[n_kept:]
        self.endRemoveRows()

    def _extend(self, rows: list[MessageRow]) -> None:
        if not rows:
            return
        first = len(self._rows)
        self.beginInsertRows(_ROOT, first, first + len(rows) - 1)
        self._rows.extend(rows)
        self._index_from(first)
        self.endInsertRows()

    def _index_from(self, first: int) -> None:
        if first == 0:
            self._row_by_id.clear()
        for at in range(first, len(self._rows)):
            self._row_by_id[self._rows[at].message.id] = at

    def _spoken(self, row: MessageRow) -> str:
        """What a screen reader says for the row."""
        text = row.message.text
        if row.message.role is Role.USER:
            names = ", ".join(full_name(a) for a in row.message.attachments)
            said = self.tr("You said: {text}").replace("{text}", text)
            attached = self.tr("Attached: {names}").replace("{names}", names)
            return f"{said} {attached}" if names else said
        name = row.message.model_name or "gpt-oss"
        return self.tr("{model} said: {text}").replace("{model}", name).replace("{text}", text)
