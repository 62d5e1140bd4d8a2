"""The loaded model and the ways to another one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QLocale, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.core.generation import LoadedModel
from app.ui.buttons import TextButton
from app.ui.chat_events import Phase, PhaseChanged
from app.ui.header import ElidedLabel
from app.workers.typed_signal import signal_of

GPT_OSS_PAGE = "https://huggingface.co/ggml-org/gpt-oss-20b-GGUF"
_MAX_WIDTH = 560


@dataclass(frozen=True, slots=True)
class ModelChosen:
    """A model file that is to be loaded."""

    path: Path


class ModelDialog(QDialog):
    """Not modal: a conversation can go on beside it."""

    model_chosen = signal_of(ModelChosen)
    practice_requested = Signal()
    unload_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        self._loaded: LoadedModel | None = None
        self._phase = PhaseChanged(Phase.NO_MODEL)
        self._card = QFrame(self)
        self._card.setObjectName("card")
        self._name = QLabel(self._card)
        self._name.setObjectName("subheading")
        self._name.setWordWrap(True)
        self._facts = QWidget(self._card)
        self._form = QFormLayout(self._facts)
        self._form.setContentsMargins(0, 4, 0, 4)
        self._progress = QProgressBar(self._card)
        self._progress.setTextVisible(False)
        self._error = QLabel(self._card)
        self._error.setProperty("kind", "danger")
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        self._error.setWordWrap(True)
        self._error.hide()
        self._unload_button = TextButton("", self._card)
        self._cancel_button = TextButton("", self._card)
        self._get_label = QLabel(self)
        self._get_label.setWordWrap(True)
        self._get_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._page_button = TextButton("", self, icon_name="external-link")
        self._file_button = TextButton(
            "primary", self, icon_name="folder-open", color_role="on_accent"
        )
        self._practice_button = TextButton("", self, icon_name="flask-conical")
        self._build()
        self._file_button.clicked.connect(self.choose_file)
        self._practice_button.clicked.connect(self.practice_requested)
        self._unload_button.clicked.connect(self.unload_requested)
        self._cancel_button.clicked.connect(self.cancel_requested)
        self._page_button.clicked.connect(self._on_page_clicked)
        self._retranslate()

    def _build(self) -> None:
        inner = QVBoxLayout(self._card)
        inner.setContentsMargins(16, 12, 16, 12)
        inner.addWidget(self._name)
        inner.addWidget(self._facts)
        inner.addWidget(self._progress)
        inner.addWidget(self._error)
        buttons = QHBoxLayout()
        buttons.addWidget(self._unload_button)
        buttons.addWidget(self._cancel_button)
        buttons.addStretch(1)
        inner.addLayout(buttons)
        ways = QHBoxLayout()
        ways.addWidget(self._file_button)
        ways.addWidget(self._practice_button)
        ways.addStretch(1)
        page = QHBoxLayout()
        page.addWidget(self._page_button)
        page.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 20)
        layout.setSpacing(14)
        layout.addWidget(self._card)
        layout.addLayout(ways)
        layout.addWidget(self._get_label)
        layout.addLayout(page)
        layout.addStretch(1)
        self.setMinimumWidth(420)
        self.resize(_MAX_WIDTH, 440)
        self._file_button.setDefault(True)
        self._file_button.setFocus()

    def set_model(self, loaded: LoadedModel | None) -> None:
        """What is loaded now."""
        self._loaded = loaded
        self._show()

    def set_phase(self, phase: PhaseChanged) -> None:
        """Progress of loading."""
        self._phase = phase
        if phase.phase is Phase.LOADING:
            self.set_error("")
        self._show()

    def set_error(self, text: str) -> None:
        """Why the last model could not be loaded, translated; empty: it could."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    @Slot()
    def choose_file(self) -> None:
        """Ask for a GGUF file."""
        name, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Choose a gpt-oss model"),
            "",
            self.tr("GGUF models (*.gguf);;All files (*)"),
        )
        if name:
            self.model_chosen.emit(ModelChosen(Path(name)))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    @Slot()
    def _on_page_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl(GPT_OSS_PAGE))

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Models"))
        self._file_button.setText(self.tr("Use a file I have…"))
        self._practice_button.setText(self.tr("Use the practice model"))
        self._unload_button.setText(self.tr("Unload"))
        self._unload_button.setToolTip(self.tr("Gives its memory back to other programs"))
        self._cancel_button.setText(self.tr("Cancel loading"))
        self._page_button.setText(self.tr("Open the page of gpt-oss-20b"))
        self._page_button.setToolTip(GPT_OSS_PAGE)
        self._get_label.setText(
            self.tr(
                "gpt-oss-20b is one file of about 12 GB, {file}, on Hugging Face. Download "
                "it with your browser, then choose it here."
            ).replace("{file}", "gpt-oss-20b-mxfp4.gguf")
        )
        self._show()

    def _show(self) -> None:
        is_loading = self._phase.phase is Phase.LOADING
        self._progress.setVisible(is_loading)
        self._progress.setValue(round(100 * (self._phase.progress or 0.0)))
        self._cancel_button.setVisible(is_loading)
        self._unload_button.setVisible(self._loaded is not None and not is_loading)
        self._facts.setVisible(self._loaded is not None and not is_loading)
        while self._form.rowCount():
            self._form.removeRow(0)
        if is_loading:
            self._name.setText(self.tr("A model is loading"))
        elif self._loaded is None:
            self._name.setText(self.tr("No model is loaded"))
        else:
            self._show_facts(self._loaded)

    def _show_facts(self, loaded: LoadedModel) -> None:
        card, locale = loaded.card, QLocale()
        name = self.tr("Practice model") if card.is_practice else card.name
        self._name.setText(name)
        context = self.tr("{n} tokens").replace("{n}", locale.toString(loaded.n_ctx))
        size = locale.formattedDataSize(
            card.size_bytes, 1, QLocale.DataSizeFormat.DataSizeSIFormat
        )
        rows = (
            (self.tr("File"), card.path.name),
            (self.tr("Size"), size),
            (self.tr("Quantization"), card.quantization),
            (self.tr("Context"), context),
            (self.tr("Runs on"), loaded.device),
            (
                self.tr("Layers on the graphics card"),
                f"{loaded.n_gpu_layers} / {card.n_layers}",
            ),
            (self.tr("Threads"), str(loaded.n_threads)),
        )
        for label, value in rows:
            text = ElidedLabel()
            text.setText(value)
            caption = QLabel(label)
            caption.setProperty("kind", "muted")
            self._form.addRow(caption, text)
