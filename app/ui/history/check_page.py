"""Check and repair: what is looked at, what was found, what was done."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.core.history import RepairReport
from app.ui.buttons import TextButton
from app.ui.history.page import HistoryAccess, HistoryPage
from app.ui.size_words import number_text


class CheckPage(HistoryPage):
    """Asks the history to look at itself."""

    def __init__(self, access: HistoryAccess, parent: QWidget | None = None) -> None:
        super().__init__(access, parent)
        self._findings: tuple[str, ...] = ()
        self.check_button = TextButton("", self, icon_name="shield-check")
        self.copy_button = TextButton("quiet", self, icon_name="copy")
        self._note.setText(
            self.tr(
                "Every page, index and reference of the file with your conversations is "
                "checked. If something is wrong, the damaged file is set aside unchanged, and "
                "all that can be read is kept. This may take some minutes."
            )
        )
        self.check_button.setText(self.tr("Check and repair"))
        self.copy_button.setText(self.tr("Copy details"))
        self.copy_button.hide()
        self._end_layout((self.copy_button, self.check_button))
        self._column.addStretch(1)
        self.check_button.clicked.connect(self._on_check_clicked)
        self.copy_button.clicked.connect(self._on_copy_clicked)

    def refresh(self) -> None:
        """There is nothing to read; it can be checked again."""
        self.check_button.setEnabled(True)

    @Slot()
    def _on_check_clicked(self) -> None:
        if self._access.is_answering():
            self._say(self.tr("An answer is being written. Wait for its end, or stop it."))
            return
        self._access.flush()
        self._begin(self.check_button)
        self._ask(
            self._access.storage, lambda history: history.check_and_repair(), self._on_checked
        )

    def _on_checked(self, report: RepairReport) -> None:
        self._findings = report.findings
        self.copy_button.setVisible(bool(report.findings))
        self._say(self._words(report), is_problem=not report.was_sound)
        self.refresh()
        if not report.was_sound:
            self._access.changed()

    def _words(self, report: RepairReport) -> str:
        counts = {
            "n_messages": number_text(report.n_messages),
            "n_conversations": number_text(report.n_conversations),
        }
        if report.was_sound:
            return self.tr(
                "All is well. Conversations: {n_conversations}, messages: {n_messages}."
            ).format(**counts)
        if report.set_aside is None:
            return self.tr(
                "The file is damaged, but nothing can be written here, so nothing was "
                "repaired. Export your conversations. What can be read: {n_conversations} "
                "conversations, {n_messages} messages."
            ).format(**counts)
        sentences = [
            self.tr(
                "The file was damaged and is repaired. Conversations: {n_conversations}, "
                "messages: {n_messages}. The damaged file is kept as it was: {path}"
            ).format(**counts, path=str(report.set_aside))
        ]
        if report.n_cut:
            cut = self.tr("The end could not be read of this many messages: {n_cut}.")
            sentences.append(cut.format(n_cut=number_text(report.n_cut)))
        return "\n".join(sentences)

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._findings))
        self.copy_button.setText(self.tr("Copied"))
