"""The trash: what was deleted, back with it, or away for good."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.core.errors import LumbreError
from app.core.history import History, TrashEntry
from app.ui.buttons import TextButton
from app.ui.error_text import error_text
from app.ui.history.date_words import moment_text
from app.ui.history.page import HistoryAccess, HistoryPage, HistoryTable
from app.ui.size_words import number_text


class TrashPage(HistoryPage):
    """Conversations and messages that come back with one click, for 30 days."""

    def __init__(self, access: HistoryAccess, parent: QWidget | None = None) -> None:
        super().__init__(access, parent)
        self._entries: tuple[TrashEntry, ...] = ()
        self.table = HistoryTable(self)
        self.restore_button = TextButton("", self, icon_name="undo-2")
        self.empty_button = TextButton("", self, icon_name="trash-2")
        self.table.setAccessibleName(self.tr("Trash"))
        self.restore_button.setText(self.tr("Put back"))
        self.empty_button.setText(self.tr("Empty now…"))
        self._column.addWidget(self.table, 1)
        self._end_layout((self.empty_button, self.restore_button))
        self.restore_button.clicked.connect(self._on_restore_clicked)
        self.empty_button.clicked.connect(self._on_empty_clicked)
        self._show(())

    def refresh(self) -> None:
        """Read what is in it."""
        self._ask(
            self._access.storage,
            lambda history: history.list_trash(),
            self._show,
            self._on_list_failed,
        )

    def _show(self, entries: tuple[TrashEntry, ...]) -> None:
        self._entries = entries
        self._note.setText(
            self.tr("What you delete stays here for 30 days, then it is deleted for good.")
            if entries
            else self.tr("The trash is empty. What you delete stays here for 30 days.")
        )
        self.table.set_rows(
            (self.tr("What"), self.tr("Deleted"), self.tr("Messages")),
            [(self._name(e), moment_text(e.trashed_at), str(e.n_messages)) for e in entries],
        )
        self.table.setEnabled(bool(entries))
        self.restore_button.setEnabled(bool(entries))
        self.empty_button.setEnabled(bool(entries))

    def _name(self, entry: TrashEntry) -> str:
        if entry.message_id is None:
            return entry.title
        excerpt = " ".join(entry.excerpt.split())
        text = self.tr("Message in “{title}”: {excerpt}")
        return text.format(title=entry.title, excerpt=excerpt)

    def _on_list_failed(self, error: LumbreError) -> None:
        self._show(())
        self._say(error_text(error), is_problem=True)

    @Slot()
    def _on_restore_clicked(self) -> None:
        row = self.table.currentRow()
        if not 0 <= row < len(self._entries):
            return
        entry = self._entries[row]

        def restore(history: History) -> None:
            if entry.message_id is None:
                history.restore_conversation(entry.conversation_id)
            else:
                history.restore_message(entry.message_id)

        self._begin(self.restore_button, self.empty_button)
        self._ask(self._access.storage, restore, self._on_restored)

    def _on_restored(self, _: None) -> None:
        self._say(self.tr("It is back where it was."))
        self._access.changed()
        self.refresh()

    @Slot()
    def _on_empty_clicked(self) -> None:
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(self.tr("Empty the trash"))
        box.setText(self.tr("Erase everything in the trash for good?"))
        n_messages = sum(entry.n_messages for entry in self._entries)
        text = self.tr(
            "Messages: {n_messages}. They are erased from the file with your conversations "
            "and from all backups, so that nobody can read them there again. This cannot be "
            "undone. Exports that you made stay as they are."
        )
        box.setInformativeText(text.format(n_messages=number_text(n_messages)))
        erase = box.addButton(self.tr("Erase"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        erase.clicked.connect(self._erase)
        box.open()

    @Slot()
    def _erase(self) -> None:
        self._begin(self.restore_button, self.empty_button)
        self._ask(self._access.storage, lambda history: history.empty_trash(), self._on_emptied)

    def _on_emptied(self, n_entries: int) -> None:
        text = self.tr("The trash is empty; erased: {n}.")
        self._say(text.format(n=number_text(n_entries)))
        self._access.changed()
        self.refresh()
