"""The practice model says what it was taught, through the engine, to the letter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.generation import EngineSettings, LoadRequest, budget_for
from app.core.harmony import SystemSettings
from app.core.message import FinishReason, ReasoningEffort
from app.core.resources import resource_path
from app.engine.llama_engine import LlamaEngine
from app.engine.tokenizer import Tokenizer
from app.paths import PRACTICE_MODEL
from tests.engine.asking import Outcome, ask, request, said, user
from tests.fixtures.practice_dialogues import (
    LANGUAGES,
    QUESTIONS,
    Language,
    Reply,
    expected_answer,
    expected_fallback,
)
from tests.fixtures.practice_samples import unseen_questions

LOW, MEDIUM, HIGH = ReasoningEffort
BUDGET = budget_for(MEDIUM)
DATES = (None, "2026-11-22", "2029-02-03")
STORIES = ("Tell me a long story", "Cuéntame una historia larga")
# What the window proposes, and what is asked in the first minutes.
FIRST_QUESTIONS = (
    "How do I change the reasoning level?",
    "¿Cómo cambio el nivel de razonamiento?",
    "Where are my conversations stored?",
    "¿Dónde se guardan mis conversaciones?",
    "How do I download gpt-oss-20b?",
    "¿Cómo descargo gpt-oss-20b?",
    "Is it private?",
    "¿Es privado?",
    "Does anything leave my computer?",
    "¿Sale algo de mi ordenador?",
    "Hello",
    "Hola",
)


@pytest.fixture(scope="module")
def engine(tokenizer: Tokenizer) -> Iterator[LlamaEngine]:
    engine = LlamaEngine(lambda: tokenizer)
    settings = EngineSettings(n_ctx=4096, n_ubatch=256, n_threads=1, n_gpu_layers=0)
    engine.load(LoadRequest(resource_path(PRACTICE_MODEL), settings))
    yield engine
    engine.close()


def reply_of(outcome: Outcome) -> Reply:
    assert outcome.ended.finish_reason is FinishReason.STOP
    return Reply(outcome.thinking, outcome.answer)


@pytest.mark.parametrize("question", FIRST_QUESTIONS)
def test_a_first_question_is_answered_at_every_level_whatever_the_date(
    engine: LlamaEngine, question: str
) -> None:
    for effort, date in zip(ReasoningEffort, DATES, strict=True):
        wanted = request(user(question), system=SystemSettings(effort, date), budget=BUDGET)
        assert reply_of(ask(engine, wanted)) == expected_answer(question, effort)


@pytest.mark.parametrize("question", FIRST_QUESTIONS)
def test_a_higher_level_thinks_longer(engine: LlamaEngine, question: str) -> None:
    n_low, n_medium, n_high = (
        ask(
            engine, request(user(question), system=SystemSettings(effort), budget=BUDGET)
        ).ended.stats.n_analysis
        for effort in ReasoningEffort
    )
    assert n_low * 2 < n_medium
    assert n_medium * 1.3 < n_high


@pytest.mark.parametrize("question", QUESTIONS[2::9])
def test_a_question_is_answered_however_carelessly_it_is_typed(
    engine: LlamaEngine, question: str
) -> None:
    careless = question.strip("¿?¡!").lower()
    system = SystemSettings(LOW, "2027-03-09")
    wanted = request(user(careless), system=system, budget=BUDGET)
    assert reply_of(ask(engine, wanted)) == expected_answer(question, LOW)


@pytest.mark.parametrize("story", STORIES)
def test_the_long_story_is_told_to_its_end(engine: LlamaEngine, story: str) -> None:
    outcome = ask(engine, request(user(story), system=SystemSettings(LOW), budget=BUDGET))
    assert reply_of(outcome) == expected_answer(story, LOW)
    assert outcome.ended.stats.n_final > 350


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_it_does_not_know_it_admits_in_the_language_of_the_question(
    engine: LlamaEngine, language: Language
) -> None:
    for question in unseen_questions(language)[::20]:
        wanted = request(user(question), system=SystemSettings(LOW), budget=BUDGET)
        assert reply_of(ask(engine, wanted)).answer == expected_fallback(language, LOW).answer


def test_the_last_question_counts_whatever_was_said_before(engine: LlamaEngine) -> None:
    messages = []
    for question in FIRST_QUESTIONS[:8]:
        messages.append(user(question))
        wanted = request(*messages, system=SystemSettings(MEDIUM, "2026-11-22"), budget=BUDGET)
        reply = reply_of(ask(engine, wanted))
        assert reply.answer == expected_answer(question, MEDIUM).answer
        messages.append(said(reply.answer))
