"""A conversation is opened again where it was read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.message import ConversationId, MessageId
from app.ui.models.path_model import MessageRow
from app.ui.transcript.controls import ControlKind
from app.ui.transcript.reading_places import ReadingPlace, ReadingPlaces
from tests.ui.transcript.conftest import Rig
from tests.ui.transcript.samples import answer, long_answer, long_conversation, question

ONE, OTHER = ConversationId("one"), ConversationId("other")


def _of(conversation: ConversationId, rows: list[MessageRow]) -> list[MessageRow]:
    """The same messages in another conversation."""
    prefix = conversation[:3]
    return [
        replace(
            row,
            message=replace(
                row.message,
                id=MessageId(f"{prefix}-{row.message.id}"),
                conversation_id=conversation,
            ),
        )
        for row in rows
    ]


def read_at(rig: Rig, row: int, dy: float) -> None:
    """Scroll as a person does: from where it is, by pixels."""
    rig.view.scroll_to_row(row)
    rig.view.scroll_by(dy)
    rig.draw()


def test_switching_back_shows_the_same_text_at_the_same_height(rig: Rig) -> None:
    one, other = _of(ONE, long_conversation(40)), _of(OTHER, long_conversation(60))
    rig.model.set_rows(one)
    read_at(rig, 13, 137)
    block = rig.seen_block(0)
    before = rig.view.block_rect(*block).top()
    rig.model.set_rows(other)
    read_at(rig, 31, 55)
    other_block = rig.seen_block(0)
    other_before = rig.view.block_rect(*other_block).top()
    for _ in range(2):
        rig.model.set_rows(one)
        rig.draw()
        assert rig.view.block_rect(*block).top() == pytest.approx(before, abs=1)
        rig.model.set_rows(other)
        rig.draw()
        assert rig.view.block_rect(*other_block).top() == pytest.approx(other_before, abs=1)


def test_a_conversation_that_was_followed_opens_at_its_end(rig: Rig) -> None:
    rows = _of(ONE, [question("q"), answer("a", long_answer(900), is_live=True)])
    rig.model.set_rows(rows)
    assert rig.view.conversation.is_at_end
    rig.model.set_rows(_of(OTHER, long_conversation(8)))
    grown = _of(ONE, [question("q"), answer("a", long_answer(2400), is_live=True)])
    rig.model.set_rows(grown)
    assert rig.view.conversation.is_at_end
    rig.say(grown[1].message.id, "\n\nand more" * 30)
    assert rig.view.conversation.is_at_end


def test_a_running_answer_above_whose_end_was_read_does_not_pull(rig: Rig) -> None:
    rig.model.set_rows(_of(ONE, [question("q"), answer("a", long_answer(900), is_live=True)]))
    read_at(rig, 1, 40)
    block = rig.seen_block(0)
    before = rig.view.block_rect(*block).top()
    rig.model.set_rows(_of(OTHER, long_conversation(8)))
    grown = _of(
        ONE, [question("q"), answer("a", long_answer(900) + "\n\nx" * 80, is_live=True)]
    )
    rig.model.set_rows(grown)
    rig.say(grown[1].message.id, "\n\nand more" * 30)
    assert rig.view.block_rect(*block).top() == pytest.approx(before, abs=1)


def test_thinking_that_was_read_is_open_again(rig: Rig) -> None:
    thinking = "\n\n".join(f"thought {n}" for n in range(80))
    one = _of(ONE, [question("q"), answer("a", long_answer(600), thinking=thinking)])
    rig.model.set_rows(one)
    rig.click(1, ControlKind.THINKING)
    read_at(rig, 1, 300)
    block = rig.seen_block(0)
    assert block[1] == 0
    before = rig.view.block_rect(*block).top()
    rig.model.set_rows(_of(OTHER, long_conversation(8)))
    rig.model.set_rows(one)
    rig.draw()
    assert rig.view.block_rect(*block).top() == pytest.approx(before, abs=1)


def test_another_version_of_the_first_question_does_not_jump(rig: Rig) -> None:
    rig.model.set_rows(_of(ONE, long_conversation(20)))
    rig.view.scroll_to_row(0)
    versions = _of(ONE, [question("q-new"), *long_conversation(20)[1:]])
    rig.model.set_rows(versions)
    assert rig.view.conversation.offset == 0


def test_a_hidden_view_finds_its_place_when_it_is_shown(rig: Rig) -> None:
    one = _of(ONE, long_conversation(40))
    rig.model.set_rows(one)
    read_at(rig, 13, 60)
    block = rig.seen_block(0)
    before = rig.view.block_rect(*block).top()
    rig.model.set_rows([])
    rig.view.hide()
    rig.model.set_rows(one)
    rig.view.show()
    rig.draw()
    assert rig.view.block_rect(*block).top() == pytest.approx(before, abs=1)


def test_places_are_kept_between_runs_and_only_of_those_not_at_their_end(
    tmp_path: Path,
) -> None:
    path = tmp_path / "data" / "places.json"
    places = ReadingPlaces(path)
    place = ReadingPlace(MessageId("m"), 1, 7, -12.5)
    places.put(ONE, place)
    places.put(OTHER, place)
    places.put(OTHER, None)
    places.put(ConversationId("deleted"), place)
    places.save({ONE, OTHER})
    again = ReadingPlaces(path)
    assert again.of(ONE) == place
    assert again.of(OTHER) is None
    assert again.of(ConversationId("deleted")) is None


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 3}', '{"a": ["m", 1, "x", 0]}', "\x00"])
def test_a_damaged_file_is_no_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "places.json"
    path.write_text(text, "utf-8")
    assert ReadingPlaces(path).of(ConversationId("a")) is None


def test_the_oldest_places_are_forgotten(tmp_path: Path) -> None:
    places = ReadingPlaces(tmp_path / "places.json")
    for n in range(600):
        places.put(ConversationId(f"c{n}"), ReadingPlace(MessageId("m"), 1, n, 0.0))
    assert places.of(ConversationId("c0")) is None
    assert places.of(ConversationId("c599")) is not None
