"""`lumbre --plan FILE`: how a model would be loaded here, before anything is loaded."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.byte_count import ByteCount
from app.core.cancellation import CancelToken
from app.core.errors import UserError
from app.core.generation import EngineSettings
from app.core.machine import Machine
from app.core.memory_plan import MemoryPlan, plan_load
from app.core.model_card import ModelCard
from app.engine.gguf_header import read_model_card
from app.engine.gpu_backends import has_gpu_backend
from app.engine.hardware import read_machine
from app.engine.trial import list_devices

EXIT_OK, EXIT_FAILED = 0, 1


@dataclass(frozen=True, slots=True)
class PlanReport:
    """A plan with what it was made from."""

    card: ModelCard
    machine: Machine
    plan: MemoryPlan

    def words(self) -> str:
        """For the terminal, in English."""
        card, machine, plan = self.card, self.machine, self.plan
        size = ByteCount(card.size_bytes)
        billions = card.n_params / 1e9
        lines = [
            f"{card.path.name}: {card.name}, {card.quantization}, {size}",
            f"  {card.n_layers} layers, {card.n_experts} experts ({card.n_experts_used} used), "
            f"{billions:.2f} billion parameters",
            f"This computer: {ByteCount(machine.ram_available_bytes)} of "
            f"{ByteCount(machine.ram_total_bytes)} memory free, {machine.n_physical_cores} "
            f"cores, {machine.cpu_name or 'processor'}",
            *(
                f"  {d.name}: {d.description}, {ByteCount(d.free_bytes)} of "
                f"{ByteCount(d.total_bytes)} free"
                for d in machine.devices
            ),
            f"Plan: context {plan.n_ctx}, batch {plan.n_ubatch}, {self._where()}, "
            f"{'mapped' if plan.use_mmap else 'copied'} weights",
            *self._sizes(),
            str(plan.sentence),
        ]
        return "\n".join([*lines, str(plan.advice)] if plan.advice else lines)

    def _where(self) -> str:
        plan = self.plan
        if plan.device is None:
            return "processor only"
        where = f"{min(plan.n_gpu_layers, self.card.n_layers)} layers on {plan.device_name}"
        return f"{where}, the experts of {plan.n_cpu_moe} in main memory"

    def _sizes(self) -> list[str]:
        plan = self.plan
        rows = [
            ("weights in memory", plan.weights_ram_bytes),
            ("weights on the card", plan.weights_vram_bytes),
            ("KV cache, full attention", plan.kv_full_bytes),
            ("KV cache, sliding window", plan.kv_swa_bytes),
            ("compute buffer", plan.compute_buffer_bytes),
        ]
        return [f"  {name:<26}{ByteCount(n)!s:>10}" for name, n in rows if n]

    def to_json(self) -> str:
        """One object; sizes in bytes."""
        card, machine, plan = self.card, self.machine, self.plan
        return json.dumps(
            {
                "model": card.path.name,
                "name": card.name,
                "quantization": card.quantization,
                "size_bytes": card.size_bytes,
                "n_params": card.n_params,
                "n_layers": card.n_layers,
                "n_ctx": plan.n_ctx,
                "n_ubatch": plan.n_ubatch,
                "n_gpu_layers": plan.n_gpu_layers,
                "n_cpu_moe": plan.n_cpu_moe,
                "use_mmap": plan.use_mmap,
                "device": plan.device.name if plan.device else "CPU",
                "weights_ram_bytes": plan.weights_ram_bytes,
                "weights_vram_bytes": plan.weights_vram_bytes,
                "kv_cache_bytes": plan.kv_cache_bytes,
                "kv_full_bytes": plan.kv_full_bytes,
                "kv_swa_bytes": plan.kv_swa_bytes,
                "compute_buffer_bytes": plan.compute_buffer_bytes,
                "ram_needed_bytes": plan.ram_needed_bytes,
                "ram_available_bytes": plan.ram_available_bytes,
                "ram_total_bytes": machine.ram_total_bytes,
                "vram_needed_bytes": plan.vram_needed_bytes,
                "vram_available_bytes": plan.vram_available_bytes,
                "verdict": plan.verdict.value,
                "sentence": str(plan.sentence),
                "advice": str(plan.advice) if plan.advice else None,
            },
            ensure_ascii=False,
        )


def plan_report(path: Path, settings: EngineSettings) -> PlanReport:
    """Read the header and the machine, and plan; the model is not loaded.

    Raises:
        ModelFileError: the file cannot be used.
    """
    card = read_model_card(path)
    machine = read_machine(with_devices=False)
    if settings.n_gpu_layers != 0 and has_gpu_backend():
        devices = list_devices(CancelToken())  # in a process of its own: drivers crash
        machine = replace(machine, devices=devices or ())
    return PlanReport(card, machine, plan_load(card, machine, settings))


def print_plan(path: Path, settings: EngineSettings, *, as_json: bool) -> int:
    """Print the report on stdout, or a sentence on stderr; returns the exit code."""
    try:
        report = plan_report(path, settings)
    except UserError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return EXIT_FAILED
    print(report.to_json() if as_json else report.words())  # noqa: T201
    return EXIT_OK
