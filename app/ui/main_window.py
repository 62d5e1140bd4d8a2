"""The window: puts sidebar, page and dialogs together and connects them to the controller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, Qt, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu

from app.core.conversation import ConversationSummary
from app.core.errors import BugError, LumbreError, ModelError, PromptTooLongError
from app.core.settings import Settings
from app.ui import translations
from app.ui.chat_events import (
    ConversationOpened,
    ConversationsChanged,
    ErrorRaised,
    ModelChanged,
    Phase,
    PhaseChanged,
    SettingsChanged,
    TextReturned,
    UndoOffered,
)
from app.ui.chat_page import ChatPage
from app.ui.composer import DraftChanged, MessageSent
from app.ui.empty_state import PromptChosen
from app.ui.error_text import error_text
from app.ui.icons import app_icon
from app.ui.memory_watch import MemoryStateChanged, MemoryWatch
from app.ui.menu_bar import MenuBar, wants_menu_bar
from app.ui.message_actions import MessageActions
from app.ui.model_notice import ModelNotice
from app.ui.notifications import BannerContent, BannerKind
from app.ui.reasoning_box import ReasoningChosen
from app.ui.shortcuts import CommandId
from app.ui.sidebar import Sidebar
from app.ui.size_words import size_text
from app.ui.theme import ThemeChanged, ThemeKeeper
from app.ui.window_body import WindowBody
from app.ui.window_commands import WindowCommands
from app.ui.window_dialogs import WindowDialogs
from app.ui.window_files import WindowFiles
from app.ui.window_history import WindowHistory
from app.ui.window_organisation import WindowOrganisation
from app.ui.window_speed import WindowSpeed

if TYPE_CHECKING:
    from app.ui.chat_controller import ChatController
    from app.ui.window_services import WindowServices

MIN_WIDTH, MIN_HEIGHT = 480, 520  # logical pixels
_ENGINE_BANNER = "engine"
_MEMORY_BANNER = "memory"


class MainWindow(QMainWindow):
    """GUI thread only."""

    def __init__(
        self,
        controller: ChatController,
        theme: ThemeKeeper,
        services: WindowServices,
    ) -> None:
        super().__init__()
        self._controller = controller
        self._theme = theme
        self._settings = controller.settings
        self.setWindowTitle("Lumbre")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(MIN_WIDTH, MIN_HEIGHT)
        self.resize(1180, 780)
        if encoded := controller.settings.window_geometry.encode("ascii", "ignore"):
            self.restoreGeometry(QByteArray.fromBase64(encoded))
        self.sidebar = Sidebar()
        self.page = ChatPage(controller.path_model)
        self.page.places = services.places
        self.body = WindowBody(
            self.sidebar,
            self.page,
            self,
            is_sidebar_wanted=controller.settings.is_sidebar_shown,
        )
        self.setCentralWidget(self.body)
        self.dialogs = WindowDialogs(self, controller, services)
        if controller.loaded is None:
            self.page.onboarding.set_report(services.machine_report())
        self.history = WindowHistory(self, controller, services.history)
        self.speed = WindowSpeed(self, controller, services.speed, services.speeds)
        self._model_notice = ModelNotice(controller, self.page.banners)
        self._memory_watch = MemoryWatch(services.read_machine, self)
        self._memory_watch.changed.connect(self._on_memory_state_changed)
        self.organisation = WindowOrganisation(self, controller)
        self.commands = WindowCommands(self, controller)
        self._menu_bar = MenuBar(self, self.commands.actions) if wants_menu_bar() else None
        if self._menu_bar is not None:
            self.setMenuBar(self._menu_bar)
        self.files = WindowFiles(self, controller, services.count_tokens)
        self._message_actions = MessageActions(controller, self.page)
        self._connect_controller()
        self._connect_parts()
        self._take_settings(controller.settings)
        self._show_model_and_phase()
        self.page.composer.focus_input()

    # -- connections -----------------------------------------------------------------------
    def _connect_controller(self) -> None:
        controller = self._controller
        controller.phase_changed.connect(self._on_phase_changed)
        controller.model_changed.connect(self._on_model_changed)
        controller.conversations_changed.connect(self._on_conversations_changed)
        controller.conversation_opened.connect(self._on_conversation_opened)
        controller.settings_changed.connect(self._on_settings_changed)
        controller.error_raised.connect(self._on_error_raised)
        controller.text_returned.connect(self._on_text_returned)
        controller.undo_offered.connect(self._on_undo_offered)
        controller.path_model.rowsInserted.connect(self.commands.refresh)
        controller.path_model.rowsRemoved.connect(self.commands.refresh)
        controller.path_model.modelReset.connect(self.commands.refresh)

    def _connect_parts(self) -> None:
        commands, dialogs, controller = self.commands, self.dialogs, self._controller
        sidebar, page = self.sidebar, self.page
        sidebar.new_chat_requested.connect(commands.new_chat)
        sidebar.hide_requested.connect(self.toggle_sidebar)
        sidebar.models_requested.connect(dialogs.show_models)
        sidebar.settings_requested.connect(dialogs.show_settings)
        sidebar.menu_requested.connect(self._show_menu)
        page.header.sidebar_requested.connect(self.toggle_sidebar)
        page.header.new_chat_requested.connect(commands.new_chat)
        page.header.models_requested.connect(dialogs.show_models)
        page.header.instructions_requested.connect(dialogs.show_instructions)
        page.header.privacy_requested.connect(self._on_privacy_requested)
        page.onboarding.download_requested.connect(dialogs.show_models)
        page.onboarding.file_requested.connect(dialogs.choose_model_file)
        page.onboarding.practice_requested.connect(dialogs.load_practice_model)
        page.empty_state.prompt_chosen.connect(self._on_prompt_chosen)
        composer = page.composer
        composer.message_sent.connect(self._on_message_sent)
        composer.draft_changed.connect(self._on_draft_changed)
        composer.bar.reasoning_box.effort_chosen.connect(self._on_reasoning_chosen)
        composer.stop_requested.connect(controller.stop)
        composer.bar.answer_now_requested.connect(controller.answer_now)
        composer.bar.cancel_load_requested.connect(controller.stop)
        composer.edit_last_requested.connect(commands.edit_last)
        composer.bar.models_requested.connect(dialogs.show_models)
        self.body.sidebar_toggled.connect(page.header.set_sidebar_shown)
        self._theme.theme_changed.connect(self._on_theme_changed)

    # -- from the controller ---------------------------------------------------------------
    @Slot(object)
    def _on_phase_changed(self, event: PhaseChanged) -> None:
        self.page.set_phase(event)
        self.commands.refresh()
        if event.phase is Phase.ENGINE_STOPPED:
            self.page.banners.show_banner(
                BannerContent(
                    self.tr(
                        "The engine has stopped and cannot answer any more. Your "
                        "conversations are saved. Restart it to go on."
                    ),
                    BannerKind.ERROR,
                    self.tr("Restart the engine"),
                    self._controller.restart_engine,
                    key=_ENGINE_BANNER,
                    can_close=False,
                )
            )
        else:
            self.page.banners.remove(_ENGINE_BANNER)

    @Slot(object)
    def _on_model_changed(self, event: ModelChanged) -> None:
        self.page.set_model(event.loaded)
        self._memory_watch.set_active(event.loaded is not None)
        self.commands.refresh()

    @Slot(object)
    def _on_memory_state_changed(self, event: MemoryStateChanged) -> None:
        if not event.is_short:
            self.page.banners.remove(_MEMORY_BANNER)
            return
        text = self.tr(
            "Memory is short: only {free} are left. Close other programs, or unload the model; "
            "else everything becomes slow. Your conversations are saved."
        )
        self.page.banners.show_banner(
            BannerContent(
                text.format(free=size_text(event.available_bytes)),
                BannerKind.WARNING,
                self.tr("Unload the model"),
                self._controller.unload_model,
                key=_MEMORY_BANNER,
            )
        )

    def _show_model_and_phase(self) -> None:
        """What was already so when the window was made."""
        self._on_model_changed(ModelChanged(self._controller.loaded))
        self._on_phase_changed(PhaseChanged(self._controller.phase))
        current = self._controller.current
        self._on_conversation_opened(ConversationOpened(current, is_new=not current.title))

    @Slot(object)
    def _on_conversations_changed(self, _: ConversationsChanged) -> None:
        self._show_summary(self._controller.current)
        self.commands.refresh()

    @Slot(object)
    def _on_conversation_opened(self, event: ConversationOpened) -> None:
        summary = event.summary
        self.sidebar.list.set_open(summary.id)
        self._show_summary(summary)
        self.page.composer.set_draft(summary.draft, self._controller.book.drafts.of(summary.id))
        self.page.composer.set_reasoning(summary.reasoning)
        self.commands.refresh()

    def _show_summary(self, summary: ConversationSummary) -> None:
        title = summary.title
        self.page.header.set_title(title)
        self.page.header.set_has_instructions(bool(summary.instructions or summary.sampling))
        self.page.set_temporary(summary.is_temporary)
        self.setWindowTitle(f"{title} - Lumbre" if title else "Lumbre")

    def show_how_asked(self) -> None:
        """Instructions, sampling or level of the open conversation were changed."""
        self._show_summary(self._controller.current)
        self.page.composer.set_reasoning(self._controller.current.reasoning)

    @Slot(object)
    def _on_settings_changed(self, event: SettingsChanged) -> None:
        self._take_settings(event.settings)

    def _take_settings(self, settings: Settings) -> None:
        before, self._settings = self._settings, settings
        self._theme.choose(settings.theme)
        app = QApplication.instance()
        if settings.language != before.language and isinstance(app, QApplication):
            translations.install(app, settings.language)
        self.page.apply_settings(settings)

    @Slot(object)
    def _on_error_raised(self, event: ErrorRaised) -> None:
        error = event.error
        action_text, action = self._way_out(error)
        self.page.banners.show_banner(
            BannerContent(error_text(error), BannerKind.ERROR, action_text, action)
        )

    def _way_out(self, error: LumbreError) -> tuple[str, Callable[[], None] | None]:
        """What a banner offers to do about an error."""
        if isinstance(error, BugError):
            return self.tr("Show report"), lambda: self.dialogs.show_bug(error)
        if isinstance(error, ModelError):
            return self.tr("Models"), self.dialogs.show_models
        if isinstance(error, PromptTooLongError):
            return self.tr("Settings"), self.dialogs.show_settings
        return "", None

    @Slot(object)
    def _on_text_returned(self, event: TextReturned) -> None:
        self.page.composer.return_text(event.text, event.attachments)

    @Slot(object)
    def _on_undo_offered(self, event: UndoOffered) -> None:
        self.page.toast.show_text(event.text, event.undo)

    @Slot(object)
    def _on_theme_changed(self, _: ThemeChanged) -> None:
        self.page.apply_theme()

    # -- from the person -------------------------------------------------------------------
    @Slot(object)
    def _on_message_sent(self, event: MessageSent) -> None:
        self._controller.send(event.text, event.effort, event.attachments)
        self.page.transcript.scroll_to_end()

    @Slot(object)
    def _on_draft_changed(self, event: DraftChanged) -> None:
        self._controller.save_draft(event.text, event.attachments)

    @Slot(object)
    def _on_reasoning_chosen(self, event: ReasoningChosen) -> None:
        self._controller.set_reasoning(event.effort)

    @Slot(object)
    def _on_prompt_chosen(self, event: PromptChosen) -> None:
        composer = self.page.composer
        if self._controller.phase is Phase.READY:
            self._controller.send(event.text, composer.reasoning)
        else:
            composer.return_text(event.text)
        composer.focus_input()

    @Slot()
    def _on_privacy_requested(self) -> None:
        self.page.toast.show_text(
            self.tr("What you write and what is answered stays on this computer.")
        )

    # -- what commands show ----------------------------------------------------------------
    @Slot()
    def toggle_sidebar(self) -> None:
        """Show or hide the sidebar; the focus does not stay in a hidden part."""
        was_inside = self.sidebar.isAncestorOf(QApplication.focusWidget() or self)
        self.body.show_sidebar(not self.body.is_sidebar_shown)
        if was_inside and not self.body.is_sidebar_shown:
            self.page.composer.focus_input()

    def quit(self) -> None:
        """Close the window and end the program."""
        self.close()

    @Slot()
    def _show_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for command_id in (
            CommandId.NEW_TEMPORARY,
            CommandId.PALETTE,
            CommandId.SHORTCUTS,
            CommandId.INSTRUCTIONS,
        ):
            menu.addAction(self.commands.actions[command_id])
        menu.addSeparator()
        for command_id in (CommandId.EXPORT, CommandId.IMPORT, CommandId.HISTORY):
            menu.addAction(self.commands.actions[command_id])
        menu.addSeparator()
        for command_id in (CommandId.LOCKING, CommandId.LOCK):
            menu.addAction(self.commands.actions[command_id])
        menu.addSeparator()
        for command_id in (CommandId.PERFORMANCE, CommandId.ABOUT, CommandId.QUIT):
            menu.addAction(self.commands.actions[command_id])
        at = self.sidebar.menu_position
        at.setY(at.y() - menu.sizeHint().height())
        menu.popup(at)

    # -- events ----------------------------------------------------------------------------
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes what lies over the page, stops the answer, or goes home."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        composer = self.page.composer
        if self.body.close_overlay():
            composer.focus_input()
        elif self._controller.phase.is_busy:
            self._controller.stop()
        else:
            composer.focus_input()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.commands.actions.retranslate()
            if self._menu_bar is not None:
                self._menu_bar.retranslate()
            self.page.banners.remove(_ENGINE_BANNER)
            self._on_phase_changed(PhaseChanged(self._controller.phase))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the dialogs with the window, and remember its place."""
        if not self.organisation.may_close():
            event.ignore()
            return
        self.dialogs.close_all()
        self.files.stop()
        self.history.stop()
        self.speed.stop()
        controller = self._controller
        if listed := controller.book.listed:  # none: they could not be read
            self.page.save_places({s.id for s in listed if not s.is_temporary})
        geometry = self.saveGeometry().toBase64().toStdString()
        controller.change_settings(
            replace(
                controller.settings,
                window_geometry=geometry,
                is_sidebar_shown=self.body.is_sidebar_wanted,
            )
        )
        super().closeEvent(event)
