"""The same conversation with this engine, with llama-cpp-python's own class, with llama-server.

    python -m tests.benchmarks.rivals MODEL [--server PATH] [--no-llama] [--threads 1]
        [--turns 10] [--analysis 600] [--answer 500] [--plain-attention]

Ten turns, each with an analysis of 600 tokens and an answer of 500; the history grows to 8,000.
All engines read the same text, and write as many tokens.

- This engine: its whole path, and once more with answers read ahead while nothing is wanted.
- `Llama.create_chat_completion`, once streamed, as a window would use it, and once not:
  default parameters, greedy, a Harmony template with our system message, so that the prompts
  are token for token the same. The file must have all merges of the vocabulary (it encodes the
  text). What its sampler draws is replaced by the words of the turn, as it is for this engine.
  It lives in a process of its own and takes its turns right after this engine's.
- llama-server, built from the same sources: `/completion` with token ids, streamed, one slot,
  the same batch sizes. The model has random weights, and here control tokens are forbidden
  instead, so that it writes as many tokens, whichever ones.

Prints one JSON object; seconds by the clock and of processor time. On a busy computer only the
second says something: this engine computes at low priority, the others do not. Times of
`Llama` are compared with those of the same turns of this engine, pair by pair.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from app.core.generation import (
    GREEDY,
    ChannelBudget,
    EngineSettings,
    GenerationEnded,
    GenerationRequest,
    LoadRequest,
    PrefillProgress,
    PrefillRequest,
    SamplingParams,
)
from app.core.harmony import Prompt, PromptMessage
from app.core.message import Role
from app.core.resources import resource_path
from app.engine.llama_engine import LlamaEngine
from app.engine.tokenizer import Tokenizer
from tests.benchmarks.turns import Turn, conversation, speaking

N_CTX, N_UBATCH = 16_384, 512
FIRST_CONTROL, N_VOCAB = 199_998, 201_088
TEMPLATE = (
    "{% for m in messages %}<|start|>{{ m.role }}"
    "{% if m.role == 'assistant' %}<|channel|>final{% endif %}"
    "<|message|>{{ m.content }}<|end|>{% endfor %}"
    "<|start|>assistant<|channel|>analysis<|message|>"
)


class Clock:
    """Seconds by the clock and of the processor (all threads of this process)."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def take(self) -> dict[str, float]:
        return {
            "seconds": round(time.perf_counter() - self._wall, 3),
            "cpu_seconds": round(time.process_time() - self._cpu, 3),
        }


class Ours:
    """This engine, turn by turn."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._engine = LlamaEngine(resource_path("o200k_base.tiktoken"))
        settings = EngineSettings(
            n_ctx=N_CTX,
            n_ubatch=N_UBATCH,
            n_threads=options.threads,
            flash_attention=False if options.plain_attention else None,
        )
        self._engine.load(LoadRequest(options.model, settings))
        self._history: tuple[PromptMessage, ...] = ()

    def take(self, turn: Turn, sampling: SamplingParams) -> dict[str, Any]:
        """One turn; what it cost."""
        prompt = Prompt((*self._history, PromptMessage(Role.USER, turn.question)))
        budget = ChannelBudget(100_000, 100_000)
        request = GenerationRequest(prompt, sampling=sampling, budget=budget)
        clock, n_read, n_reused = Clock(), 0, 0
        with speaking(turn):
            for event in self._engine.generate(request):
                if isinstance(event, PrefillProgress):
                    n_read, n_reused = event.n_total, event.n_reused
                elif isinstance(event, GenerationEnded):
                    stats = event.stats
        cost = clock.take()
        self._history = (*self._history, *turn.messages())
        return cost | {
            "n_prompt": n_read + n_reused,
            "n_read": n_read,
            "ttft_ms": round(stats.ttft_ms, 1),
            "prefill_tps": round(stats.prefill_tps, 1),
            "decode_tps": round(stats.decode_tps, 1),
        }

    def read_ahead(self) -> None:
        """What a window does while nothing is wanted."""
        for _ in self._engine.prefill(PrefillRequest(Prompt(self._history))):
            pass

    def close(self) -> None:
        self._engine.close()


def ours(options: argparse.Namespace, turns: Sequence[Turn], *, idle: bool) -> dict[str, Any]:
    engine = Ours(options)
    costs = []
    for turn in turns:
        costs.append(engine.take(turn, SamplingParams()))
        if idle:
            engine.read_ahead()
    engine.close()
    return _summary(costs)


def llama_child(options: argparse.Namespace, turns: Sequence[Turn]) -> None:
    """`Llama`: a turn for each line of the input, its cost as a line of the output."""
    import llama_cpp
    from llama_cpp import Llama
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter

    formatter = Jinja2ChatFormatter(TEMPLATE, eos_token="<|return|>", bos_token="")
    llama = Llama(
        str(options.model),
        n_ctx=N_CTX,
        n_threads=options.threads,
        n_threads_batch=options.threads,
        chat_handler=formatter.to_chat_handler(),
        verbose=False,
    )
    low: Any = llama_cpp.llama_cpp
    sample = low.llama_sampler_sample
    *_, system, _ = Prompt(()).head()
    messages = [{"role": "system", "content": str(system)}]
    for turn, _ in zip(turns, sys.stdin, strict=False):
        messages.append({"role": "user", "content": turn.question})
        n_new = len(turn.analysis) + len(turn.answer)
        said = iter((*turn.analysis, *turn.answer))

        def scripted(*given: Any, said: Iterator[int] = said) -> int:
            sample(*given)
            return next(said)

        low.llama_sampler_sample = scripted
        clock, began, first_at = Clock(), time.perf_counter(), 0.0
        parts = llama.create_chat_completion(
            messages, stream=not options.unstreamed, max_tokens=n_new, temperature=0.0
        )
        for _part in parts:
            first_at = first_at or time.perf_counter() - began
        cost: dict[str, Any] = clock.take()
        if not options.unstreamed:
            cost["ttft_ms"] = round(first_at * 1000, 1)
        cost["n_prompt"] = llama.n_tokens - n_new + 1  # the last one is not decoded any more
        print(json.dumps(cost), flush=True)
        messages.append({"role": "assistant", "content": turn.answer_text})
    llama.close()


def against_llama(
    options: argparse.Namespace, turns: Sequence[Turn], *, is_streamed: bool
) -> dict[str, Any]:
    """The same turns by this engine and by `Llama`, one after the other."""
    # In a process of its own: the package cannot be both whole and as this engine takes it.
    command = [sys.executable, "-m", "tests.benchmarks.rivals", *sys.argv[1:], "--child"]
    command += [] if is_streamed else ["--unstreamed"]
    engine = Ours(options)
    mine, theirs = [], []
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None and child.stdout is not None
        for turn in turns:
            mine.append(engine.take(turn, GREEDY))
            child.stdin.write("\n")
            child.stdin.flush()
            theirs.append(json.loads(child.stdout.readline()))
        child.stdin.close()
    engine.close()
    assert [c["n_prompt"] for c in mine] == [c["n_prompt"] for c in theirs]
    pairs = list(zip(theirs, mine, strict=True))
    return {
        f"{unit}_to_ours": {
            "total": round(sum(t[unit] for t, _ in pairs) / sum(m[unit] for _, m in pairs), 2),
            "first": round(theirs[0][unit] / mine[0][unit], 2),
            "last": round(theirs[-1][unit] / mine[-1][unit], 2),
        }
        for unit in ("cpu_seconds", "seconds")
    } | {"ours": _summary(mine), "theirs": _summary(theirs)}


@contextlib.contextmanager
def _server(options: argparse.Namespace) -> Iterator[tuple[str, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(options.server), "-m", str(options.model), "-c", str(N_CTX), "-np", "1",
        "-t", str(options.threads), "-tb", str(options.threads), "-b", str(N_UBATCH),
        "-ub", str(N_UBATCH), "--port", str(port), "--no-webui",
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/health", timeout=5).close()
                break
            time.sleep(0.2)
        yield address, server.pid
    finally:
        server.terminate()
        server.wait()


def _cpu_seconds(pid: int) -> float:
    """Processor time of another process, all its threads; 0 where this cannot be read."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def llama_server(
    options: argparse.Namespace, turns: Sequence[Turn], tokenizer: Tokenizer
) -> dict[str, Any]:
    history: tuple[PromptMessage, ...] = ()
    never = [[i, False] for i in range(FIRST_CONTROL, N_VOCAB)]
    costs = []
    with _server(options) as (address, pid):
        for turn in turns:
            prompt = Prompt((*history, PromptMessage(Role.USER, turn.question)))
            body = {
                "prompt": tokenizer.encode_segments(prompt.segments()),
                "n_predict": len(turn.analysis) + len(turn.answer),
                "stream": True, "cache_prompt": True, "temperature": 1.0, "top_k": 100,
                "top_p": 1.0, "min_p": 0.0, "logit_bias": never,
            }  # fmt: skip
            request = urllib.request.Request(
                f"{address}/completion", json.dumps(body).encode(), {"Content-Type": "x/json"}
            )
            began, cpu_began, first_at = time.perf_counter(), _cpu_seconds(pid), 0.0
            timings: dict[str, Any] = {}
            with urllib.request.urlopen(request) as answer:
                for line in answer:
                    if line.startswith(b"data: "):
                        first_at = first_at or time.perf_counter() - began
                        timings = json.loads(line[6:]).get("timings", timings)
            costs.append(
                {
                    "seconds": round(time.perf_counter() - began, 3),
                    "cpu_seconds": round(_cpu_seconds(pid) - cpu_began, 3),
                    "n_read": timings["prompt_n"],
                    "ttft_ms": round(first_at * 1000, 1),
                    "prefill_tps": round(timings["prompt_per_second"], 1),
                    "decode_tps": round(timings["predicted_per_second"], 1),
                }
            )
            history = (*history, *turn.messages())
    return _summary(costs)


def _summary(costs: list[dict[str, Any]]) -> dict[str, Any]:
    total: dict[str, Any] = {
        name: round(sum(c[name] for c in costs), 2)
        for name in ("seconds", "cpu_seconds", "n_read")
        if name in costs[0]
    }
    middle: dict[str, Any] = {
        name: round(median(c[name] for c in costs[1:] or costs), 1)
        for name in ("ttft_ms", "prefill_tps", "decode_tps")
        if name in costs[0]
    }
    return {**total, **middle, "turns": costs}


def _turns(options: argparse.Namespace) -> list[Turn]:
    tokenizer = Tokenizer(resource_path("o200k_base.tiktoken"))
    return conversation(tokenizer, options.turns, 300, options.analysis, options.answer)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    tokenizer = Tokenizer(resource_path("o200k_base.tiktoken"))
    turns = _turns(options)
    result: dict[str, Any] = {
        "model": options.model.name,
        "n_threads": options.threads,
        "n_turns": len(turns),
    }
    if options.server is not None:
        result["ours"] = ours(options, turns, idle=False)
        result["llama_server"] = llama_server(options, turns, tokenizer)
        result["ours_read_ahead"] = ours(options, turns, idle=True)
    if "llama_server" in result:
        theirs, mine = result["llama_server"], result["ours"]
        for unit in ("seconds", "cpu_seconds"):
            result[f"llama_server_{unit}_to_ours"] = round(theirs[unit] / mine[unit], 2)
        for speed in ("prefill_tps", "decode_tps"):
            result[f"ours_to_llama_server_{speed}"] = round(mine[speed] / theirs[speed], 3)
    if not options.no_llama:
        for name, is_streamed in (("streamed", True), ("unstreamed", False)):
            found = against_llama(options, turns, is_streamed=is_streamed)
            result[f"llama_cpp_python_{name}"] = found
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.rivals")
    parser.add_argument("model", type=Path)
    parser.add_argument("--server", type=Path, default=None, help="the program llama-server")
    parser.add_argument("--no-llama", action="store_true", help="without llama-cpp-python")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--analysis", type=int, default=600, help="tokens")
    parser.add_argument("--answer", type=int, default=500, help="tokens")
    parser.add_argument(
        "--plain-attention",
        action="store_true",
        help="this engine without flash attention, as it may have been measured to be faster",
    )
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--unstreamed", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        llama_child(options, _turns(options))
    else:
        print(json.dumps(measure(options), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
