"""The measuring process: `python -m app.engine.probe --tune FILE`, commands on its input.

It loads the real file, reads and writes tokens as it is told, and says how long that took.
Whatever llama.cpp or a driver does, it takes nothing else with it. It ends with its input.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

from app.core.cancellation import CancelToken
from app.core.errors import UserError
from app.core.generation import EngineSettings
from app.core.kv_state import Buffer
from app.core.memory_plan import plan_load
from app.engine import native
from app.engine.bindings import bindings
from app.engine.context import LlamaContext
from app.engine.context_plan import context_plan
from app.engine.gguf_header import read_model_card
from app.engine.hardware import read_machine
from app.engine.probe import leave_no_traces, spread_ids
from app.engine.trial_result import refused
from app.engine.tune_messages import TuneAction, TuneCommand, TuneReply

_POLL = 50  # as the engine's own threads
_LONGEST_S = 2.0  # of writing
_TEXT_BEFORE = 32  # tokens that stand before what is written, unless more are wanted


class Bench:
    """One model with one context at a time, in this process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._card = read_model_card(path)
        self._context: LlamaContext | None = None
        self._pools: dict[int, native.Threadpool] = {}
        self._texts: dict[tuple[bool, int], Buffer] = {}  # read once for each way of attention
        self._is_warm = False  # where a text stands before

    def do(self, command: TuneCommand) -> TuneReply:
        """Carry out one command.

        Raises:
            UserError: with a sentence; nothing is loaded then.
        """
        if command.action is TuneAction.OPEN:
            return self._open(command.settings)
        if self._context is None:
            return TuneReply(is_ok=False)
        self._use_threads(self._context, command.n_threads)
        ids = spread_ids(command.n_tokens, self._card.n_vocab)
        if command.action is TuneAction.PREFILL:
            seconds = self._read_after(self._context, ids, command.n_before)
            return TuneReply(seconds=seconds, tps=len(ids) / seconds)
        return self._write(self._context, ids, command.n_before)

    def close(self) -> None:
        """Free the model."""
        if self._context is not None:
            self._context.close()
            self._context = None
        for pool in self._pools.values():
            pool.free()
        self._pools = {}

    def _open(self, settings: EngineSettings) -> TuneReply:
        self.close()
        machine = read_machine(with_devices=settings.n_gpu_layers != 0)
        plan = plan_load(self._card, machine, settings)
        started = perf_counter()
        values = context_plan(self._card, machine, settings, plan)
        self._context = context = LlamaContext(values, CancelToken())
        seconds = perf_counter() - started
        self._read(context, spread_ids(_TEXT_BEFORE, self._card.n_vocab))  # warm
        self._is_warm = False
        return TuneReply(
            seconds=seconds,
            n_ctx=values.n_ctx,
            n_threads=values.n_threads,
            n_ubatch=values.n_ubatch,
            n_gpu_layers=values.n_gpu_layers,
            n_cpu_moe=values.n_cpu_moe,
            use_mmap=values.use_mmap,
            flash_attention=values.flash_attention,
            device=plan.device_name if plan.device else machine.cpu_name or "CPU",
        )

    def _use_threads(self, context: LlamaContext, n_threads: int) -> None:
        if not n_threads:
            return
        if n_threads not in self._pools:
            pool = native.new_threadpool(n_threads, _POLL)
            if pool is not None:
                self._pools[n_threads] = pool
        if n_threads in self._pools:
            self._pools[n_threads].attach(context.handle)
        bindings().llama_set_n_threads(context.handle, n_threads, n_threads)

    def _read(self, context: LlamaContext, ids: tuple[int, ...], n_before: int = 0) -> float:
        if n_before == 0:
            context.clear()
        started = perf_counter()
        for at in range(0, len(ids), context.n_ubatch):
            part = ids[at : at + context.n_ubatch]
            context.decode(part, n_before + at, wants_logits=False)
        return perf_counter() - started

    def _read_after(self, context: LlamaContext, ids: tuple[int, ...], n_before: int) -> float:
        """The first time after a long text touches memory that was not needed before."""
        if n_before and not self._is_warm:
            self._put_before(context, n_before)
            self._read(context, ids, n_before)
            self._is_warm = True
        if n_before:
            self._put_before(context, n_before)
        return self._read(context, ids, n_before)

    def _put_before(self, context: LlamaContext, n_tokens: int) -> None:
        """Let a text of so many tokens stand in the KV cache, and nothing after it."""
        key = (context.plan.flash_attention, n_tokens)
        context.clear()
        if key not in self._texts or not context.restore_sequence(self._texts[key]):
            self._read(context, spread_ids(n_tokens, self._card.n_vocab))
            self._texts[key] = context.save_sequence()

    def _write(self, context: LlamaContext, ids: tuple[int, ...], n_before: int) -> TuneReply:
        """Threads that get in each other's way can be fifty times slower: it ends in time."""
        if n_before:
            self._put_before(context, n_before)
        else:
            n_before = _TEXT_BEFORE
            self._read(context, ids[:1] * n_before)
        started = perf_counter()
        n = 0
        for token in ids:
            context.decode_one(token, n_before + n)
            n += 1
            if perf_counter() - started > _LONGEST_S:
                break
        seconds = perf_counter() - started
        return TuneReply(seconds=seconds, tps=n / seconds)


def main(argv: list[str]) -> int:
    """Answer commands about the file that `argv` names until there are none."""
    path = Path(argv[0])
    leave_no_traces()
    try:
        bench = Bench(path)
    except UserError as error:
        print(_failed(path, error).to_json(), flush=True)  # noqa: T201
        return 1
    for line in sys.stdin:
        try:
            reply = bench.do(TuneCommand.from_json(line))
        except UserError as error:
            reply = _failed(path, error)
        print(reply.to_json(), flush=True)  # noqa: T201
    bench.close()
    return 0


def _failed(path: Path, error: UserError) -> TuneReply:
    result = refused(path, error)
    return TuneReply(is_ok=False, template=result.template, values=result.values)
