"""Asks for a folder: one that there is, none, or the name of a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.core.conversation import Folder, FolderId
from app.core.organisation import MAX_NAME, clean_name
from app.ui.icons import icon
from app.ui.theme import current_colors
from app.workers.typed_signal import signal_of


@dataclass(frozen=True, slots=True)
class FolderChosen:
    """Where to put conversations; without both, out of all folders."""

    folder_id: FolderId | None = None
    new_name: str = ""


class FolderDialog(QDialog):
    """A list of folders over a field for a new one; without folders the field alone."""

    chosen = signal_of(FolderChosen)

    def __init__(self, folders: Sequence[Folder], parent: QWidget | None = None) -> None:
        """`folders` in the order in which they are shown; none: only a name is asked for."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Move to folder") if folders else self.tr("New folder"))
        self.list = QListWidget(self)
        self.list.setIconSize(QSize(16, 16))
        self.list.setAccessibleName(self.tr("Folders"))
        self.name_field = QLineEdit(self)
        self.name_field.setMaxLength(MAX_NAME)
        label = QLabel(self.tr("New folder") if folders else self.tr("Name"), self)
        label.setBuddy(self.name_field)
        self.name_field.setAccessibleName(self.tr("Name of the folder"))
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(10)
        layout.addWidget(self.list, 1)
        layout.addWidget(label)
        layout.addWidget(self.name_field)
        layout.addWidget(self._buttons)
        self._buttons.accepted.connect(self.accept_choice)
        self._buttons.rejected.connect(self.reject)
        self.name_field.textChanged.connect(self._on_changed)
        self.list.itemActivated.connect(self.accept_choice)
        self._fill(folders)
        self._on_changed()
        self.resize(360, 380 if folders else 130)

    def _fill(self, folders: Sequence[Folder]) -> None:
        color = current_colors().text
        for folder in folders:
            item = QListWidgetItem(icon("folder", color), folder.name, self.list)
            item.setData(Qt.ItemDataRole.UserRole, folder.id)
        if folders:
            QListWidgetItem(icon("x", color), self.tr("No folder"), self.list)
            self.list.setCurrentRow(0)
            self.list.setFocus()
        else:
            self.list.hide()
            self.name_field.setFocus()

    @Slot()
    def _on_changed(self) -> None:
        """A new name is stronger than what is chosen in the list."""
        can_choose = self.list.count() > 0 or bool(clean_name(self.name_field.text()))
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(can_choose)

    @property
    def can_accept(self) -> bool:
        """True when there is something to take over."""
        return self._buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()

    @Slot()
    def accept_choice(self) -> None:
        """Take over the new name, or else what is chosen in the list."""
        name = clean_name(self.name_field.text())
        item = self.list.currentItem()
        if name:
            self.chosen.emit(FolderChosen(new_name=name))
        elif item is not None:
            self.chosen.emit(FolderChosen(item.data(Qt.ItemDataRole.UserRole)))
        self.accept()
