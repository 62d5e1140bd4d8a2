"""The same conversation with this engine, with llama-cpp-python's own class, with llama-server.

    python -m tests.benchmarks.rivals MODEL [--server PATH] [--threads 1] [--turns 10]

Ten turns, each with an analysis of 600 tokens and an answer of 500; the history grows to 8,000.
All engines read the same text, and write as many tokens, whichever ones: the model has random
weights, so the history of the next turn is prepared, not what was written.

- This engine: its whole path, and once more with answers read ahead while nothing is wanted.
- `Llama.create_chat_completion(stream=True)`, as a window would use it: default parameters, a
  Harmony template. The file must have all merges of the vocabulary (it encodes the text).
- llama-server, built from the same sources: `/completion` with token ids, streamed, one slot,
  the same batch sizes.

Prints one JSON object; seconds by the clock and of processor time. On a busy computer only the
second says something: this engine computes at low priority, the others do not.
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
    ChannelBudget,
    EngineSettings,
    GenerationEnded,
    GenerationRequest,
    LoadRequest,
    PrefillProgress,
    PrefillRequest,
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
    "<|message|>{{ m.content }}<|end|>{% endfor %}<|start|>assistant"
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


def ours(options: argparse.Namespace, turns: Sequence[Turn], *, idle: bool) -> dict[str, Any]:
    engine = LlamaEngine(resource_path("o200k_base.tiktoken"))
    settings = EngineSettings(n_ctx=N_CTX, n_ubatch=N_UBATCH, n_threads=options.threads)
    engine.load(LoadRequest(options.model, settings))
    history: tuple[PromptMessage, ...] = ()
    costs = []
    for turn in turns:
        prompt = Prompt((*history, PromptMessage(Role.USER, turn.question)))
        request = GenerationRequest(prompt, budget=ChannelBudget(100_000, 100_000))
        clock, n_read, cost = Clock(), 0, {}
        with speaking(turn):
            for event in engine.generate(request):
                if isinstance(event, PrefillProgress):
                    n_read = event.n_total
                elif isinstance(event, GenerationEnded):
                    stats = event.stats
        cost = clock.take() | {
            "n_read": n_read,
            "ttft_ms": round(stats.ttft_ms, 1),
            "prefill_tps": round(stats.prefill_tps, 1),
            "decode_tps": round(stats.decode_tps, 1),
        }
        costs.append(cost)
        history = (*history, *turn.messages())
        if idle:
            for _ in engine.prefill(PrefillRequest(Prompt(history))):
                pass
    engine.close()
    return _summary(costs)


def llama_class(options: argparse.Namespace, turns: Sequence[Turn]) -> dict[str, Any]:
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
    never = {str(i): -1e9 for i in range(FIRST_CONTROL, N_VOCAB)}
    messages: list[dict[str, str]] = []
    costs = []
    for turn in turns:
        messages.append({"role": "user", "content": turn.question})
        n_new, first_at = len(turn.analysis) + len(turn.answer), 0.0
        clock, began = Clock(), time.perf_counter()
        for _ in llama.create_chat_completion(
            messages, stream=True, max_tokens=n_new, temperature=1.0, top_k=100,
            top_p=1.0, min_p=0.0, logit_bias=never,
        ):  # fmt: skip
            first_at = first_at or time.perf_counter() - began
        costs.append(clock.take() | {"ttft_ms": round(first_at * 1000, 1)})
        messages.append({"role": "assistant", "content": turn.answer_text})
    llama.close()
    return _summary(costs)


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
    return conversation(tokenizer, options.turns, 300, 600, 500)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    tokenizer = Tokenizer(resource_path("o200k_base.tiktoken"))
    turns = _turns(options)
    result: dict[str, Any] = {
        "model": options.model.name,
        "n_threads": options.threads,
        "n_turns": len(turns),
        "ours": ours(options, turns, idle=False),
    }
    if options.server is not None:
        result["llama_server"] = llama_server(options, turns, tokenizer)
    result["ours_read_ahead"] = ours(options, turns, idle=True)
    if not options.no_llama:
        # In a process of its own: the package cannot be both whole and as this engine takes it.
        command = [sys.executable, "-m", "tests.benchmarks.rivals", *sys.argv[1:], "--child"]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        result["llama_cpp_python"] = json.loads(done.stdout.splitlines()[-1])
    for name in ("llama_server", "llama_cpp_python"):
        if name in result:
            theirs, mine = result[name], result["ours"]
            result[f"{name}_seconds_to_ours"] = round(theirs["seconds"] / mine["seconds"], 2)
            for speed in ("prefill_tps", "decode_tps"):
                if speed in theirs:
                    ratio = mine[speed] / theirs[speed]
                    result[f"ours_to_{name}_{speed}"] = round(ratio, 3)
            if "cpu_seconds" in theirs:
                ratio = theirs["cpu_seconds"] / mine["cpu_seconds"]
                result[f"{name}_cpu_seconds_to_ours"] = round(ratio, 2)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.rivals")
    parser.add_argument("model", type=Path)
    parser.add_argument("--server", type=Path, default=None, help="the program llama-server")
    parser.add_argument("--no-llama", action="store_true", help="without llama-cpp-python")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(llama_class(options, _turns(options))))
    else:
        print(json.dumps(measure(options), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
