"""How a file is loaded, every value decided: what `LlamaContext` is made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.core.generation import EngineSettings
from app.core.machine import Machine
from app.core.memory_plan import MemoryPlan
from app.core.model_card import ModelCard
from app.engine import native

_SMALL_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class ContextPlan:
    """Values for llama.cpp."""

    path: Path
    n_vocab: int
    n_ctx: int
    n_ubatch: int
    n_threads: int
    n_gpu_layers: int
    n_cpu_moe: int
    use_mmap: bool
    use_extra_bufts: bool
    device: native.NativeDevice | None  # the GPU; None: only the CPU computes
    flash_attention: bool = True  # wherever the device can


def automatic_threads(machine: Machine, card: ModelCard) -> int:
    """Threads for llama.cpp: one a physical performance core, and one of those left free.

    The free one is for the window and for what else the person does: all threads of llama.cpp
    wait for the slowest at every step, so one that must share its core slows down all. Of two
    cores both are used: the second one is half of all there is, the threads have a low
    priority, and a computer that is always busy can be measured (`tuner`).

    Two threads on one core share its arithmetic units and make each other wait. So do the
    threads of a very small model, which meet a hundred times in the few milliseconds of a
    token: on a busy computer one thread writes ten times as fast as two (measured).
    """
    if card.size_bytes < _SMALL_BYTES:
        return 1
    n = max(1, min(machine.n_physical_cores, machine.n_logical_cores))
    return n - 1 if n >= 3 else n


def context_plan(
    card: ModelCard, machine: Machine, settings: EngineSettings, plan: MemoryPlan
) -> ContextPlan:
    """Complete a memory plan with what has nothing to do with memory. Loads llama.cpp."""
    return ContextPlan(
        path=card.path,
        n_vocab=card.n_vocab,
        n_ctx=plan.n_ctx,
        n_ubatch=plan.n_ubatch,
        n_threads=settings.n_threads or automatic_threads(machine, card),
        n_gpu_layers=plan.n_gpu_layers,
        n_cpu_moe=plan.n_cpu_moe,
        use_mmap=plan.use_mmap,
        use_extra_bufts=plan.use_extra_bufts,
        device=_native(plan.device.name) if plan.device is not None else None,
        flash_attention=plan.flash_attention,
    )


def _native(name: str) -> native.NativeDevice | None:
    return next((d for d in native.devices() if d.name == name), None)
