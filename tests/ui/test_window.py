"""The whole window over the real controller, store and threads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from app.core.errors import BugError, StorageError
from app.core.message import ReasoningEffort
from app.core.plan_words import Sentence
from app.core.settings import Settings
from app.ui import translations
from app.ui.chat_events import ErrorRaised, ModelChanged, Phase
from app.ui.conversation_actions import ConversationAction, ConversationActionKind
from app.ui.empty_state import PromptCard
from app.ui.error_dialog import ErrorDialog
from app.ui.main_window import MIN_HEIGHT, MIN_WIDTH, MainWindow
from app.ui.model_page.page import ModelPage
from app.ui.notifications import Banner
from app.ui.shortcuts import CommandId
from app.ui.theme import DARK, current_colors
from tests.fixtures.scripted_engine import HELLO, Abort, Pause, said, thought
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

__all__ = ["make_window", "theme"]

CODE = (said("First\n```python\nprint(1)\n```\nthen\n~~~\nlast\n~~~\n"),)


# -- first start ---------------------------------------------------------------------------
def test_without_a_model_the_first_steps_are_shown(make_window: MakeWindow) -> None:
    window = make_window(loads=False)
    page = window.widget.page
    first = page.content
    assert first is page.onboarding
    window.chat.controller.load_model(window.chat.model)
    window.chat.wait_until(Phase.READY)
    assert page.content is page.empty_state


def test_the_practice_model_is_one_click_away(make_window: MakeWindow) -> None:
    window = make_window(loads=False)
    window.widget.page.onboarding.practice_requested.emit()
    window.qtbot.waitUntil(lambda: bool(window.chat.engine.load_requests))
    assert window.chat.engine.load_requests[0].path.name == "practice-gpt-oss.gguf"


def test_the_cursor_is_in_the_composer_at_the_start(make_window: MakeWindow) -> None:
    window = make_window()
    assert window.widget.focusWidget() is window.composer.edit


# -- asking --------------------------------------------------------------------------------
def test_a_question_is_typed_answered_and_titled(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi there")
    assert window.chat.shown == ["Hi there", "Hello there."]
    page = window.widget.page
    assert page.content is page.transcript
    assert window.widget.windowTitle() == "Hi there - Lumbre"
    rows = [
        window.widget.sidebar.model.index(at).data()
        for at in range(window.widget.sidebar.model.rowCount())
    ]
    assert rows == ["Today", "Hi there"]


def test_an_example_is_sent_at_once(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    cards = window.widget.page.empty_state.findChildren(PromptCard)
    assert 1 <= len(cards) <= 4
    window.qtbot.mouseClick(cards[0], Qt.MouseButton.LeftButton)
    window.chat.wait_until(Phase.READY)
    window.chat.drain()
    assert window.chat.shown == [cards[0].prompt, "Hello there."]


def test_the_stop_button_and_escape_stop(make_window: MakeWindow) -> None:
    window = make_window((said("So far"), Pause()), (said("Again"), Pause()))
    window.ask("one")
    window.chat.wait_until(Phase.ANSWERING)
    window.qtbot.mouseClick(window.composer.bar.send_button, Qt.MouseButton.LeftButton)
    window.chat.wait_until(Phase.READY)
    window.ask("two")
    window.chat.wait_until(Phase.ANSWERING)
    window.press_escape()
    window.chat.wait_until(Phase.READY)
    assert window.chat.shown == ["one", "So far", "two", "Again"]


def test_answer_now_ends_the_thinking(make_window: MakeWindow) -> None:
    pause = Pause()
    window = make_window((thought("Long"), pause, thought("er"), said("Done")))
    window.ask("?")
    window.chat.wait_until(Phase.THINKING)
    window.act(CommandId.ANSWER_NOW)
    pause.gate.set()
    window.chat.wait_until(Phase.READY)
    assert window.chat.row(-1).thinking == "Long"
    assert window.chat.shown[-1] == "Done"


def test_a_message_that_cannot_be_saved_comes_back(make_window: MakeWindow) -> None:
    window = make_window()

    def full(*_: object) -> None:
        raise StorageError("The disk is full.")

    window.chat.storage.submit(lambda store: setattr(store, "add_message", full))
    window.ask("Precious")
    window.qtbot.waitUntil(lambda: window.composer.full_text() == "Precious")
    assert window.widget.page.banners.texts() == ("The disk is full.",)


def test_a_draft_stays_with_its_conversation(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("First")
    first = window.chat.controller.current.id
    window.composer.edit.setPlainText("unsent")
    window.act(CommandId.NEW_CHAT)
    window.qtbot.waitUntil(lambda: window.composer.full_text() == "")
    window.chat.controller.open_conversation(first)
    window.qtbot.waitUntil(lambda: window.composer.full_text() == "unsent")


def editor_of(window: Window) -> QPlainTextEdit:
    overlay = window.widget.page.transcript.editing.overlay
    assert overlay is not None
    return overlay.editor


@pytest.mark.parametrize("by_key", [False, True])
def test_the_last_question_is_edited_in_its_place(
    make_window: MakeWindow, by_key: bool
) -> None:
    window = make_window(HELLO, (said("Other"),))
    window.ask_and_wait("First")
    if by_key:
        window.qtbot.keyClick(window.composer.edit, Qt.Key.Key_Up)
    else:
        window.act(CommandId.EDIT_LAST)
    editor = editor_of(window)
    assert editor.toPlainText() == "First"
    editor.setPlainText("Better")
    window.qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    window.chat.wait_for(lambda: window.chat.shown == ["Better", "Other"])


def test_escape_leaves_the_question_as_it_was_and_goes_back_to_the_composer(
    make_window: MakeWindow,
) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("First")
    window.composer.edit.setPlainText("draft")
    window.composer.focus_input()
    window.act(CommandId.EDIT_LAST)
    editor = editor_of(window)
    editor.setPlainText("Better")
    window.qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert window.widget.page.transcript.editing.overlay is None
    assert window.chat.shown[0] == "First"
    assert window.composer.full_text() == "draft"
    assert window.composer.edit.hasFocus()


def test_answer_again_takes_the_level_of_the_composer(make_window: MakeWindow) -> None:
    window = make_window(HELLO, (said("Deeper"),))
    window.ask_and_wait("Why?")
    window.act(CommandId.REASONING_HIGH)
    assert window.composer.reasoning is ReasoningEffort.HIGH
    window.act(CommandId.REGENERATE)
    window.chat.wait_until(Phase.READY)
    window.chat.drain()
    answer = window.chat.row(-1)
    assert (answer.text, answer.reasoning) == ("Deeper", ReasoningEffort.HIGH)


def test_the_last_answer_and_its_last_code_can_be_copied(make_window: MakeWindow) -> None:
    window = make_window(CODE)
    window.ask_and_wait("Code?")
    window.act(CommandId.COPY_ANSWER)
    assert QGuiApplication.clipboard().text() == window.chat.shown[-1]
    window.act(CommandId.COPY_CODE)
    assert QGuiApplication.clipboard().text() == "last"


# -- conversations -------------------------------------------------------------------------
def test_a_deleted_conversation_comes_back_with_undo(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Keep me")
    window.act(CommandId.DELETE)
    toast = window.widget.page.toast
    window.qtbot.waitUntil(toast.isVisible)
    assert window.widget.sidebar.model.rowCount() == 0
    toast.undo_button.click()
    window.qtbot.waitUntil(lambda: window.widget.sidebar.model.rowCount() == 2)


def test_pin_and_rename_work_on_the_open_conversation(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Topic")
    window.act(CommandId.PIN)
    window.qtbot.waitUntil(lambda: window.widget.sidebar.model.index(0).data() == "Pinned")
    model = window.widget.sidebar.model
    model.setData(model.index(1), "Renamed")
    window.qtbot.waitUntil(lambda: window.widget.windowTitle() == "Renamed - Lumbre")


def test_commands_are_offered_only_when_they_can_be_done(make_window: MakeWindow) -> None:
    pause = Pause()
    window = make_window((thought("hm"), pause, said("ok")))
    actions = window.widget.commands.actions
    waiting = (CommandId.REGENERATE, CommandId.FIND, CommandId.DELETE, CommandId.STOP)
    assert not any(actions[c].isEnabled() for c in waiting)
    window.ask("?")
    window.chat.wait_until(Phase.THINKING)
    assert actions[CommandId.STOP].isEnabled()
    assert actions[CommandId.ANSWER_NOW].isEnabled()
    assert not actions[CommandId.REGENERATE].isEnabled()
    pause.gate.set()
    window.chat.wait_until(Phase.READY)
    window.chat.drain()
    assert actions[CommandId.REGENERATE].isEnabled()
    assert not actions[CommandId.STOP].isEnabled()


# -- errors --------------------------------------------------------------------------------
def test_a_stopped_engine_offers_its_restart(make_window: MakeWindow) -> None:
    abort = Abort()
    window = make_window((said("Hal"), abort))
    window.ask("?")
    window.chat.wait_until(Phase.ENGINE_STOPPED)
    banner = window.widget.page.banners.findChild(Banner)
    assert banner is not None
    restarts: list[object] = []
    window.chat.controller.restart_requested.connect(restarts.append)
    button = next(b for b in banner.findChildren(QPushButton) if b.isVisibleTo(banner))
    window.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(restarts) == 1
    abort.released.set()


def test_a_model_that_cannot_be_loaded_is_told(make_window: MakeWindow, tmp_path: Path) -> None:
    window = make_window(loads=False)
    window.chat.controller.load_model(tmp_path / "gone.gguf")
    window.qtbot.waitUntil(lambda: bool(window.widget.page.banners.texts()))
    assert "gone.gguf" in window.widget.page.banners.texts()[0]
    banner = window.widget.page.banners.findChild(Banner)
    assert banner is not None
    way_out = next(b for b in banner.findChildren(QPushButton) if b.isVisibleTo(banner))
    window.qtbot.mouseClick(way_out, Qt.MouseButton.LeftButton)
    dialog = window.widget.findChild(ModelPage)
    assert dialog is not None and dialog.isVisible()
    window.chat.controller.load_model(tmp_path / "gone too.gguf")
    window.qtbot.waitUntil(
        lambda: any("gone too.gguf" in label.text() for label in dialog.findChildren(QLabel))
    )


def test_why_a_card_is_not_used_is_said_until_another_model_is_loaded(
    make_window: MakeWindow,
) -> None:
    window = make_window()
    loaded = window.chat.controller.loaded
    assert loaded is not None
    notice = Sentence("The card {name} is not used.", {"name": "Some Card"})
    changed = window.chat.controller.model_changed
    changed.emit(ModelChanged(replace(loaded, notice=notice)))
    assert "The card Some Card is not used." in window.widget.page.banners.texts()
    changed.emit(ModelChanged(loaded))
    assert window.widget.page.banners.texts() == ()


def test_a_mistake_of_ours_can_be_copied_and_is_not_shown(make_window: MakeWindow) -> None:
    window = make_window()
    error = BugError("index out of range")
    window.chat.controller.error_raised.emit(ErrorRaised(error))
    banner = window.widget.page.banners.findChild(Banner)
    assert banner is not None
    assert "index out of range" not in banner.content.text
    button = next(b for b in banner.findChildren(QPushButton) if b.isVisibleTo(banner))
    window.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    dialog = window.widget.findChild(ErrorDialog)
    assert dialog is not None
    copy = next(b for b in dialog.findChildren(QPushButton) if "Copy" in b.text())
    window.qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "index out of range" in QGuiApplication.clipboard().text()
    assert "Lumbre" in QGuiApplication.clipboard().text()


# -- looks and language --------------------------------------------------------------------
def test_the_language_changes_while_the_window_is_open(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    controller = window.chat.controller
    controller.change_settings(replace(controller.settings, language="es"))
    quit_action = window.widget.commands.actions[CommandId.QUIT]
    window.qtbot.waitUntil(lambda: quit_action.text() == "Salir")
    window.qtbot.waitUntil(lambda: "Razonamiento" in window.label_texts())
    assert window.widget.sidebar.model.index(0).data() == "Hoy"
    controller.change_settings(replace(controller.settings, language="en"))
    window.qtbot.waitUntil(lambda: quit_action.text() == "Quit")


def test_the_theme_changes_while_the_window_is_open(make_window: MakeWindow) -> None:
    window = make_window()
    controller = window.chat.controller
    controller.change_settings(replace(controller.settings, theme="dark"))
    assert current_colors() is DARK


def test_zoom_stays_within_its_range(make_window: MakeWindow) -> None:
    window = make_window(settings=Settings(zoom_percent=190))
    controller = window.chat.controller
    for _ in range(3):
        window.act(CommandId.ZOOM_IN)
    assert controller.settings.zoom_percent == 200
    window.act(CommandId.ZOOM_RESET)
    assert controller.settings.zoom_percent == 100
    for _ in range(5):
        window.act(CommandId.ZOOM_OUT)
    assert controller.settings.zoom_percent == 80


@pytest.mark.parametrize("language", ["en", "es"])
def test_everything_fits_the_smallest_window(make_window: MakeWindow, language: str) -> None:
    window = make_window(HELLO, settings=Settings(language=language))
    translations.install(QApplication.instance(), language)  # type: ignore[arg-type]
    window.widget.resize(MIN_WIDTH, MIN_HEIGHT)
    window.ask_and_wait("Hi")
    assert window.widget.size().width() == MIN_WIDTH
    page = window.widget.page
    assert page.minimumSizeHint().width() <= MIN_WIDTH
    for part in (page.header, page.composer):
        assert page.rect().contains(part.geometry())
    for button in page.findChildren(QAbstractButton):
        if button.isVisibleTo(page):
            at = button.mapTo(page, button.rect().bottomRight())
            assert at.x() < MIN_WIDTH


# -- keyboard ------------------------------------------------------------------------------
def test_f6_goes_round_all_parts_and_back(make_window: MakeWindow) -> None:
    window = make_window()
    window.widget.activateWindow()
    window.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    start = QApplication.focusWidget()
    assert start is window.composer.edit
    seen: list[QWidget] = []
    for _ in range(4):
        window.act(CommandId.NEXT_PANE)
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus)
    assert seen[0] is window.widget.sidebar.list
    assert seen[-1] is start
    assert len(set(seen)) == 4
    window.act(CommandId.PREVIOUS_PANE)
    assert QApplication.focusWidget() is seen[-2]


@pytest.mark.parametrize("has_messages", [False, True])
def test_tab_goes_from_sidebar_to_header_to_content_to_composer(
    make_window: MakeWindow, has_messages: bool
) -> None:
    window = make_window(HELLO)
    if has_messages:
        window.ask_and_wait("Hi")
    window.widget.activateWindow()
    window.widget.sidebar.search_field.setFocus()
    window.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    page = window.widget.page
    regions = [window.widget.sidebar, page.header, page.content, page.composer]
    passed: list[int] = []
    for _ in range(60):
        focus = QApplication.focusWidget()
        assert focus is not None
        here = next(at for at, r in enumerate(regions) if r is focus or r.isAncestorOf(focus))
        if not passed or passed[-1] != here:
            passed.append(here)
        window.qtbot.keyClick(focus, Qt.Key.Key_Tab)
    first_round = passed[:5]
    assert first_round == [0, 1, 2, 3, 0]


def test_every_button_has_a_name_and_is_large_enough(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    seen = 0
    for button in window.widget.findChildren(QAbstractButton):
        if button.isVisible() and button.width() > 0:
            seen += 1
            name = button.accessibleName() or button.text()
            if type(button.parentWidget()).__name__ == "QLineEdit":
                continue  # Qt's own button inside a field
            assert name, button
            assert min(button.width(), button.height()) >= 24, name
    assert seen >= 6


def test_in_a_narrow_window_the_sidebar_lies_over_the_page(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    body, sidebar = window.widget.body, window.widget.sidebar
    assert body.is_sidebar_shown and not body.is_narrow
    window.widget.resize(MIN_WIDTH, 600)
    assert body.is_narrow and not body.is_sidebar_shown
    assert window.widget.page.width() == MIN_WIDTH
    window.act(CommandId.TOGGLE_SIDEBAR)
    assert sidebar.isVisible()
    assert window.widget.page.width() == MIN_WIDTH
    window.press_escape()
    assert not sidebar.isVisible()
    window.act(CommandId.TOGGLE_SIDEBAR)
    wanted = ConversationAction(ConversationActionKind.OPEN, window.chat.controller.current.id)
    sidebar.action_requested.emit(wanted)
    assert not sidebar.isVisible()
    window.widget.resize(1000, 700)
    assert sidebar.isVisible()


def test_a_hidden_sidebar_leaves_its_buttons_in_the_header(make_window: MakeWindow) -> None:
    window = make_window()
    names = ("Show the sidebar", "New chat")

    def shown() -> list[str]:
        buttons = window.widget.page.header.findChildren(QAbstractButton)
        return [b.accessibleName() for b in buttons if b.isVisible()]

    assert not set(names) & set(shown())
    window.act(CommandId.TOGGLE_SIDEBAR)
    assert set(names) <= set(shown())
    window.act(CommandId.TOGGLE_SIDEBAR)
    assert not set(names) & set(shown())


def test_search_brings_the_sidebar_back(make_window: MakeWindow) -> None:
    window = make_window()
    window.act(CommandId.TOGGLE_SIDEBAR)
    window.act(CommandId.SEARCH)
    assert window.widget.sidebar.isVisible()
    assert window.widget.sidebar.focusWidget() is window.widget.sidebar.search_field


# -- dialogs -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "command_id",
    [
        CommandId.PALETTE,
        CommandId.SHORTCUTS,
        CommandId.MODELS,
        CommandId.SETTINGS,
        CommandId.INSTRUCTIONS,
        CommandId.ABOUT,
    ],
)
def test_a_dialog_opens_and_blocks_nothing_for_good(
    make_window: MakeWindow, command_id: CommandId
) -> None:
    window = make_window()
    before = set(QApplication.topLevelWidgets())
    window.act(command_id)
    opened = [w for w in QApplication.topLevelWidgets() if w not in before and w.isVisible()]
    assert len(opened) == 1
    assert opened[0].windowTitle()
    window.qtbot.keyClick(opened[0], Qt.Key.Key_Escape)
    assert not opened[0].isVisible()


def test_instructions_of_a_conversation_are_kept(make_window: MakeWindow) -> None:
    from app.ui.asking_dialog import AskingDialog

    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    window.act(CommandId.INSTRUCTIONS)
    dialog = window.widget.findChild(AskingDialog)
    assert dialog is not None
    dialog.field.setPlainText("Be brief.")
    ok = next(b for b in dialog.findChildren(QPushButton) if b.isDefault())
    window.qtbot.mouseClick(ok, Qt.MouseButton.LeftButton)
    assert window.chat.controller.current.instructions == "Be brief."
    window.chat.drain()
    assert window.chat.stored().summary.instructions == "Be brief."


def test_the_window_comes_back_as_it_was_left(make_window: MakeWindow) -> None:
    window = make_window()
    window.act(CommandId.TOGGLE_SIDEBAR)
    window.widget.resize(780, 600)
    window.widget.close()
    left = window.chat.saved[-1]
    assert not left.is_sidebar_shown
    chat = window.chat
    again = MainWindow(chat.controller, window.theme, chat.services)
    window.qtbot.addWidget(again)
    again.show()
    assert (again.width(), again.height()) == (780, 600)
    assert not again.sidebar.isVisible()


def test_a_damaged_geometry_is_ignored(make_window: MakeWindow) -> None:
    window = make_window(settings=Settings(window_geometry="ünsinn=="))
    assert window.widget.isVisible()


def test_settings_hold_at_once(make_window: MakeWindow) -> None:
    window = make_window()
    controller = window.chat.controller
    controller.change_settings(replace(controller.settings, sends_with_ctrl_enter=True))
    window.composer.edit.setPlainText("a")
    window.qtbot.keyClick(window.composer.edit, Qt.Key.Key_Return)
    assert window.composer.full_text() == "a"


class LongWords(QTranslator):
    """A language whose texts are 40 % longer than the English ones."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        return text + "ñ" * round(len(text) * 0.4)


def test_the_layout_bears_texts_that_are_forty_per_cent_longer(
    make_window: MakeWindow, qapp: QApplication
) -> None:
    longer = LongWords()
    qapp.installTranslator(longer)
    try:
        window = make_window((thought("hm"), Pause()))
        window.widget.resize(MIN_WIDTH, MIN_HEIGHT)
        window.ask("Hi")
        window.chat.wait_until(Phase.THINKING)
        page = window.widget.page
        window.qtbot.waitUntil(lambda: window.composer.offers_answer_now)
        assert page.minimumSizeHint().width() <= MIN_WIDTH
        window.act(CommandId.TOGGLE_SIDEBAR)
        for part in (page, window.widget.sidebar):
            for button in part.findChildren(QAbstractButton):
                if button.isVisibleTo(part):
                    right = button.mapTo(part, button.rect().topRight()).x()
                    assert right < part.width(), button.accessibleName()
        window.press_escape()
    finally:
        qapp.removeTranslator(longer)
