"""The engine's thread: reading ahead gives way to everything else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.errors import EngineError
from app.core.generation import (
    GenerationRequest,
    LoadRequest,
    PrefillProgress,
    PrefillRequest,
)
from app.core.harmony import Prompt, PromptMessage
from app.core.message import FinishReason, Role
from app.workers.engine_worker import EngineThread, ReadAheadEnded
from tests.fixtures.scripted_engine import HELLO, ScriptedEngine

PATIENCE_MS = 30_000
PROMPT = Prompt((PromptMessage(Role.USER, "Hi"),))


class Rig:
    def __init__(self, qtbot: QtBot, model: Path, engine: ScriptedEngine) -> None:
        self.qtbot = qtbot
        self.model = model
        self.engine = engine
        self.thread = EngineThread(engine)
        self.ended: list[ReadAheadEnded] = []
        self.thread.read_ahead_ended.connect(self.ended.append)
        self.thread.start()

    def load(self) -> None:
        with self.qtbot.waitSignal(self.thread.load_ended, timeout=PATIENCE_MS):
            self.thread.load(LoadRequest(self.model))

    def read_ahead(self) -> PrefillRequest:
        request = PrefillRequest(PROMPT)
        self.thread.read_ahead(request)
        return request

    def wait_for_end(self, n: int = 1) -> None:
        self.qtbot.waitUntil(lambda: len(self.ended) >= n, timeout=PATIENCE_MS)

    def wait_until_reading(self) -> None:
        self.qtbot.waitUntil(lambda: bool(self.engine.prefills), timeout=PATIENCE_MS)


class DroppingEngine(ScriptedEngine):
    """Its context is always full."""

    def prefill(self, request: PrefillRequest) -> Iterator[PrefillProgress]:
        self.prefills.append(request)
        yield PrefillProgress(0, 10, 0, n_dropped=2)
        if not request.cancel.is_cancelled:
            yield PrefillProgress(10, 10, 0, n_dropped=2)


class FailingEngine(ScriptedEngine):
    def prefill(self, request: PrefillRequest) -> Iterator[PrefillProgress]:
        yield PrefillProgress(0, 10, 0)
        raise EngineError("No memory.")


@pytest.fixture
def make_rig(qtbot: QtBot, tmp_path: Path) -> Iterator[type[Rig] | object]:
    rigs: list[Rig] = []
    model = tmp_path / "model.gguf"
    model.touch()

    def make(engine: ScriptedEngine | None = None) -> Rig:
        rigs.append(Rig(qtbot, model, engine or ScriptedEngine(HELLO)))
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.thread.stop()


def test_a_prompt_is_read_to_its_end(make_rig) -> None:
    rig = make_rig()
    rig.load()
    request = rig.read_ahead()
    rig.wait_for_end()
    (ended,) = rig.ended
    assert ended.request_id == request.id
    assert ended.is_complete
    assert ended.progress == PrefillProgress(10, 10, 0)


def test_a_question_does_not_wait_for_the_reading(make_rig) -> None:
    rig = make_rig()
    rig.load()
    rig.engine.prefill_gate = threading.Event()  # never opened: it would read for ever
    ahead = rig.read_ahead()
    rig.wait_until_reading()
    with rig.qtbot.waitSignal(rig.thread.answer_ended, timeout=PATIENCE_MS) as answered:
        rig.thread.generate(GenerationRequest(PROMPT))
    assert answered.args[0].result.finish_reason is FinishReason.STOP
    assert ahead.cancel.is_cancelled
    assert [e.is_complete for e in rig.ended] == [False]


@pytest.mark.parametrize("asks", ["load", "unload"])
def test_loading_and_unloading_do_not_wait_either(make_rig, asks: str) -> None:
    rig = make_rig()
    rig.load()
    rig.engine.prefill_gate = threading.Event()
    rig.read_ahead()
    rig.wait_until_reading()
    if asks == "load":
        rig.load()
    else:
        with rig.qtbot.waitSignal(rig.thread.unloaded, timeout=PATIENCE_MS):
            rig.thread.unload()
    assert [e.is_complete for e in rig.ended] == [False]


def test_a_later_prompt_takes_the_place_of_an_earlier_one(make_rig) -> None:
    rig = make_rig()
    rig.load()
    rig.engine.prefill_gate = gate = threading.Event()
    first = rig.read_ahead()
    rig.wait_until_reading()
    second = rig.read_ahead()
    rig.wait_for_end()
    gate.set()
    rig.wait_for_end(2)
    assert [(e.request_id, e.is_complete) for e in rig.ended] == [
        (first.id, False),
        (second.id, True),
    ]


def test_what_is_given_up_before_its_turn_is_never_begun(make_rig) -> None:
    rig = make_rig()
    rig.engine.load_gate = gate = threading.Event()
    rig.thread.load(LoadRequest(rig.model))
    rig.read_ahead()
    rig.thread.stop_reading_ahead()
    gate.set()
    rig.wait_for_end()
    assert rig.ended[0].progress is None
    assert not rig.engine.prefills


def test_without_a_model_nothing_is_read_and_nothing_fails(make_rig) -> None:
    rig = make_rig()
    rig.read_ahead()
    rig.wait_for_end()
    assert rig.ended[0].progress is None


def test_a_prompt_that_does_not_fit_is_given_up(make_rig) -> None:
    rig = make_rig(DroppingEngine())
    rig.load()
    rig.read_ahead()
    rig.wait_for_end()
    assert rig.ended[0].progress == PrefillProgress(0, 10, 0, n_dropped=2)
    assert not rig.ended[0].is_complete


def test_an_error_while_reading_ahead_ends_only_the_reading(make_rig) -> None:
    rig = make_rig(FailingEngine(HELLO))
    rig.load()
    rig.read_ahead()
    rig.wait_for_end()
    assert not rig.ended[0].is_complete
    with rig.qtbot.waitSignal(rig.thread.answer_ended, timeout=PATIENCE_MS) as answered:
        rig.thread.generate(GenerationRequest(PROMPT))
    assert answered.args[0].error is None


def test_the_thread_ends_while_it_reads_ahead(make_rig) -> None:
    rig = make_rig()
    rig.load()
    rig.engine.prefill_gate = threading.Event()
    rig.read_ahead()
    rig.wait_until_reading()
    assert rig.thread.stop()
    assert rig.engine.is_closed
