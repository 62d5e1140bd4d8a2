"""Files that are dropped on the window or chosen: loaded, imported or attached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, Slot
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from app.core.attachment import Attachment
from app.core.cancellation import CancelToken
from app.core.errors import Cancelled, LumbreError
from app.core.message import ConversationId
from app.documents.reading import read_attachment
from app.ui.attachment_preview import AttachmentPreview
from app.ui.chat_events import ModelChanged
from app.ui.composer_chips import MOST_CHIPS, AttachmentOpened
from app.ui.composer_edit import FilesDropped
from app.ui.error_text import error_text
from app.ui.notifications import BannerContent, BannerKind
from app.workers.job_thread import JobThread

if TYPE_CHECKING:
    from app.ui.chat_controller import ChatController
    from app.ui.main_window import MainWindow

MAX_FILES = MOST_CHIPS  # in one drop; more is a slip of the hand
_TRANSFERS = {".json", ".jsonl", ".zip"}  # may hold conversations
_ENTERING = {QEvent.Type.DragEnter, QEvent.Type.DragMove}


class WindowFiles(QObject):
    """Watches the window for files that hang at the pointer; reads and counts in a thread."""

    def __init__(
        self,
        window: MainWindow,
        controller: ChatController,
        count_tokens: Callable[[str], int | None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._count_tokens = count_tokens
        self._counting: set[str] = set()  # texts whose tokens are being counted
        self._cancel = CancelToken()
        self._thread: JobThread[None] | None = None
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        composer = window.page.composer
        composer.files_dropped.connect(self._on_files_dropped)
        composer.bar.attach_requested.connect(self.choose)
        composer.paste_refused.connect(self._on_paste_refused)
        composer.chip_refused.connect(self._on_chip_refused)
        composer.chips.changed.connect(self._count)
        composer.chips.opened.connect(self._on_opened)
        controller.model_changed.connect(self._on_model_changed)

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
            number = self._window.page.composer.chips.begin_reading(path.name)
            home = self._controller.current.id
            self._reader().submit(
                partial(_read, path, self._cancel),
                partial(self._attach, number, home),
                partial(self._on_unreadable, number),
            )

    def stop(self) -> None:
        """Join the thread that reads files; a PDF that is being read is given up."""
        self._cancel.cancel()
        if self._thread is not None:
            self._thread.stop()
            self._thread = None

    def _reader(self) -> JobThread[None]:
        if self._thread is None:
            self._thread = JobThread("documents", lambda: None, parent=self)
            self._thread.start()
        return self._thread

    def _attach(self, number: int, home: ConversationId, attachment: Attachment) -> None:
        """Attach it to the draft for which it was chosen, also when another one is open now."""
        composer, book = self._window.page.composer, self._controller.book
        composer.chips.end_reading(number)
        if home == self._controller.current.id or book.summary_of(home) is None:
            composer.attach(attachment)
        else:
            book.drafts.keep(home, (*book.drafts.of(home), attachment))
            book.drafts.flush()

    def _on_unreadable(self, number: int, error: LumbreError) -> None:
        self._window.page.composer.chips.end_reading(number)
        self._on_failed(error)

    def _on_failed(self, error: LumbreError) -> None:
        if not isinstance(error, Cancelled):
            self._tell(error_text(error))

    # -- tokens ----------------------------------------------------------------------------
    @Slot()
    def _count(self) -> None:
        """Count the tokens of chips that were not counted yet."""
        if self._controller.loaded is None:
            return
        for attachment in self._window.page.composer.chips.attachments():
            text = attachment.text
            if attachment.n_tokens is None and text not in self._counting:
                self._counting.add(text)
                count = partial(_counted, text, self._count_tokens, self._cancel)
                self._reader().submit(count, partial(self._take_count, text), self._on_failed)

    def _take_count(self, text: str, n_tokens: int | None) -> None:
        self._counting.discard(text)
        if n_tokens is not None:
            self._window.page.composer.chips.take_count(text, n_tokens)

    @Slot(object)
    def _on_model_changed(self, event: ModelChanged) -> None:
        if event.loaded is not None:
            self._count()

    @Slot(object)
    def _on_opened(self, event: AttachmentOpened) -> None:
        AttachmentPreview(event.attachment, self._window).show()

    @Slot()
    def choose(self) -> None:
        """Ask for files."""
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

    @Slot()
    def _on_chip_refused(self) -> None:
        text = self.tr("A message takes {n} attachments. The others were not attached.")
        self._tell(text.replace("{n}", str(MOST_CHIPS)))

    def _tell(self, text: str) -> None:
        self._window.page.banners.show_banner(BannerContent(text, BannerKind.WARNING))

    @Slot(object)
    def _on_files_dropped(self, event: FilesDropped) -> None:
        self.take(event.paths)


def _read(path: Path, cancel: CancelToken, _: None) -> Attachment:
    if cancel.is_cancelled:
        raise Cancelled
    return read_attachment(path, cancel)


def _counted(
    text: str, count_tokens: Callable[[str], int | None], cancel: CancelToken, _: None
) -> int | None:
    return None if cancel.is_cancelled else count_tokens(text)


def _local_paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
