"""The list of every connection that this program ever made, or tried to make."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.core.connection import ConnectionOutcome, ConnectionPurpose, ConnectionRecord


class ConnectionsDialog(QDialog):
    """When, to whom, why; the newest first."""

    def __init__(
        self, records: tuple[ConnectionRecord, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Connections"))
        note = QLabel(
            self.tr("No connection was ever made.")
            if not records
            else self.tr("Every connection that Lumbre made or tried to make, newest first."),
            self,
        )
        note.setWordWrap(True)
        table = QTableWidget(len(records), 4, self)
        table.setAccessibleName(self.tr("Connections"))
        table.setHorizontalHeaderLabels(
            [self.tr("When"), self.tr("To"), self.tr("Why"), self.tr("Outcome")]
        )
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.verticalHeader().setVisible(False)
        for row, record in enumerate(reversed(records)):
            for column, text in enumerate(self._texts(record)):
                table.setItem(row, column, QTableWidgetItem(text))
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.resizeColumnToContents(0)
        table.setVisible(bool(records))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 20)
        layout.addWidget(note)
        layout.addWidget(table, 1)
        layout.addWidget(buttons)
        self.resize(680, 420)

    def _texts(self, record: ConnectionRecord) -> tuple[str, ...]:
        when = QDateTime.fromSecsSinceEpoch(int(record.at))
        purposes = {
            ConnectionPurpose.LISTING: self.tr("list of files"),
            ConnectionPurpose.DOWNLOAD: self.tr("download of a model"),
            ConnectionPurpose.UPDATE_CHECK: self.tr("search for updates"),
            ConnectionPurpose.UNKNOWN: self.tr("not announced"),
        }
        outcomes = {
            ConnectionOutcome.ATTEMPTED: self.tr("let through"),
            ConnectionOutcome.REFUSED: self.tr("refused by the lock"),
        }
        host = f"{record.host}:{record.port}" if record.port else record.host
        short = QLocale.FormatType.ShortFormat
        return (
            QLocale().toString(when, short),
            host,
            purposes[record.purpose],
            outcomes[record.outcome],
        )
