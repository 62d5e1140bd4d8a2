"""KV states that outlive a model: exact, kept when it pays, dropped when in doubt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.conversation import new_conversation_id
from app.core.generation import (
    ChannelBudget,
    GenerationRequest,
    LoadRequest,
    PrefillRequest,
)
from app.core.harmony import Prompt, PromptMessage, SystemSettings
from app.core.message import ConversationId, ReasoningEffort
from app.engine.llama_engine import LlamaEngine, StateSettings
from app.engine.tokenizer import Tokenizer
from tests.engine.asking import SETTINGS, SHORT, Outcome, ask, request, said, user
from tests.engine.memory_states import MemoryStates
from tests.fixtures.generated_gpt_oss import Recipe, Shape, write_model

MINE, OTHERS = new_conversation_id(), new_conversation_id()
TALK = (user("One question " * 40), said("An answer " * 40), user("Another question " * 20))
HIGH = SystemSettings(reasoning=ReasoningEffort.HIGH)
MEDIUM = SystemSettings()


@pytest.fixture
def store() -> MemoryStates:
    return MemoryStates()


@pytest.fixture
def start(
    random_model: Path, tokenizer: Tokenizer, store: MemoryStates
) -> Iterator[Callable[..., LlamaEngine]]:
    """Starts an engine as a new run of the program does; the one before ends first."""
    running: list[LlamaEngine] = []

    def begin(
        model: Path = random_model,
        *,
        worth_s: float = 0.0,
        n_ctx: int = 1024,
        n_ubatch: int = 64,
    ) -> LlamaEngine:
        for engine in running:
            engine.close()
        states = StateSettings(store, worth_keeping_s=worth_s)
        engine = LlamaEngine(lambda: tokenizer, states=states)
        engine.load(LoadRequest(model, replace(SETTINGS, n_ctx=n_ctx, n_ubatch=n_ubatch)))
        running.append(engine)
        return engine

    yield begin
    for engine in running:
        engine.close()


def wanted(
    *messages: PromptMessage,
    of: ConversationId | None = MINE,
    system: SystemSettings = MEDIUM,
    budget: ChannelBudget = SHORT,
) -> GenerationRequest:
    return replace(request(*messages, system=system, budget=budget), conversation_id=of)


def n_read(outcome: Outcome) -> int:
    return outcome.progress[0].n_total


def test_after_a_restart_only_what_is_new_is_read(start: Callable[..., LlamaEngine]) -> None:
    first = ask(start(), wanted(*TALK))
    assert n_read(first) > 200
    longer = (*TALK, said(first.answer), user("And then?"))
    second = ask(start(), wanted(*longer))
    assert second.progress[0].n_reused >= first.ended.stats.n_prompt
    assert n_read(second) < 60


def test_a_second_answer_after_a_restart_reads_nothing_but_the_header(
    start: Callable[..., LlamaEngine],
) -> None:
    ask(start(), wanted(*TALK, budget=ChannelBudget(300, 24)))
    assert n_read(ask(start(), wanted(*TALK))) <= 3


def test_coming_back_to_a_conversation_reads_nothing_twice(
    start: Callable[..., LlamaEngine],
) -> None:
    engine = start()
    ask(engine, wanted(*TALK))
    ask(engine, wanted(user("Something else " * 60), of=OTHERS))
    assert n_read(ask(engine, wanted(*TALK))) <= 3


def test_a_state_that_is_still_being_written_can_be_taken_back(
    start: Callable[..., LlamaEngine], store: MemoryStates
) -> None:
    engine = start()
    ask(engine, wanted(*TALK))
    store.gate = threading.Event()
    ask(engine, wanted(user("Something else " * 60), of=OTHERS))
    assert store.states == {}
    assert n_read(ask(engine, wanted(*TALK))) <= 3
    store.gate.set()


def test_another_level_and_back_reads_each_only_once(start: Callable[..., LlamaEngine]) -> None:
    engine = start()
    ask(engine, wanted(*TALK))
    assert n_read(ask(engine, wanted(*TALK, system=HIGH))) > 200
    assert n_read(ask(engine, wanted(*TALK))) <= 3
    assert n_read(ask(engine, wanted(*TALK, system=HIGH))) <= 3


def test_another_branch_and_back_reads_only_what_differs(
    start: Callable[..., LlamaEngine],
) -> None:
    engine = start()
    ask(engine, wanted(*TALK))
    ask(engine, wanted(user("Edited " * 80), said("Otherwise"), user("Well?")))
    assert n_read(ask(engine, wanted(*TALK))) <= 3


def test_a_branch_that_came_back_is_kept_again_when_it_has_to_go(
    start: Callable[..., LlamaEngine],
) -> None:
    """Its state had been replaced by that of the other branch meanwhile."""
    engine = start()
    edited = (user("Edited " * 80), said("Otherwise"), user("Well?"))
    for _ in range(2):
        ask(engine, wanted(*TALK))
        ask(engine, wanted(*edited))
    assert n_read(ask(engine, wanted(*TALK))) <= 3
    ask(engine, wanted(*TALK, system=HIGH))
    assert n_read(ask(engine, wanted(*TALK))) <= 3


def test_what_a_change_would_cost_is_known_before(start: Callable[..., LlamaEngine]) -> None:
    engine = start()

    def cost(system: SystemSettings) -> int:
        return engine.n_to_read(PrefillRequest(Prompt(TALK, system), conversation_id=MINE))

    total = cost(MEDIUM)
    assert total > 200
    ask(engine, wanted(*TALK))
    assert cost(MEDIUM) == 0
    assert cost(HIGH) > total // 2
    ask(engine, wanted(*TALK, system=HIGH))
    assert cost(MEDIUM) == cost(HIGH) == 0


def test_asking_for_the_cost_changes_nothing(start: Callable[..., LlamaEngine]) -> None:
    engine = start()
    ask(engine, wanted(*TALK))
    engine.n_to_read(PrefillRequest(Prompt(TALK, HIGH), conversation_id=MINE))
    assert n_read(ask(engine, wanted(*TALK))) <= 3


def test_a_temporary_conversation_is_never_kept(
    start: Callable[..., LlamaEngine], store: MemoryStates
) -> None:
    engine = start()
    ask(engine, wanted(*TALK, of=None))
    ask(engine, wanted(user("Something else"), of=OTHERS))
    ask(engine, wanted(*TALK, of=None))
    start()
    assert {key.conversation_id for key in store.saved} <= {OTHERS}


def test_what_is_read_again_in_a_moment_is_not_kept(
    start: Callable[..., LlamaEngine], store: MemoryStates
) -> None:
    ask(start(worth_s=1000), wanted(*TALK))
    start()
    assert store.saved == []


def test_what_is_kept_already_is_not_written_again(
    start: Callable[..., LlamaEngine], store: MemoryStates
) -> None:
    ask(start(), wanted(*TALK))
    engine = start()
    assert len(store.saved) == 1
    tuple(engine.prefill(PrefillRequest(Prompt(TALK), conversation_id=MINE)))
    start()
    assert len(store.saved) == 1
    assert len(store.touched) == 1


def test_a_state_that_would_not_fit_the_budget_is_not_written(
    start: Callable[..., LlamaEngine], store: MemoryStates
) -> None:
    store.room = 10_000
    ask(start(), wanted(*TALK))
    start()
    assert store.saved == []


def test_a_state_of_no_use_is_not_read_from_the_disk(
    start: Callable[..., LlamaEngine], store: MemoryStates
) -> None:
    ask(start(), wanted(*TALK))
    ask(start(), wanted(user("From the beginning")))
    assert store.bulk_reads == 0


@pytest.mark.parametrize(("n_ctx", "n_ubatch"), [(2048, 64), (1024, 128), (768, 32)])
def test_a_state_fits_a_context_of_another_size(
    start: Callable[..., LlamaEngine], store: MemoryStates, n_ctx: int, n_ubatch: int
) -> None:
    budget = ChannelBudget(40, 40)
    ask(start(), wanted(*TALK))
    longer = (*TALK, said("Yes"), user("And then?"))
    restored = ask(start(n_ctx=n_ctx, n_ubatch=n_ubatch), wanted(*longer, budget=budget))
    assert n_read(restored) < 60
    assert restored.ended.stats.n_final > 0


def test_a_state_larger_than_the_context_is_dropped_and_the_text_read(
    start: Callable[..., LlamaEngine], store: MemoryStates
) -> None:
    turn = (user("Question " * 60), said("Answer " * 60))
    ask(start(n_ctx=2048), wanted(*turn * 8, user("And?")))
    smaller = start(n_ctx=768)
    assert len(next(iter(store.states.values()))[1].ids) > 900
    outcome = ask(smaller, wanted(*turn * 8, user("And?")))
    assert outcome.ended.stats.n_dropped > 0
    assert outcome.ended.stats.n_final > 0


def test_a_state_of_another_model_is_not_taken(
    start: Callable[..., LlamaEngine], store: MemoryStates, tmp_path: Path
) -> None:
    other = tmp_path / "other.gguf"
    write_model(other, Recipe(Shape(n_experts=4), seed=1))
    ask(start(), wanted(*TALK))
    assert n_read(ask(start(other), wanted(*TALK))) > 200
    assert store.bulk_reads == 0


def test_a_moved_model_takes_its_states_back(
    start: Callable[..., LlamaEngine], tmp_path: Path
) -> None:
    first, second = tmp_path / "first.gguf", tmp_path / "second.gguf"
    write_model(first, Recipe(Shape(n_experts=4)))
    ask(start(first), wanted(*TALK))
    first.rename(second)
    assert n_read(ask(start(second), wanted(*TALK))) <= 3


def test_a_state_that_llama_cpp_refuses_is_deleted_and_the_text_read(
    start: Callable[..., LlamaEngine], store: MemoryStates
) -> None:
    budget = ChannelBudget(40, 40)
    ask(start(), wanted(*TALK))
    store.damage = lambda state: replace(state, sequence=bytes(state.sequence)[:1000])
    engine = start()
    assert len(store.states) == 1
    outcome = ask(engine, wanted(*TALK, budget=budget))
    assert n_read(outcome) > 200
    assert store.states == {}
    anew = ask(start(), wanted(*TALK, of=None, budget=budget))
    assert outcome.ended.final_ids == anew.ended.final_ids


def test_a_seed_gives_the_same_answer_after_a_restart(
    start: Callable[..., LlamaEngine],
) -> None:
    def answer(engine: LlamaEngine) -> tuple[int, ...]:
        drawn = wanted(*TALK, budget=ChannelBudget(60, 60))
        drawn = replace(drawn, sampling=replace(drawn.sampling, temperature=1.0, seed=7))
        return ask(engine, drawn).ended.final_ids

    engine = start()
    first = answer(engine)
    assert answer(engine) == first
    assert answer(start()) == first


def test_while_nothing_is_wanted_a_long_reading_is_kept(
    start: Callable[..., LlamaEngine], store: MemoryStates
) -> None:
    engine = start()
    tuple(engine.prefill(PrefillRequest(Prompt(TALK), conversation_id=MINE)))
    again = PrefillRequest(Prompt((*TALK, said("Yes"))), conversation_id=MINE)
    while not store.saved:  # by a thread of its own
        time.sleep(0.01)
    assert len(store.saved) == 1
    tuple(engine.prefill(again))


def test_a_cancelled_reading_ahead_is_kept_as_far_as_it_came(
    start: Callable[..., LlamaEngine],
) -> None:
    engine = start()
    reading = PrefillRequest(Prompt(TALK), conversation_id=MINE)
    n_total = engine.n_to_read(reading)
    for progress in engine.prefill(reading):
        if progress.n_done >= 128:
            reading.cancel.cancel()
    assert start().n_to_read(reading) == n_total - 128
