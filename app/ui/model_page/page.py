"""The window of the model page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.core.drive_room import known_free_bytes
from app.core.library import ImportMethod, InstalledModel
from app.core.resources import resource_path
from app.ui.chat_controller import ChatController
from app.ui.chat_events import (
    ErrorRaised,
    ModelChanged,
    Phase,
    PhaseChanged,
    SettingsChanged,
)
from app.ui.download_queue import QueueChanged
from app.ui.error_text import error_text
from app.ui.model_arrival import ModelArrived
from app.ui.model_manager import (
    FolderChanged,
    ModelManager,
    ShelfChanged,
    SpaceGivenBack,
    VerificationEnded,
    WorkProgressed,
)
from app.ui.model_page.contents import (
    InstalledActions,
    download_content,
    installed_content,
    offered_content,
    refused_content,
    repository_content,
)
from app.ui.model_page.foot import PageFoot
from app.ui.model_page.questions import ask_import_method, ask_to_delete, said_of
from app.ui.model_page.rows import ModelCardRow, RowAction, RowContent, RowList
from app.ui.model_page.words import work_text
from app.ui.size_words import number_text, size_text
from app.ui.speeds import SpeedBook

PRACTICE_MODEL = "practice-gpt-oss.gguf"
_WIDTH, _HEIGHT = 720, 760  # logical pixels


class ModelPage(QDialog):
    """Not modal: a conversation can go on beside it. GUI thread only."""

    def __init__(
        self,
        controller: ChatController,
        manager: ModelManager,
        speeds: SpeedBook,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setModal(False)
        self.setAcceptDrops(True)
        self._controller = controller
        self._manager = manager
        self._speeds = speeds
        self._phase = PhaseChanged(controller.phase)
        self._note = QLabel(self)
        self._note.setWordWrap(True)
        self._note.setProperty("kind", "muted")
        self._now = ModelCardRow(self)
        self._work = ModelCardRow(self)
        self._work.hide()
        self._downloads = RowList(self)
        self._installed = RowList(self)
        self._offered = RowList(self)
        self._refused = RowList(self)
        self._foot = PageFoot(manager, self)
        self._actions = InstalledActions(
            load=lambda m: controller.load_model(m.path),
            unload=controller.unload_model,
            verify=manager.verify,
            show_in_folder=_show_in_folder,
            delete=self.delete_model,
            forget=manager.forget,
        )
        self._build()
        self._connect()
        self.say("")
        self._retranslate()
        self.resize(_WIDTH, _HEIGHT)

    def _build(self) -> None:
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(14)
        lists = (self._downloads, self._installed, self._offered, self._refused)
        for widget in (self._note, self._now, self._work, *lists, self._foot):
            column.addWidget(widget)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def _connect(self) -> None:
        controller, manager = self._controller, self._manager
        controller.phase_changed.connect(self._on_phase_changed)
        controller.model_changed.connect(self._on_model_changed)
        manager.shelf_changed.connect(self._on_shelf_changed)
        manager.queue.changed.connect(self._on_queue_changed)
        manager.queue.error_raised.connect(self._on_error_raised)
        manager.error_raised.connect(self._on_error_raised)
        manager.work_progressed.connect(self._on_work_progressed)
        manager.verification_ended.connect(self._on_verification_ended)
        manager.space_given_back.connect(self._on_space_given_back)
        manager.model_arrived.connect(self._on_model_arrived)
        manager.folder_changed.connect(self._on_folder_changed)
        self._foot.file_requested.connect(self.choose_file)
        self._foot.settings_changed.connect(self._on_settings_wanted)

    # -- what is shown ---------------------------------------------------------------------
    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Models"))
        self._downloads.set_heading(self.tr("On their way"), "")
        self._installed.set_heading(self.tr("On this computer"), self.tr("Looking…"))
        self._offered.set_heading(self.tr("To fetch"), "")
        self._refused.set_heading(self.tr("Found, but of no use"), "")
        self._foot.retranslate(self._controller.settings)
        self._show_now()
        self._show_shelf()
        self._show_downloads()

    def say(self, text: str) -> None:
        """One sentence at the top; empty: nothing."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def _show_now(self) -> None:
        loaded = self._controller.loaded
        if self._phase.phase is Phase.LOADING:
            cancel = RowAction(self.tr("Cancel loading"), self._controller.stop)
            content = RowContent(
                self.tr("A model is loading"),
                fraction=self._phase.progress or 0.0,
                actions=(cancel,),
            )
        elif loaded is None:
            practice = RowAction(self.tr("Use the practice model"), self.load_practice_model)
            content = RowContent(self.tr("No model is loaded"), actions=(practice,))
        else:
            name = self.tr("Practice model") if loaded.card.is_practice else loaded.card.name
            layers = f"{loaded.n_gpu_layers} / {loaded.card.n_layers}"
            context, threads = number_text(loaded.n_ctx), loaded.n_threads
            facts = [
                self.tr("context {n}").format(n=context),
                self.tr("runs on {device}").format(device=loaded.device),
                self.tr("layers on the graphics card {n}").format(n=layers),
                self.tr("threads {n}").format(n=threads),
            ]
            unload = RowAction(self.tr("Unload"), self._controller.unload_model)
            content = RowContent(
                name, mark=self.tr("Loaded"), facts=" · ".join(facts), actions=(unload,)
            )
        self._now.set_content(content)

    def _show_shelf(self) -> None:
        shelf, loaded = self._manager.shelf, self._controller.loaded
        rows: dict[object, RowContent] = {
            m.path: installed_content(
                m, shelf.plans.get(m.path), loaded, self._speed_text(m), self._actions
            )
            for m in shelf.scan.models
        }
        empty = self.tr("Looking…") if shelf.is_scanning else self.tr("No model was found yet.")
        self._installed.set_heading(self.tr("On this computer"), empty)
        self._installed.set_rows(rows)
        self._refused.set_rows({r.path: refused_content(r) for r in shelf.scan.refused})
        self._show_offered()

    def _show_offered(self) -> None:
        have = {p.name.lower() for m in self._manager.shelf.scan.models for p in m.card.paths}
        offers = self._manager.shelf.offers
        travelling = {item.model for item in self._manager.queue.items}
        free = known_free_bytes(self._manager.queue.folder)
        rows: dict[object, RowContent] = {
            e.id: offered_content(e, offers.get(e.id), free, self._manager.download)
            for e in self._manager.catalogue.entries
            if e.model not in travelling
            and not all(f.name.lower() in have for f in e.model.files)
        }
        for suggested in self._manager.catalogue.repositories:
            rows[suggested.repository] = repository_content(suggested, self._foot.add_from_hub)
        self._offered.set_rows(rows)

    def _show_downloads(self) -> None:
        queue = self._manager.queue
        self._downloads.set_rows(
            {
                item.model: download_content(item, queue.add, queue.pause, queue.cancel)
                for item in queue.items
            }
        )

    def _speed_text(self, model: InstalledModel) -> str:
        speed = self._speeds.of(model.card.name)
        if speed is None:
            return ""
        n = number_text(max(1, round(speed.decode_tps)))
        return self.tr("about {n} tokens a second here").format(n=n)

    # -- what can be done ------------------------------------------------------------------
    @Slot()
    def choose_file(self) -> None:
        """Ask for a GGUF file of the person's own."""
        name, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Choose a gpt-oss model"),
            "",
            self.tr("GGUF models (*.gguf);;All files (*)"),
        )
        if name:
            self._import(Path(name))

    def load_practice_model(self) -> None:
        """Load the small model that comes with the program."""
        self._controller.load_model(resource_path(PRACTICE_MODEL))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files can be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import the first file."""
        files = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self._import(files[0])

    def _import(self, path: Path) -> None:
        method: ImportMethod | None = ask_import_method(self, path)
        if method is not None:
            self.say("")
            self._manager.import_model(path, method)

    def delete_model(self, model: InstalledModel) -> None:
        """Ask, then delete; a loaded model stays."""
        loaded = self._controller.loaded
        if loaded is not None and loaded.card.path == model.path:
            self.say(self.tr("This model is loaded. Unload it first."))
            return

        def known(n_bytes: int) -> None:
            if ask_to_delete(self, model, n_bytes):
                self._manager.delete(model)

        self._manager.ask_size_given_back(model, known)

    # -- what happened ---------------------------------------------------------------------
    @Slot(object)
    def _on_phase_changed(self, event: PhaseChanged) -> None:
        was_loading = self._phase.phase is Phase.LOADING
        self._phase = event
        if was_loading or event.phase is Phase.LOADING:
            self._show_now()

    @Slot(object)
    def _on_model_changed(self, _: ModelChanged) -> None:
        self._show_now()
        self._show_shelf()

    @Slot(object)
    def _on_shelf_changed(self, _: ShelfChanged) -> None:
        self._show_shelf()

    @Slot(object)
    def _on_queue_changed(self, _: QueueChanged) -> None:
        self._show_downloads()
        self._show_offered()

    @Slot(object)
    def _on_work_progressed(self, event: WorkProgressed) -> None:
        self._work.setVisible(event.progress is not None)
        if event.progress is not None:
            cancel = RowAction(self.tr("Cancel"), self._manager.cancel_work)
            self._work.set_content(
                RowContent(
                    work_text(event.progress),
                    fraction=event.progress.fraction,
                    actions=(cancel,),
                )
            )

    @Slot(object)
    def _on_verification_ended(self, event: VerificationEnded) -> None:
        self.say(said_of(event.result))

    @Slot(object)
    def _on_space_given_back(self, event: SpaceGivenBack) -> None:
        text = self.tr("{name} was deleted, {size} are free again.")
        self.say(text.format(name=event.title, size=size_text(event.n_bytes)))

    @Slot(object)
    def _on_model_arrived(self, event: ModelArrived) -> None:
        self.say(self.tr("{name} is ready.").format(name=event.path.name))
        if self._controller.loaded is None and self._controller.phase is Phase.NO_MODEL:
            self._controller.load_model(event.path)

    @Slot(object)
    def _on_folder_changed(self, event: FolderChanged) -> None:
        settings = self._controller.settings
        renamed = {str(a): str(b) for a, b in event.moved.moved}
        self._controller.change_settings(
            replace(
                settings,
                models_dir=str(event.moved.folder),
                model_path=renamed.get(settings.model_path, settings.model_path),
            )
        )
        self._foot.retranslate(self._controller.settings)
        text = self.tr("The models are in {folder} now.")
        self.say(text.format(folder=event.moved.folder))

    @Slot(object)
    def _on_settings_wanted(self, event: SettingsChanged) -> None:
        self._controller.change_settings(event.settings)
        self._foot.retranslate(self._controller.settings)

    @Slot(object)
    def _on_error_raised(self, event: ErrorRaised) -> None:
        self.say(error_text(event.error))


def _show_in_folder(model: InstalledModel) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(model.path.parent)))
