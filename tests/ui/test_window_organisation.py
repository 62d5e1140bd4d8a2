"""Folders, archive, choosing several and searching in thinking, in the whole window."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from app.core.message import ConversationId
from app.core.settings import Settings
from app.ui.conversation_actions import ConversationAction, ConversationActionKind
from app.ui.folder_dialog import FolderDialog
from app.ui.history.export_dialog import ExportDialog, FileKind, What
from app.ui.shortcuts import CommandId
from tests.fixtures.scripted_engine import said, thought
from tests.ui.conftest import PATIENCE_MS
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

__all__ = ["make_window", "theme"]

ANSWER = (thought("the hidden zebra"), said("Yes."))


@pytest.fixture
def window(make_window: MakeWindow) -> Window:
    """A window with the conversations "One" and "Two"; the second is open."""
    window = make_window(ANSWER, ANSWER)
    window.ask_and_wait("One")
    window.act(CommandId.NEW_CHAT)
    window.ask_and_wait("Two")
    return window


def listed(window: Window) -> list[str]:
    model = window.widget.sidebar.model
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def choose_all(window: Window) -> tuple[ConversationId, ...]:
    rows = window.widget.sidebar.list
    rows.setFocus()
    rows.select_first()
    window.qtbot.keyClick(rows, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    return tuple(s.id for s in rows.selected())


def folder_dialog(window: Window) -> FolderDialog:
    dialogs = window.widget.findChildren(FolderDialog)
    return next(d for d in dialogs if d.isVisible())


def test_the_open_conversation_is_moved_by_keyboard_into_a_new_folder_and_back(
    window: Window,
) -> None:
    window.act(CommandId.MOVE)
    dialog = folder_dialog(window)
    dialog.name_field.setText("Work")
    dialog.accept_choice()
    assert listed(window) == ["Work", "Two", "Today", "One"]
    window.act(CommandId.MOVE)
    dialog = folder_dialog(window)
    names = dialog.findChild(QListWidget)
    assert names is not None
    assert [names.item(row).text() for row in range(names.count())] == ["Work", "No folder"]
    names.setCurrentRow(1)
    window.qtbot.keyClick(names, Qt.Key.Key_Return)
    assert listed(window) == ["Work", "Today", "Two", "One"]


def test_a_folder_without_a_name_cannot_be_made(window: Window) -> None:
    window.act(CommandId.NEW_FOLDER)
    dialog = folder_dialog(window)
    dialog.name_field.setText("   ")
    assert not dialog.can_accept
    dialog.name_field.setText("Garden")
    dialog.accept_choice()
    assert listed(window) == ["Garden", "Today", "Two", "One"]


def test_what_is_chosen_is_archived_and_deleted_by_commands(window: Window) -> None:
    assert len(choose_all(window)) == 2
    window.act(CommandId.ARCHIVE)
    assert listed(window) == ["Archived"]
    window.widget.page.toast.undo_button.click()
    assert listed(window) == ["Today", "Two", "One"]
    assert len(choose_all(window)) == 2
    window.act(CommandId.DELETE)
    window.qtbot.waitUntil(lambda: listed(window) == [], timeout=3000)
    window.widget.page.toast.undo_button.click()
    window.chat.wait_for(lambda: len(listed(window)) == 3)


def test_without_a_choice_commands_are_for_the_open_conversation(window: Window) -> None:
    window.composer.focus_input()
    window.act(CommandId.ARCHIVE)
    assert listed(window) == ["Today", "One", "Archived"]


def test_the_menu_makes_folders_folds_them_and_deletes_them(window: Window) -> None:
    ids = choose_all(window)
    rows = window.widget.sidebar.list
    kind = ConversationActionKind.MOVE_TO_NEW
    rows.action_requested.emit(ConversationAction(kind, ids))
    dialog = folder_dialog(window)
    dialog.name_field.setText("Work")
    dialog.accept_choice()
    assert listed(window) == ["Work", "Two", "One"]
    rows.setCurrentIndex(window.widget.sidebar.model.index(0))
    window.qtbot.keyClick(rows, Qt.Key.Key_Left)
    assert listed(window) == ["Work"]
    window.qtbot.keyClick(rows, Qt.Key.Key_Delete)
    assert listed(window) == ["Today", "Two", "One"]


def test_the_chosen_ones_are_exported(make_window: MakeWindow, tmp_path: Path) -> None:
    window = make_window(ANSWER, ANSWER, ANSWER)
    for text in ("One", "Two", "Three"):
        window.act(CommandId.NEW_CHAT)
        window.ask_and_wait(text)
    rows = window.widget.sidebar.list
    rows.setFocus()
    rows.select_first()
    window.qtbot.keyClick(rows, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    window.act(CommandId.EXPORT)
    dialog = window.widget.findChild(ExportDialog)
    assert dialog is not None
    assert dialog.what.currentData() is What.CHOSEN
    assert dialog.what.currentText() == "The chosen ones (2)"
    dialog.choose_kind(FileKind.JSON)
    target = tmp_path / "two.json"
    dialog.path_field.setText(str(target))
    dialog.export_button.click()
    window.qtbot.waitUntil(lambda: bool(dialog.status_text), timeout=PATIENCE_MS)
    exported = json.loads(target.read_text("utf-8"))
    assert [c["title"] for c in exported["conversations"]] == ["Three", "Two"]


def test_words_of_the_thinking_are_found_on_wish_and_that_is_remembered(
    window: Window,
) -> None:
    sidebar = window.widget.sidebar
    assert not sidebar.thinking_box.isVisible()
    sidebar.search_field.setText("zebra")
    window.chat.wait_for(lambda: bool(sidebar.empty_text))
    sidebar.thinking_box.click()
    window.chat.wait_for(lambda: sidebar.results.n_hits == 2)
    assert window.chat.controller.settings.searches_thinking
    sidebar.thinking_box.click()
    window.chat.wait_for(lambda: sidebar.results.n_hits == 0)


def test_the_search_in_thinking_begins_as_it_was_left(make_window: MakeWindow) -> None:
    window = make_window(loads=False, settings=Settings(searches_thinking=True))
    assert window.widget.sidebar.thinking_box.isChecked()
