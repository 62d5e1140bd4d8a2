"""A list of thousands of rows of one height that never holds the window up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

_BATCH = 2_000  # rows that are laid out at once: Qt asks the model for each


class LongListView(QListView):
    """Rows that can be seen are laid out at once, the others in the moments that follow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUniformItemSizes(True)
        self.setBatchSize(_BATCH)
        self._width = 0  # logical pixels for which the rows were laid out

    def doItemsLayout(self) -> None:
        """In batches from the top; whole where that would move what is seen."""
        if self._is_laid_out():
            QAbstractItemView.doItemsLayout(self)
            return
        self._width = self.maximumViewportSize().width()
        is_at_top = self.verticalScrollBar().value() == 0
        modes = QListView.LayoutMode
        self.setLayoutMode(modes.Batched if is_at_top else modes.SinglePass)
        super().doItemsLayout()

    def _is_laid_out(self) -> bool:
        """True when rows have at most changed places: Qt forgets all others when one goes."""
        last = self.model().index(self.model().rowCount() - 1, 0)
        rect = self.visualRect(last)
        is_same_size = self._width == self.maximumViewportSize().width()
        return is_same_size and rect.isValid() and rect.height() == self.sizeHintForRow(0)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Also to a row whose turn of being laid out has not come."""
        if index.isValid() and not self.visualRect(index).isValid():
            self.setLayoutMode(QListView.LayoutMode.SinglePass)
            super().doItemsLayout()
        super().scrollTo(index, hint)

    def dataChanged(
        self,
        first: QModelIndex | QPersistentModelIndex,
        last: QModelIndex | QPersistentModelIndex,
        roles: Sequence[int] = (),
    ) -> None:
        """All rows have one height: QListView would ask for each of thousands again."""
        QAbstractItemView.dataChanged(self, first, last, list(roles))
