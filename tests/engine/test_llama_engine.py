"""The engine on random weights: whatever it draws, the answer is well formed."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.generation import (
    ChannelBudget,
    Delta,
    EngineSettings,
    LoadRequest,
    SamplingParams,
)
from app.core.harmony import OpenAnswer, SystemSettings
from app.core.message import Channel, FinishReason
from app.engine.llama_engine import LlamaEngine
from app.engine.tokenizer import Tokenizer
from tests.engine.asking import SETTINGS, SHORT, ask, request, user
from tests.fixtures.generated_gpt_oss import Recipe, Shape, write_model


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_drawn_thinking_comes_first_and_an_answer_follows(
    engine: LlamaEngine, seed: int
) -> None:
    wild = SamplingParams(temperature=5.0, top_k=0, seed=seed)
    budget = ChannelBudget(n_analysis=80, n_final=80)
    outcome = ask(engine, request(user("Hello"), sampling=wild, budget=budget))
    channels = [channel for channel, _ in itertools.groupby(d.channel for d in outcome.deltas)]
    assert channels in ([Channel.ANALYSIS, Channel.FINAL], [Channel.FINAL], [Channel.ANALYSIS])
    assert outcome.ended.finish_reason in {FinishReason.STOP, FinishReason.LENGTH}
    stats = outcome.ended.stats
    assert stats.n_analysis <= 80
    assert stats.n_final == len(outcome.ended.final_ids) <= 80
    if outcome.ended.finish_reason is FinishReason.LENGTH:
        assert stats.n_final == 80


def test_budgets_end_the_thinking_and_the_answer(engine: LlamaEngine) -> None:
    outcome = ask(engine, request(user("Hello"), budget=ChannelBudget(17, 31)))
    stats = outcome.ended.stats
    assert (stats.n_analysis, stats.n_final) == (17, 31)
    assert outcome.ended.finish_reason is FinishReason.LENGTH
    assert sum(d.n_tokens for d in outcome.deltas) <= 17 + 31


def test_answer_now_ends_the_thinking(engine: LlamaEngine) -> None:
    wanted = request(user("Hello"), budget=ChannelBudget(700, 10))
    outcome = ask(
        engine,
        wanted,
        lambda event: wanted.answer_now.cancel() if isinstance(event, Delta) else None,
    )
    assert 1 <= outcome.ended.stats.n_analysis < 700
    assert outcome.ended.stats.n_final == 10


def test_answer_now_before_the_start_leaves_the_thinking_out(engine: LlamaEngine) -> None:
    wanted = request(user("Hello"))
    wanted.answer_now.cancel()
    outcome = ask(engine, wanted)
    assert outcome.ended.stats.n_analysis == 0
    assert outcome.ended.stats.n_final == SHORT.n_final


def test_thinking_stops_early_enough_to_leave_room_for_the_answer(engine: LlamaEngine) -> None:
    outcome = ask(engine, request(user("Hello"), budget=ChannelBudget(5000, 5000)))
    stats = outcome.ended.stats
    assert stats.n_analysis < 1024 - 128
    assert stats.n_final >= 100
    assert outcome.ended.finish_reason in {FinishReason.LENGTH, FinishReason.REPETITION}


def test_a_full_context_ends_the_answer_with_length(engine: LlamaEngine) -> None:
    for seed in range(20):  # random weights may also end the answer by chance
        wanted = request(
            user("word " * 700),
            sampling=SamplingParams(seed=seed),
            budget=ChannelBudget(10, 5000),
        )
        ended = ask(engine, wanted).ended
        if ended.finish_reason is FinishReason.LENGTH:
            break
    stats = ended.stats
    assert stats.n_prompt + 3 + stats.n_analysis + 6 + stats.n_final == 1024


def test_an_open_answer_goes_on_in_its_channel(engine: LlamaEngine) -> None:
    question = user("Hello")
    in_final = ask(
        engine, request(question, open_answer=OpenAnswer("I thought.", "The answer is"))
    )
    assert {d.channel for d in in_final.deltas} == {Channel.FINAL}
    in_analysis = ask(engine, request(question, open_answer=OpenAnswer("I think")))
    assert in_analysis.deltas[0].channel is Channel.ANALYSIS
    assert in_analysis.ended.stats.n_final == SHORT.n_final


def test_repetition_ends_the_thinking_and_then_the_answer(
    tokenizer: Tokenizer, tmp_path: Path
) -> None:
    zeros = tmp_path / "zeros.gguf"  # draws token 0 for ever
    write_model(zeros, Recipe(Shape(n_embd=32, n_ff=32), is_sparse=True))
    engine = LlamaEngine(lambda: tokenizer)
    engine.load(LoadRequest(zeros, EngineSettings(n_ctx=8192, n_ubatch=64, n_threads=1)))
    outcome = ask(engine, request(user("x"), budget=ChannelBudget(3000, 3000)))
    engine.close()
    assert outcome.ended.finish_reason is FinishReason.REPETITION
    assert 800 <= outcome.ended.stats.n_analysis < 900
    assert 1600 <= outcome.ended.stats.n_final < 1700


def test_deltas_joined_are_the_text_of_the_tokens(
    engine: LlamaEngine, tokenizer: Tokenizer
) -> None:
    """Random tokens are mostly halves of characters."""
    for seed in range(3):
        wild = SamplingParams(temperature=5.0, top_k=0, seed=seed)
        outcome = ask(engine, request(user("Hi"), sampling=wild, budget=ChannelBudget(1, 200)))
        whole = tokenizer.decode(outcome.ended.final_ids)
        if outcome.ended.finish_reason is FinishReason.STOP:
            assert outcome.answer == whole
        else:  # what may be a half character waits for its other half
            assert whole.startswith(outcome.answer)
            assert set(whole[len(outcome.answer) :]) <= {"\ufffd"}


def test_a_character_of_several_tokens_comes_in_one_piece(
    engine: LlamaEngine, tokenizer: Tokenizer
) -> None:
    from app.core.harmony import StreamParser
    from app.engine.delta_joiner import DeltaJoiner

    ids = tokenizer.encode("🦙𒀀ก็")
    assert len(ids) > 5
    parser, joiner = StreamParser(tokenizer.piece, Channel.FINAL), DeltaJoiner()
    deltas = []
    for now, token in enumerate(ids):
        joiner.add(parser.feed(token), 1)
        deltas.append(joiner.take_due(float(now)))
    texts = [d.text for d in deltas if d is not None]
    assert "".join(texts) == "🦙𒀀ก็"
    assert not any("\ufffd" in text for text in texts)


def test_deltas_come_at_most_thirty_times_a_second(engine: LlamaEngine) -> None:
    outcome = ask(engine, request(user("Hello"), budget=ChannelBudget(300, 300)))
    assert len(outcome.deltas) <= outcome.ended.stats.total_ms / 1000 * 30 + 4


def test_statistics_are_complete(engine: LlamaEngine) -> None:
    ask(engine, request(user("Something else")))
    outcome = ask(
        engine, request(user("Tell me a long story, please"), system=SystemSettings())
    )
    stats = outcome.ended.stats
    assert stats.n_generated == 48
    assert stats.n_prompt > stats.n_reused > 0
    assert stats.prefill_tps > 0
    assert stats.decode_tps > 0
    assert 0 < stats.ttft_ms < stats.total_ms
    assert 0 < stats.thinking_ms < stats.total_ms


def test_counting_needs_no_model(tokenizer: Tokenizer) -> None:
    assert LlamaEngine(lambda: tokenizer).count_tokens("Hello world") == 2


def answer_anew(
    engine: LlamaEngine, random_model: Path, sampling: SamplingParams
) -> tuple[int, ...]:
    """Ids of an answer by a model that was just loaded, so that nothing is reused."""
    engine.load(LoadRequest(random_model, SETTINGS))
    return ask(engine, request(user("Hello"), sampling=sampling)).ended.final_ids


def test_a_seed_gives_the_same_answer_again(random_model: Path, tokenizer: Tokenizer) -> None:
    engine = LlamaEngine(lambda: tokenizer)
    first, second, other = (
        answer_anew(engine, random_model, SamplingParams(seed=seed)) for seed in (7, 7, 8)
    )
    engine.close()
    assert first == second != other


def test_without_a_seed_answers_differ(engine: LlamaEngine) -> None:
    answers = {
        ask(engine, request(user("Hello"), sampling=SamplingParams())).answer for _ in range(3)
    }
    assert len(answers) > 1


def test_a_repeat_penalty_makes_repetition_rarer(engine: LlamaEngine) -> None:
    budget = ChannelBudget(1, 120)
    plain = ask(engine, request(user("Hello"), budget=budget))
    penalised = ask(
        engine,
        request(
            user("Hello"),
            budget=budget,
            sampling=SamplingParams(temperature=0.0, repeat_penalty=2.0),
        ),
    )
    assert len(set(penalised.ended.final_ids)) > len(set(plain.ended.final_ids))


def test_saving_energy_changes_the_threads_and_not_the_answer(
    random_model: Path, tokenizer: Tokenizer
) -> None:
    engine = LlamaEngine(lambda: tokenizer)
    engine.load(LoadRequest(random_model, replace(SETTINGS, n_threads=2)))
    answers = []
    for is_on in (False, True, False):
        engine.save_energy(is_on)
        answers.append(ask(engine, request(user("Hello"))).ended.final_ids)
    engine.close()
    assert answers[0] == answers[1] == answers[2]
