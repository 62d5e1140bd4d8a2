"""A conversation goes on after a restart without being read again: engine, storage, disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.core.conversation import Conversation
from app.core.generation import (
    GREEDY,
    ChannelBudget,
    EngineSettings,
    GenerationEnded,
    GenerationRequest,
    LoadRequest,
    PrefillProgress,
    PrefillRequest,
)
from app.core.message import Message, ReasoningEffort, Role, new_message_id
from app.core.prompt import prompt_for
from app.core.resources import resource_path
from app.engine.llama_engine import LlamaEngine, StateSettings
from app.engine.tokenizer import Tokenizer
from app.paths import PRACTICE_MODEL
from app.storage.conversation_store import open_store
from app.storage.kv_states import FolderKvStates
from app.storage.state_files import FolderStates
from app.storage.vault import FolderVault

ANYTHING_IS_WORTH_IT = 0.0  # seconds; the practice model reads faster than a state pays
SETTINGS = EngineSettings(n_ctx=2048, n_threads=1, n_gpu_layers=0)
FIRST = "Hello! " + "Please tell me what you can do. " * 12


@dataclass
class Run:
    """The program from its start to its end."""

    data_dir: Path
    engine: LlamaEngine
    n_read: int = 0  # tokens that the last answer had to read
    n_reused: int = 0

    def ask(self, conversation: Conversation, text: str) -> Conversation:
        store = open_store(self.data_dir)
        question = self._message(conversation, Role.USER, text)
        store.add_message(question)
        conversation = conversation.with_message(question)
        request = GenerationRequest(
            prompt_for(conversation.active_path(), ReasoningEffort.LOW),
            sampling=GREEDY,
            budget=ChannelBudget(100, 60),
            conversation_id=conversation.id,
        )
        said, first = "", True
        ids: tuple[int, ...] = ()
        for event in self.engine.generate(request):
            if isinstance(event, PrefillProgress):
                if first:
                    self.n_read, self.n_reused, first = event.n_total, event.n_reused, False
            elif isinstance(event, GenerationEnded):
                ids = event.final_ids
            elif event.channel.value == "final":
                said += event.text
        answer = self._message(conversation, Role.ASSISTANT, said)
        answer = replace(answer, token_ids=ids)
        store.add_message(answer)
        store.close()
        return conversation.with_message(answer)

    def read_ahead(self, conversation: Conversation) -> None:
        prompt = prompt_for(conversation.active_path(), ReasoningEffort.LOW)
        tuple(self.engine.prefill(PrefillRequest(prompt, conversation_id=conversation.id)))

    def _message(self, conversation: Conversation, role: Role, text: str) -> Message:
        leaf = conversation.active_leaf_id
        return Message(new_message_id(), conversation.id, role, text, parent_id=leaf)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Run]]:
    tokenizer = Tokenizer(resource_path("o200k_base.tiktoken"))
    data_dir = tmp_path / "data"
    open_store(data_dir).close()
    runs: list[Run] = []

    def begin() -> Run:
        for run in runs:
            run.engine.close()
        kept = FolderKvStates(data_dir, FolderStates(data_dir), lambda: 1 << 30)
        states = StateSettings(kept, worth_keeping_s=ANYTHING_IS_WORTH_IT)
        engine = LlamaEngine(lambda: tokenizer, states=states)
        engine.load(LoadRequest(resource_path(PRACTICE_MODEL), SETTINGS))
        runs.append(Run(data_dir, engine))
        return runs[-1]

    yield begin
    for run in runs:
        run.engine.close()


def new_conversation(run: Run) -> Conversation:
    conversation = Conversation.start("kept")
    store = open_store(run.data_dir)
    store.save_summary(conversation.summary)
    store.close()
    return conversation


def reloaded(run: Run, conversation: Conversation) -> Conversation:
    store = open_store(run.data_dir)
    loaded = store.load(conversation.id)
    store.close()
    return loaded


def test_the_practice_model_goes_on_after_a_restart(start: Callable[[], Run]) -> None:
    run = start()
    conversation = run.ask(new_conversation(run), FIRST)
    run.read_ahead(conversation)
    n_history = run.n_read + run.n_reused
    run = start()
    conversation = reloaded(run, conversation)
    run.ask(conversation, "And what else?")
    assert run.n_reused > n_history
    assert run.n_read < 16


def test_the_answer_after_a_restart_is_that_of_a_program_that_reads_all_anew(
    start: Callable[[], Run],
) -> None:
    run = start()
    conversation = run.ask(new_conversation(run), FIRST)
    run = start()
    with_state = run.ask(reloaded(run, conversation), "Thank you!").active_path()[-1]
    assert run.n_reused > 50
    run = start()
    for file in (run.data_dir / "states").iterdir():
        file.unlink()
    again = run.ask(conversation, "Thank you!").active_path()[-1]
    assert run.n_reused == 0
    assert with_state.text == again.text != ""


def test_after_a_deleted_conversation_nothing_of_it_is_on_the_disk(
    start: Callable[[], Run],
) -> None:
    run = start()
    conversation = run.ask(new_conversation(run), FIRST)
    run = start()
    assert len(list((run.data_dir / "states").iterdir())) == 1
    run.ask(reloaded(run, conversation), "More")
    store = open_store(run.data_dir)
    store.delete_conversation(conversation.id)
    store.close()
    run = start()  # what is in memory is not written any more
    assert list((run.data_dir / "states").iterdir()) == []


def test_an_encrypted_history_keeps_its_states_too(start: Callable[[], Run]) -> None:
    run = start()
    FolderVault(run.data_dir).turn_on("a long passphrase")
    conversation = run.ask(new_conversation(run), FIRST)
    run = start()
    run.ask(reloaded(run, conversation), "And then?")
    assert run.n_reused > 50
    (state, *_) = (run.data_dir / "states").iterdir()
    assert b"LUMBREKV" not in state.read_bytes()
