"""Stopping, at any moment and from anywhere, and what fails in between."""

from __future__ import annotations

import itertools
import random
import threading
from pathlib import Path

import pytest

from app.core.errors import (
    BugError,
)
from app.core.generation import (
    ChannelBudget,
    Delta,
    GenerationEnded,
    GenerationEvent,
)
from app.core.message import Channel, FinishReason
from app.engine.context import LlamaContext
from app.engine.llama_engine import LlamaEngine
from app.engine.tokenizer import Tokenizer
from tests.engine.asking import ask, request, user
from tests.engine.native_model import open_context


def test_stop_keeps_what_has_come(engine: LlamaEngine) -> None:
    wanted = request(user("Hello"), budget=ChannelBudget(20, 900))

    def stop_in_the_answer(event: GenerationEvent) -> None:
        if isinstance(event, Delta) and event.channel is Channel.FINAL:
            wanted.cancel.cancel()

    outcome = ask(engine, wanted, stop_in_the_answer)
    assert outcome.ended.finish_reason is FinishReason.CANCELLED
    assert outcome.answer != ""
    assert outcome.ended.stats.n_final < 900


def test_a_request_that_was_stopped_before_it_began_does_nothing(engine: LlamaEngine) -> None:
    wanted = request(user("Hello, this was not asked before"))
    wanted.cancel.cancel()
    outcome = ask(engine, wanted)
    assert outcome.ended.finish_reason is FinishReason.CANCELLED
    assert outcome.deltas == ()


def test_a_late_stop_of_an_old_request_does_not_touch_the_next(engine: LlamaEngine) -> None:
    old = request(user("Hello"))
    ask(engine, old)
    wanted = request(user("Hello again"))
    outcome = ask(engine, wanted, lambda _: old.cancel.cancel())
    assert outcome.ended.finish_reason is FinishReason.LENGTH


def test_stopping_from_another_thread_at_any_moment_leaves_the_next_answer_right(
    engine: LlamaEngine,
) -> None:
    rng = random.Random(3)
    reasons = set()
    long_text = "A sentence that is read in many portions. " * 60
    for i in range(50):
        wanted = request(user(f"{i % 7} {long_text}"), budget=ChannelBudget(60, 60))
        timer = threading.Timer(rng.random() * 0.06, wanted.cancel.cancel)
        timer.start()
        reasons.add(ask(engine, wanted).ended.finish_reason)
        timer.join()
    assert FinishReason.CANCELLED in reasons
    assert ask(engine, request(user("Hello"))).ended.finish_reason is FinishReason.LENGTH


def test_closing_the_iterator_early_is_the_same_as_stopping(engine: LlamaEngine) -> None:
    for n_events in range(1, 8):
        events = engine.generate(request(user("Hello"), budget=ChannelBudget(300, 300)))
        list(itertools.islice(events, n_events))
        events.close()  # type: ignore[attr-defined]
    assert isinstance(ask(engine, request(user("Hello"))).events[-1], GenerationEnded)


def test_two_requests_at_once_are_our_mistake(engine: LlamaEngine) -> None:
    first = engine.generate(request(user("Hello")))
    next(first)
    with pytest.raises(BugError):
        next(engine.generate(request(user("Hello"))))
    first.close()  # type: ignore[attr-defined]
    assert ask(engine, request(user("Hello"))).ended.stats.n_final > 0


def test_asking_without_a_model_is_our_mistake(tokenizer: Tokenizer) -> None:
    with pytest.raises(BugError):
        ask(LlamaEngine(lambda: tokenizer), request(user("Hello")))


def test_a_failed_decode_is_a_sentence_and_the_next_answer_comes(
    engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core.errors import EngineError
    from app.engine.bindings import bindings

    seen: list[GenerationEvent] = []
    wanted = request(user("Hello"))
    with monkeypatch.context() as patch:

        def fail_in_the_answer(event: GenerationEvent) -> None:
            if isinstance(event, Delta) and event.channel is Channel.FINAL:
                patch.setattr(bindings(), "llama_decode", lambda *_: -3)
            seen.append(event)

        with pytest.raises(EngineError, match=r"code -3"):
            ask(engine, wanted, fail_in_the_answer)
    assert any(isinstance(e, Delta) for e in seen)
    assert ask(engine, request(user("Hello"))).ended.finish_reason is FinishReason.LENGTH


def test_the_context_is_closed_when_it_is_left_in_the_middle_of_loading(tmp_path: Path) -> None:
    from tests.engine.native_model import write_sensitive_model

    context: LlamaContext = open_context(write_sensitive_model(tmp_path / "m.gguf"))
    context.close()
    context.close()
    assert context.handle is None
