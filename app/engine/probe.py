"""Trial load in a throw-away process: `python -m app.engine.probe FILE`.

llama.cpp can crash on a file, a processor or a driver; here it takes nothing with it. The
process loads the model as planned, reads a prompt of 32 tokens (one token would miss the
kernels for batches), draws tokens, prints one JSON line and ends.

Exit codes: 0 the model answers, 1 it was refused with a sentence, 2 wrong arguments; killed
by a signal or any other code: it crashed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from app.core.cancellation import CancelToken
from app.core.errors import UserError
from app.core.generation import GREEDY, EngineSettings
from app.core.machine import Device
from app.core.memory_plan import plan_load
from app.engine.gguf_header import read_model_card
from app.engine.hardware import devices, read_machine
from app.engine.trial import self_test_device, trial_load
from app.engine.trial_result import ANY_TEXT, ProbeResult, TrialOutcome, TrialText, refused

if TYPE_CHECKING:
    from app.engine.context import LlamaContext

__all__ = ["ProbeResult", "leave_no_traces", "main", "self_test_device", "trial_load"]

EXIT_OK, EXIT_REFUSED = 0, 1
_N_PROMPT = 32  # tokens
# How much of a prompt is read at once. A card has other kernels from 33 and from 65 tokens on
# (llama.cpp's Vulkan backend), and a driver can crash in one of them alone.
_PIECES = (130, 50, 32)


def main(argv: list[str] | None = None) -> int:
    """Run one trial in this process; returns the exit code."""
    given = sys.argv[1:] if argv is None else argv
    if given[:1] == ["--tune"]:  # a bundle has one way in for all of the engine's processes
        from app.engine.tune_child import main as measure

        return measure(given[1:])
    arguments = _parser().parse_args(argv)
    if arguments.follow_stdin:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    leave_no_traces()
    if arguments.devices:
        found = [{**_fields(d), "kind": d.kind.value} for d in devices()]
        print(json.dumps(found))  # noqa: T201
        return EXIT_OK
    path: Path = arguments.file
    settings = EngineSettings(**json.loads(arguments.settings))
    try:
        result = run(path, settings, _text(arguments))
    except UserError as error:
        result = refused(path, error)
    print(result.to_json(), flush=True)  # noqa: T201
    return EXIT_OK if result.is_ok else EXIT_REFUSED


def run(path: Path, settings: EngineSettings, text: TrialText = ANY_TEXT) -> ProbeResult:
    """Load, read a prompt, draw tokens; in this process.

    Raises:
        UserError: refused with a sentence.
    """
    from app.engine.context import LlamaContext
    from app.engine.context_plan import context_plan

    card = read_model_card(path)
    machine = read_machine(with_devices=settings.n_gpu_layers != 0)
    plan = plan_load(card, machine, settings)
    started = perf_counter()
    context = LlamaContext(context_plan(card, machine, settings, plan), CancelToken())
    try:
        loaded = perf_counter()
        prompt = text.prompt or spread_ids(_N_PROMPT, card.n_vocab)
        for start, end in pieces(len(prompt), context.n_ubatch):
            context.decode(prompt[start:end], start)
        read = perf_counter()
        tokens = _answer(context, len(prompt), text)
        drawn = perf_counter()
    finally:
        context.close()
    return ProbeResult(
        TrialOutcome.OK,
        path.name,
        tokens=tokens,
        load_seconds=round(loaded - started, 3),
        prefill_tps=round(len(prompt) / (read - loaded), 2),
        decode_tps=round(len(tokens) / (drawn - read), 2),
        peak_memory_bytes=_peak_memory_bytes(),
        device=plan.device_name if plan.device else machine.cpu_name or "CPU",
    )


def pieces(n_prompt: int, n_most: int) -> Iterator[tuple[int, int]]:
    """Where each piece of a prompt begins and ends: long ones first, none above `n_most`."""
    start = 0
    for size in chain(_PIECES, repeat(_PIECES[-1])):
        if start >= n_prompt:
            return
        end = min(start + min(size, n_most), n_prompt)
        yield start, end
        start = end


def _answer(context: LlamaContext, position: int, text: TrialText) -> tuple[int, ...]:
    """The likeliest token at each step after the prompt."""
    from app.engine.sampler import SamplerChain

    tokens = []
    with SamplerChain(GREEDY, context.n_vocab) as chain:
        for i in range(len(text.forced) or text.n_tokens):
            tokens.append(chain.sample(context.handle))
            context.decode_one(text.forced[i] if text.forced else tokens[-1], position + i)
    return tuple(tokens)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.engine.probe", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, help="GGUF file to load")
    what.add_argument("--devices", action="store_true", help="print what ggml enumerates")
    parser.add_argument("--settings", default="{}", help="EngineSettings as a JSON object")
    parser.add_argument("--prompt", default="", help="token ids, with commas")
    parser.add_argument("--forced", default="", help="token ids that follow, with commas")
    parser.add_argument("--tokens", type=int, default=2, help="how many to draw")
    parser.add_argument(
        "--follow-stdin", action="store_true", help="end when standard input ends"
    )
    parser.add_argument("--json", action="store_true", help="the only format there is")
    return parser


def _text(arguments: argparse.Namespace) -> TrialText:
    return TrialText(_ids(arguments.prompt), _ids(arguments.forced), arguments.tokens)


def _ids(text: str) -> tuple[int, ...]:
    return tuple(int(i) for i in text.split(",") if i)


def spread_ids(n: int, n_vocab: int) -> tuple[int, ...]:
    """Ids from all over the vocabulary, the same each time: they wake all experts."""
    return tuple((i * 7919 + 17) % n_vocab for i in range(n))


def _fields(device: Device) -> dict[str, str | int]:
    return {
        "name": device.name,
        "description": device.description,
        "total_bytes": device.total_bytes,
        "free_bytes": device.free_bytes,
    }


def _end_with_parent() -> None:
    """End this process when the other end of standard input is closed."""
    with suppress(OSError):
        while os.read(0, 64):
            pass
    os._exit(EXIT_REFUSED)


def leave_no_traces() -> None:
    """No core file, no error box; behind the window in priority."""
    from app.engine.thread_priority import lower_own_priority

    lower_own_priority()
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(0x0001 | 0x0002)  # no boxes when it crashes
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _peak_memory_bytes() -> int:
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


if __name__ == "__main__":
    sys.exit(main())
