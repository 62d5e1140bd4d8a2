"""The backups: which there are, one more, back to one of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.core.errors import LumbreError
from app.core.history import Backup, BackupReason
from app.ui.buttons import TextButton
from app.ui.error_text import error_text
from app.ui.history.date_words import moment_text
from app.ui.history.page import HistoryAccess, HistoryPage, HistoryTable
from app.ui.size_words import size_text


class BackupPage(HistoryPage):
    """Restoring asks nothing: what is there now becomes a backup first."""

    def __init__(self, access: HistoryAccess, parent: QWidget | None = None) -> None:
        super().__init__(access, parent)
        self._backups: tuple[Backup, ...] = ()
        self.table = HistoryTable(self)
        self.make_button = TextButton("", self)
        self.restore_button = TextButton("", self, icon_name="rotate-ccw")
        self._note.setText(
            self.tr(
                "Lumbre makes a checked copy of all conversations every day and keeps the last "
                "7 days and 4 weeks. A backup that you make yourself stays until you delete "
                "its file."
            )
        )
        self.table.setAccessibleName(self.tr("Backups"))
        self.make_button.setText(self.tr("Back up now"))
        self.restore_button.setText(self.tr("Restore this backup"))
        self._column.addWidget(self.table, 1)
        self._end_layout((self.make_button, self.restore_button))
        self.make_button.clicked.connect(self._on_make_clicked)
        self.restore_button.clicked.connect(self._on_restore_clicked)

    def refresh(self) -> None:
        """Read which there are."""
        self._ask(
            self._access.backups(),
            lambda keeper: keeper.list_backups(),
            self._show,
            self._on_list_failed,
        )

    def _show(self, backups: tuple[Backup, ...]) -> None:
        self._backups = backups
        reasons = {
            BackupReason.DAILY: self.tr("daily"),
            BackupReason.MIGRATION: self.tr("before an update of Lumbre"),
            BackupReason.RESTORE: self.tr("before another backup was restored"),
            BackupReason.MANUAL: self.tr("made by you"),
        }
        self.table.set_rows(
            (self.tr("When"), self.tr("Why"), self.tr("Size")),
            [
                (moment_text(b.made_at), reasons[b.reason], size_text(b.n_bytes))
                for b in backups
            ],
        )
        self.make_button.setEnabled(True)
        self.restore_button.setEnabled(bool(backups))

    def _on_list_failed(self, error: LumbreError) -> None:
        self._show(())
        self._say(error_text(error), is_problem=True)

    @Slot()
    def _on_make_clicked(self) -> None:
        self._access.flush()
        self._begin(self.make_button, self.restore_button)
        self._ask(self._access.backups(), lambda keeper: keeper.back_up_now(), self._on_made)

    def _on_made(self, backup: Backup) -> None:
        text = self.tr("The backup is made and checked: {path}")
        self._say(text.format(path=str(backup.path)))
        self.refresh()

    @Slot()
    def _on_restore_clicked(self) -> None:
        row = self.table.currentRow()
        if not 0 <= row < len(self._backups):
            return
        if self._access.is_answering():
            self._say(self.tr("An answer is being written. Wait for its end, or stop it."))
            return
        backup = self._backups[row]
        self._access.flush()
        self._begin(self.make_button, self.restore_button)
        self._ask(
            self._access.storage,
            lambda history: history.restore_backup(backup),
            partial(self._on_restored, backup),
            partial(self._on_not_restored, backup),
        )

    def _on_not_restored(self, backup: Backup, error: LumbreError) -> None:
        """A history that cannot be opened is replaced without being opened."""
        self._ask(
            self._access.backups(),
            lambda keeper: keeper.restore_closed(backup),
            partial(self._on_replaced, backup),
            lambda _: self._fail(error),
        )

    def _on_replaced(self, backup: Backup, aside: Path) -> None:
        text = self.tr(
            "Your conversations are as they were on {date}. The damaged file is kept as it was "
            "in {folder}."
        )
        self._say(text.format(date=moment_text(backup.made_at), folder=str(aside)))
        self._access.changed()
        self.refresh()

    def _on_restored(self, backup: Backup, _: None) -> None:
        text = self.tr(
            "Your conversations are as they were on {date}. What was there before is a backup "
            "now, too."
        )
        self._say(text.format(date=moment_text(backup.made_at)))
        self._access.changed()
        self.refresh()
