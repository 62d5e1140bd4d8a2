"""A dialog of several pages: their names on the left, a button that closes below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui.buttons import TextButton
from app.ui.window_room import open_with_size


class PagedDialog(QDialog):
    """Not modal. Whoever derives from it says the pages, and calls `_rebuild` when it can."""

    def __init__(self, size: tuple[int, int], parent: QWidget | None) -> None:
        """`size` in logical pixels, where there is that much room."""
        super().__init__(parent)
        self.setModal(False)
        self._names = QListWidget(self)
        self._names.setObjectName("navigation")
        self._names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pages = QStackedWidget(self)
        self._close_button = TextButton("primary", self)
        self._close_button.setDefault(True)
        self._close_button.clicked.connect(self.close)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._names)
        middle.addWidget(self._pages, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setContentsMargins(16, 8, 16, 14)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self._close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(middle, 1)
        layout.addLayout(self._buttons)
        self._names.currentRowChanged.connect(self._on_page_chosen)
        open_with_size(self, *size)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            # Later: the box in which the language was chosen is still at work.
            QTimer.singleShot(0, self, self._rebuild)

    # -- of the dialog that derives from this one ------------------------------------------
    def _make_pages(self, parent: QWidget) -> Sequence[tuple[str, QWidget]]:
        """Names and new pages, in their order."""
        raise NotImplementedError

    def _on_page_shown(self, page: QWidget) -> None:
        """Another page, or a new one, is in front."""

    def _fit_names(self) -> None:
        """Make the list of names as wide as it is to be."""
        raise NotImplementedError

    # -- the pages -------------------------------------------------------------------------
    def _rebuild(self) -> None:
        """Make all pages anew, in the language of the window, with the same one in front."""
        row = max(0, self._names.currentRow())
        self._close_button.setText(self.tr("Close"))
        while (old := self._pages.widget(0)) is not None:
            self._pages.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._names.clear()
        for name, page in self._make_pages(self._pages):
            self._names.addItem(name)
            self._pages.addWidget(page)
        self._fit_names()
        self._names.setCurrentRow(row)

    @Slot(int)
    def _on_page_chosen(self, row: int) -> None:
        page = self._pages.widget(row)
        if page is not None:
            self._pages.setCurrentWidget(page)
            self._on_page_shown(page)
