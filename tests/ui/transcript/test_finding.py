"""Search in the conversation, also where nothing was laid out."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.ui.transcript.conftest import Rig
from tests.ui.transcript.samples import answer, long_answer, long_conversation, question


def search(rig: Rig, query: str) -> None:
    rig.view.open_find_bar()
    rig.view.finding.bar.field.setText(query)
    rig.qtbot.waitUntil(lambda: rig.view.finding.is_complete, timeout=20_000)


def marked(rig: Rig) -> int:
    """Marks in the blocks that are on the screen."""
    count = 0
    view = rig.view
    for row in view.conversation.visible(0, view.conversation.height):
        item = view.item(row)
        for section, _, _ in item.sections():
            number = 0 if section is item.thinking else 1
            for n, _ in enumerate(section.blocks):
                count += len(view.finding.marks(row, number, n))
    return count


def test_hits_are_found_far_away_and_shown(rig: Rig) -> None:
    rows = long_conversation(80)
    rows[9] = answer(
        "needle", f"{long_answer(900)}\n\nHere is the **nee**dle.\n\n{'end ' * 40}"
    )
    rig.model.set_rows(rows)
    assert rig.view.conversation.is_at_end
    search(rig, "the needle")
    assert len(rig.view.finding.hits) == 1
    assert rig.view.finding.bar.count_text == "1/1"
    hit = rig.view.finding.hits[0]
    assert hit.row == 9
    assert 0 <= rig.view.block_rect(hit.row, hit.section, hit.block).top() < 600
    assert marked(rig) == 1


def test_hits_cross_markup_and_ignore_case(rig: Rig) -> None:
    rig.model.set_rows([question("q", "FOO bar"), answer("a", "- foo *bar*\n\n`Foo bar`")])
    search(rig, "foo bar")
    assert len(rig.view.finding.hits) == 3


def test_enter_goes_round_through_all_hits(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "one x\n\ntwo x\n\nthree x x")])
    search(rig, "x")
    seen = [rig.view.finding.bar.count_text]
    for _ in range(4):
        rig.key(Qt.Key.Key_Return)
        seen.append(rig.view.finding.bar.count_text)
    assert seen == ["1/4", "2/4", "3/4", "4/4", "1/4"]
    rig.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert rig.view.finding.bar.count_text == "4/4"


def test_hits_in_code_tables_and_emoji_text_are_marked_in_their_place(rig: Rig) -> None:
    text = "😀😀 word\n\n| word | b |\n|--|--|\n| c | word |\n\n```py\nword = 'word'\n```"
    rig.model.set_rows([question("q"), answer("a", text)])
    search(rig, "word")
    view = rig.view
    first = view.finding.marks(1, 1, 0)
    assert [(m.start, m.end) for m in first] == [(5, 9)]
    assert [(m.start, m.end) for m in view.finding.marks(1, 1, 2)] == [(2, 6)]
    assert len(view.finding.hits) == 5


def test_folded_thinking_is_searched_when_it_is_open(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "x", thinking="a secret")])
    search(rig, "secret")
    assert rig.view.finding.bar.count_text == "No hits"
    rig.view.set_shows_thinking(True)
    search(rig, "secre")
    assert rig.view.finding.bar.count_text == "1/1"


def test_what_comes_later_is_found_too(rig: Rig) -> None:
    rig.model.set_rows([question("q", "word"), answer("a", is_live=True)])
    search(rig, "word")
    rig.say("a", "another word")
    rig.model.update_row(answer("a", "another word"))
    rig.qtbot.waitUntil(lambda: len(rig.view.finding.hits) == 2)


def test_closing_takes_all_marks_away_and_gives_the_focus_back(rig: Rig) -> None:
    rig.model.set_rows([question("q", "word"), answer("a", "word")])
    search(rig, "word")
    assert marked(rig) == 2
    rig.key(Qt.Key.Key_Escape)
    assert not rig.view.finding.bar.isVisible()
    assert marked(rig) == 0
    assert rig.view.hasFocus()


def test_a_selection_becomes_the_query(rig: Rig) -> None:
    rig.model.set_rows([question("q", "unusual"), answer("a", "unusual and unusual")])
    rig.take_focus()
    rig.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    rig.key(Qt.Key.Key_Up)
    rig.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    rig.view.open_find_bar()
    rig.qtbot.waitUntil(lambda: rig.view.finding.is_complete)
    assert rig.view.finding.bar.field.text() == "unusual"
    assert len(rig.view.finding.hits) == 3


@pytest.mark.parametrize("query", ["(", "a.c", "[x]", "\\", "*"])
def test_signs_are_searched_as_they_are(rig: Rig, query: str) -> None:
    rig.model.set_rows([question("q", f"before {query} after"), answer("a", "abc")])
    search(rig, query)
    assert len(rig.view.finding.hits) == 1


def test_another_conversation_is_searched_anew(rig: Rig) -> None:
    rig.model.set_rows([question("q", "word")])
    search(rig, "word")
    rig.model.set_rows([question("p", "nothing here")])
    rig.qtbot.waitUntil(lambda: rig.view.finding.is_complete)
    assert rig.view.finding.hits == []


def test_the_bar_covers_no_text_and_moves_none(rig: Rig) -> None:
    rig.model.set_rows(long_conversation(20))
    rig.view.scroll_to_row(8)
    block = rig.seen_block(120)
    viewport = rig.view.viewport()

    def on_screen() -> float:
        return viewport.mapToGlobal(rig.view.block_rect(*block).topLeft()).y()

    before = on_screen()
    rig.view.open_find_bar()
    bar = rig.view.finding.bar
    assert bar.geometry().bottom() < viewport.geometry().top()
    assert on_screen() == pytest.approx(before, abs=1)
    rig.key(Qt.Key.Key_Escape)
    assert on_screen() == pytest.approx(before, abs=1)
