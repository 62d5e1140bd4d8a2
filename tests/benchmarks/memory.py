"""Memory that a loaded model takes against what the plan said, per file.

    python -m tests.benchmarks.memory [MODEL ...] [--full-context]

Without a model, files of several shapes are generated. Each model is loaded in a process of its
own, as planned, and reads a prompt; what is counted is the growth of that process: anonymous
memory and resident pages of the mapped weights. Linux only. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.core.cancellation import CancelToken
from app.core.generation import EngineSettings
from app.core.memory_plan import plan_load
from app.core.resources import resource_path
from app.engine import native
from app.engine.context import LlamaContext
from app.engine.context_plan import context_plan
from app.engine.gguf_header import read_model_card
from app.engine.hardware import read_machine
from app.paths import PRACTICE_MODEL

_SHAPES: dict[str, dict[str, Any]] = {
    "small": {"n_layers": 2, "n_embd": 128, "n_ff": 128, "n_experts": 8},
    "deep": {"n_layers": 12, "n_embd": 256, "n_ff": 256, "n_experts": 32},
    "wide experts": {"n_layers": 2, "n_embd": 384, "n_ff": 1536, "n_experts": 16},
    "many heads": {"n_layers": 4, "n_embd": 256, "n_head": 32, "n_head_kv": 8},
}
_SETTINGS = (
    EngineSettings(n_ctx=4096, n_threads=1),
    EngineSettings(n_ctx=8192, n_threads=1, n_ubatch=256),
    EngineSettings(n_ctx=4096, n_threads=1, use_mmap=False),
    EngineSettings(n_ctx=4096, n_threads=1, flash_attention=False),
)


def resident_bytes() -> int:
    """Anonymous memory and mapped file pages of this process."""
    fields = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines()
    )
    return sum(int(fields[name].split()[0]) * 1024 for name in ("RssAnon", "RssFile"))


def measure(path: Path, settings: EngineSettings, *, fills: bool) -> dict[str, Any]:
    """Load in this process, read a prompt, and compare.

    Args:
        path: the model.
        settings: how to load it.
        fills: read prompts until the context is full; else one batch.
    """
    card = read_model_card(path)
    machine = read_machine(with_devices=True)
    native.start()
    plan = plan_load(card, machine, settings)
    values = context_plan(card, machine, settings, plan)
    native.release_unused_memory()  # else what the header check has freed would be missed
    before = resident_bytes()
    context = LlamaContext(values, CancelToken())
    position = 0
    while position + plan.n_ubatch < plan.n_ctx:
        ids = [(position + i) * 7919 % card.n_vocab for i in range(plan.n_ubatch)]
        context.decode(ids, position)
        position += plan.n_ubatch
        if not fills:
            break
    context.decode_one(1, position)
    taken = resident_bytes() - before
    context.close()
    return {
        "model": path.name,
        "quantization": card.quantization,
        "file_bytes": card.size_bytes,
        "n_ctx": plan.n_ctx,
        "n_ubatch": plan.n_ubatch,
        "use_mmap": plan.use_mmap,
        "flash_attention": plan.flash_attention,
        "n_read": position + 1,
        "predicted_bytes": plan.ram_needed_bytes,
        "measured_bytes": taken,
        "error_percent": round(100 * (plan.ram_needed_bytes / taken - 1), 2),
    }


@contextmanager
def _models(given: list[Path]) -> Iterator[list[Path]]:
    if given:
        yield given
        return
    from tests.fixtures.generated_gpt_oss import Recipe, Shape, write_model

    with tempfile.TemporaryDirectory() as folder:
        paths = [resource_path(PRACTICE_MODEL)]
        for name, changed in _SHAPES.items():
            shape = Shape(**{"n_head": 8, "n_head_kv": 4, "head_dim": 64, **changed})
            paths += write_model(
                Path(folder) / f"{name}.gguf", Recipe(shape, has_all_merges=True)
            )
        yield [path for path in paths if path.is_file()]


def _in_own_process(path: Path, settings: EngineSettings, *, fills: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.memory", str(path), "--one"]
    command += [json.dumps(asdict(settings)), *(["--full-context"] if fills else [])]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(ended.stdout)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="*", type=Path)
    parser.add_argument("--full-context", action="store_true", help="fill the context")
    parser.add_argument("--one", metavar="SETTINGS", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        settings = EngineSettings(**json.loads(arguments.one))
        print(json.dumps(measure(arguments.model[0], settings, fills=arguments.full_context)))
        return
    fills = arguments.full_context or not arguments.model
    with _models(arguments.model) as models:
        results = [
            _in_own_process(path, settings, fills=fills)
            for path in models
            for settings in _SETTINGS
        ]
    worst = max(abs(r["error_percent"]) for r in results)
    print(json.dumps({"worst_error_percent": worst, "models": results}, indent=1))


if __name__ == "__main__":
    main()
