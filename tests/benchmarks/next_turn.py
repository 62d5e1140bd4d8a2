"""What the next turn of a conversation costs: tokens that are read again, time to the answer.

    python -m tests.benchmarks.next_turn MODEL [--threads 1] [--turns 10] [--n-ubatch 512]

Holds the same conversation twice, each turn with an analysis of 600 tokens, up to a history of
8,000: once with the answer read ahead while nothing else is wanted, once without. The time to
the first token is compared with a bare llama.cpp loop that reads as many tokens at the same
place of a context of the same parameters, right afterwards; `_cpu_` is the processor's time of
the calling thread, which with `--threads 1` says the same on a busy computer. One such pair can
be wrong by 40 % in either direction (other programs on the same caches), so there is one for
each turn but the first, and the median of them is given. `own_cpu_ms` is what is spent outside
`llama_decode` until the prompt is read: encoding, looking for the common prefix, going back,
checkpoints. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Any

from app.core.generation import (
    ChannelBudget,
    EngineSettings,
    GenerationEnded,
    GenerationRequest,
    LoadRequest,
    PrefillProgress,
    PrefillRequest,
)
from app.core.harmony import Prompt, PromptMessage, channel_header
from app.core.message import Channel, Role
from app.core.resources import resource_path
from app.engine.bindings import bindings
from app.engine.llama_engine import LlamaEngine
from app.engine.tokenizer import Tokenizer
from tests.benchmarks.engine import BareLoop
from tests.benchmarks.turns import Turn, conversation, speaking

N_MARGIN = 16  # tokens of headers
BUDGET = ChannelBudget(n_analysis=100_000, n_final=100_000)


@contextmanager
def decode_clock() -> Iterator[list[float]]:
    """Processor's seconds of each `llama_decode`."""
    low: Any = bindings()
    decode, seconds = low.llama_decode, []

    def timed(context: Any, batch: Any) -> int:
        began = thread_time()
        answer = decode(context, batch)
        seconds.append(thread_time() - began)
        return int(answer)

    low.llama_decode = timed
    try:
        yield seconds
    finally:
        low.llama_decode = decode


def hold(
    engine: LlamaEngine, bare: BareLoop, tokenizer: Tokenizer, turns: Sequence[Turn], idle: bool
) -> list[dict[str, Any]]:
    """All turns; what each one cost."""
    header = tokenizer.encode_segments(channel_header(Channel.ANALYSIS))
    history: tuple[PromptMessage, ...] = ()
    n_answer = 0
    costs = []
    for i, turn in enumerate(turns):
        question = PromptMessage(Role.USER, turn.question)
        prompt = Prompt((*history, question))
        n_read, n_reused, stats = -1, 0, None
        cpu_s, own_s, cpu_began = 0.0, 0.0, thread_time()
        with speaking(turn), decode_clock() as decodes:
            for event in engine.generate(GenerationRequest(prompt, budget=BUDGET)):
                if isinstance(event, PrefillProgress):
                    n_read, n_reused = event.n_total, event.n_reused
                    cpu_s = thread_time() - cpu_began
                    own_s = cpu_s - sum(decodes)
                elif isinstance(event, GenerationEnded):
                    stats = event.stats
        assert stats is not None
        assert stats.n_analysis == len(turn.analysis)
        ids = [*tokenizer.encode_segments(prompt.segments()), *header]
        n_question = len(tokenizer.encode(turn.question))
        cost = {
            "n_history": len(ids),
            "n_read": n_read,
            "n_allowed": n_question + N_MARGIN + (0 if idle else n_answer),
            "ttft_ms": round(stats.ttft_ms, 2),
            "own_cpu_ms": round(own_s * 1000, 2),
        }
        if i > 0:  # it reads the whole history each time
            raw = bare.run(ids, n_reused, 0)
            cost |= {
                "ttft_to_raw": round(stats.ttft_ms / 1000 / raw.read_s, 3),
                "cpu_to_raw": round(cpu_s / raw.read_cpu_s, 3),
            }
        costs.append(cost)
        n_answer = len(turn.answer)
        history = (*history, *turn.messages())
        if idle:
            for _ in engine.prefill(PrefillRequest(Prompt(history))):
                pass
    return costs


def measure(options: argparse.Namespace) -> dict[str, Any]:
    tokenizer = Tokenizer(resource_path("o200k_base.tiktoken"))
    engine = LlamaEngine(lambda: tokenizer)
    settings = EngineSettings(
        n_ctx=16_384, n_ubatch=options.n_ubatch, n_threads=options.threads
    )
    loaded = engine.load(LoadRequest(options.model, settings))
    bare = BareLoop(engine)
    turns = conversation(tokenizer, options.turns, 300, options.analysis, 500)
    result: dict[str, Any] = {
        "model": options.model.name,
        "n_threads": loaded.n_threads,
        "n_ubatch": loaded.n_ubatch,
        "n_turns": len(turns),
        "n_analysis": options.analysis,
    }
    for name, idle in (("without_idle", False), ("after_idle", True)):
        list(engine.prefill(PrefillRequest(Prompt((PromptMessage(Role.USER, name),)))))
        costs = hold(engine, bare, tokenizer, turns, idle)
        later = costs[1:]
        result[name] = {
            "is_within": all(c["n_read"] <= c["n_allowed"] for c in later),
            "ttft_to_raw": round(median(c["ttft_to_raw"] for c in later), 3),
            "ttft_cpu_to_raw": round(median(c["cpu_to_raw"] for c in later), 3),
            "own_cpu_ms": round(median(c["own_cpu_ms"] for c in later), 2),
            "ttft_ms_median": round(median(c["ttft_ms"] for c in later), 1),
            "turns": costs,
        }
    engine.close()
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.next_turn")
    parser.add_argument("model", type=Path)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--analysis", type=int, default=600, help="tokens")
    parser.add_argument("--n-ubatch", type=int, default=512)
    print(json.dumps(measure(parser.parse_args()), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
