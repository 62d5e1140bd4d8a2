"""The history in the window: search, care, its dialogs; each is made when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.core.errors import LumbreError
from app.core.message import ConversationId
from app.core.transfer import ImportPreview
from app.ui.chat_events import ConversationsChanged, ErrorRaised, MessageReached
from app.ui.error_text import error_text
from app.ui.history.care import HistoryCare, HistoryNoted, ReadOnlyKnown
from app.ui.history.search_desk import HitsFound, SearchDesk
from app.ui.notifications import BannerContent, BannerKind
from app.ui.search_results import HitChosen
from app.ui.window_lock import WindowLock
from app.ui.window_room import bring_to_front
from app.workers.transfer_worker import TransferThread

if TYPE_CHECKING:
    from app.ui.chat_controller import ChatController
    from app.ui.history.export_dialog import ExportDialog
    from app.ui.history.history_dialog import HistoryDialog
    from app.ui.history.import_dialog import ImportDialog
    from app.ui.main_window import MainWindow
    from app.ui.window_services import HistoryServices

_READ_ONLY_BANNER = "read-only"


class WindowHistory(QObject):
    """Owns the threads of search, backups and transfers. GUI thread only."""

    def __init__(
        self, window: MainWindow, controller: ChatController, services: HistoryServices
    ) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._services = services
        self._transfer: TransferThread | None = None
        self._dialog: HistoryDialog | None = None
        self._export_dialog: ExportDialog | None = None
        self._import_dialog: ImportDialog | None = None
        self._reason = ""  # why nothing can be saved, as last told
        self._is_suspended = False
        self.care = HistoryCare(services.storage, services.keep_backups, self)
        self.care.noted.connect(self._on_noted)
        self.care.read_only_known.connect(self._on_read_only_known)
        self.search = SearchDesk(services.open_search, self)
        self.search.hits_found.connect(self._on_hits_found)
        self.search.failed.connect(self._on_search_failed)
        self.lock = WindowLock(window, controller, services, self)
        window.sidebar.search_typed.connect(self.search.look_for)
        controller.conversations_changed.connect(self._on_conversations_changed)
        window.sidebar.results.hit_chosen.connect(self._on_hit_chosen)
        controller.book.message_reached.connect(self._on_message_reached)

    def start(self) -> None:
        """Begin to watch over the history, or wait with that until it is unlocked."""
        if not self._is_suspended:
            self.care.start()

    def stop(self) -> None:
        """Close the dialogs, cancel what runs, join the threads."""
        self.lock.stop()
        self._close_dialogs()
        self.search.stop()
        self.care.stop()
        if self._transfer is not None:
            self._transfer.stop()
            self._transfer = None

    # -- closing it for a while ------------------------------------------------------------
    @property
    def is_transferring(self) -> bool:
        """True while an export or import runs."""
        return self._transfer is not None and self._transfer.is_busy

    def suspend(self, on_suspended: Callable[[], None]) -> None:
        """Close the history in all threads, then call the function; later jobs wait."""
        self._is_suspended = True
        if self._transfer is not None:
            self._transfer.cancel_all()
        parts = [self._services.storage.suspend, self.search.suspend, self.care.suspend]
        if self._transfer is not None:
            parts.append(self._transfer.suspend)
        n_open = len(parts)

        def on_one() -> None:
            nonlocal n_open
            n_open -= 1
            if n_open == 0:
                on_suspended()

        for suspend in parts:
            suspend(on_one)

    def resume(self) -> None:
        """Open it again and do what was asked for meanwhile."""
        self._is_suspended = False
        self._services.storage.resume()
        self.search.resume()
        self.care.resume()
        if self._transfer is not None:
            self._transfer.resume()

    def forget(self) -> None:
        """Drop the dialogs: they show titles and texts."""
        self._close_dialogs()
        for dialog in (self._dialog, self._export_dialog, self._import_dialog):
            if dialog is not None:
                dialog.deleteLater()
        self._dialog = self._export_dialog = self._import_dialog = None

    # -- search ----------------------------------------------------------------------------
    @Slot(object)
    def _on_hits_found(self, event: HitsFound) -> None:
        self._window.sidebar.show_hits(event.text, event.hits)

    @Slot(object)
    def _on_conversations_changed(self, _: ConversationsChanged) -> None:
        """What is found now may be more, or in the trash."""
        if (typed := self._window.sidebar.typed).text:
            self.search.look_for(typed)

    @Slot(object)
    def _on_search_failed(self, event: ErrorRaised) -> None:
        self._tell(error_text(event.error))

    @Slot(object)
    def _on_hit_chosen(self, event: HitChosen) -> None:
        hit = event.hit
        if hit.message_id is None:
            self._controller.open_conversation(hit.conversation_id)
        else:
            self._controller.book.open_at(hit.conversation_id, hit.message_id)
        if self._window.body.close_overlay():
            self._window.page.transcript.setFocus()

    @Slot(object)
    def _on_message_reached(self, event: MessageReached) -> None:
        self._window.page.transcript.scroll_to_message(event.message_id)

    # -- care ------------------------------------------------------------------------------
    @Slot(object)
    def _on_noted(self, event: HistoryNoted) -> None:
        self._tell(error_text(event.error))

    @Slot(object)
    def _on_read_only_known(self, event: ReadOnlyKnown) -> None:
        reason = "" if event.reason is None else error_text(event.reason)
        if reason == self._reason:
            return  # also when the person has closed the banner
        self._reason = reason
        banners = self._window.page.banners
        banners.remove(_READ_ONLY_BANNER)
        if reason:
            kind, key = BannerKind.WARNING, _READ_ONLY_BANNER
            banners.show_banner(BannerContent(reason, kind, key=key))

    def _tell(self, text: str) -> None:
        self._window.page.banners.show_banner(
            BannerContent(
                text, BannerKind.WARNING, self.tr("Backups and repair"), self.show_history
            )
        )

    @Slot()
    def show_history(self) -> None:
        """Backups, trash, check and repair."""
        self._shown_dialog()

    def _shown_dialog(self) -> HistoryDialog:
        if self._dialog is None:
            from app.ui.history.history_dialog import HistoryDialog
            from app.ui.history.page import HistoryAccess

            controller = self._controller
            access = HistoryAccess(
                self._services.storage,
                lambda: self.care.backups,
                lambda: controller.running_message_id is not None,
                controller.book.flush_draft,
                self._read_again,
            )
            self._dialog = HistoryDialog(access, self.lock.access(), self._window)
        bring_to_front(self._dialog)
        return self._dialog

    @Slot()
    def show_passphrase(self) -> None:
        """Passphrase and locking."""
        dialog = self._shown_dialog()
        dialog.show_page(dialog.pages[-1])

    @Slot()
    def _read_again(self) -> None:
        is_answering = self._controller.running_message_id is not None
        self._controller.book.flush_draft()
        self._controller.book.read_again(keeps_open=is_answering)
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.refresh()

    # -- export and import -----------------------------------------------------------------
    @Slot()
    def show_export(self) -> None:
        """Ask what is to be exported; the answers of the last time are not kept."""
        self.export(tuple(s.id for s in self._window.organisation.chosen()))

    def export(self, chosen: tuple[ConversationId, ...]) -> None:
        """As `show_export`; `chosen` are offered beside the open conversation and all."""
        from app.ui.history.export_dialog import ExportDialog

        if self._export_dialog is not None and self._export_dialog.isVisible():
            bring_to_front(self._export_dialog)
            return
        if self._export_dialog is not None:
            self._export_dialog.deleteLater()
        book = self._controller.book
        book.flush_draft()
        summary = book.current.summary
        current = summary if book.current.messages and not summary.is_temporary else None
        stored = [s for s in book.listed if not s.is_temporary]
        self._export_dialog = ExportDialog(
            self._transfers(), current, len(stored), self._window, chosen
        )
        bring_to_front(self._export_dialog)

    @Slot()
    def show_import(self) -> None:
        """Ask for a file to import."""
        bring_to_front(self._importing())

    def offer_import(self, path: Path, otherwise: Callable[[], None]) -> None:
        """Show what an import of a dropped file would bring; else do `otherwise`."""
        self._transfers().run(
            lambda transfer, cancel, progress: transfer.preview_import(path, cancel, progress),
            self._on_previewed,
            partial(_instead, otherwise),
        )

    def _on_previewed(self, preview: ImportPreview) -> None:
        dialog = self._importing()
        if dialog.is_busy:
            return
        bring_to_front(dialog)
        dialog.show_dropped(preview)

    def _importing(self) -> ImportDialog:
        if self._import_dialog is None:
            from app.ui.history.import_dialog import ImportDialog

            self._import_dialog = dialog = ImportDialog(self._transfers(), self._window)
            dialog.history_changed.connect(self._read_again)
        return self._import_dialog

    def _transfers(self) -> TransferThread:
        if self._transfer is None:
            self._transfer = TransferThread(self._services.make_transfer, self)
            self._transfer.start()
        return self._transfer

    def _close_dialogs(self) -> None:
        for dialog in (self._dialog, self._export_dialog, self._import_dialog):
            if dialog is not None:
                dialog.hide()


def _instead(otherwise: Callable[[], None], _: LumbreError) -> None:
    otherwise()
