"""What the model is told of a conversation besides its messages."""

from __future__ import annotations

import datetime

import pytest

from app.core.conversation import new_conversation_id
from app.core.message import Message, ReasoningEffort, Role, new_message_id
from app.core.prompt import prompt_for, shown_date

MADRID = datetime.timezone(datetime.timedelta(hours=2))


def begun(day: int, hour: int = 12) -> tuple[Message, ...]:
    at = datetime.datetime(2026, 5, day, hour, tzinfo=MADRID).timestamp()
    question = Message(new_message_id(), new_conversation_id(), Role.USER, "?", created_at=at)
    return (question,)


def on(day: int, hour: int = 12) -> datetime.datetime:
    return datetime.datetime(2026, 5, day, hour, tzinfo=MADRID)


@pytest.mark.parametrize(
    ("today", "said"), [(1, "01"), (2, "01"), (7, "01"), (8, "08"), (14, "08"), (15, "15")]
)
def test_a_conversation_keeps_its_date_for_a_week_at_most(today: int, said: str) -> None:
    assert shown_date(begun(1), on(today)) == f"2026-05-{said}"


def test_a_new_conversation_says_today() -> None:
    assert shown_date((), on(3)) == "2026-05-03"
    assert shown_date(begun(3), on(3)) == "2026-05-03"


def test_midnight_is_that_of_the_person() -> None:
    assert shown_date(begun(3, hour=1), on(3, hour=23)) == "2026-05-03"


def test_a_clock_that_was_set_back_changes_nothing_for_the_worse() -> None:
    assert shown_date(begun(20), on(3)) == "2026-05-03"


def test_ids_of_an_answer_go_with_its_text_and_with_the_answer_that_is_continued() -> None:
    conversation = new_conversation_id()
    answer = Message(new_message_id(), conversation, Role.ASSISTANT, "Yes", token_ids=(1, 2))
    prompt = prompt_for((answer,), ReasoningEffort.LOW, continues=answer)
    assert prompt.messages[0].token_ids == prompt.open_answer.token_ids == (1, 2)
