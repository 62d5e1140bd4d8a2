"""The report of a mistake of ours: what happened, what is safe, what can be sent to us."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.ui.about_dialog import version_text
from app.ui.buttons import TextButton


@dataclass(frozen=True, slots=True)
class BugReport:
    """What a report says."""

    details: str  # versions, kind of error, traceback
    log_path: Path | None = None  # None: nothing is logged to a file

    @classmethod
    def of(cls, error: BaseException) -> BugReport:
        """Versions, and where in the program the error or its cause came from."""
        lines = traceback.format_exception(error.__cause__ or error)
        return cls(f"{version_text()}\n\n{''.join(lines)}")


class ErrorDialog(QDialog):
    """Not modal: the rest of the window can be used while it is open."""

    def __init__(self, report: BugReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._report = report
        self._heading = QLabel(self)
        self._heading.setObjectName("subheading")
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._details = QPlainTextEdit(report.details, self)
        self._details.setProperty("kind", "field")
        self._details.setReadOnly(True)
        self._details.setTabChangesFocus(True)
        self._copy_button = TextButton("", self, icon_name="copy")
        self._log_button = TextButton("", self, icon_name="folder-open")
        self._log_button.setVisible(report.log_path is not None)
        self._close_button = TextButton("primary", self)
        self._close_button.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self._copy_button)
        buttons.addWidget(self._log_button)
        buttons.addStretch(1)
        buttons.addWidget(self._close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(10)
        layout.addWidget(self._heading)
        layout.addWidget(self._text)
        layout.addWidget(self._details, 1)
        layout.addLayout(buttons)
        self._copy_button.clicked.connect(self._on_copy_clicked)
        self._log_button.clicked.connect(self._on_log_clicked)
        self._close_button.clicked.connect(self.close)
        self.resize(560, 380)
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("A mistake in Lumbre"))
        self._heading.setText(self.tr("Something in Lumbre went wrong"))
        self._text.setText(
            self.tr(
                "Your conversations are saved. You can go on; if something looks wrong, "
                "restart Lumbre. The details below say where in the program it happened; "
                "please read them, then copy them into a report."
            )
        )
        self._details.setAccessibleName(self.tr("Details of the mistake"))
        self._copy_button.setText(self.tr("Copy details"))
        self._log_button.setText(self.tr("Show the log"))
        self._close_button.setText(self.tr("Close"))

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._report.details)
        self._copy_button.setText(self.tr("Copied"))

    @Slot()
    def _on_log_clicked(self) -> None:
        if self._report.log_path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._report.log_path.parent)))
