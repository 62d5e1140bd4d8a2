"""Foot of the model page: files, folders, bandwidth, the offline lock and its list."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.core.settings import Settings
from app.ui.buttons import TextButton
from app.ui.chat_events import SettingsChanged
from app.ui.model_manager import ModelManager
from app.workers.typed_signal import signal_of

_LIMIT_MAX_KIB_S = 1_000_000
_LIMIT_STEP_KIB_S = 500


class PageFoot(QFrame):
    """What concerns all models."""

    file_requested = Signal()
    settings_changed = signal_of(SettingsChanged)

    def __init__(self, manager: ModelManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._manager = manager
        self._settings = Settings()
        self._file = TextButton("", self, icon_name="folder-open")
        self._hub = TextButton("", self, icon_name="download")
        self._lock = QCheckBox(self)
        self._lock_note = QLabel(self)
        self._lock_note.setWordWrap(True)
        self._lock_note.setProperty("kind", "muted")
        self._connections = TextButton("quiet", self)
        self._folder = QLabel(self)
        self._folder.setWordWrap(True)
        self._move = TextButton("", self)
        self._add_folder = TextButton("", self)
        self._limit_label = QLabel(self)
        self._limit = QSpinBox(self)
        self._limit.setRange(0, _LIMIT_MAX_KIB_S)
        self._limit.setSingleStep(_LIMIT_STEP_KIB_S)
        self._limit_label.setBuddy(self._limit)
        self._build()
        self._file.clicked.connect(self.file_requested)
        self._hub.clicked.connect(self._on_hub_clicked)
        self._lock.toggled.connect(self._on_lock_toggled)
        self._connections.clicked.connect(self._on_connections_clicked)
        self._move.clicked.connect(self._on_move_clicked)
        self._add_folder.clicked.connect(self._on_add_folder_clicked)
        self._limit.editingFinished.connect(self._on_limit_edited)

    def _build(self) -> None:
        ways = QHBoxLayout()
        ways.addWidget(self._file)
        ways.addWidget(self._hub)
        ways.addStretch(1)
        lock = QHBoxLayout()
        lock.addWidget(self._lock)
        lock.addStretch(1)
        lock.addWidget(self._connections)
        folders = QGridLayout()
        folders.addWidget(self._folder, 0, 0, 1, 3)
        folders.addWidget(self._move, 1, 0)
        folders.addWidget(self._add_folder, 1, 1)
        folders.setColumnStretch(2, 1)
        limit = QHBoxLayout()
        limit.addWidget(self._limit_label)
        limit.addWidget(self._limit)
        limit.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(10)
        for part in (ways, folders, limit, lock):
            layout.addLayout(part)
        layout.addWidget(self._lock_note)

    def retranslate(self, settings: Settings) -> None:
        """Texts and values of the settings in force."""
        self._settings = settings
        self._file.setText(self.tr("Use a file I have…"))
        self._hub.setText(self.tr("Add from Hugging Face…"))
        self._lock.setText(self.tr("Offline lock"))
        self._lock_note.setText(
            self.tr("While it is on, every attempt of Lumbre to connect to a network fails.")
        )
        self._connections.setText(self.tr("Connections…"))
        folder = self._manager.queue.folder
        self._folder.setText(self.tr("Models folder: {folder}").format(folder=folder))
        self._move.setText(self.tr("Move the folder…"))
        self._add_folder.setText(self.tr("Look in another folder too…"))
        self._limit_label.setText(self.tr("Bandwidth for downloads"))
        self._limit.setSuffix(self.tr(" KiB a second"))
        self._limit.setSpecialValueText(self.tr("no limit"))
        self._limit.setValue(settings.download_limit_kib_s)
        self._limit.setAccessibleName(self._limit_label.text())
        self._lock.blockSignals(True)
        self._lock.setChecked(self._manager.is_offline_locked)
        self._lock.blockSignals(False)
        self._hub.setEnabled(not self._manager.is_offline_locked)

    @Slot(bool)
    def _on_lock_toggled(self, is_on: bool) -> None:
        self._manager.set_offline_locked(is_on)
        self._hub.setEnabled(not is_on)
        self._change(replace(self._settings, is_offline_locked=is_on))

    @Slot()
    def _on_limit_edited(self) -> None:
        self._manager.set_limit(self._limit.value())
        self._change(replace(self._settings, download_limit_kib_s=self._limit.value()))

    @Slot()
    def _on_hub_clicked(self) -> None:
        self.add_from_hub("")

    def add_from_hub(self, reference: str) -> None:
        """Ask for a repository; one that is given is looked up at once."""
        from app.ui.model_page.repository_dialog import RepositoryDialog

        dialog = RepositoryDialog(self._manager, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        if reference:
            dialog.look_up(reference)

    @Slot()
    def _on_connections_clicked(self) -> None:
        from app.ui.model_page.connections_dialog import ConnectionsDialog

        ConnectionsDialog(self._manager.connections(), self).open()

    @Slot()
    def _on_move_clicked(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("New place of the models"))
        if folder:
            self._manager.move_folder(Path(folder))

    @Slot()
    def _on_add_folder_clicked(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder with models"))
        if folder and folder not in self._settings.model_folders:
            folders = (*self._settings.model_folders, folder)
            self._change(replace(self._settings, model_folders=folders))
            self._manager.set_folders(tuple(map(Path, folders)))

    def _change(self, settings: Settings) -> None:
        if settings != self._settings:
            self._settings = settings
            self.settings_changed.emit(SettingsChanged(settings))
