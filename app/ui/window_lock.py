"""The lock in the window: the page over everything, what is cleared, what comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication

from app.core.message import ConversationId
from app.ui.answer_run import RunEnded
from app.ui.chat_events import ConversationsChanged, ErrorRaised, SettingsChanged
from app.ui.history.history_lock import HistoryLock, HistoryThreads, LockChanged, LockState
from app.ui.history.lock_page import LockPage, SecretGiven
from app.ui.idle_watch import IdleWatch
from app.ui.shortcuts import COMMANDS, CommandId

if TYPE_CHECKING:
    from app.ui.chat_controller import ChatController
    from app.ui.history.passphrase_desk import PassphraseDesk
    from app.ui.history.passphrase_page import LockAccess
    from app.ui.main_window import MainWindow
    from app.ui.window_history import WindowHistory
    from app.ui.window_services import HistoryServices

_ALLOWED = frozenset({CommandId.QUIT, CommandId.ABOUT})  # while it is locked


class WindowLock(QObject):
    """Shows and clears; `HistoryLock` knows the order. GUI thread only."""

    def __init__(
        self,
        window: MainWindow,
        controller: ChatController,
        services: HistoryServices,
        parts: WindowHistory,
    ) -> None:
        super().__init__(window)
        self._parts = parts
        self._window = window
        self._controller = controller
        self._services = services
        self._page: LockPage | None = None
        self._desk: PassphraseDesk | None = None
        self._open_id: ConversationId | None = None  # to come back to
        self._was_open = False  # before it was locked
        self._is_reading = False  # the list after unlocking
        self._is_waiting = False  # for the end of an answer, to lock then
        threads = HistoryThreads(parts.suspend, parts.resume)
        self.history = HistoryLock(services.make_vault, threads, self)
        self.history.changed.connect(self._on_changed)
        self.history.unlock_failed.connect(self._on_unlock_failed)
        self.idle_watch = IdleWatch(self)
        self.idle_watch.idle.connect(self._on_idle)
        controller.answer_finished.connect(self._on_answer_finished)
        controller.conversations_changed.connect(self._on_conversations_changed)
        controller.error_raised.connect(self._on_error_raised)
        controller.settings_changed.connect(self._on_settings_changed)

    @property
    def page(self) -> LockPage | None:
        """What asks for the passphrase; None before it was first needed."""
        return self._page

    def access(self) -> LockAccess:
        """What the page about the passphrase works with."""
        from app.ui.history.passphrase_desk import PassphraseDesk
        from app.ui.history.passphrase_page import LockAccess

        if self._desk is None:
            self._desk = PassphraseDesk(self.history, self.refresh, self._window)
        controller = self._controller

        def set_minutes(minutes: int) -> None:
            changed = replace(controller.settings, auto_lock_minutes=minutes)
            controller.change_settings(changed)

        return LockAccess(
            self._desk,
            self._services.is_encrypted,
            lambda: controller.settings.auto_lock_minutes,
            set_minutes,
            self.lock_now,
        )

    def begin(self) -> None:
        """Before the window is shown: an encrypted history waits for its passphrase."""
        if self._services.is_locked():
            self.history.begin_locked()
        self.refresh()

    def refresh(self) -> None:
        """The encryption may have been turned on or off."""
        is_encrypted = self._services.is_encrypted()
        is_open = self.history.state is LockState.OPEN
        self._window.commands.actions[CommandId.LOCK].setEnabled(is_encrypted and is_open)
        minutes = self._controller.settings.auto_lock_minutes
        self.idle_watch.watch(minutes if is_encrypted and is_open else 0)

    def lock_now(self) -> None:
        """Lock; an answer that is being written stops, and what has come is kept."""
        if self._controller.running_message_id is not None:
            self._is_waiting = True
            self._controller.stop()
        else:
            self._lock()

    def stop(self) -> None:
        """The window closes."""
        self.idle_watch.watch(0)
        self.history.stop()

    # -- locking ---------------------------------------------------------------------------
    def _lock(self) -> None:
        self._is_waiting = False
        if self.history.state is LockState.OPEN and self._services.is_encrypted():
            self._forget()
            self._was_open = True
            self.history.lock()

    def _forget(self) -> None:
        """Put what is unsaved into the history, then keep nothing of it in the window."""
        window, book = self._window, self._controller.book
        if text := window.page.end_editing():  # as a draft: nothing that was typed is lost
            window.page.composer.return_text(text)
        book.flush_draft()
        current = book.current
        is_kept = bool(current.messages or current.summary.draft)
        self._open_id = current.id if is_kept else None
        self._close_others()
        self._parts.forget()
        self._controller.forget_history()
        window.sidebar.search_field.clear()
        window.sidebar.show_hits("", ())
        window.page.toast.forget()
        window.page.banners.remove_passing()

    def _close_others(self) -> None:
        """Dialogs and panels may show titles or texts."""
        for widget in QApplication.topLevelWidgets():
            parent = widget.parentWidget()
            if parent is not None and widget.isVisible() and parent.window() is self._window:
                widget.close()

    @Slot(object)
    def _on_changed(self, event: LockChanged) -> None:
        if event.state.is_shut:
            self._cover(is_busy=event.state is not LockState.LOCKED)
        elif event.state is LockState.OPEN:
            self._open()
        self.refresh()

    def _cover(self, *, is_busy: bool) -> None:
        if self._page is None:
            self._page = page = LockPage()
            page.secret_given.connect(self._on_secret_given)
            page.quit_requested.connect(self._window.quit)
        was_covered = self._page.isVisibleTo(self._window)
        self._window.body.set_cover(self._page)
        self._allow(_ALLOWED)
        self._page.set_busy(is_busy)
        if not was_covered:
            self._page.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _allow(self, allowed: frozenset[CommandId]) -> None:
        for command in COMMANDS:
            self._window.commands.actions[command.id].setEnabled(command.id in allowed)

    # -- unlocking -------------------------------------------------------------------------
    @Slot(object)
    def _on_secret_given(self, event: SecretGiven) -> None:
        self.history.unlock(event.text)

    @Slot(object)
    def _on_unlock_failed(self, event: ErrorRaised) -> None:
        if self._page is not None:
            self._page.show_problem(event.error)

    def _open(self) -> None:
        if self._page is None or not self._page.isVisibleTo(self._window):
            return  # converted: nothing was cleared
        self._is_reading = True
        if self._was_open:
            self._controller.read_history_again()
        # else the program has just started: its first reading waited for this

    @Slot(object)
    def _on_conversations_changed(self, _: ConversationsChanged) -> None:
        """The list is there: open what was open, then take the page away."""
        if not self._is_reading or self.history.state is not LockState.OPEN:
            return
        self._is_reading = False
        book = self._controller.book
        if self._open_id is not None:
            book.open(self._open_id)
        elif self._was_open:
            book.open_blank()
        self._open_id = None
        self._uncover()

    @Slot(object)
    def _on_error_raised(self, _: ErrorRaised) -> None:
        """It was unlocked but cannot be read: a banner says so, where it can be repaired."""
        if self._is_reading and self._was_open:
            self._is_reading = False
            self._uncover()

    def _uncover(self) -> None:
        if self._page is not None:
            self._page.clear()
            self._window.body.set_cover(None)
        self._allow(frozenset(CommandId))
        self._window.commands.refresh()
        self.refresh()
        self._window.page.composer.focus_input()

    # -- by itself -------------------------------------------------------------------------
    @Slot()
    def _on_idle(self) -> None:
        """Nobody has been here for a while; an answer or a transfer is waited for."""
        is_answering = self._controller.running_message_id is not None
        if not is_answering and not self._parts.is_transferring:
            self._lock()

    @Slot(object)
    def _on_answer_finished(self, _: RunEnded) -> None:
        if self._is_waiting:
            self._lock()

    @Slot(object)
    def _on_settings_changed(self, _: SettingsChanged) -> None:
        if self.history.state is LockState.OPEN and not self._is_reading:
            self.refresh()
