"""What each command of the window does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from app.core.message import Message, ReasoningEffort, Role
from app.ui.chat_events import Phase
from app.ui.shortcuts import ActionTable, CommandId

if TYPE_CHECKING:
    from app.ui.chat_controller import ChatController
    from app.ui.chat_page import ChatPage
    from app.ui.main_window import MainWindow

_FENCE = re.compile(
    r"^ {0,3}(`{3,}|~{3,})[^\n]*\n(.*?)(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.M | re.S
)
ZOOM_STEP = 10  # percent
ZOOM_RANGE = (80, 200)  # percent
Handlers = Mapping[CommandId, Callable[[], None]]


class WindowCommands(QObject):
    """Handlers of the table in `shortcuts`."""

    def __init__(self, window: MainWindow, controller: ChatController) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self.actions = ActionTable(window, self._handlers())
        window.sidebar.list.choice_changed.connect(self.refresh)

    @property
    def _page(self) -> ChatPage:
        return self._window.page

    def _handlers(self) -> Handlers:
        window, dialogs, controller = self._window, self._window.dialogs, self._controller
        return {
            **self._conversation_handlers(),
            CommandId.FOCUS_COMPOSER: self.focus_composer,
            CommandId.STOP: controller.stop,
            CommandId.ANSWER_NOW: controller.answer_now,
            CommandId.REGENERATE: self.regenerate,
            CommandId.EDIT_LAST: self.edit_last,
            CommandId.COPY_ANSWER: self.copy_answer,
            CommandId.COPY_CODE: self.copy_code,
            CommandId.REASONING_LOW: lambda: self._reason(ReasoningEffort.LOW),
            CommandId.REASONING_MEDIUM: lambda: self._reason(ReasoningEffort.MEDIUM),
            CommandId.REASONING_HIGH: lambda: self._reason(ReasoningEffort.HIGH),
            CommandId.JUMP_TO_END: self.jump_to_end,
            CommandId.TOGGLE_SIDEBAR: window.toggle_sidebar,
            CommandId.ZOOM_IN: lambda: self._zoom(ZOOM_STEP),
            CommandId.ZOOM_OUT: lambda: self._zoom(-ZOOM_STEP),
            CommandId.ZOOM_RESET: lambda: self._zoom(0),
            CommandId.NEXT_PANE: lambda: self._go_to_pane(1),
            CommandId.PREVIOUS_PANE: lambda: self._go_to_pane(-1),
            CommandId.PALETTE: dialogs.show_palette,
            CommandId.SHORTCUTS: dialogs.show_shortcuts,
            CommandId.MODELS: dialogs.show_models,
            CommandId.SETTINGS: dialogs.show_settings,
            CommandId.PERFORMANCE: window.speed.show_panel,
            CommandId.TUNE: window.speed.show_tuning,
            CommandId.LOCKING: window.history.show_passphrase,
            CommandId.LOCK: window.history.lock.lock_now,
            CommandId.UPDATES: dialogs.show_updates,
            CommandId.ABOUT: dialogs.show_about,
            CommandId.QUIT: window.quit,
        }

    def _conversation_handlers(self) -> Handlers:
        window, organisation = self._window, self._window.organisation
        return {
            CommandId.NEW_CHAT: self.new_chat,
            CommandId.NEW_TEMPORARY: organisation.new_temporary,
            CommandId.KEEP: self._controller.keep_conversation,
            CommandId.SEARCH: self.search,
            CommandId.FIND: self.find,
            CommandId.RENAME: self.rename,
            CommandId.PIN: self.pin,
            CommandId.MOVE: organisation.move_to_folder,
            CommandId.NEW_FOLDER: organisation.new_folder,
            CommandId.ARCHIVE: organisation.archive,
            CommandId.DELETE: self.delete,
            CommandId.INSTRUCTIONS: window.dialogs.show_instructions,
            CommandId.EXPORT: window.history.show_export,
            CommandId.IMPORT: window.history.show_import,
            CommandId.HISTORY: window.history.show_history,
        }

    @Slot()
    def refresh(self) -> None:
        """Enable what can be done now."""
        phase = self._controller.phase
        has_rows = self._controller.path_model.rowCount() > 0
        has_conversation = bool(self._controller.current.title)
        has_chosen = bool(self._window.organisation.chosen())
        is_idle = phase is Phase.READY  # a model that sleeps is woken by typing
        for command_id, is_enabled in (
            (CommandId.STOP, phase.is_busy),
            (CommandId.ANSWER_NOW, phase is Phase.THINKING),
            (CommandId.REGENERATE, has_rows and is_idle),
            (CommandId.EDIT_LAST, has_rows),
            (CommandId.COPY_ANSWER, has_rows),
            (CommandId.COPY_CODE, has_rows),
            (CommandId.FIND, has_rows),
            (CommandId.JUMP_TO_END, has_rows),
            (CommandId.RENAME, has_conversation),
            (CommandId.PIN, has_conversation),
            (CommandId.MOVE, has_chosen),
            (CommandId.ARCHIVE, has_chosen),
            (CommandId.DELETE, has_conversation or has_chosen),
            (CommandId.KEEP, self._controller.current.is_temporary and has_conversation),
        ):
            self.actions[command_id].setEnabled(is_enabled)

    # -- conversations ---------------------------------------------------------------------
    def new_chat(self) -> None:
        """Open a blank conversation and put the cursor into the composer."""
        self._controller.new_conversation()
        self._window.body.close_overlay()
        self._page.composer.focus_input()

    def search(self) -> None:
        """Find a conversation by its title or by what is written in it."""
        self._window.body.show_sidebar(True)
        self._window.sidebar.focus_search()

    def find(self) -> None:
        """Find text in the open conversation."""
        self._page.transcript.open_find_bar()

    def rename(self) -> None:
        """Edit the title in the sidebar."""
        self._window.body.show_sidebar(True)
        self._window.sidebar.rename(self._controller.current.id)

    def pin(self) -> None:
        """Pin the open conversation, or unpin it."""
        current = self._controller.current
        self._controller.set_pinned(current.id, not current.is_pinned)

    def delete(self) -> None:
        """Move the open conversation, or those chosen in the sidebar, to the trash."""
        chosen = self._window.organisation.chosen() or (self._controller.current,)
        self._controller.delete_conversations(tuple(s.id for s in chosen))

    # -- messages --------------------------------------------------------------------------
    def focus_composer(self) -> None:
        """Write a message."""
        self._window.body.close_overlay()
        self._page.composer.focus_input()

    def regenerate(self) -> None:
        """Answer the last question again, at the level of the composer."""
        answer = self._last(Role.ASSISTANT)
        if answer is not None:
            self._controller.regenerate(answer.id, self._page.composer.reasoning)

    def edit_last(self) -> None:
        """Write another version of the last question, in its place."""
        model = self._controller.path_model
        for row in range(model.rowCount() - 1, -1, -1):
            if model.row_at(row).message.role is Role.USER:
                self._page.edit_question(row)
                return

    def copy_answer(self) -> None:
        """Put the last answer on the clipboard, as Markdown."""
        answer = self._last(Role.ASSISTANT)
        if answer is not None and answer.text:
            QGuiApplication.clipboard().setText(answer.text)
            self._page.toast.show_text(self.tr("The answer is copied."))

    def copy_code(self) -> None:
        """Put the last code block of the last answer on the clipboard."""
        answer = self._last(Role.ASSISTANT)
        blocks = _FENCE.findall(answer.text) if answer is not None else []
        if blocks:
            QGuiApplication.clipboard().setText(blocks[-1][1].rstrip("\n"))
            self._page.toast.show_text(self.tr("The code is copied."))
        else:
            self._page.toast.show_text(self.tr("The last answer has no code."))

    def jump_to_end(self) -> None:
        """Show the newest message and follow it."""
        self._page.transcript.scroll_to_end()

    def _last(self, role: Role) -> Message | None:
        model = self._controller.path_model
        for row in range(model.rowCount() - 1, -1, -1):
            message = model.row_at(row).message
            if message.role is role:
                return message
        return None

    def _reason(self, effort: ReasoningEffort) -> None:
        self._page.composer.set_reasoning(effort)
        self._controller.set_reasoning(effort)

    # -- view ------------------------------------------------------------------------------
    def _zoom(self, step: int) -> None:
        """Change the text's size by `step` percent; 0: back to normal."""
        settings = self._controller.settings
        wanted = settings.zoom_percent + step if step else 100
        low, high = ZOOM_RANGE
        zoom = min(max(wanted, low), high)
        self._controller.change_settings(replace(settings, zoom_percent=zoom))

    def _go_to_pane(self, step: int) -> None:
        """Move the focus to another part of the window, round and round."""
        panes = self._panes()
        focus = QApplication.focusWidget()
        here = next(
            (
                at
                for at, (region, _) in enumerate(panes)
                if focus is not None and (region is focus or region.isAncestorOf(focus))
            ),
            -1 if step > 0 else 0,
        )
        _, target = panes[(here + step) % len(panes)]
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _panes(self) -> list[tuple[QWidget, QWidget]]:
        """Parts of the window in reading order, each with what takes its focus."""
        window, page = self._window, self._page
        panes: list[tuple[QWidget, QWidget]] = []
        if window.body.is_sidebar_shown:
            panes.append((window.sidebar, window.sidebar.list))
        panes.append((page.header, page.header.model_button))
        if page.banners.isVisible():
            panes.append((page.banners, _first_focus(page.banners)))
        panes.append((page.content, _first_focus(page.content)))
        if page.toast.isVisible() and page.toast.undo_button.isVisible():
            panes.append((page.toast, page.toast.undo_button))
        panes.append((page.composer, page.composer.edit))
        return panes


def _first_focus(part: QWidget) -> QWidget:
    """`part` itself or the first of its children that takes the focus by Tab."""
    if part.focusPolicy() & Qt.FocusPolicy.TabFocus and not part.focusProxy():
        children = []
    else:
        children = part.findChildren(QWidget)
    return next(
        (
            child
            for child in children
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible()
        ),
        part,
    )
