"""What export and import have in common: one work at a time, how far it is, how it went."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QProgressBar, QWidget

from app.ui.buttons import TextButton
from app.ui.status_line import StatusLine
from app.workers.cancellable_work import RequestedWork
from app.workers.transfer_worker import TransferProgressed, TransferThread

_BAR_STEPS = 1000


class TransferDialog(QDialog):
    """The button that closes cancels while something runs, and so does Esc."""

    close_button: TextButton

    def __init__(self, thread: TransferThread, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self._work: RequestedWork | None = None
        self._bar = QProgressBar(self)
        self._bar.setRange(0, _BAR_STEPS)
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._status = StatusLine(self)
        thread.progressed.connect(self._on_progressed)

    @property
    def status_text(self) -> str:
        """What would come, how it went, or what is wrong; empty before the first work."""
        return self._status.text()

    @property
    def is_busy(self) -> bool:
        """True while a work runs."""
        return self._work is not None

    def reject(self) -> None:
        """Esc cancels what is running, then closes."""
        self._on_close_clicked()

    def _add_close_button(self) -> None:
        """Make `close_button`, after those that come before it with Tab."""
        self.close_button = TextButton("", self)
        self.close_button.setText(self.tr("Close"))
        self.close_button.clicked.connect(self._on_close_clicked)

    def _begin(self) -> None:
        """A work is about to be asked for."""
        self._bar.setValue(0)
        self._bar.show()
        self._status.hide()
        self.close_button.setText(self.tr("Cancel"))

    def _end(self, text: str, *, is_problem: bool = False) -> None:
        """It is over, and `text` says how it went."""
        self._work = None
        self._bar.hide()
        self.close_button.setText(self.tr("Close"))
        self._status.say(text, is_problem=is_problem)

    @Slot(object)
    def _on_progressed(self, event: TransferProgressed) -> None:
        if self._work is not None and event.work_id == self._work.id:
            self._bar.setValue(int(event.fraction * _BAR_STEPS))

    @Slot()
    def _on_close_clicked(self) -> None:
        if self._work is not None:
            self._work.cancel.cancel()
        else:
            self.close()
