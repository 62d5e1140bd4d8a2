"""What a search has found, as rows."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.history import SearchHit, SnippetPart

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
            title = self.tr("{title}, archived") if hit.is_archived else "{title}"
            return f"{title.replace('{title}', hit.title)}: {excerpt(hit)}"
        return None

    def set_hits(self, hits: tuple[SearchHit, ...]) -> None:
        """Show these; when they are the same, nothing moves."""
        if hits == self._hits:
            return
        self.beginResetModel()
        self._hits = hits
        self.endResetModel()


def excerpt_parts(hit: SearchHit) -> tuple[SnippetPart, ...]:
    """What was found, after the name of the attachment in which it was."""
    name = " ".join(hit.attachment_name.split())
    if not name or "".join(p.text for p in hit.snippet) == hit.attachment_name:
        return hit.snippet
    return (SnippetPart(f"{name}: ", is_match=False), *hit.snippet)


def excerpt(hit: SearchHit) -> str:
    """The excerpt in one line, without its marks."""
    return " ".join("".join(part.text for part in excerpt_parts(hit)).split())
