"""What the pages of the history dialog have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.core.errors import LumbreError
from app.core.history import BackupKeeper
from app.ui.buttons import TextButton
from app.ui.error_text import error_text
from app.ui.status_line import StatusLine
from app.workers.job_thread import JobThread
from app.workers.storage_worker import StorageThread

R = TypeVar("R")  # what a thread owns
T = TypeVar("T")  # what a job returns


@dataclass(frozen=True, slots=True)
class HistoryAccess:
    """What the pages work with; all is called in the GUI thread."""

    storage: StorageThread
    backups: Callable[[], JobThread[BackupKeeper]]
    is_answering: Callable[[], bool]  # an answer is being written
    flush: Callable[[], None]  # put what is unsaved into the history
    changed: Callable[[], None]  # the conversations are to be read again


class HistoryPage(QWidget):
    """An explanation, a table perhaps, buttons, and a line that says what has happened."""

    def __init__(self, access: HistoryAccess, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pageBody")
        self._access = access
        self._note = QLabel(self)
        self._note.setWordWrap(True)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._status = StatusLine(self)
        self._status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button_row = QHBoxLayout()
        self._button_row.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 18, 24, 12)
        self._column.setSpacing(10)
        self._column.addWidget(self._note)

    @property
    def status_text(self) -> str:
        """What the last thing done has led to; empty before the first."""
        return self._status.text()

    def refresh(self) -> None:
        """Read anew what the page shows."""

    def _end_layout(self, buttons: Sequence[TextButton]) -> None:
        for button in buttons:
            button.setAutoDefault(False)
            self._button_row.addWidget(button)
        self._column.addWidget(self._bar)
        self._column.addWidget(self._status)
        self._column.addLayout(self._button_row)

    def _begin(self, *buttons: TextButton) -> None:
        """Something is being done: no second one meanwhile."""
        self._bar.show()
        self._status.hide()
        for button in buttons:
            button.setEnabled(False)

    def _say(self, text: str, *, is_problem: bool = False) -> None:
        """Tell how it went."""
        self._bar.hide()
        self._status.say(text, is_problem=is_problem)

    def _ask(
        self,
        thread: JobThread[R],
        operation: Callable[[R], T],
        done: Callable[[T], None],
        failed: Callable[[LumbreError], None] | None = None,
    ) -> None:
        """Run `operation` there; nothing is called back when this page is gone by then."""

        def on_done(result: T) -> None:
            if isValid(self):
                done(result)

        def on_failed(error: LumbreError) -> None:
            if isValid(self):
                (failed or self._fail)(error)

        thread.submit(operation, on_done, on_failed)

    def _fail(self, error: LumbreError) -> None:
        self._say(error_text(error), is_problem=True)
        self.refresh()


class HistoryTable(QTableWidget):
    """Rows to choose one from; the first column takes the room that is left."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().setVisible(False)
        self.horizontalHeader().setHighlightSections(False)

    def row_texts(self) -> list[list[str]]:
        """What is shown, row by row."""
        model = self.model()
        columns = range(self.columnCount())
        return [
            [str(model.index(row, column).data()) for column in columns]
            for row in range(self.rowCount())
        ]

    def set_rows(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show these texts; the first row is chosen."""
        self.setColumnCount(len(headings))
        self.setHorizontalHeaderLabels(list(headings))
        self.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.setItem(at, column, item)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading)
        if rows:
            self.setCurrentCell(0, 0)
