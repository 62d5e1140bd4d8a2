"""Add from Hugging Face: the gpt-oss files of any repository."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.core.catalogue import RemoteModel
from app.ui.buttons import TextButton
from app.ui.error_text import error_text
from app.ui.model_manager import ModelManager, RepositoryListed
from app.ui.size_words import size_text

_MODEL_ROLE = Qt.ItemDataRole.UserRole


class RepositoryDialog(QDialog):
    """Asks for `owner/repo` or an address, lists its files, downloads the chosen one."""

    def __init__(self, manager: ModelManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._manager = manager
        self.setWindowTitle(self.tr("Add from Hugging Face"))
        self._reference = QLineEdit(self)
        self._reference.setPlaceholderText("ggml-org/gpt-oss-20b-GGUF")
        self._reference.setAccessibleName(self.tr("Repository"))
        self._token = QLineEdit(self)
        self._token.setEchoMode(QLineEdit.EchoMode.Password)
        self._token.setPlaceholderText(
            self.tr("kept in the keyring of this computer") if manager.has_token else ""
        )
        self._look = TextButton("", self)
        self._look.setText(self.tr("List its files"))
        self._note = QLabel(self)
        self._note.setWordWrap(True)
        self._files = QListWidget(self)
        self._files.setAccessibleName(self.tr("Files of the repository"))
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self._download = TextButton("primary", self)
        self._download.setText(self.tr("Download"))
        self._download.setEnabled(False)
        self._buttons.addButton(self._download, QDialogButtonBox.ButtonRole.ActionRole)
        self._build()
        self._look.clicked.connect(self._on_look_clicked)
        self._reference.returnPressed.connect(self._on_look_clicked)
        self._download.clicked.connect(self._on_download_clicked)
        self._files.itemSelectionChanged.connect(self._on_selection_changed)
        self._buttons.rejected.connect(self.reject)
        manager.repository_listed.connect(self._on_repository_listed)
        self.finished.connect(manager.cancel_lookup)

    def _build(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self._reference, 1)
        line.addWidget(self._look)
        form = QFormLayout()
        form.addRow(self.tr("Repository"), line)
        form.addRow(self.tr("Access token, if it needs one"), self._token)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 20)
        layout.addLayout(form)
        layout.addWidget(self._note)
        layout.addWidget(self._files, 1)
        layout.addWidget(self._buttons)
        self._note.setText(
            self.tr(
                "Only gpt-oss models are offered. Asking opens a connection to Hugging Face; "
                "nothing else does."
            )
        )
        self.resize(620, 460)

    def look_up(self, reference: str) -> None:
        """Ask for the files of a repository."""
        self._reference.setText(reference)
        self._on_look_clicked()

    @Slot()
    def _on_look_clicked(self) -> None:
        reference = self._reference.text().strip()
        if not reference:
            return
        if self._token.text():
            self._manager.set_token(self._token.text().strip())
        self._files.clear()
        self._note.setText(self.tr("Asks Hugging Face…"))
        self._manager.look_up(reference)

    @Slot(object)
    def _on_repository_listed(self, event: RepositoryListed) -> None:
        if event.error is not None:
            self._note.setText(error_text(event.error))
            return
        if event.listing is None:
            return
        for model in event.listing.models:
            size = size_text(model.size_bytes)
            item = QListWidgetItem(f"{model.title}   {model.quantization}   {size}")
            item.setData(_MODEL_ROLE, model)
            self._files.addItem(item)
        n = len(event.listing.models)
        self._note.setText(
            self.tr("Choose one of its files.")
            if n
            else self.tr("There is no gpt-oss model in this repository.")
        )
        if n:
            self._files.setCurrentRow(0)
            self._files.setFocus()

    @Slot()
    def _on_selection_changed(self) -> None:
        self._download.setEnabled(self._files.currentItem() is not None)

    @Slot()
    def _on_download_clicked(self) -> None:
        item = self._files.currentItem()
        model = item.data(_MODEL_ROLE) if item is not None else None
        if isinstance(model, RemoteModel):
            self._manager.download(model)
            self.accept()
