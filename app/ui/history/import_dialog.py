"""Bringing conversations along: a file, what would come of it, the import, its undo."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import Cancelled, LumbreError
from app.core.transfer import ImportId, ImportPreview, ImportResult, LeftOut
from app.ui.buttons import TextButton
from app.ui.error_text import error_text
from app.ui.history.import_words import left_out_text, preview_text, result_text
from app.ui.history.transfer_dialog import TransferDialog
from app.ui.size_words import number_text
from app.workers.transfer_worker import TransferThread


class ImportDialog(TransferDialog):
    """Nothing is changed before "Import" is pressed, and that can be undone."""

    history_changed = Signal()

    def __init__(self, thread: TransferThread, parent: QWidget | None = None) -> None:
        super().__init__(thread, parent)
        self._path: Path | None = None
        self._import_id: ImportId | None = None
        self._note = QLabel(self)
        self._file_button = TextButton("", self, icon_name="file-text")
        self._folder_button = TextButton("", self, icon_name="folder-open")
        self._list = QListWidget(self)
        self.undo_button = TextButton("", self, icon_name="undo-2")
        self.import_button = TextButton("primary", self)
        self._add_close_button()
        self._name()
        self._build()
        self._file_button.clicked.connect(self.choose_file)
        self._folder_button.clicked.connect(self._on_folder_clicked)
        self.undo_button.clicked.connect(self._on_undo_clicked)
        self.import_button.clicked.connect(self._on_import_clicked)

    def listed_texts(self) -> list[str]:
        """The titles and what is left out, as listed."""
        return [self._list.item(at).text() for at in range(self._list.count())]

    def _name(self) -> None:
        self.setWindowTitle(self.tr("Import"))
        self._note.setText(
            self.tr(
                "Lumbre reads its own JSON, ChatGPT's export (the zip or conversations.json), "
                "Open WebUI's and LM Studio's JSON. Before anything is changed you see what "
                "would come."
            )
        )
        self._file_button.setText(self.tr("Choose a file…"))
        self._folder_button.setText(self.tr("Choose a folder…"))
        self._list.setAccessibleName(self.tr("Conversations in the file"))
        self.undo_button.setText(self.tr("Undo the import"))
        self.import_button.setText(self.tr("Import"))

    def _build(self) -> None:
        self._note.setWordWrap(True)
        self._list.setWordWrap(True)
        self._list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        for widget in (self._list, self.undo_button):
            widget.hide()
        self.import_button.setEnabled(False)
        choose = QHBoxLayout()
        choose.addWidget(self._file_button)
        choose.addWidget(self._folder_button)
        choose.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.undo_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.import_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self._note)
        layout.addLayout(choose)
        layout.addWidget(self._status)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._bar)
        layout.addStretch(0)
        layout.addLayout(buttons)
        self.resize(560, 460)

    def showEvent(self, event: QShowEvent) -> None:
        """The first thing to do has the focus."""
        super().showEvent(event)
        self._file_button.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- the file --------------------------------------------------------------------------
    @Slot()
    def choose_file(self) -> None:
        """Ask for a file."""
        pattern = self.tr("Conversations") + " (*.json *.jsonl *.zip)"
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Import"), "", pattern)
        if name:
            self.look_at(Path(name))

    @Slot()
    def _on_folder_clicked(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Import"))
        if name:
            self.look_at(Path(name))

    def look_at(self, path: Path) -> None:
        """Say what an import of `path` would bring; an earlier look is given up."""
        if self._work is not None:
            self._work.cancel.cancel()
        self._begin()
        self._path = path
        self._work = self._thread.run(
            lambda transfer, cancel, progress: transfer.preview_import(path, cancel, progress),
            self.show_preview,
            self._on_look_failed,
        )

    def show_dropped(self, preview: ImportPreview) -> None:
        """The same for a file that has been looked at already."""
        self._path = preview.path
        self.show_preview(preview)

    def show_preview(self, preview: ImportPreview) -> None:
        """Say what an import would bring."""
        if preview.path != self._path:
            return  # of a file that is not the chosen one any more
        self._end(preview_text(preview))
        self._show_list(preview.titles, preview.n_conversations, preview.left_out)
        self.import_button.setEnabled(preview.n_messages > 0 or preview.n_conversations > 0)
        if self.import_button.isEnabled():
            self.import_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_look_failed(self, error: LumbreError) -> None:
        if not isinstance(error, Cancelled):
            self._end(error_text(error), is_problem=True)
        elif self._work is not None and self._work.cancel.is_cancelled:
            self._end(self.tr("Cancelled. Nothing was imported."))

    # -- the import ------------------------------------------------------------------------
    @Slot()
    def _on_import_clicked(self) -> None:
        path = self._path
        if path is None:
            return
        self._begin()
        self._work = self._thread.run(
            lambda transfer, cancel, progress: transfer.run_import(path, cancel, progress),
            self._on_imported,
            self._on_import_failed,
        )

    def _on_imported(self, result: ImportResult) -> None:
        self._import_id = result.id
        self._end(result_text(result))
        self._show_list((), 0, result.left_out)
        self.undo_button.setVisible(result.n_messages > 0 or result.n_conversations > 0)
        self.history_changed.emit()

    def _on_import_failed(self, error: LumbreError) -> None:
        if isinstance(error, Cancelled):
            self._end(self.tr("Cancelled. Nothing was imported."))
            self.import_button.setEnabled(True)
        else:
            self._end(error_text(error), is_problem=True)

    @Slot()
    def _on_undo_clicked(self) -> None:
        import_id = self._import_id
        if import_id is None:
            return
        self._begin()
        self._work = self._thread.run(
            lambda transfer, _, __: transfer.undo_import(import_id),
            self._on_undone,
            self._on_look_failed,
        )

    def _on_undone(self, _: int) -> None:
        self._import_id = None
        self._end(self.tr("The import is undone: what it brought is in the trash."))
        self.history_changed.emit()

    # -- what is shown ---------------------------------------------------------------------
    def _show_list(
        self, titles: tuple[str, ...], n_titles: int, left_out: tuple[LeftOut, ...]
    ) -> None:
        self._list.clear()
        self._list.addItems([left_out_text(entry) for entry in left_out])
        self._list.addItems(list(titles))
        if n_titles > len(titles):
            more = self.tr("and {n} more")
            self._list.addItem(more.format(n=number_text(n_titles - len(titles))))
        self._list.setVisible(self._list.count() > 0)

    def _begin(self) -> None:
        super()._begin()
        for widget in (self._list, self.undo_button):
            widget.hide()
        for button in (self._file_button, self._folder_button, self.import_button):
            button.setEnabled(False)

    def _end(self, text: str, *, is_problem: bool = False) -> None:
        super()._end(text, is_problem=is_problem)
        for button in (self._file_button, self._folder_button):
            button.setEnabled(True)
