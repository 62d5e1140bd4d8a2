"""Conversations with the practice model: what is reused never changes what is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.generation import (
    GREEDY,
    ChannelBudget,
    Delta,
    EngineSettings,
    GenerationEvent,
    LoadRequest,
    PrefillRequest,
    SamplingParams,
)
from app.core.harmony import OpenAnswer, Prompt, PromptMessage, SystemSettings
from app.core.message import Channel, FinishReason, ReasoningEffort
from app.core.resources import resource_path
from app.engine.llama_engine import LlamaEngine
from app.engine.tokenizer import Tokenizer
from app.paths import PRACTICE_MODEL
from tests.engine.asking import Outcome, ask, request, said, user

LOAD = EngineSettings(n_ctx=2048, n_ubatch=64, n_threads=1, n_gpu_layers=0)
LONG = ChannelBudget(n_analysis=400, n_final=400)
HIGH = SystemSettings(ReasoningEffort.HIGH)
LOW = SystemSettings(ReasoningEffort.LOW)
QUESTIONS = ("How do I start a new conversation?", "¿Cómo cambio el tema?", "What is a GGUF?")


@pytest.fixture(scope="module")
def engine(tokenizer: Tokenizer) -> Iterator[LlamaEngine]:
    engine = LlamaEngine(lambda: tokenizer)
    engine.load(LoadRequest(resource_path(PRACTICE_MODEL), LOAD))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def fresh(tokenizer: Tokenizer) -> Iterator[LlamaEngine]:
    """Loaded anew for every answer, by `say_anew`."""
    engine = LlamaEngine(lambda: tokenizer)
    yield engine
    engine.close()


def say(
    engine: LlamaEngine,
    *messages: PromptMessage,
    system: SystemSettings = HIGH,
    open_answer: OpenAnswer = OpenAnswer(),  # noqa: B008 (frozen)
) -> Outcome:
    return ask(engine, request(*messages, budget=LONG, system=system, open_answer=open_answer))


def say_anew(fresh: LlamaEngine, *messages: PromptMessage) -> Outcome:
    fresh.load(LoadRequest(resource_path(PRACTICE_MODEL), LOAD))
    outcome = say(fresh, *messages)
    assert outcome.ended.stats.n_reused == 0
    return outcome


def same(a: Outcome, b: Outcome) -> bool:
    return (a.thinking, a.answer) == (b.thinking, b.answer)


def test_it_thinks_and_answers_and_says_when_it_is_done(engine: LlamaEngine) -> None:
    outcome = say(engine, user(QUESTIONS[0]))
    assert outcome.ended.finish_reason is FinishReason.STOP
    assert outcome.thinking
    assert outcome.answer
    assert "<|" not in outcome.thinking + outcome.answer


def test_every_turn_says_what_a_fresh_engine_says_and_reads_only_what_is_new(
    engine: LlamaEngine, fresh: LlamaEngine
) -> None:
    messages: list[PromptMessage] = []
    n_before = 0
    for question in QUESTIONS:
        messages.append(user(question))
        outcome = say(engine, *messages)
        assert same(outcome, say_anew(fresh, *messages))
        assert outcome.ended.stats.n_reused >= n_before
        n_before = outcome.ended.stats.n_prompt
        messages.append(said(outcome.answer))


def test_what_was_read_ahead_is_answered_as_by_a_fresh_engine(
    engine: LlamaEngine, fresh: LlamaEngine
) -> None:
    first = say(engine, user(QUESTIONS[0]))
    history = (user(QUESTIONS[0]), said(first.answer))
    *_, last = engine.prefill(PrefillRequest(Prompt(history, HIGH)))
    answered = say(engine, *history, user(QUESTIONS[1]))
    assert answered.progress[0].n_reused == last.n_reused + last.n_total
    assert same(answered, say_anew(fresh, *history, user(QUESTIONS[1])))


def test_an_edited_question_is_answered_as_by_a_fresh_engine(
    engine: LlamaEngine, fresh: LlamaEngine
) -> None:
    first = say(engine, user(QUESTIONS[0]))
    history = (user(QUESTIONS[0]), said(first.answer))
    say(engine, *history, user(QUESTIONS[1]))
    edited = (*history, user(QUESTIONS[2]))
    assert same(say(engine, *edited), say_anew(fresh, *edited))
    other_start = (user(QUESTIONS[1]),)
    assert same(say(engine, *other_start), say_anew(fresh, *other_start))


def test_asked_again_it_says_the_same(engine: LlamaEngine) -> None:
    first = say(engine, user(QUESTIONS[1]))
    for _ in range(3):
        again = say(engine, user(QUESTIONS[1]))
        assert same(first, again)
        assert again.progress[0].n_total <= 3


def test_another_level_and_back_says_the_same(engine: LlamaEngine) -> None:
    high = say(engine, user(QUESTIONS[0]))
    low = say(engine, user(QUESTIONS[0]), system=LOW)
    assert low.ended.stats.n_analysis < high.ended.stats.n_analysis
    assert same(high, say(engine, user(QUESTIONS[0])))


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("n_deltas", [1, 3, 9, 14])
def test_a_stopped_answer_that_is_continued_becomes_the_whole_answer(
    engine: LlamaEngine, question: str, n_deltas: int
) -> None:
    whole = say(engine, user(question))
    wanted = request(user(question), budget=LONG, system=HIGH)
    seen: list[Delta] = []

    def stop_after(event: GenerationEvent) -> None:
        if isinstance(event, Delta):
            seen.append(event)
        if len(seen) == n_deltas:
            wanted.cancel.cancel()

    part = ask(engine, wanted, stop_after)
    rest = say(engine, user(question), open_answer=OpenAnswer(part.thinking, part.answer))
    assert (part.thinking + rest.thinking, part.answer + rest.answer) == (
        whole.thinking,
        whole.answer,
    )
    # What the engine forced and drew is token for token what Harmony renders.
    stats = rest.ended.stats
    assert stats.n_reused >= stats.n_prompt - 1


def test_a_stop_while_reading_leaves_the_next_answer_right(
    engine: LlamaEngine, fresh: LlamaEngine
) -> None:
    answers = [say(engine, user(question)).answer for question in QUESTIONS]
    history = [
        message
        for question, answer in zip(QUESTIONS * 3, answers * 3, strict=True)
        for message in (user(question), said(answer))
    ]
    messages = (*history, user(QUESTIONS[0]))
    wanted = request(*messages, budget=LONG, system=HIGH)
    n_portions = 0

    def stop_in_the_third_portion(_: GenerationEvent) -> None:
        nonlocal n_portions
        n_portions += 1
        if n_portions == 3:
            wanted.cancel.cancel()

    stopped = ask(engine, wanted, stop_in_the_third_portion)
    assert stopped.ended.finish_reason is FinishReason.CANCELLED
    assert stopped.deltas == ()
    assert same(say(engine, *messages), say_anew(fresh, *messages))


def test_answer_now_gives_an_answer(engine: LlamaEngine) -> None:
    wanted = request(user(QUESTIONS[0]), budget=LONG, system=HIGH)
    outcome = ask(
        engine,
        wanted,
        lambda event: wanted.answer_now.cancel() if isinstance(event, Delta) else None,
    )
    whole = say(engine, user(QUESTIONS[0]))
    assert outcome.ended.stats.n_analysis < whole.ended.stats.n_analysis
    assert outcome.ended.finish_reason is FinishReason.STOP
    assert outcome.answer


@pytest.mark.parametrize(
    "sampling",
    [SamplingParams(top_k=1), SamplingParams(top_p=0.0001), SamplingParams(min_p=0.9999)],
    ids=["top_k 1", "tiny top_p", "huge min_p"],
)
def test_settings_that_leave_one_choice_are_greedy(
    engine: LlamaEngine, sampling: SamplingParams
) -> None:
    greedy, other = (
        ask(engine, request(user(QUESTIONS[0]), sampling=params, budget=LONG))
        for params in (GREEDY, sampling)
    )
    assert same(greedy, other)


def test_accents_come_whole(engine: LlamaEngine, tokenizer: Tokenizer) -> None:
    outcome = say(engine, user(QUESTIONS[1]))
    assert outcome.answer == tokenizer.decode(outcome.ended.final_ids)
    assert not any("\ufffd" in delta.text for delta in outcome.deltas)
    assert {d.channel for d in outcome.deltas} == {Channel.ANALYSIS, Channel.FINAL}
