"""What reading ahead saves, with the real engine, store and threads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.message import GenerationStats, ReasoningEffort
from app.core.power import MAINS
from app.core.resources import resource_path
from app.core.settings import Settings
from app.engine.llama_engine import LlamaEngine
from app.engine.tokenizer import Tokenizer
from app.paths import PRACTICE_MODEL
from app.storage.conversation_store import open_store
from app.ui.chat_controller import ChatController
from app.ui.chat_events import Phase
from app.ui.model_sleep import ModelSleep
from app.ui.power_watch import PowerWatch
from app.ui.read_ahead import ReadAhead
from app.workers.engine_worker import EngineThread, ReadAheadEnded
from app.workers.storage_worker import StorageThread

PATIENCE_MS = 60_000
LOW, HIGH = ReasoningEffort.LOW, ReasoningEffort.HIGH
QUESTIONS = (
    "How do I change the reasoning level?",
    "Where are my conversations kept?",
    "Can I use it without the internet?",
)
FRAME_TOKENS = 16  # of a message: its header, its end, and what opens the answer


class Talk:
    """A chat with the practice model."""

    def __init__(self, qtbot: QtBot, folder: Path, settings: Settings) -> None:
        self.qtbot = qtbot
        self.tokenizer = Tokenizer(resource_path("o200k_base.tiktoken"))
        self.engine = EngineThread(LlamaEngine(lambda: self.tokenizer))
        self.storage = StorageThread(lambda: open_store(folder))
        self.controller = ChatController(self.engine, self.storage, settings, lambda _: None)
        self.power = PowerWatch(lambda: MAINS)
        self.read_ahead = ReadAhead(self.engine, self.controller, self.power)
        self.ended: list[ReadAheadEnded] = []
        self.engine.read_ahead_ended.connect(self.ended.append)

    def start(self) -> None:
        self.engine.start()
        self.storage.start()
        with self.qtbot.waitSignal(self.controller.conversation_opened):
            self.controller.start()
        self.controller.load_model(resource_path(PRACTICE_MODEL))
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        self.qtbot.waitUntil(lambda: self.controller.phase is Phase.READY, timeout=PATIENCE_MS)

    def wait_until_idle(self) -> None:
        """Return when what can be read ahead has been read."""
        n = len(self.ended)
        self.qtbot.waitUntil(
            lambda: len(self.ended) > n and self.ended[-1].is_complete, timeout=PATIENCE_MS
        )

    def ask(self, text: str, effort: ReasoningEffort = HIGH) -> GenerationStats:
        self.controller.send(text, effort)
        self.wait_until_ready()
        model = self.controller.path_model
        stats = model.row_at(model.rowCount() - 1).message.stats
        assert stats is not None
        return stats

    def n_tokens(self, text: str) -> int:
        return len(self.tokenizer.encode(text))

    def stop(self) -> None:
        self.controller.close()
        self.engine.stop()
        self.storage.stop()


@pytest.fixture
def talk(qtbot: QtBot, tmp_path: Path) -> Iterator[Talk]:
    talk = Talk(qtbot, tmp_path / "data", Settings())
    talk.start()
    yield talk
    talk.stop()


def test_after_a_pause_a_turn_costs_only_the_new_message(talk: Talk) -> None:
    for n, question in enumerate(QUESTIONS):
        stats = talk.ask(question)
        if n:
            assert stats.n_prompt - stats.n_reused <= talk.n_tokens(question) + FRAME_TOKENS
        talk.wait_until_idle()


def test_what_was_typed_in_full_lines_is_not_read_again(talk: Talk) -> None:
    talk.ask(QUESTIONS[0])
    talk.wait_until_idle()
    lines = "\n".join(f"Line {n} of what I paste is about the window." for n in range(20))
    talk.controller.save_draft(f"{lines}\nWhat")
    talk.read_ahead.begin()
    talk.wait_until_idle()
    stats = talk.ask(f"{lines}\nWhat is it about?")
    assert stats.n_prompt - stats.n_reused <= talk.n_tokens("What is it about?") + FRAME_TOKENS


def test_another_level_is_paid_for_in_the_pause(talk: Talk) -> None:
    talk.ask(QUESTIONS[0])
    talk.wait_until_idle()
    talk.controller.set_reasoning(LOW)
    talk.wait_until_idle()
    stats = talk.ask(QUESTIONS[1], LOW)
    assert stats.n_prompt - stats.n_reused <= talk.n_tokens(QUESTIONS[1]) + FRAME_TOKENS


def test_a_model_that_slept_goes_on_where_it_was(talk: Talk) -> None:
    talk.ask(QUESTIONS[0])
    talk.wait_until_idle()
    sleep = ModelSleep(talk.controller)
    sleep.sleep()
    assert talk.controller.phase is Phase.ASLEEP
    sleep.wake()
    talk.wait_until_idle()
    stats = talk.ask(QUESTIONS[1])
    assert stats.n_prompt - stats.n_reused <= talk.n_tokens(QUESTIONS[1]) + FRAME_TOKENS
