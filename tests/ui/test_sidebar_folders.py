"""Folders, the archive and choosing several in the list of conversations."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.core.conversation import ConversationSummary, Folder, FolderId, new_conversation_id
from app.core.message import ConversationId
from app.ui.conversation_actions import (
    ConversationAction,
    ConversationActionKind,
    FolderAction,
    FolderActionKind,
)
from app.ui.conversation_list import MIME_TYPE, ConversationList
from app.ui.models.conversation_list_model import FolderRenamed
from app.ui.sidebar import Sidebar

WORK, HOME = Folder(FolderId("f1"), "Work"), Folder(FolderId("f2"), "at home", is_folded=True)
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
MOVE, ARCHIVE = ConversationActionKind.MOVE, ConversationActionKind.ARCHIVE


class Heard:
    """A sidebar with two folders, six conversations, and what it has asked for."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.sidebar = Sidebar()
        qtbot.addWidget(self.sidebar)
        self.sidebar.resize(272, 700)
        now = time.time()

        def made(title: str, age: float, **values: Any) -> ConversationSummary:
            plain = ConversationSummary(new_conversation_id(), title, now - age, now - age)
            return replace(plain, **values)

        self.summaries = (
            made("one", 1),
            made("two", 2),
            made("in work", 3, folder_id=WORK.id),
            made("at home", 4, folder_id=HOME.id),
            made("pinned", 5, is_pinned=True, folder_id=WORK.id),
            made("put away", 6, is_archived=True),
        )
        self.asked: list[ConversationAction] = []
        self.folders_asked: list[FolderAction] = []
        self.sidebar.action_requested.connect(self.asked.append)
        self.sidebar.folder_action_requested.connect(self.folders_asked.append)
        self.show()
        self.sidebar.show()
        qtbot.waitExposed(self.sidebar)

    @property
    def view(self) -> ConversationList:
        return self.sidebar.list

    def show(self, *folders: Folder) -> None:
        shown = folders or (WORK, HOME)
        self.sidebar.set_conversations(self.summaries, self.summaries[0].id, shown)

    def rows(self) -> list[str]:
        model = self.sidebar.model
        return [str(model.index(at).data()) for at in range(model.rowCount())]

    def at(self, text: str) -> QPoint:
        index = self.sidebar.model.index(self.rows().index(text))
        return self.view.visualRect(index).center()

    def click(
        self, text: str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        self.qtbot.mouseClick(
            self.view.viewport(), Qt.MouseButton.LeftButton, modifiers, self.at(text)
        )

    def press(
        self,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self.qtbot.keyClick(self.view, key, modifiers)

    def go_to(self, text: str) -> None:
        self.view.setFocus()
        self.view.setCurrentIndex(self.sidebar.model.index(self.rows().index(text)))

    def chosen(self) -> list[str]:
        return [s.title for s in self.view.selected()]

    def ids(self, *titles: str) -> tuple[ConversationId, ...]:
        return tuple(s.id for t in titles for s in self.summaries if s.title == t)

    def drop(self, ids: tuple[ConversationId, ...], text: str) -> bool:
        """Drag to a row and let go; whether it was taken."""
        data = QMimeData()
        data.setData(MIME_TYPE, "\n".join(ids).encode())
        place = QPointF(self.at(text))
        action, left = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(place.toPoint(), action, data, left, none)
        move = QDragMoveEvent(place.toPoint(), action, data, left, none)
        drop = QDropEvent(place, action, data, left, none)
        for event in (enter, move, drop):
            QApplication.sendEvent(self.view.viewport(), event)
        return move.isAccepted() and drop.isAccepted()


@pytest.fixture
def heard(qtbot: QtBot) -> Heard:
    return Heard(qtbot)


def test_groups_stand_in_their_order_and_what_is_folded_is_not_listed(heard: Heard) -> None:
    assert heard.rows() == [
        *("Pinned", "pinned", "at home", "Work", "in work"),
        *("Today", "one", "two", "Archived"),
    ]


def test_enter_space_and_arrows_fold_a_folder(heard: Heard) -> None:
    heard.go_to("Work")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Left):
        heard.press(key)
    heard.go_to("at home")
    heard.press(Qt.Key.Key_Right)
    fold = FolderAction(FolderActionKind.FOLD, WORK.id)
    assert heard.folders_asked == [
        *(fold, fold, fold),
        FolderAction(FolderActionKind.UNFOLD, HOME.id),
    ]
    heard.show(replace(WORK, is_folded=True), replace(HOME, is_folded=False))
    assert heard.rows()[2:5] == ["at home", "at home", "Work"]


def test_a_click_on_the_archive_shows_what_is_in_it_and_hides_it_again(heard: Heard) -> None:
    heard.click("Archived")
    assert heard.rows()[-2:] == ["Archived", "put away"]
    heard.click("Archived")
    assert heard.rows()[-1] == "Archived"


def test_left_goes_from_a_conversation_to_its_folder(heard: Heard) -> None:
    heard.go_to("in work")
    heard.press(Qt.Key.Key_Left)
    assert heard.view.currentIndex().data() == "Work"


def test_a_folder_is_renamed_in_place_and_deleted_by_its_key(heard: Heard) -> None:
    renamed: list[FolderRenamed] = []
    heard.sidebar.model.folder_renamed.connect(renamed.append)
    heard.go_to("Work")
    assert heard.sidebar.model.setData(heard.view.currentIndex(), " My  office ")
    assert renamed == [FolderRenamed(WORK.id, "My office")]
    heard.press(Qt.Key.Key_Delete)
    assert heard.folders_asked == [FolderAction(FolderActionKind.DELETE, WORK.id)]


def test_searching_finds_what_is_folded_away_and_says_that_it_is_archived(
    heard: Heard,
) -> None:
    heard.sidebar.search_field.setText("away")
    assert heard.rows() == ["Archived", "put away"]
    spoken = heard.sidebar.model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "put away, archived"
    heard.sidebar.search_field.setText("home")
    assert heard.rows() == ["at home", "at home"]


def test_several_are_chosen_with_the_mouse_and_nothing_is_opened(heard: Heard) -> None:
    heard.click("in work", CONTROL)
    assert heard.chosen() == ["in work", "one"]
    heard.click("in work", CONTROL)
    assert heard.chosen() == ["one"]
    heard.click("two", SHIFT)
    assert heard.chosen() == ["in work", "one", "two"]
    assert heard.asked == []


def test_several_are_chosen_with_the_keyboard(heard: Heard) -> None:
    heard.go_to("one")
    heard.press(Qt.Key.Key_Down, SHIFT)
    assert heard.chosen() == ["one", "two"]
    heard.press(Qt.Key.Key_A, CONTROL)
    assert heard.chosen() == ["pinned", "in work", "one", "two"]
    heard.press(Qt.Key.Key_Delete)
    (asked,) = heard.asked
    assert asked.kind is ConversationActionKind.DELETE
    assert asked.conversation_ids == heard.ids("pinned", "in work", "one", "two")


def test_what_is_chosen_stays_so_without_the_focus_and_until_escape(heard: Heard) -> None:
    heard.go_to("one")
    heard.press(Qt.Key.Key_Down, SHIFT)
    heard.sidebar.search_field.setFocus()
    heard.show()
    assert heard.chosen() == ["one", "two"]
    heard.view.setFocus()
    heard.press(Qt.Key.Key_Escape)
    assert heard.chosen() == ["one"]


def triggers(menu: QMenu, text: str) -> None:
    next(a for a in menu.actions() if a.text() == text).trigger()


def test_the_menu_of_several_is_for_all_of_them(heard: Heard) -> None:
    heard.go_to("one")
    heard.press(Qt.Key.Key_Down, SHIFT)
    menu = heard.view.menu_for(heard.view.currentIndex())
    assert menu is not None
    heard.qtbot.addWidget(menu)
    for text in ("Archive", "Export 2…", "Delete 2"):
        triggers(menu, text)
    folders = next(m for a in menu.actions() if isinstance(m := a.menu(), QMenu))
    assert [a.text() for a in folders.actions() if not a.isSeparator()] == [
        *("at home", "Work", "New folder…"),
    ]
    triggers(folders, "Work")
    assert [a.kind for a in heard.asked] == [
        *(ARCHIVE, ConversationActionKind.EXPORT, ConversationActionKind.DELETE, MOVE)
    ]
    assert {a.conversation_ids for a in heard.asked} == {heard.ids("one", "two")}
    assert heard.asked[-1].folder_id == WORK.id


@pytest.mark.parametrize(
    ("text", "kind", "folder_id"),
    [
        ("Work", MOVE, WORK.id),
        ("in work", MOVE, WORK.id),
        ("two", MOVE, None),
        ("Archived", ARCHIVE, None),
        ("Pinned", ConversationActionKind.PIN, None),
    ],
)
def test_dropping_moves_to_the_group_of_the_row(
    heard: Heard, text: str, kind: ConversationActionKind, folder_id: FolderId | None
) -> None:
    ids = heard.ids("one", "in work")
    assert heard.drop(ids, text)
    assert heard.asked == [ConversationAction(kind, ids, folder_id)]


def test_files_are_not_for_the_list(heard: Heard) -> None:
    data = QMimeData()
    data.setText("anything")
    event = QDragEnterEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(heard.view.viewport(), event)
    assert not event.isAccepted()


def test_what_was_moved_by_the_pointer_goes_at_once(heard: Heard) -> None:
    moved = tuple(
        replace(s, folder_id=WORK.id) if s.title == "one" else s for s in heard.summaries
    )
    heard.sidebar.model.set_conversations(moved, (WORK, HOME), keeps_order=True)
    assert heard.rows()[3:6] == ["Work", "one", "in work"]


def test_a_temporary_chat_stands_first_and_is_neither_moved_nor_archived(
    heard: Heard,
) -> None:
    heard.summaries = (
        replace(heard.summaries[0], is_temporary=True),
        *heard.summaries[1:],
    )
    heard.show()
    assert heard.rows()[:2] == ["Not saved", "one"]
    menu = heard.view.menu_for(heard.sidebar.model.index(1))
    assert menu is not None
    heard.qtbot.addWidget(menu)
    texts = [a.text() for a in menu.actions() if not a.isSeparator()]
    assert texts == ["Rename", "Keep this conversation", "Delete"]
