"""Reading a prompt ahead of the question: exact, kept when cancelled, never read twice."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from app.core.cancellation import CancelToken
from app.core.errors import BugError, PromptTooLongError
from app.core.generation import ChannelBudget, LoadRequest, PrefillProgress, PrefillRequest
from app.core.harmony import Prompt, PromptMessage
from app.engine.llama_engine import LlamaEngine
from app.engine.tokenizer import Tokenizer
from tests.engine.asking import SETTINGS, ask, request, said, user

HISTORY = (user("One question " * 30), said("An answer " * 30))
NEXT = user("Another question")
N_UBATCH = SETTINGS.n_ubatch or 0


@pytest.fixture
def fresh(random_model: Path, tokenizer: Tokenizer) -> Iterator[LlamaEngine]:
    engine = LlamaEngine(lambda: tokenizer)
    engine.load(LoadRequest(random_model, SETTINGS))
    yield engine
    engine.close()


def ahead(*messages: PromptMessage, cancel: CancelToken | None = None) -> PrefillRequest:
    return PrefillRequest(Prompt(messages), cancel or CancelToken())


def read(engine: LlamaEngine, wanted: PrefillRequest) -> tuple[PrefillProgress, ...]:
    return tuple(engine.prefill(wanted))


def test_what_was_read_ahead_is_not_read_again(fresh: LlamaEngine) -> None:
    progress = read(fresh, ahead(*HISTORY))
    assert progress[-1].n_done == progress[-1].n_total > 100
    asked = ask(fresh, request(*HISTORY, NEXT))
    n_new = asked.progress[0].n_total
    assert asked.progress[0].n_reused == progress[-1].n_total
    assert n_new < 16  # the question and the opening of the answer


def test_after_an_answer_its_final_form_is_all_that_has_to_be_read(fresh: LlamaEngine) -> None:
    first = ask(fresh, request(*HISTORY[:1], budget=ChannelBudget(200, 24)))
    answer = PromptMessage(
        said("").role, first.answer, said("").channel, token_ids=first.ended.final_ids
    )
    progress = read(fresh, ahead(HISTORY[0], answer))
    assert progress[0].n_total <= len(first.ended.final_ids) + 8
    asked = ask(fresh, request(HISTORY[0], answer, NEXT))
    assert asked.progress[0].n_total < 16


def test_reading_again_what_is_in_the_cache_costs_nothing(fresh: LlamaEngine) -> None:
    read(fresh, ahead(*HISTORY))
    again = read(fresh, ahead(*HISTORY))
    assert again == (PrefillProgress(0, 0, again[0].n_reused),)
    assert again[0].n_reused > 100


def test_reading_ahead_does_not_throw_away_the_answer_that_follows(fresh: LlamaEngine) -> None:
    wanted = request(HISTORY[0], budget=ChannelBudget(40, 24))
    ask(fresh, wanted)
    assert read(fresh, ahead(HISTORY[0]))[-1].n_total == 0
    assert ask(fresh, wanted).progress[0].n_total <= 3


def test_a_cancelled_reading_keeps_what_it_has_read(fresh: LlamaEngine) -> None:
    cancel = CancelToken()
    n_done = 0
    for progress in fresh.prefill(ahead(*HISTORY, cancel=cancel)):
        n_done = progress.n_done
        if n_done >= 64:
            cancel.cancel()
    assert 64 <= n_done < progress.n_total
    asked = ask(fresh, request(*HISTORY, NEXT))
    assert asked.progress[0].n_reused == n_done


def test_closing_the_iterator_ends_the_reading(fresh: LlamaEngine) -> None:
    reading = fresh.prefill(ahead(*HISTORY))
    next(reading)
    next(reading)
    assert isinstance(reading, Generator)
    reading.close()
    assert ask(fresh, request(*HISTORY, NEXT)).progress[0].n_reused == 64


def test_long_instructions_are_a_place_to_return_to(fresh: LlamaEngine) -> None:
    rules = "Answer in the words of a sailor. " * 30
    read(fresh, PrefillRequest(Prompt(HISTORY * 2, instructions=rules)))
    other = ask(fresh, request(user("Quite another"), instructions=rules))
    assert other.progress[0].n_reused > 200


def test_an_edited_last_question_costs_only_itself(fresh: LlamaEngine) -> None:
    budget = ChannelBudget(300, 24)
    ask(fresh, request(*HISTORY, user("How many?"), budget=budget))
    edited = ask(fresh, request(*HISTORY, user("How much?"), budget=budget))
    assert edited.progress[0].n_total < 16


def test_the_edited_end_of_a_long_text_does_not_cost_the_text(fresh: LlamaEngine) -> None:
    text = "So it goes on and on. " * 100
    budget = ChannelBudget(200, 24)
    ask(fresh, request(user(text + "What does it say?"), budget=budget))
    edited = ask(fresh, request(user(text + "Who says it?"), budget=budget))
    assert edited.progress[0].n_total <= 2 * N_UBATCH


def test_an_empty_conversation_reads_its_instructions(fresh: LlamaEngine) -> None:
    assert read(fresh, ahead())[-1].n_total > 10
    assert read(fresh, ahead())[-1].n_total == 0


def test_a_prompt_that_cannot_fit_is_refused_and_the_next_one_read(fresh: LlamaEngine) -> None:
    with pytest.raises(PromptTooLongError):
        read(fresh, ahead(user("word " * 3000)))
    assert read(fresh, ahead(*HISTORY))[-1].n_total > 100


def test_an_answer_while_a_prompt_is_being_read_is_a_mistake(fresh: LlamaEngine) -> None:
    reading = fresh.prefill(ahead(*HISTORY))
    next(reading)
    with pytest.raises(BugError, match="one request"):
        ask(fresh, request(NEXT))


def test_a_prompt_that_does_not_fit_leaves_the_cache_as_it_is(fresh: LlamaEngine) -> None:
    first = ask(fresh, request(*HISTORY, user("More")))
    n_before = first.ended.stats.n_prompt
    long = tuple(user("word " * 300) for _ in range(4))
    (progress,) = read(fresh, ahead(*long))
    assert progress.n_dropped
    again = ask(fresh, request(*HISTORY, user("More")))
    assert again.ended.stats.n_reused >= n_before - 1
