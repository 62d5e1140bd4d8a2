"""Flash attention and the type of the KV cache on the processor: speed and rounding.

    python -m tests.benchmarks.attention MODEL [--depths 256,2048,7936] [--tokens 32]
                                               [--n-ubatch 512]

Contexts of one model read the same text in the same portions, in turns. At each depth they
read one more portion, then write a given text token by token. Times are the processor's, of
the one thread that computes; a busy computer disturbs all alike, so the ratios to the usual
way (flash attention, f16) say more than the times.

Rounding is told against a context without flash attention whose cache is f32: the mean
Kullback-Leibler divergence of the next token's distribution, and in how many of the written
places the likeliest token is the same. Writing is timed with the output layer and without; the
latter is what attention is a part of. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Any

import numpy as np

from app.core.cancellation import CancelToken
from app.core.generation import EngineSettings
from app.core.machine import Machine
from app.core.memory_plan import plan_load
from app.core.resources import resource_path
from app.engine.bindings import bindings
from app.engine.context import LlamaContext
from app.engine.context_plan import context_plan
from app.engine.gguf_header import read_model_card
from app.engine.tokenizer import Tokenizer

F32, F16, Q8_0 = 0, 1, 8  # ggml's types
USUAL, REFERENCE = "flash f16", "plain f32"
WAYS = {REFERENCE: (0, F32), "plain f16": (0, F16), USUAL: (1, F16), "flash q8_0": (1, Q8_0)}
DOCUMENTS = Path(__file__).parents[2] / "docs"


class Way:
    """One context of a model that is loaded already."""

    def __init__(
        self, model: Any, n_ctx: int, n_ubatch: int, attention: int, kind: int
    ) -> None:
        low = self._low = bindings()
        params = low.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = n_ctx, n_ubatch, n_ubatch
        params.n_threads = params.n_threads_batch = params.n_outputs_max = 1
        params.flash_attn_type = attention
        params.type_k = params.type_v = kind
        params.swa_full = False
        self._context = low.llama_init_from_model(model, params)
        self.logits: list[np.ndarray] = []

    def decode(self, ids: Sequence[int], *, wants_logits: bool = False) -> float:
        """Seconds of the processor."""
        tokens = (ctypes.c_int32 * len(ids))(*ids)
        batch = self._low.llama_batch_get_one(tokens, len(ids))
        outputs = (ctypes.c_int8 * len(ids))()
        outputs[len(ids) - 1] = wants_logits
        batch.logits = ctypes.cast(outputs, ctypes.POINTER(ctypes.c_int8))
        started = thread_time()
        answer = self._low.llama_decode(self._context, batch)
        assert answer == 0, answer
        return thread_time() - started

    def note_logits(self, n_vocab: int) -> None:
        pointer = self._low.llama_get_logits_ith(self._context, -1)
        address = ctypes.cast(pointer, ctypes.POINTER(ctypes.c_float))
        found = np.ctypeslib.as_array(address, (n_vocab,)).astype(np.float64)
        found -= found.max()
        self.logits.append(found - np.log(np.exp(found).sum()))

    def close(self) -> None:
        self._low.llama_free(self._context)


def text_ids(n: int) -> list[int]:
    """Ids of this program's own documents, again and again."""
    text = " ".join(path.read_text("utf-8") for path in sorted(DOCUMENTS.glob("*.md")))
    ids = Tokenizer(resource_path("o200k_base.tiktoken")).encode(" ".join(text.split()))
    return (ids * (n // len(ids) + 1))[:n]


def at_depth(
    ways: dict[str, Way],
    ids: Sequence[int],
    place: int,
    options: argparse.Namespace,
    n_vocab: int,
) -> tuple[dict[str, Any], int]:
    """What each way costs after `place` tokens; also where they stand afterwards."""
    n = options.n_ubatch
    reads = {name: way.decode(ids[place : place + n]) for name, way in ways.items()}
    place += n
    writes: dict[str, list[float]] = {name: [] for name in ways}
    for i in range(options.tokens):
        for name, way in ways.items():
            writes[name].append(way.decode(ids[place + i : place + i + 1]))
    place += options.tokens
    for way in ways.values():
        way.logits = []
    for i in range(options.tokens):
        for way in ways.values():
            way.decode(ids[place + i : place + i + 1], wants_logits=True)
            way.note_logits(n_vocab)
    place += options.tokens
    exact = ways[REFERENCE].logits
    rows = {}
    for name, way in ways.items():
        pairs = list(zip(exact, way.logits, strict=True))
        rows[name] = {
            "read_ms": round(reads[name] * 1000, 1),
            "write_ms": round(median(writes[name]) * 1000, 3),
            "read_to_usual": round(reads[name] / reads[USUAL], 3),
            "write_to_usual": round(
                median(a / b for a, b in zip(writes[name], writes[USUAL], strict=True)), 3
            ),
            "divergence": float(
                f"{np.mean([(np.exp(a) * (a - b)).sum() for a, b in pairs]):.3g}"
            ),
            "same_likeliest": f"{sum(a.argmax() == b.argmax() for a, b in pairs)}/{len(pairs)}",
        }
    return rows, place


def measure(options: argparse.Namespace) -> dict[str, Any]:
    depths = sorted(int(n) for n in options.depths.split(","))
    card = read_model_card(options.model)
    settings = EngineSettings(n_ctx=512, n_ubatch=64, n_threads=1, n_gpu_layers=0)
    machine = Machine(1 << 40, 1 << 40, 1, 1)
    holder = LlamaContext(  # keeps the model
        context_plan(card, machine, settings, plan_load(card, machine, settings)), CancelToken()
    )
    model = bindings().llama_get_model(holder.handle)
    n_ctx = (
        depths[-1] + len(depths) * (options.n_ubatch + 2 * options.tokens) + options.n_ubatch
    )
    ways = {name: Way(model, n_ctx, options.n_ubatch, *how) for name, how in WAYS.items()}
    ids = text_ids(n_ctx)
    result: dict[str, Any] = {"model": options.model.name, "n_ubatch": options.n_ubatch}
    place = 0
    for depth in depths:
        while place < depth:
            end = min(place + options.n_ubatch, depth)
            for way in ways.values():
                way.decode(ids[place:end])
            place = end
        result[f"after {place}"], place = at_depth(ways, ids, place, options, card.n_vocab)
    for way in ways.values():
        way.close()
    holder.close()
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.attention")
    parser.add_argument("model", type=Path)
    parser.add_argument("--depths", default="256,2048,7936", help="tokens")
    parser.add_argument(
        "--tokens", type=int, default=32, help="written, with and without logits"
    )
    parser.add_argument("--n-ubatch", type=int, default=512)
    print(json.dumps(measure(parser.parse_args()), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
