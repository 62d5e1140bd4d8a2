"""The list of conversations with mouse and keyboard."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.core.conversation import ConversationSummary, new_conversation_id
from app.ui.conversation_actions import ConversationAction, ConversationActionKind
from app.ui.models.conversation_list_model import TitleEdited
from app.ui.sidebar import Sidebar
from app.ui.sidebar_delegate import ConversationDelegate

OPEN, PIN = ConversationActionKind.OPEN, ConversationActionKind.PIN
UNPIN, DELETE = ConversationActionKind.UNPIN, ConversationActionKind.DELETE


class Heard:
    """A sidebar with three conversations and what it has asked for."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.sidebar = Sidebar()
        qtbot.addWidget(self.sidebar)
        self.sidebar.resize(272, 600)
        now = time.time()
        self.summaries = tuple(
            ConversationSummary(new_conversation_id(), title, now - at, now - at, at == 0)
            for at, title in enumerate(("Pinned one", "Second", "Third"))
        )
        self.asked: list[ConversationAction] = []
        self.titles: list[TitleEdited] = []
        self.sidebar.action_requested.connect(self.asked.append)
        self.sidebar.model.title_edited.connect(self.titles.append)
        self.sidebar.set_conversations(self.summaries, self.summaries[1].id)
        self.sidebar.show()
        qtbot.waitExposed(self.sidebar)

    def place(self, title: str) -> QPoint:
        index = self.sidebar.model.index_of(self.named(title).id)
        return self.sidebar.list.visualRect(index).center()

    def named(self, title: str) -> ConversationSummary:
        return next(s for s in self.summaries if s.title == title)

    def press(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(self.sidebar.list, key)

    def current_title(self) -> str:
        return str(self.sidebar.list.currentIndex().data())


@pytest.fixture
def heard(qtbot: QtBot) -> Heard:
    return Heard(qtbot)


def test_the_open_conversation_is_selected(heard: Heard) -> None:
    assert heard.current_title() == "Second"
    heard.sidebar.list.set_open(None)
    assert not heard.sidebar.list.currentIndex().isValid()


def test_a_click_opens(heard: Heard) -> None:
    viewport = heard.sidebar.list.viewport()
    heard.qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=heard.place("Third"))
    assert heard.asked == [ConversationAction(OPEN, (heard.named("Third").id,))]


def test_a_click_on_a_heading_does_nothing(heard: Heard) -> None:
    heading = heard.sidebar.list.visualRect(heard.sidebar.model.index(0)).center()
    viewport = heard.sidebar.list.viewport()
    heard.qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=heading)
    assert heard.asked == []


def test_arrow_keys_pass_the_headings_and_enter_opens(heard: Heard) -> None:
    heard.sidebar.list.setFocus()
    heard.press(Qt.Key.Key_Up)
    assert heard.current_title() == "Pinned one"
    heard.press(Qt.Key.Key_Return)
    assert heard.asked == [ConversationAction(OPEN, (heard.named("Pinned one").id,))]


def test_delete_asks_for_the_current_row(heard: Heard) -> None:
    heard.press(Qt.Key.Key_Delete)
    assert heard.asked == [ConversationAction(DELETE, (heard.named("Second").id,))]


def test_backspace_deletes_nothing(heard: Heard) -> None:
    heard.press(Qt.Key.Key_Backspace)
    assert heard.asked == []


def test_f2_renames_in_place(heard: Heard) -> None:
    heard.press(Qt.Key.Key_F2)
    editor = heard.sidebar.list.viewport().findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "Second"
    editor.setText("Better name")
    heard.qtbot.keyClick(editor, Qt.Key.Key_Return)
    heard.qtbot.waitUntil(lambda: bool(heard.titles))
    assert heard.titles == [TitleEdited(heard.named("Second").id, "Better name")]


def test_escape_leaves_the_title_as_it_was(heard: Heard) -> None:
    heard.sidebar.rename(heard.named("Third").id)
    editor = heard.sidebar.list.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.setText("no")
    heard.qtbot.keyClick(editor, Qt.Key.Key_Escape)
    heard.qtbot.waitUntil(lambda: not heard.sidebar.list.is_editing)
    assert heard.titles == []


def test_the_more_sign_is_a_large_target_inside_its_row(heard: Heard) -> None:
    conversations = heard.sidebar.list
    row = conversations.visualRect(heard.sidebar.model.index_of(heard.named("Third").id))
    delegate = conversations.itemDelegate()
    assert isinstance(delegate, ConversationDelegate)
    target = delegate.menu_rect(row)
    assert min(target.width(), target.height()) >= 24
    assert row.contains(target)


@pytest.mark.parametrize(("title", "kind"), [("Pinned one", UNPIN), ("Second", PIN)])
def test_the_menu_of_a_row_has_all_that_can_be_done_with_it(
    heard: Heard, title: str, kind: ConversationActionKind
) -> None:
    summary = heard.named(title)
    menu = heard.sidebar.list.menu_for(heard.sidebar.model.index_of(summary.id))
    assert menu is not None
    heard.qtbot.addWidget(menu)
    actions = [a for a in menu.actions() if not a.isSeparator() and a.menu() is None]
    for action in actions[1:]:
        action.trigger()
    kinds = ConversationActionKind
    assert [a.kind for a in heard.asked] == [kind, kinds.ARCHIVE, kinds.EXPORT, DELETE]
    assert {a.conversation_ids for a in heard.asked} == {(summary.id,)}


def test_searching_shows_fitting_titles_and_says_when_there_is_none(heard: Heard) -> None:
    heard.sidebar.focus_search()
    heard.qtbot.keyClicks(heard.sidebar.search_field, "third")
    assert heard.sidebar.model.rowCount() == 2
    assert heard.sidebar.empty_text == ""
    heard.qtbot.keyClicks(heard.sidebar.search_field, "xyz")
    heard.sidebar.show_hits("thirdxyz", ())
    assert heard.sidebar.model.rowCount() == 0
    assert heard.sidebar.empty_text
    heard.qtbot.keyClick(heard.sidebar.search_field, Qt.Key.Key_Escape)
    assert heard.sidebar.search_field.text() == ""
    assert heard.sidebar.model.rowCount() == 5


def test_enter_in_the_search_goes_to_the_first_hit(heard: Heard) -> None:
    heard.qtbot.keyClicks(heard.sidebar.search_field, "third")
    heard.qtbot.keyClick(heard.sidebar.search_field, Qt.Key.Key_Return)
    assert heard.current_title() == "Third"


def test_an_empty_list_says_what_will_be_there(heard: Heard) -> None:
    heard.sidebar.set_conversations((), None)
    assert heard.sidebar.empty_text


def test_every_button_has_a_name_and_is_large_enough(heard: Heard) -> None:
    for button in heard.sidebar.buttons():
        assert button.accessibleName()
        assert button.toolTip()
        assert min(button.width(), button.height()) >= 24
    assert heard.sidebar.list.accessibleName()
    assert heard.sidebar.search_field.accessibleName()


def many(n: int) -> tuple[ConversationSummary, ...]:
    """So many conversations, newest first."""
    now = time.time()
    return tuple(
        ConversationSummary(new_conversation_id(), f"title {at}", now - at, now - at)
        for at in range(n)
    )


def is_seen(sidebar: Sidebar, summary: ConversationSummary) -> bool:
    rect = sidebar.list.visualRect(sidebar.model.index_of(summary.id))
    return rect.isValid() and sidebar.list.viewport().rect().contains(rect)


def test_of_thousands_the_open_one_is_shown_at_once_wherever_it_stands(heard: Heard) -> None:
    summaries, sidebar = many(9000), heard.sidebar
    sidebar.set_conversations(summaries, summaries[-1].id)
    assert is_seen(sidebar, summaries[-1])
    sidebar.set_conversations(summaries, summaries[4000].id)
    assert is_seen(sidebar, summaries[4000])


def test_of_thousands_all_can_be_reached_soon(heard: Heard, qtbot: QtBot) -> None:
    summaries, sidebar = many(9000), heard.sidebar
    sidebar.set_conversations(summaries, None)
    row_height = sidebar.list.sizeHintForRow(0)
    assert is_seen(sidebar, summaries[0])
    bar = sidebar.list.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > (len(summaries) - 100) * row_height)


def test_rows_that_change_places_among_thousands_are_found_where_they_are(heard: Heard) -> None:
    summaries, sidebar = many(9000), heard.sidebar
    sidebar.set_conversations(summaries, None)
    sidebar.list.scrollTo(
        sidebar.model.index_of(summaries[6000].id), sidebar.list.ScrollHint.PositionAtCenter
    )
    place = sidebar.list.verticalScrollBar().value()
    before = sidebar.list.visualRect(sidebar.model.index_of(summaries[6000].id))
    touched = replace(summaries[-1], updated_at=time.time() + 1)
    sidebar.set_conversations((touched, *summaries[:-1]), None)
    index = sidebar.model.index_of(summaries[6000].id)
    rect = sidebar.list.visualRect(index)
    assert sidebar.list.verticalScrollBar().value() == place
    assert rect == before.translated(0, sidebar.list.sizeHintForRow(0))
    assert sidebar.list.indexAt(rect.center()) == index


def test_a_larger_font_makes_all_rows_higher(heard: Heard) -> None:
    sidebar = heard.sidebar
    font = sidebar.list.font()
    font.setPointSizeF(font.pointSizeF() * 3)
    sidebar.list.setFont(font)
    rects = [sidebar.list.visualRect(sidebar.model.index(row)) for row in range(3)]
    assert {rect.height() for rect in rects} == {sidebar.list.sizeHintForRow(0)}
    assert rects[0].bottom() < rects[1].top() and rects[1].bottom() < rects[2].top()
