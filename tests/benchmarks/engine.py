"""Speed of the engine against a bare loop over the same file, in one run.

    python -m tests.benchmarks.engine MODEL [--threads 1] [--prompt 1000] [--tokens 200]
                                            [--rounds 9] [--n-ubatch 512]

The bare loop is what one would write first: `llama_decode` in portions of n_ubatch, then a
greedy `llama_sampler_sample` and `llama_decode` of one token, over ready token ids, without
text, channels, cancelling or progress. Both read the same ids and write as many tokens, in
contexts of the same parameters; rounds alternate, and the medians of their ratios are given,
so that a busy computer disturbs both alike.

The `_cpu_` ratios compare the calling thread's processor time instead of the clock: with
`--threads 1` they say the same on a computer that is busy with other things.

Prints one JSON object: ratios above 1 mean that the engine is faster, speeds are tokens a
second, the rest is named with its unit.
"""

from __future__ import annotations

import argparse
import ctypes
import itertools
import json
import random
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

from app.core.generation import (
    GREEDY,
    ChannelBudget,
    EngineSettings,
    GenerationEnded,
    GenerationRequest,
    LoadRequest,
    PrefillProgress,
    SamplingParams,
)
from app.core.harmony import Prompt, PromptMessage, channel_header
from app.core.message import Channel, Role
from app.core.resources import resource_path
from app.engine.bindings import bindings
from app.engine.llama_engine import LlamaEngine
from app.engine.tokenizer import Tokenizer

WORDS = ("time", "year", "people", "way", "day", "man", "thing", "woman", "life", "child")
N_PYTHON = 2000  # tokens over which the cost of Python alone is measured
N_STOPS = 12


@dataclass(frozen=True)
class Round:
    """Seconds of one round, engine or bare loop."""

    n_read: int
    n_written: int
    read_s: float  # up to the first token drawn
    write_s: float
    read_cpu_s: float  # of the calling thread, which with one thread is all there is
    write_cpu_s: float


class BareLoop:
    """llama.cpp and nothing else."""

    def __init__(self, engine: LlamaEngine) -> None:
        loaded = engine.loaded
        assert loaded is not None
        low = self._low = bindings()
        model = low.llama_model_default_params()
        model.use_extra_bufts = False
        model.n_gpu_layers = loaded.n_gpu_layers
        self._model = low.llama_model_load_from_file(str(loaded.card.path).encode(), model)
        params = low.llama_context_default_params()
        params.n_ctx = loaded.n_ctx
        params.n_batch = params.n_ubatch = self._n_ubatch = loaded.n_ubatch
        params.n_threads = params.n_threads_batch = loaded.n_threads
        params.n_outputs_max = 1
        params.swa_full = False
        self._context = low.llama_init_from_model(self._model, params)
        self._sampler = low.llama_sampler_init_greedy()

    def run(self, ids: Sequence[int], n_reused: int, n_tokens: int) -> Round:
        """Read `ids` and write; the clock starts after the first `n_reused`."""
        low, context = self._low, self._context
        low.llama_memory_clear(low.llama_get_memory(context), True)
        self._read(ids[:n_reused])
        started, cpu_started = perf_counter(), thread_time()
        self._read(ids[n_reused:])
        cpu_read = thread_time()
        token = (ctypes.c_int32 * 1)(low.llama_sampler_sample(self._sampler, context, -1))
        read = perf_counter()
        for _ in range(n_tokens):
            low.llama_decode(context, low.llama_batch_get_one(token, 1))
            token[0] = low.llama_sampler_sample(self._sampler, context, -1)
        return Round(
            n_read=len(ids) - n_reused,
            n_written=n_tokens,
            read_s=read - started,
            write_s=perf_counter() - read,
            read_cpu_s=cpu_read - cpu_started,
            write_cpu_s=thread_time() - cpu_read,
        )

    def _read(self, ids: Sequence[int]) -> None:
        for start in range(0, len(ids), self._n_ubatch):
            part = ids[start : start + self._n_ubatch]
            array = (ctypes.c_int32 * len(part))(*part)
            self._low.llama_decode(
                self._context, self._low.llama_batch_get_one(array, len(part))
            )


def new_prompt(rng: random.Random, n_tokens: int) -> Prompt:
    """A question of about `n_tokens` tokens that was not asked before."""
    text = " ".join(rng.choice(WORDS) for _ in range(n_tokens))
    return Prompt((PromptMessage(Role.USER, text),))


def run_engine(
    engine: LlamaEngine, prompt: Prompt, n_tokens: int, sampling: SamplingParams
) -> tuple[Round, int]:
    """One answer through the whole path, without thinking; also how many ids were reused."""
    budget = ChannelBudget(n_analysis=1, n_final=n_tokens)
    request = GenerationRequest(prompt, sampling=sampling, budget=budget)
    request.answer_now.cancel()
    n_read = n_reused = 0
    ended: GenerationEnded | None = None
    started, cpu_started = perf_counter(), thread_time()
    cpu_read = cpu_started
    for event in engine.generate(request):
        if isinstance(event, PrefillProgress):
            n_read, n_reused, cpu_read = event.n_total, event.n_reused, thread_time()
        elif isinstance(event, GenerationEnded):
            ended = event
    total_s = perf_counter() - started
    assert ended is not None
    read_s = ended.stats.ttft_ms / 1000
    result = Round(
        n_read=n_read,
        n_written=ended.stats.n_final,
        read_s=read_s,
        write_s=total_s - read_s,
        read_cpu_s=cpu_read - cpu_started,
        write_cpu_s=thread_time() - cpu_read,
    )
    return result, n_reused


def compare(
    engine: LlamaEngine, bare: BareLoop, tokenizer: Tokenizer, options: argparse.Namespace
) -> dict[str, float]:
    """Alternate both; what a model writes before it ends is asked for again and again."""
    rng = random.Random(options.seed)
    header = tokenizer.encode_segments(channel_header(Channel.FINAL))
    ours: list[Round] = []
    theirs: list[Round] = []
    for _ in range(options.rounds):
        n_left = options.tokens
        while n_left > 0:
            prompt = new_prompt(rng, options.prompt)
            ids = [*tokenizer.encode_segments(prompt.segments()), *header]
            mine, n_reused = run_engine(engine, prompt, n_left, GREEDY)
            ours.append(mine)
            theirs.append(bare.run(ids, n_reused, mine.n_written))
            n_left -= max(mine.n_written, 1)
    # Where the model ends at once there is no first token whose time could be told.
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a.n_written]
    return {
        "prefill_ratio": median(b.read_s / a.read_s for a, b in pairs),
        "decode_ratio": median(b.write_s / a.write_s for a, b in pairs),
        "prefill_cpu_ratio": median(b.read_cpu_s / a.read_cpu_s for a, b in pairs),
        "decode_cpu_ratio": median(b.write_cpu_s / a.write_cpu_s for a, b in pairs),
        "prefill_tps": median(a.n_read / a.read_s for a, _ in pairs),
        "bare_prefill_tps": median(b.n_read / b.read_s for _, b in pairs),
        "decode_tps": median(a.n_written / a.write_s for a, _ in pairs),
        "bare_decode_tps": median(b.n_written / b.write_s for _, b in pairs),
    }


def sampled_speed(engine: LlamaEngine, options: argparse.Namespace) -> float:
    """Tokens a second with the default sampling instead of the greedy one."""
    rng = random.Random(options.seed + 1)
    rounds = []
    for seed in range(3):
        prompt = new_prompt(rng, options.prompt)
        sampling = SamplingParams(seed=seed)
        rounds.append(run_engine(engine, prompt, options.tokens, sampling)[0])
    return median(r.n_written / r.write_s for r in rounds if r.n_written)


def python_ms(engine: LlamaEngine) -> float:
    """Milliseconds of Python a token: the whole loop while llama.cpp does nothing."""
    low, rng = bindings(), random.Random(0)
    loaded = engine.loaded
    assert loaded is not None
    n_tokens = min(N_PYTHON, loaded.n_ctx // 2)
    tokens = itertools.cycle([rng.randrange(199_000) for _ in range(5003)])
    decode, sample = low.llama_decode, low.llama_sampler_sample
    low.llama_decode, low.llama_sampler_sample = lambda *_: 0, lambda *_: next(tokens)
    try:
        result, _ = run_engine(engine, new_prompt(rng, 20), n_tokens, GREEDY)
    finally:
        low.llama_decode, low.llama_sampler_sample = decode, sample
    return result.write_s / result.n_written * 1000


def stop_ms(engine: LlamaEngine, options: argparse.Namespace) -> list[float]:
    """Milliseconds from Stop, pressed in another thread at any moment, to the last event."""
    rng = random.Random(options.seed + 2)
    waits = []
    for _ in range(N_STOPS):
        request = GenerationRequest(new_prompt(rng, options.prompt), sampling=GREEDY)
        pressed: list[float] = []

        def press(request: GenerationRequest = request, at: list[float] = pressed) -> None:
            at.append(perf_counter())
            request.cancel.cancel()

        timer = threading.Timer(rng.random() * 0.5, press)
        timer.start()
        for _event in engine.generate(request):
            pass
        ended = perf_counter()
        timer.cancel()
        timer.join()
        if pressed and pressed[0] < ended:
            waits.append((ended - pressed[0]) * 1000)
    return waits


def measure(options: argparse.Namespace) -> dict[str, object]:
    """All figures of one model."""
    tokenizer = Tokenizer(resource_path("o200k_base.tiktoken"))
    engine = LlamaEngine(lambda: tokenizer)
    settings = EngineSettings(
        n_ctx=2 * options.prompt + options.tokens + 512,
        n_ubatch=options.n_ubatch,
        n_threads=options.threads,
    )
    loaded = engine.load(LoadRequest(options.model, settings))
    bare = BareLoop(engine)
    run_engine(engine, new_prompt(random.Random(9), 50), 8, GREEDY)  # memory is touched
    ratios = compare(engine, bare, tokenizer, options)
    waits = stop_ms(engine, options)
    return {
        "model": options.model.name,
        "n_threads": loaded.n_threads,
        "n_ubatch": loaded.n_ubatch,
        "n_ctx": loaded.n_ctx,
        "device": loaded.device,
        **{key: round(value, 3) for key, value in ratios.items()},
        "default_sampling_decode_tps": round(sampled_speed(engine, options), 3),
        "per_token_python_ms": round(python_ms(engine), 4),
        "load_s": round(loaded.load_seconds, 3),
        "stop_ms_median": round(median(waits), 1) if waits else None,
        "stop_ms_max": round(max(waits), 1) if waits else None,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.engine")
    parser.add_argument("model", type=Path)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--prompt", type=int, default=1000, help="tokens")
    parser.add_argument("--tokens", type=int, default=200, help="written in a round")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--n-ubatch", type=int, default=512)
    parser.add_argument("--seed", type=int, default=1)
    print(json.dumps(measure(parser.parse_args()), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
