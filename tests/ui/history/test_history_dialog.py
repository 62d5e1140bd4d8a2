"""Backups, trash, check and repair in the window, over the real storage."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton

from app.core.errors import StorageError
from app.core.history import RepairReport
from app.storage.conversation_store import SqliteConversationStore, open_store
from app.ui.history.history_dialog import HistoryDialog
from app.ui.history.page import HistoryPage
from app.ui.shortcuts import CommandId
from tests.fixtures.scripted_engine import HELLO, Pause, said
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

__all__ = ["make_window", "theme"]


def open_dialog(window: Window) -> HistoryDialog:
    window.act(CommandId.HISTORY)
    dialog = window.widget.findChild(HistoryDialog)
    assert dialog is not None
    return dialog


def wait_for_status(window: Window, page: HistoryPage, beginning: str) -> None:
    window.qtbot.waitUntil(lambda: page.status_text.startswith(beginning))


def titles(window: Window) -> list[str]:
    return [summary.title for summary in window.chat.controller.book.listed]


@pytest.fixture
def talked(make_window: MakeWindow) -> Window:
    """A window with one conversation of a question and an answer."""
    window = make_window(HELLO, (said("More."),), (said("Other."),))
    window.ask_and_wait("Hi there")
    return window


def back_up(window: Window, dialog: HistoryDialog) -> None:
    page = dialog.pages[0]
    page.make_button.click()
    wait_for_status(window, page, "The backup is made and checked")
    window.qtbot.waitUntil(page.restore_button.isEnabled)


def test_a_backup_is_made_and_listed(talked: Window) -> None:
    dialog = open_dialog(talked)
    back_up(talked, dialog)
    table = dialog.pages[0].table
    assert table.rowCount() == 1
    assert table.row_texts()[0][1] == "made by you"


def test_one_click_goes_back_to_a_backup(talked: Window) -> None:
    dialog = open_dialog(talked)
    back_up(talked, dialog)
    talked.ask_and_wait("And more?")
    talked.widget.commands.new_chat()
    talked.ask_and_wait("Something else")
    assert len(titles(talked)) == 2
    page = dialog.pages[0]
    page.restore_button.click()
    wait_for_status(talked, page, "Your conversations are as they were on")
    talked.qtbot.waitUntil(lambda: titles(talked) == ["Hi there"])
    # What was open is not in the backup: a blank conversation takes its place.
    talked.qtbot.waitUntil(lambda: not talked.chat.controller.current.title)
    talked.qtbot.waitUntil(lambda: page.table.rowCount() == 2)


def test_the_open_conversation_is_shown_as_the_backup_has_it(talked: Window) -> None:
    dialog = open_dialog(talked)
    back_up(talked, dialog)
    talked.ask_and_wait("And more?")
    dialog.pages[0].restore_button.click()
    talked.qtbot.waitUntil(lambda: talked.chat.shown == ["Hi there", "Hello there."])


def test_nothing_is_restored_while_an_answer_is_written(make_window: MakeWindow) -> None:
    pause = Pause()
    window = make_window(HELLO, (said("Half"), pause))
    window.ask_and_wait("Hi there")
    dialog = open_dialog(window)
    back_up(window, dialog)
    window.ask("And more?")
    window.qtbot.waitUntil(lambda: window.chat.controller.running_message_id is not None)
    dialog.pages[0].restore_button.click()
    assert dialog.pages[0].status_text.startswith("An answer is being written.")
    window.chat.controller.stop()


def test_a_backup_that_is_damaged_changes_nothing(talked: Window) -> None:
    dialog = open_dialog(talked)
    back_up(talked, dialog)
    backup = next((talked.chat.data_dir / "backups").glob("*.db"))
    backup.write_bytes(b"\0" * backup.stat().st_size)
    page = dialog.pages[0]
    page.restore_button.click()
    talked.qtbot.waitUntil(lambda: "Nothing was changed" in page.status_text)
    assert titles(talked) == ["Hi there"]


# -- trash ---------------------------------------------------------------------------------
def test_a_deleted_conversation_is_put_back_from_the_trash(talked: Window) -> None:
    talked.chat.controller.delete_conversation(talked.chat.controller.current.id)
    talked.qtbot.waitUntil(lambda: titles(talked) == [])
    dialog = open_dialog(talked)
    page = dialog.pages[1]
    dialog.show_page(page)
    talked.qtbot.waitUntil(lambda: page.table.rowCount() == 1)
    assert page.table.row_texts()[0][0] == "Hi there"
    page.restore_button.click()
    talked.qtbot.waitUntil(lambda: titles(talked) == ["Hi there"])
    talked.qtbot.waitUntil(lambda: page.table.rowCount() == 0)


def test_a_deleted_message_is_put_back_where_it_was(talked: Window) -> None:
    talked.chat.controller.delete_message(talked.chat.row(-1).id)
    talked.qtbot.waitUntil(lambda: talked.chat.shown == ["Hi there"])
    dialog = open_dialog(talked)
    page = dialog.pages[1]
    dialog.show_page(page)
    talked.qtbot.waitUntil(lambda: page.table.rowCount() == 1)
    assert page.table.row_texts()[0][0] == "Message in “Hi there”: Hello there."
    page.restore_button.click()
    talked.qtbot.waitUntil(lambda: talked.chat.shown == ["Hi there", "Hello there."])


@pytest.mark.parametrize(("answer", "n_left"), [("Erase", 0), ("Cancel", 1)])
def test_the_trash_is_emptied_only_after_a_question_that_says_what_is_erased(
    talked: Window, answer: str, n_left: int
) -> None:
    talked.chat.controller.delete_conversation(talked.chat.controller.current.id)
    talked.qtbot.waitUntil(lambda: titles(talked) == [])
    dialog = open_dialog(talked)
    page = dialog.pages[1]
    dialog.show_page(page)
    talked.qtbot.waitUntil(lambda: page.table.rowCount() == 1)
    page.empty_button.click()
    box = page.findChild(QMessageBox)
    assert box is not None
    assert "Messages: 2." in box.informativeText()
    assert "all backups" in box.informativeText()
    next(b for b in box.findChildren(QPushButton) if answer in b.text()).click()
    talked.chat.drain()
    talked.qtbot.waitUntil(lambda: page.table.rowCount() == n_left)
    store = open_store(talked.chat.data_dir)
    n_kept = len(store.list_trash())
    store.close()
    assert n_kept == n_left


# -- check and repair ----------------------------------------------------------------------
def test_a_sound_history_is_said_to_be_well(talked: Window) -> None:
    dialog = open_dialog(talked)
    page = dialog.pages[2]
    dialog.show_page(page)
    page.check_button.click()
    wait_for_status(talked, page, "All is well. Conversations: 1, messages: 2.")
    assert page.copy_button.isHidden()


class Damaged:
    """A store whose check finds damage."""

    def __init__(self, store: SqliteConversationStore, report: RepairReport) -> None:
        self._store = store
        self._report = report

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def check_and_repair(self) -> RepairReport:
        if not self._report.findings:
            raise StorageError("The disk is full.")
        return self._report


REPORTS = [
    (RepairReport(("row 7 missing",), 3, 12, Path("/aside/1.db"), 2), "2.", True),
    (RepairReport(("row 7 missing",), 3, 12), "Export your conversations.", True),
    (RepairReport((), 0, 0), "The disk is full.", False),
]


@pytest.mark.parametrize(("report", "words", "has_details"), REPORTS)
def test_damage_is_told_in_words_and_its_details_can_be_copied(
    make_window: MakeWindow,
    tmp_path: Path,
    report: RepairReport,
    words: str,
    has_details: bool,
) -> None:
    window = make_window(
        loads=False, opener=lambda: Damaged(open_store(tmp_path / "data"), report)
    )
    dialog = open_dialog(window)
    page = dialog.pages[2]
    dialog.show_page(page)
    page.check_button.click()
    window.qtbot.waitUntil(lambda: words in page.status_text)
    assert page.copy_button.isHidden() is not has_details


def test_every_control_of_the_dialog_has_a_name(talked: Window) -> None:
    dialog = open_dialog(talked)
    for page in dialog.pages:
        for button in page.findChildren(QPushButton):
            assert button.accessibleName()
    assert all(page.table.accessibleName() for page in dialog.pages[:2])
