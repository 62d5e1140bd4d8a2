"""Full-text search in the window, over the real store, threads and index."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt

from app.core.errors import StorageError
from app.core.history import SearchHit, SearchQuery
from app.ui.history.search_desk import HitsFound, SearchDesk
from app.ui.models.search_hit_model import excerpt
from app.ui.search_results import SearchResults
from app.ui.shortcuts import CommandId
from app.ui.sidebar import SearchTyped
from tests.fixtures.scripted_engine import HELLO, said
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

__all__ = ["make_window", "theme"]


def type_and_wait(window: Window, text: str) -> SearchResults:
    """Type into the search field and wait for the answer to the whole text."""
    sidebar = window.widget.sidebar
    window.act(CommandId.SEARCH)
    answered: list[str] = []
    window.widget.history.search.hits_found.connect(lambda event: answered.append(event.text))
    window.qtbot.keyClicks(sidebar.search_field, text)
    window.qtbot.waitUntil(lambda: answered[-1:] == [text])
    return sidebar.results


def hit_of(results: SearchResults, row: int) -> SearchHit:
    hit = results.hit_at(results.model().index(row, 0))
    assert hit is not None
    return hit


def current_text(results: SearchResults) -> str:
    hit = results.hit_at(QModelIndex(results.currentIndex()))
    return "" if hit is None else excerpt(hit)


@pytest.fixture
def three_answers(make_window: MakeWindow) -> Window:
    """Two conversations; the open one has three questions about fruit."""
    window = make_window(
        (said("A dry stone wall."),),
        (said("Lemons are yellow."),),
        (said("Plums are blue."),),
        (said("Ripe plums are sweet."),),
    )
    window.ask_and_wait("How do I build it?")
    window.act(CommandId.NEW_CHAT)
    for question in ("First fruit?", "Second fruit?", "Third fruit?"):
        window.ask_and_wait(question)
    return window


def test_typing_finds_messages_newest_first_with_the_words_marked(
    three_answers: Window,
) -> None:
    results = type_and_wait(three_answers, "plum")
    assert results.isVisible()
    assert [excerpt(hit_of(results, row)) for row in range(results.n_hits)] == [
        "Ripe plums are sweet.",
        "Plums are blue.",
    ]
    marked = [part.text for part in hit_of(results, 0).snippet if part.is_match]
    assert marked == ["plums"]


def test_titles_that_fit_stay_listed_above_the_messages(three_answers: Window) -> None:
    results = type_and_wait(three_answers, "fruit")
    sidebar = three_answers.widget.sidebar
    assert sidebar.list.isVisible()
    assert sidebar.list.geometry().bottom() < results.geometry().top()
    assert all(hit_of(results, row).message_id for row in range(results.n_hits))


def test_emptying_the_field_shows_all_conversations_again(three_answers: Window) -> None:
    results = type_and_wait(three_answers, "plum")
    sidebar = three_answers.widget.sidebar
    three_answers.qtbot.keyClick(sidebar.search_field, Qt.Key.Key_Escape)
    three_answers.qtbot.waitUntil(lambda: not results.isVisible())
    assert sidebar.list.isVisible()
    assert sidebar.model.rowCount() == 3


def test_nothing_found_is_said(three_answers: Window) -> None:
    results = type_and_wait(three_answers, "zebra")
    assert results.n_hits == 0
    assert three_answers.widget.sidebar.empty_text == "No conversation contains these words."


def test_a_hit_is_reached_and_opened_with_keys_alone(three_answers: Window) -> None:
    results = type_and_wait(three_answers, "stone")
    field = three_answers.widget.sidebar.search_field
    three_answers.qtbot.keyClick(field, Qt.Key.Key_Down)
    assert current_text(results) == "A dry stone wall."
    with three_answers.qtbot.waitSignal(three_answers.chat.controller.book.message_reached):
        three_answers.qtbot.keyClick(results, Qt.Key.Key_Return)
    assert three_answers.chat.shown == ["How do I build it?", "A dry stone wall."]
    three_answers.qtbot.keyClick(results, Qt.Key.Key_Escape)
    assert field.hasFocus()


def test_up_and_down_walk_between_titles_and_messages(three_answers: Window) -> None:
    results = type_and_wait(three_answers, "fruit")
    sidebar = three_answers.widget.sidebar
    three_answers.qtbot.keyClick(sidebar.search_field, Qt.Key.Key_Down)
    assert sidebar.list.hasFocus()
    three_answers.qtbot.keyClick(sidebar.list, Qt.Key.Key_Down)
    assert results.hasFocus()
    three_answers.qtbot.keyClick(results, Qt.Key.Key_Up)
    assert sidebar.list.hasFocus()


def test_opening_a_hit_leaves_the_list_where_it_is(three_answers: Window) -> None:
    results = type_and_wait(three_answers, "plum")
    results.setCurrentIndex(results.model().index(1, 0))
    three_answers.qtbot.keyClick(results, Qt.Key.Key_Return)
    three_answers.chat.drain()
    assert current_text(results) == "Plums are blue."


def test_what_is_deleted_leaves_the_results(three_answers: Window) -> None:
    results = type_and_wait(three_answers, "plum")
    three_answers.act(CommandId.DELETE)
    three_answers.qtbot.waitUntil(lambda: results.n_hits == 0)


def test_a_click_opens_a_hit(three_answers: Window) -> None:
    results = type_and_wait(three_answers, "stone")
    place = results.visualRect(results.model().index(0, 0)).center()
    with three_answers.qtbot.waitSignal(three_answers.chat.controller.book.message_reached):
        three_answers.qtbot.mouseClick(results.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert three_answers.chat.shown[-1] == "A dry stone wall."


def test_a_hit_on_another_branch_shows_that_branch(make_window: MakeWindow) -> None:
    window = make_window(HELLO, (said("Silver birch."),), (said("Green oak."),))
    window.ask_and_wait("Hi")
    window.ask_and_wait("Which tree?")
    window.chat.controller.regenerate(window.chat.row(-1).id)
    window.qtbot.waitUntil(lambda: window.chat.shown[-1] == "Green oak.")
    window.chat.drain()
    results = type_and_wait(window, "birch")
    results.select_first()
    with window.qtbot.waitSignal(window.chat.controller.book.message_reached):
        window.qtbot.keyClick(results, Qt.Key.Key_Return)
    assert window.chat.shown[-1] == "Silver birch."
    window.chat.drain()
    assert window.chat.stored().active_path()[-1].text == "Silver birch."


# -- interrupting --------------------------------------------------------------------------
class SlowSearch:
    """Answers "slow" only when it is interrupted, all else at once."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    def search(self, query: SearchQuery) -> tuple[SearchHit, ...]:
        if query.text == "slow" and not query.cancel.wait(timeout_s=30):
            self.ended.append("never interrupted")
        if query.text == "broken":
            raise StorageError("It is broken.")
        self.ended.append(query.text)
        return ()

    def close(self) -> None:
        self.ended.append("closed")


def test_another_key_interrupts_the_older_question(qtbot) -> None:
    search = SlowSearch()
    desk = SearchDesk(lambda: search)
    answers: list[HitsFound] = []
    desk.hits_found.connect(answers.append)
    desk.look_for(SearchTyped("slow"))
    qtbot.waitUntil(lambda: not desk.is_pausing)
    desk.look_for(SearchTyped("fast"))
    qtbot.waitUntil(lambda: bool(answers))
    desk.stop()
    assert [answer.text for answer in answers] == ["fast"]
    assert search.ended == ["slow", "fast", "closed"]


def test_a_search_that_fails_is_told_and_finds_nothing(qtbot) -> None:
    desk = SearchDesk(SlowSearch)
    answers: list[HitsFound] = []
    desk.hits_found.connect(answers.append)
    with qtbot.waitSignal(desk.failed) as told:
        desk.look_for(SearchTyped("broken"))
    desk.stop()
    assert str(told.args[0].error) == "It is broken."
    assert answers == [HitsFound("broken", ())]
