"""The recovery key, shown once: to be copied, saved, printed or written down."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QCloseEvent, QFontDatabase, QGuiApplication, QTextDocument
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.ui.buttons import TextButton
from app.ui.notifications import announce


class RecoveryKeyDialog(QDialog):
    """Can only be closed once the person says that the key is kept."""

    def __init__(self, recovery_key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Recovery key"))
        text = QLabel(self)
        text.setWordWrap(True)
        text.setText(
            self.tr(
                "With this key your conversations can be opened when the passphrase is "
                "forgotten. It is shown only now. Keep it away from this computer: whoever "
                "has it can read them. Without passphrase and recovery key nobody can open "
                "them, and nobody can help."
            )
        )
        self.key_field = QLineEdit(recovery_key, self)
        self.key_field.setReadOnly(True)
        self.key_field.setAccessibleName(self.tr("Recovery key"))
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.key_field.setFont(font)
        self.key_field.setMinimumWidth(
            self.key_field.fontMetrics().horizontalAdvance(recovery_key) + 40
        )
        self.key_field.setCursorPosition(0)
        self.copy_button = TextButton("", self, icon_name="copy")
        self.copy_button.setText(self.tr("Copy"))
        self.save_button = TextButton("", self, icon_name="download")
        self.save_button.setText(self.tr("Save to a file…"))
        self.print_button = TextButton("", self, icon_name="printer")
        self.print_button.setText(self.tr("Print…"))
        self._status = QLabel(self)
        self._status.setProperty("kind", "muted")
        self._status.setWordWrap(True)
        self.kept_box = QCheckBox(self.tr("I have kept the recovery key"), self)
        self.close_button = TextButton("primary", self)
        self.close_button.setText(self.tr("Done"))
        self.close_button.setEnabled(False)
        self._lay_out(text)
        self.copy_button.clicked.connect(self._on_copy_clicked)
        self.save_button.clicked.connect(self._on_save_clicked)
        self.print_button.clicked.connect(self._on_print_clicked)
        self.kept_box.toggled.connect(self.close_button.setEnabled)
        self.close_button.clicked.connect(self.accept)

    def _lay_out(self, text: QLabel) -> None:
        ways = QHBoxLayout()
        for button in (self.copy_button, self.save_button, self.print_button):
            button.setAutoDefault(False)
            ways.addWidget(button)
        ways.addStretch(1)
        end = QHBoxLayout()
        end.addWidget(self.kept_box, 1)
        end.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(text)
        layout.addWidget(self.key_field)
        layout.addLayout(ways)
        layout.addWidget(self._status)
        layout.addLayout(end)

    @property
    def status_text(self) -> str:
        """What was done with the key."""
        return self._status.text()

    def reject(self) -> None:
        """Esc closes only what may be closed."""
        if self.kept_box.isChecked():
            super().reject()
        else:
            self._say(self.tr("Keep the key first, and tick the box."))

    def closeEvent(self, event: QCloseEvent) -> None:
        """As Esc, but for the end of the program, which nothing here may stop."""
        if event.spontaneous() and not self.kept_box.isChecked():
            self.reject()
            event.ignore()
        else:
            event.accept()

    def save_to(self, path: Path) -> None:
        """Write the key to a text file that only this user can read."""
        try:
            path.touch(mode=0o600)
            path.write_text(self._page_text() + "\n", "utf-8")
        except OSError as error:
            text = self.tr("It could not be saved: {reason}")
            self._say(text.format(reason=error.strerror or str(error)))
        else:
            self._say(self.tr("Saved to {path}").format(path=str(path)))

    def _page_text(self) -> str:
        heading = self.tr("Lumbre: recovery key of the conversations on this computer")
        return f"{heading}\n\n{self.key_field.text()}"

    def _say(self, text: str) -> None:
        self._status.setText(text)
        announce(self, text)

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.key_field.text())
        self._say(self.tr("Copied. Paste it where you keep passwords."))

    @Slot()
    def _on_save_clicked(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the recovery key"), self.tr("Lumbre recovery key") + ".txt"
        )
        if name:
            self.save_to(Path(name))

    @Slot()
    def _on_print_clicked(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter()
        if QPrintDialog(printer, self).exec() == QDialog.DialogCode.Accepted:
            document = QTextDocument(self._page_text())
            document.print_(printer)
            self._say(self.tr("Sent to the printer."))
