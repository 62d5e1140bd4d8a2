"""The care of the history for people: backups, trash, check and repair, passphrase."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui.buttons import TextButton
from app.ui.history.backup_page import BackupPage
from app.ui.history.check_page import CheckPage
from app.ui.history.page import HistoryAccess, HistoryPage
from app.ui.history.passphrase_page import LockAccess, PassphrasePage
from app.ui.history.trash_page import TrashPage
from app.ui.window_room import room_for


class HistoryDialog(QDialog):
    """Not modal; what it shows is read anew whenever a page is opened."""

    def __init__(
        self, access: HistoryAccess, lock: LockAccess, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setModal(False)
        self._access = access
        self._lock = lock
        self._names = QListWidget(self)
        self._names.setObjectName("navigation")
        self._names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack = QStackedWidget(self)
        self._close_button = TextButton("primary", self)
        self._close_button.setDefault(True)
        self._close_button.clicked.connect(self.close)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._names)
        middle.addWidget(self._stack, 1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 8, 16, 14)
        buttons.addStretch(1)
        buttons.addWidget(self._close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(middle, 1)
        layout.addLayout(buttons)
        self._names.currentRowChanged.connect(self._on_page_chosen)
        window = room_for(self)
        self.resize(min(760, window.width() - 16), min(540, window.height() - 16))
        self._rebuild()

    @property
    def pages(self) -> tuple[BackupPage, TrashPage, CheckPage, PassphrasePage]:
        """The pages, in the order of their names."""
        return self._backup_page, self._trash_page, self._check_page, self._passphrase_page

    def show_page(self, page: HistoryPage) -> None:
        """Turn to one of `pages`."""
        self._names.setCurrentRow(self._stack.indexOf(page))

    def refresh(self) -> None:
        """Read anew what the shown page shows."""
        page = self._stack.currentWidget()
        if isinstance(page, HistoryPage):
            page.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what there is now."""
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            QTimer.singleShot(0, self, self._rebuild)

    def _rebuild(self) -> None:
        row = max(0, self._names.currentRow())
        self.setWindowTitle(self.tr("History"))
        self._names.setAccessibleName(self.tr("Pages of the history"))
        self._close_button.setText(self.tr("Close"))
        while (old := self._stack.widget(0)) is not None:
            self._stack.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._names.clear()
        self._names.addItems(
            [self.tr("Backups"), self.tr("Trash"), self.tr("Check"), self.tr("Passphrase")]
        )
        self._backup_page = BackupPage(self._access, self._stack)
        self._trash_page = TrashPage(self._access, self._stack)
        self._check_page = CheckPage(self._access, self._stack)
        self._passphrase_page = PassphrasePage(self._access, self._lock, self._stack)
        for page in self.pages:
            self._stack.addWidget(page)
        self._names.setFixedWidth(self._names.sizeHintForColumn(0) + 72)
        self._names.setCurrentRow(row)

    @Slot(int)
    def _on_page_chosen(self, row: int) -> None:
        if row >= 0:
            self._stack.setCurrentIndex(row)
            if self.isVisible():
                self.refresh()
