"""The care of the history for people: backups, trash, check and repair, passphrase."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.ui.history.backup_page import BackupPage
from app.ui.history.check_page import CheckPage
from app.ui.history.page import HistoryAccess, HistoryPage
from app.ui.history.passphrase_page import LockAccess, PassphrasePage
from app.ui.history.trash_page import TrashPage
from app.ui.paged_dialog import PagedDialog

_SIZE = (760, 540)  # logical pixels
_ROOM_BESIDE_NAMES = 72  # logical pixels


class HistoryDialog(PagedDialog):
    """What it shows is read anew whenever a page is opened."""

    def __init__(
        self, access: HistoryAccess, lock: LockAccess, parent: QWidget | None = None
    ) -> None:
        super().__init__(_SIZE, parent)
        self._access = access
        self._lock = lock
        self._rebuild()

    @property
    def pages(self) -> tuple[BackupPage, TrashPage, CheckPage, PassphrasePage]:
        """The pages, in the order of their names."""
        return self._backup_page, self._trash_page, self._check_page, self._passphrase_page

    def show_page(self, page: HistoryPage) -> None:
        """Turn to one of `pages`."""
        self._names.setCurrentRow(self._pages.indexOf(page))

    def refresh(self) -> None:
        """Read anew what the shown page shows."""
        page = self._pages.currentWidget()
        if isinstance(page, HistoryPage):
            page.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what there is now."""
        super().showEvent(event)
        self.refresh()

    def _rebuild(self) -> None:
        self.setWindowTitle(self.tr("History"))
        self._names.setAccessibleName(self.tr("Pages of the history"))
        super()._rebuild()

    def _make_pages(self, parent: QWidget) -> tuple[tuple[str, HistoryPage], ...]:
        self._backup_page = BackupPage(self._access, parent)
        self._trash_page = TrashPage(self._access, parent)
        self._check_page = CheckPage(self._access, parent)
        self._passphrase_page = PassphrasePage(self._access, self._lock, parent)
        return (
            (self.tr("Backups"), self._backup_page),
            (self.tr("Trash"), self._trash_page),
            (self.tr("Check"), self._check_page),
            (self.tr("Passphrase"), self._passphrase_page),
        )

    def _fit_names(self) -> None:
        self._names.setFixedWidth(self._names.sizeHintForColumn(0) + _ROOM_BESIDE_NAMES)

    def _on_page_shown(self, page: QWidget) -> None:
        if self.isVisible():
            self.refresh()
