"""The performance panel: how fast it is, what was read twice and what not, what it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.core.process_memory import ProcessMemory
from app.ui.buttons import TextButton
from app.ui.history.page import HistoryTable
from app.ui.notifications import announce
from app.ui.performance_log import PerformanceLog
from app.ui.performance_words import (
    Row,
    answer_headings,
    answer_row,
    live_text,
    memory_rows,
    model_rows,
    reuse_rows,
)
from app.ui.window_room import open_with_size

INTERVAL_MS = 500
_SIZE = (760, 620)  # logical pixels


class PerformancePanel(QDialog):
    """Stays open beside the conversation; looks only while it is seen."""

    def __init__(
        self,
        log: PerformanceLog,
        is_reading_ahead: Callable[[], bool],
        read_memory: Callable[[], ProcessMemory],
        build: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setModal(False)
        self._log = log
        self._is_reading_ahead = is_reading_ahead
        self._read_memory = read_memory
        self._build = build
        self._live = QLabel(self)
        self._live.setObjectName("subheading")
        self._live.setTextFormat(Qt.TextFormat.PlainText)
        self.facts = HistoryTable(self)
        self.facts.horizontalHeader().hide()
        self._answers_label = QLabel(self)
        self._answers_label.setObjectName("subheading")
        self.answers = HistoryTable(self)
        self._answers_label.setBuddy(self.answers)
        self.copy_button = TextButton("", self, icon_name="copy")
        self._close_button = TextButton("primary", self)
        self._close_button.setDefault(True)
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.refresh)
        self.copy_button.clicked.connect(self._on_copy_clicked)
        self._close_button.clicked.connect(self.close)
        self._lay_out(parent)
        self._retranslate()

    def _lay_out(self, parent: QWidget | None) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_button)
        buttons.addStretch(1)
        buttons.addWidget(self._close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(8)
        layout.addWidget(self._live)
        layout.addWidget(self.facts, 3)
        layout.addWidget(self._answers_label)
        layout.addWidget(self.answers, 2)
        layout.addLayout(buttons)
        open_with_size(self, *_SIZE)

    # -- what is shown ---------------------------------------------------------------------
    @property
    def live(self) -> str:
        """What the engine does at this moment, as it is shown."""
        return self._live.text()

    def text(self) -> str:
        """All of it as plain text, columns with tabs between them."""
        answers = [answer_headings(), *self._answer_rows()]
        lines = [self._live.text(), ""]
        lines += [f"{name}\t{value}" for name, value in self._fact_rows()]
        lines += ["", *("\t".join(row) for row in answers)]
        return "\n".join(lines) + "\n"

    @Slot()
    def refresh(self) -> None:
        """Look now; what has not changed is left alone."""
        is_ahead = self._is_reading_ahead()
        text = self.tr("Now: {what}")
        live = live_text(self._log.live(), is_reading_ahead=is_ahead)
        self._live.setText(text.replace("{what}", live))
        _show(self.facts, (self.tr("What"), self.tr("How much")), self._fact_rows())
        _show(self.answers, answer_headings(), self._answer_rows())

    def _fact_rows(self) -> list[Row]:
        log = self._log
        return [
            *model_rows(log.loaded, self._build),
            *memory_rows(self._read_memory()),
            *reuse_rows(log.answers, log.reading_ahead),
        ]

    def _answer_rows(self) -> list[tuple[str, ...]]:
        return [answer_row(note) for note in self._log.answers]

    # -- events ----------------------------------------------------------------------------
    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look."""
        super().showEvent(event)
        self._log.watch(True)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: it costs nothing."""
        super().hideEvent(event)
        self._timer.stop()
        self._log.watch(False)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.refresh()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Performance"))
        self.facts.setAccessibleName(self.tr("Model, memory, reading ahead"))
        self._answers_label.setText(self.tr("The last &answers"))
        self.answers.setAccessibleName(self.tr("The last answers"))
        self.copy_button.setText(self.tr("Copy"))
        self._close_button.setText(self.tr("Close"))

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        announce(self, self.tr("Copied."))


def _show(table: HistoryTable, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Keep the chosen row, and touch only the texts that are other ones now."""
    shown = table.row_texts()
    wanted = [list(row) for row in rows]
    if len(shown) != len(wanted) or table.columnCount() != len(headings):
        at = table.currentRow()
        table.set_rows(headings, rows)
        if 0 < at < len(wanted):
            table.setCurrentCell(at, 0)
        return
    table.setHorizontalHeaderLabels(list(headings))
    for at, (before, now) in enumerate(zip(shown, wanted, strict=True)):
        for column, text in enumerate(now):
            item = table.item(at, column)
            if item is not None and text != before[column]:
                item.setText(text)
                item.setToolTip(text)
