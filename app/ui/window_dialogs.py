"""The dialogs of the window; each is imported when it is first opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from app.core.errors import BugError, ModelError
from app.core.resources import resource_path
from app.ui.asking import HowAsked
from app.ui.chat_events import ErrorRaised, SettingsChanged
from app.ui.error_text import error_text
from app.ui.window_room import bring_to_front

if TYPE_CHECKING:
    from app.ui.chat_controller import ChatController
    from app.ui.main_window import MainWindow
    from app.ui.model_page.page import ModelPage
    from app.ui.settings_dialog import SettingsDialog
    from app.ui.update_dialog import UpdateDialog
    from app.ui.window_services import WindowServices

PRACTICE_MODEL = "practice-gpt-oss.gguf"


class WindowDialogs(QObject):
    """Opens dialogs, keeps the lasting ones up to date, hands their wishes on."""

    def __init__(
        self,
        window: MainWindow,
        controller: ChatController,
        services: WindowServices,
    ) -> None:
        super().__init__(window)
        self._services = services
        self._window = window
        self._controller = controller
        self._model_page: ModelPage | None = None
        self._settings_dialog: SettingsDialog | None = None
        self._update_dialog: UpdateDialog | None = None
        controller.error_raised.connect(self._on_error_raised)
        controller.settings_changed.connect(self._on_settings_changed)

    # -- models ----------------------------------------------------------------------------
    @Slot()
    def show_models(self) -> None:
        """The models of this computer, those to fetch, those on their way."""
        bring_to_front(self._models())

    @Slot()
    def choose_model_file(self) -> None:
        """Ask for a model file at once."""
        page = self._models()
        bring_to_front(page)
        page.choose_file()

    @Slot()
    def load_practice_model(self) -> None:
        """Load the small model that comes with the program."""
        self._controller.load_model(resource_path(PRACTICE_MODEL))

    def _models(self) -> ModelPage:
        if self._model_page is None:
            from app.ui.model_page.page import ModelPage

            services = self._services
            self._model_page = ModelPage(
                self._controller, services.model_manager(), services.speeds, self._window
            )
        return self._model_page

    @Slot(object)
    def _on_error_raised(self, event: ErrorRaised) -> None:
        """A model that cannot be loaded is told where it was chosen, too."""
        if self._model_page is not None and isinstance(event.error, ModelError):
            self._model_page.say(error_text(event.error))

    # -- settings --------------------------------------------------------------------------
    @Slot()
    def show_settings(self) -> None:
        """The settings."""
        if self._settings_dialog is None:
            from app.ui.settings_dialog import SettingsDialog

            settings = self._controller.settings
            self._settings_dialog = dialog = SettingsDialog(settings, self._window)
            dialog.settings_changed.connect(self._controller.change_settings)
            dialog.reload_requested.connect(self._on_reload_requested)
            dialog.locking_requested.connect(self._window.history.show_passphrase)
            dialog.tune_requested.connect(self._window.speed.show_tuning)
            self._services.model_manager().ask_devices(dialog.set_devices)
        bring_to_front(self._settings_dialog)

    @Slot(object)
    def _on_settings_changed(self, event: SettingsChanged) -> None:
        if self._settings_dialog is not None:
            self._settings_dialog.set_settings(event.settings)

    @Slot()
    def _on_reload_requested(self) -> None:
        loaded = self._controller.loaded
        if loaded is not None:
            self._controller.load_model(loaded.card.path)

    # -- the rest --------------------------------------------------------------------------
    def show_instructions(self) -> None:
        """Instructions, level and sampling of the open conversation, and presets of them."""
        from app.ui.asking_dialog import AskingDialog

        controller = self._controller
        how, sampling = HowAsked.of(controller.current), controller.settings.sampling
        dialog = AskingDialog(controller.asking, how, sampling, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.how_chosen.connect(self._on_how_chosen)
        dialog.open()

    @Slot(object)
    def _on_how_chosen(self, how: HowAsked) -> None:
        self._controller.asking.set_how(how)
        self._window.show_how_asked()

    def show_palette(self) -> None:
        """All commands, to be found by typing."""
        from app.ui.command_palette import CommandPalette

        palette = CommandPalette(self._window.commands.actions, self._window)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.show()

    def show_shortcuts(self) -> None:
        """The sheet of shortcuts."""
        from app.ui.command_palette import ShortcutSheet

        ShortcutSheet(self._window).show()

    def show_about(self) -> None:
        """Version and licences."""
        from app.ui.about_dialog import AboutDialog

        AboutDialog(self._services.versions(), self._window).show()

    def show_updates(self) -> None:
        """Say what would be asked to find a newer version."""
        if self._services.release_check is None:
            return
        if self._update_dialog is None:
            from app.ui.update_dialog import UpdateDialog

            self._update_dialog = UpdateDialog(self._services.release_check(), self._window)
        elif not self._update_dialog.isVisible():
            self._update_dialog.begin()
        bring_to_front(self._update_dialog)

    def show_bug(self, error: BugError) -> None:
        """A mistake of ours, with what can be sent to us."""
        from app.ui.error_dialog import BugReport, ErrorDialog

        ErrorDialog(BugReport.of(error), self._window).show()

    def close_all(self) -> None:
        """Close the lasting dialogs; what was changed in them is taken over."""
        for dialog in (self._settings_dialog, self._model_page, self._update_dialog):
            if dialog is not None:
                dialog.close()
