"""Taking conversations away: what, as what, where to."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QStandardPaths, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.core.cancellation import CancelToken
from app.core.conversation import ConversationSummary
from app.core.errors import Cancelled, LumbreError
from app.core.message import ConversationId
from app.core.transfer import (
    ExportFormat,
    ExportLabels,
    ExportRequest,
    ExportResult,
    Progress,
    Transfer,
)
from app.ui.buttons import TextButton
from app.ui.error_text import error_text
from app.ui.history.pdf import export_pdf
from app.ui.history.transfer_dialog import TransferDialog
from app.ui.size_words import number_text
from app.workers.transfer_worker import TransferThread

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_NAME_LENGTH = 60  # characters


class What(Enum):
    """Which conversations are written."""

    CHOSEN = "chosen"
    CURRENT = "current"
    ALL = "all"


class FileKind(Enum):
    """What can be written, by suffix."""

    MARKDOWN = ".md"
    HTML = ".html"
    PDF = ".pdf"
    JSON = ".json"


_FORMATS = {
    FileKind.MARKDOWN: ExportFormat.MARKDOWN,
    FileKind.HTML: ExportFormat.HTML,
    FileKind.PDF: ExportFormat.HTML,
    FileKind.JSON: ExportFormat.JSON,
}


class ExportDialog(TransferDialog):
    """Asks, writes in the transfer's thread, says where the file lies."""

    def __init__(
        self,
        thread: TransferThread,
        current: ConversationSummary | None,
        n_conversations: int,
        parent: QWidget | None = None,
        chosen: tuple[ConversationId, ...] = (),
    ) -> None:
        """Ask.

        Args:
            thread: where it is written.
            current: the open conversation; None: nothing was written in it yet.
            n_conversations: of all.
            parent: the window.
            chosen: in the sidebar; one that is the open one alone is not offered twice.
        """
        super().__init__(thread, parent)
        self._current = current
        self._chosen = chosen if current is None or chosen != (current.id,) else ()
        self._proposed = ""  # the file's name, without suffix, unless the person writes one
        self.what = QComboBox(self)
        self.kind = QComboBox(self)
        self.branches = QCheckBox(self)
        self.thinking = QCheckBox(self)
        self.path_field = QLineEdit(self)
        self._choose_button = TextButton("", self, icon_name="folder-open")
        self._hint = QLabel(self)
        self.export_button = TextButton("primary", self)
        self._add_close_button()
        self._fill(n_conversations)
        self._build()
        self._connect()
        self._on_choice_changed()

    def _fill(self, n_conversations: int) -> None:
        self.setWindowTitle(self.tr("Export"))
        if self._chosen:
            chosen = self.tr("The chosen ones ({n})")
            self.what.addItem(chosen.format(n=number_text(len(self._chosen))), What.CHOSEN)
        if self._current is not None:
            self.what.addItem(self.tr("This conversation"), What.CURRENT)
        everything = self.tr("All conversations ({n})")
        self.what.addItem(everything.format(n=number_text(n_conversations)), What.ALL)
        for kind, text in (
            (FileKind.MARKDOWN, self.tr("Markdown (to read and edit)")),
            (FileKind.HTML, self.tr("HTML (to read and print)")),
            (FileKind.PDF, self.tr("PDF (to print and hand on)")),
            (FileKind.JSON, self.tr("JSON (can be imported again, nothing is lost)")),
        ):
            self.kind.addItem(text, kind)
        self.branches.setText(self.tr("All versions, not only the shown ones"))
        self.thinking.setText(self.tr("With thinking"))
        self.thinking.setChecked(True)
        self._choose_button.setText(self.tr("Choose…"))
        self.export_button.setText(self.tr("Export"))
        self.what.setAccessibleName(self.tr("What"))
        self.kind.setAccessibleName(self.tr("Format"))
        self.path_field.setAccessibleName(self.tr("File"))

    def _build(self) -> None:
        self._hint.setProperty("kind", "muted")
        self._hint.setWordWrap(True)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("What"), self.what)
        form.addRow(self.tr("Format"), self.kind)
        form.addRow("", self.branches)
        form.addRow("", self.thinking)
        place = QHBoxLayout()
        place.addWidget(self.path_field, 1)
        place.addWidget(self._choose_button)
        form.addRow(self.tr("File"), place)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.export_button)
        self.export_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(form)
        for widget in (self._hint, self._bar, self._status):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.resize(560, 320)

    def _connect(self) -> None:
        self.what.currentIndexChanged.connect(self._on_choice_changed)
        self.kind.currentIndexChanged.connect(self._on_choice_changed)
        self.path_field.textChanged.connect(self._on_path_changed)
        self._choose_button.clicked.connect(self._on_choose_clicked)
        self.export_button.clicked.connect(self._on_export_clicked)

    # -- choices ---------------------------------------------------------------------------
    def choose_kind(self, kind: FileKind) -> None:
        """Choose a format."""
        self.kind.setCurrentIndex(self.kind.findData(kind))

    @Slot()
    def _on_choice_changed(self) -> None:
        kind: FileKind = self.kind.currentData()
        is_json = kind is FileKind.JSON
        self.branches.setEnabled(not is_json)
        self.thinking.setEnabled(not is_json)
        if is_json:
            self.branches.setChecked(True)
            self.thinking.setChecked(True)
        self._hint.setText(
            self.tr("Anyone who has the file can read it. The trash is not exported.")
        )
        proposed = self._file_name()
        path = Path(self.path_field.text()) if self.path_field.text() else _documents()
        is_own_name = self._proposed not in {"", path.stem}
        name = path.stem if is_own_name else proposed
        folder = path.parent if self._proposed else path
        self._proposed = proposed
        self.path_field.setText(str(folder / (name + kind.value)))

    def _file_name(self) -> str:
        is_current = self.what.currentData() is What.CURRENT
        name = self._current.title if self._current and is_current else ""
        name = _NOT_IN_NAMES.sub(" ", name).strip(" .")[:_NAME_LENGTH].rstrip(" .")
        return name or self.tr("Lumbre conversations")

    @Slot(str)
    def _on_path_changed(self, text: str) -> None:
        self.export_button.setEnabled(bool(text.strip()) and self._work is None)

    @Slot()
    def _on_choose_clicked(self) -> None:
        kind: FileKind = self.kind.currentData()
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export"), self.path_field.text(), f"*{kind.value}"
        )
        if name:
            self.path_field.setText(name)

    # -- the work --------------------------------------------------------------------------
    @Slot()
    def _on_export_clicked(self) -> None:
        kind: FileKind = self.kind.currentData()
        path = Path(self.path_field.text().strip()).expanduser()
        if path.suffix.lower() != kind.value:
            path = path.with_name(path.name + kind.value)
            self.path_field.setText(str(path))
        ids = self._ids()
        labels = export_labels()
        has_all_branches = self.branches.isChecked()
        has_thinking = self.thinking.isChecked()

        def work(transfer: Transfer, cancel: CancelToken, progress: Progress) -> ExportResult:
            request = ExportRequest(
                path, _FORMATS[kind], ids, has_all_branches, has_thinking, labels, cancel
            )
            if kind is FileKind.PDF:
                return export_pdf(transfer, request, progress)
            return transfer.export(request, progress)

        self._begin()
        self._work = self._thread.run(work, self._on_done, self._on_failed)

    def _ids(self) -> tuple[ConversationId, ...] | None:
        """What is to be written; None: everything."""
        what: What = self.what.currentData()
        if what is What.CURRENT and self._current is not None:
            return (self._current.id,)
        return self._chosen if what is What.CHOSEN else None

    def _on_done(self, result: ExportResult) -> None:
        text = self.tr(
            "Written to {path}. Conversations: {n_conversations}, messages: {n_messages}."
        )
        self._end(
            text.format(
                n_conversations=number_text(result.n_conversations),
                n_messages=number_text(result.n_messages),
                path=str(result.path),
            )
        )

    def _on_failed(self, error: LumbreError) -> None:
        if isinstance(error, Cancelled):
            self._end(self.tr("Cancelled. Nothing was written."))
        else:
            self._end(error_text(error), is_problem=True)

    def _begin(self) -> None:
        super()._begin()
        self.export_button.setEnabled(False)

    def _end(self, text: str, *, is_problem: bool = False) -> None:
        super()._end(text, is_problem=is_problem)
        self.export_button.setEnabled(True)


def _documents() -> Path:
    place = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(place))


def export_labels() -> ExportLabels:
    """The words of an export in the language of the window."""
    return ExportLabels(
        you=QCoreApplication.translate("export", "You"),
        model=QCoreApplication.translate("export", "Model"),
        tool=QCoreApplication.translate("export", "Tool"),
        thinking=QCoreApplication.translate("export", "Thinking"),
        untitled=QCoreApplication.translate("export", "Conversation"),
        version=QCoreApplication.translate("export", "Version {number} of {count}"),
        other_branch=QCoreApplication.translate("export", "Another branch, after: {excerpt}"),
        interrupted=QCoreApplication.translate("export", "This answer was not finished."),
        attachment=QCoreApplication.translate("export", "Attachment: {name}"),
        pasted=QCoreApplication.translate("export", "Pasted text"),
        characters=QCoreApplication.translate("export", "{n} characters"),
        only_beginning=QCoreApplication.translate("export", "only the beginning"),
    )
