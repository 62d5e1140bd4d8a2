"""Files that are dropped on the window or chosen: loaded, imported or attached."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, Slot
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from app.core.errors import LumbreError
from app.documents.attachment import Attachment
from app.documents.reading import read_attachment
from app.ui.composer_edit import FilesDropped
from app.ui.error_text import error_text
from app.ui.notifications import BannerContent, BannerKind
from app.workers.job_thread import JobThread

if TYPE_CHECKING:
    from app.ui.chat_controller import ChatController
    from app.ui.main_window import MainWindow

MAX_FILES = 20  # in one drop; more is a slip of the hand
_TRANSFERS = {".json", ".jsonl", ".zip"}  # may hold conversations
_ENTERING = {QEvent.Type.DragEnter, QEvent.Type.DragMove}


class WindowFiles(QObject):
    """Watches the window for files that hang at the pointer."""

    def __init__(self, window: MainWindow, controller: ChatController) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._thread: JobThread[None] | None = None
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        composer = window.page.composer
        composer.files_dropped.connect(self._on_files_dropped)
        composer.bar.attach_requested.connect(self.choose)
        composer.paste_refused.connect(self._on_paste_refused)

    def take(self, paths: Sequence[Path]) -> None:
        """Load a model, offer to import conversations, attach what is a text.

        What is none of this is told in a banner.
        """
        for path in paths[:MAX_FILES]:
            if path.suffix.lower() == ".gguf":
                self._controller.load_model(path)
                return
            if path.suffix.lower() in _TRANSFERS:
                attach = partial(self.attach, [path])
                self._window.history.offer_import(path, otherwise=attach)
            else:
                self.attach([path])

    def attach(self, paths: Sequence[Path]) -> None:
        """Attach texts; what cannot be attached is told in a banner."""
        for path in paths[:MAX_FILES]:
            self._reader().submit(partial(_read, path), self._attach, self._on_failed)

    def stop(self) -> None:
        """Join the thread that reads files."""
        if self._thread is not None:
            self._thread.stop()
            self._thread = None

    def _reader(self) -> JobThread[None]:
        if self._thread is None:
            self._thread = JobThread("documents", lambda: None, parent=self)
            self._thread.start()
        return self._thread

    def _attach(self, attachment: Attachment) -> None:
        self._window.page.composer.attach(attachment)

    def _on_failed(self, error: LumbreError) -> None:
        self._tell(error_text(error))

    @Slot()
    def choose(self) -> None:
        """Ask for text files."""
        names, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Attach files"))
        self.attach([Path(name) for name in names])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Files may be dropped anywhere on the window."""
        composer = self._window.page.composer
        if isinstance(event, QDropEvent):  # also its kinds: entering and moving
            paths = _local_paths(event.mimeData())
            if not paths:
                return False
            event.acceptProposedAction()
            composer.show_drop_target(event.type() in _ENTERING)
            if event.type() == QEvent.Type.Drop:
                self.take(paths)
            return True
        if event.type() == QEvent.Type.DragLeave:
            composer.show_drop_target(False)
        return bool(super().eventFilter(watched, event))

    @Slot()
    def _on_paste_refused(self) -> None:
        self._tell(
            self.tr(
                "The pasted text is larger than 2 MB, which is more than the model can read "
                "at once. Your message is kept. Paste a part of it."
            )
        )

    def _tell(self, text: str) -> None:
        self._window.page.banners.show_banner(BannerContent(text, BannerKind.WARNING))

    @Slot(object)
    def _on_files_dropped(self, event: FilesDropped) -> None:
        self.take(event.paths)


def _read(path: Path, _: None) -> Attachment:
    return read_attachment(path)


def _local_paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
