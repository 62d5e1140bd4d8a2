from __future__ import annotations

from app.core.generation import Delta
from app.core.harmony import ParsedEnd, ParsedText
from app.core.message import Channel
from app.engine.delta_joiner import DeltaJoiner

THOUGHT = (ParsedText(Channel.ANALYSIS, "Hm"),)
SAID = (ParsedText(Channel.FINAL, "Yes"),)


def test_the_first_text_is_due_at_once() -> None:
    joiner = DeltaJoiner()
    assert joiner.add(THOUGHT, 1) is None
    assert joiner.take_due(100.0) == Delta(Channel.ANALYSIS, "Hm", 1)


def test_text_is_joined_until_a_thirtieth_of_a_second_has_passed() -> None:
    joiner = DeltaJoiner()
    joiner.add(THOUGHT, 1)
    joiner.take_due(100.0)
    for now in (100.01, 100.02, 100.03):
        joiner.add(THOUGHT, 1)
        assert joiner.take_due(now) is None
    joiner.add(THOUGHT, 1)
    assert joiner.take_due(100.04) == Delta(Channel.ANALYSIS, "HmHmHmHm", 4)


def test_another_channel_sends_what_was_said_in_the_first() -> None:
    joiner = DeltaJoiner()
    joiner.add(THOUGHT, 1)
    assert joiner.add(SAID, 1) == Delta(Channel.ANALYSIS, "Hm", 1)
    assert joiner.take() == Delta(Channel.FINAL, "Yes", 1)


def test_without_text_there_is_no_delta() -> None:
    joiner = DeltaJoiner()
    joiner.add((ParsedEnd(Channel.ANALYSIS, is_last=False),), 1)
    assert joiner.take_due(100.0) is None
    assert joiner.take() is None


def test_tokens_without_text_count_with_the_next_text() -> None:
    joiner = DeltaJoiner()
    joiner.add((), 2)  # halves of a character
    joiner.add(SAID, 1)
    assert joiner.take() == Delta(Channel.FINAL, "Yes", 3)
