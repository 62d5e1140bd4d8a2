"""What a search has found, as rows."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.history import SearchHit

AnyIndex = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class SearchHitModel(QAbstractListModel):
    """Found titles and messages in the order of the search. GUI thread only."""

    HIT_ROLE = Qt.ItemDataRole.UserRole + 1  # SearchHit

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: tuple[SearchHit, ...] = ()

    def rowCount(self, parent: AnyIndex = _ROOT) -> int:
        """How many there are; 0 below a row."""
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The conversation's title; `HIT_ROLE`; else None."""
        if not index.isValid() or index.row() >= len(self._hits):
            return None
        hit = self._hits[index.row()]
        if role == self.HIT_ROLE:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{hit.title}: {excerpt(hit)}"
        return None

    def set_hits(self, hits: tuple[SearchHit, ...]) -> None:
        """Show these; when they are the same, nothing moves."""
        if hits == self._hits:
            return
        self.beginResetModel()
        self._hits = hits
        self.endResetModel()


def excerpt(hit: SearchHit) -> str:
    """The excerpt in one line, without its marks."""
    return " ".join("".join(part.text for part in hit.snippet).split())
