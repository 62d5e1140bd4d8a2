"""One table of commands: no key twice, nothing without a handler."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.ui.command_palette import CommandPalette, ShortcutSheet
from app.ui.menu_bar import MenuBar
from app.ui.shortcuts import COMMANDS, ActionTable, CommandId, command_of


def make_table(qtbot: QtBot) -> tuple[QWidget, ActionTable, list[CommandId]]:
    window = QWidget()
    window.resize(900, 700)
    qtbot.addWidget(window)
    done: list[CommandId] = []

    def handler(command_id: CommandId):
        return lambda: done.append(command_id)

    return window, ActionTable(window, {c: handler(c) for c in CommandId}), done


def test_every_command_is_in_the_table_once() -> None:
    assert sorted(c.id for c in COMMANDS) == sorted(CommandId)


def test_no_key_is_used_twice_and_none_is_a_single_letter() -> None:
    keys = [QKeySequence(key).toString() for c in COMMANDS for key in c.keys]
    assert all(keys)
    assert len(set(keys)) == len(keys)
    assert not [key for key in keys if len(key) == 1]


def test_a_command_without_handler_is_an_error(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    with pytest.raises(KeyError):
        ActionTable(window, {})


def test_every_action_does_its_command(qtbot: QtBot) -> None:
    window, table, done = make_table(qtbot)
    assert window.actions()
    for command in COMMANDS:
        table[command.id].trigger()
    assert done == [c.id for c in COMMANDS]


def test_escape_is_left_to_the_parts_of_the_window(qtbot: QtBot) -> None:
    window, table, _ = make_table(qtbot)
    assert command_of(CommandId.STOP).key_text
    assert table[CommandId.STOP] in window.actions()
    assert table[CommandId.STOP].shortcuts() == []


def test_the_palette_finds_by_letters_and_runs_the_first(qtbot: QtBot) -> None:
    window, table, done = make_table(qtbot)
    palette = CommandPalette(table, window)
    qtbot.addWidget(palette)
    palette.field.setText("SET")
    assert [name for name in palette.shown_names() if "et" in name.lower()]
    palette.field.setText("settings")
    assert palette.shown_names() == ["Settings"]
    palette.field.returnPressed.emit()
    assert done == [CommandId.SETTINGS]


def test_the_palette_leaves_out_what_cannot_be_done_now(qtbot: QtBot) -> None:
    window, table, _ = make_table(qtbot)
    table[CommandId.REGENERATE].setEnabled(False)
    palette = CommandPalette(table, window)
    qtbot.addWidget(palette)
    names = palette.shown_names()
    assert command_of(CommandId.REGENERATE).text not in names
    assert command_of(CommandId.NEW_CHAT).text in names


def test_a_menu_bar_has_every_command_once(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    table = ActionTable(window, {c: lambda: None for c in CommandId})
    bar = MenuBar(window, table)
    menus = [action.menu() for action in bar.actions()]
    names = [
        a.objectName() for menu in menus if isinstance(menu, QMenu) for a in menu.actions()
    ]
    assert sorted(names) == sorted(c.value for c in CommandId)


def test_the_sheet_lists_every_key(qtbot: QtBot) -> None:
    window, _, _ = make_table(qtbot)
    sheet = ShortcutSheet(window)
    qtbot.addWidget(sheet)
    for command in COMMANDS:
        if command.keys:
            assert command.key_text in sheet.texts()
