"""Opening a long conversation after a restart: what the first answer waits for.

    python -m tests.benchmarks.reopen MODEL [--threads 1] [--tokens 8000] [--others 2000]

One engine reads a conversation and is closed; its KV state goes to the disk. A second one, as
after a restart, is asked the next question. The time to its first token is compared with
reading the whole conversation, in the same run. Then as many other conversations get states of
their own (small ones), and it is done again. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Any

from app.core.conversation import Conversation
from app.core.generation import (
    GREEDY,
    ChannelBudget,
    EngineSettings,
    GenerationEnded,
    GenerationRequest,
    LoadRequest,
    PrefillProgress,
)
from app.core.harmony import Prompt, PromptMessage
from app.core.kv_state import KvState, StateKey
from app.core.message import ConversationId, Role
from app.core.resources import resource_path
from app.engine.llama_engine import LlamaEngine, StateSettings
from app.engine.tokenizer import Tokenizer
from app.storage.conversation_store import open_store
from app.storage.kv_states import FolderKvStates
from app.storage.state_files import FolderStates
from tests.benchmarks.turns import conversation

N_RESTARTS = 3


class Program:
    """What is started again and again."""

    def __init__(self, options: argparse.Namespace, data_dir: Path) -> None:
        self._options = options
        self._tokenizer = Tokenizer(resource_path("o200k_base.tiktoken"))
        self.states = FolderKvStates(data_dir, FolderStates(data_dir), lambda: 16 << 30)
        turns = conversation(self._tokenizer, 10, 300, 1, options.tokens // 10 - 308)
        self.history = [message for turn in turns for message in turn.messages()]

    def ask(self, owner: ConversationId | None, n_messages: int) -> dict[str, float]:
        """Start, ask one question after so many messages, end."""
        engine = LlamaEngine(
            lambda: self._tokenizer, states=StateSettings(self.states, worth_keeping_s=0.0)
        )
        settings = EngineSettings(n_ctx=16_384, n_threads=self._options.threads)
        engine.load(LoadRequest(self._options.model, settings))
        asked = (*self.history[:n_messages], PromptMessage(Role.USER, "And what else?"))
        request = GenerationRequest(
            Prompt(asked),
            sampling=GREEDY,
            budget=ChannelBudget(1, 1),
            conversation_id=owner,
        )
        n_read, cpu_s, ttft_ms, began = 0, 0.0, 0.0, thread_time()
        for event in engine.generate(request):
            if isinstance(event, PrefillProgress):
                n_read, cpu_s = event.n_total, thread_time() - began
            elif isinstance(event, GenerationEnded):
                ttft_ms = event.stats.ttft_ms
        closing = time.perf_counter()
        engine.close()
        return {
            "n_read": n_read,
            "ttft_ms": round(ttft_ms, 1),
            "cpu_ms": round(cpu_s * 1000, 1),
            "close_ms": round((time.perf_counter() - closing) * 1000, 1),
        }


def measure(options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        store = open_store(data_dir)
        mine = Conversation.start("the long one")
        store.save_summary(mine.summary)
        program = Program(options, data_dir)
        n = len(program.history)
        full = program.ask(mine.id, n)
        assert full["n_read"] > options.tokens * 0.9
        few = [program.ask(mine.id, n) for _ in range(N_RESTARTS)]
        n_bytes = sum(file.stat().st_size for file in (data_dir / "states").iterdir())
        for i in range(options.others):
            other = Conversation.start(f"conversation {i}")
            store.save_summary(other.summary)
            small = KvState((1, 2, 3), bytes(2000), (), time.time())
            program.states.save(StateKey(other.id, "00"), "x", small)
        many = [program.ask(mine.id, n) for _ in range(N_RESTARTS)]
        store.close()
    return {
        "model": options.model.name,
        "n_threads": options.threads,
        "state_bytes": n_bytes,
        "full": full,
        "reopened": few,
        "ttft_to_full": _ratio(few, full, "ttft_ms"),
        "ttft_cpu_to_full": _ratio(few, full, "cpu_ms"),
        "n_others": options.others,
        "reopened_among_others": many,
        "among_others_ttft_to_full": _ratio(many, full, "ttft_ms"),
        "among_others_ttft_cpu_to_full": _ratio(many, full, "cpu_ms"),
    }


def _ratio(runs: list[dict[str, float]], full: dict[str, float], name: str) -> float:
    return round(median(run[name] for run in runs) / full[name], 4)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.reopen")
    parser.add_argument("model", type=Path)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--tokens", type=int, default=8000)
    parser.add_argument("--others", type=int, default=2000)
    print(json.dumps(measure(parser.parse_args()), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
