"""How a model is loaded on this machine: what goes where, how much it takes, whether it fits.

Nothing here refuses a model: what does not fit says so, with the one change that would help.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.core.generation import EngineSettings
from app.core.machine import Device, DeviceKind, Machine
from app.core.memory_sizes import list_bytes
from app.core.model_card import ModelCard
from app.core.placement import Placement
from app.core.plan_words import (
    Sentence,
    Verdict,
    automatic_offload,
    close_programs,
    larger_machine,
    ram_sentence,
    smaller_context,
    vram_sentence,
)

MIB = 1 << 20
GIB = 1 << 30

_SYSTEM_BYTES = 3 * GIB // 2  # what the system and the window keep for themselves
_VRAM_MARGIN = 750 * MIB  # an over-committed card spills into RAM without a word, and crawls
_MIN_GPU_LAYERS = 4  # fewer on the card are slower than none
_N_CTX = (32768, 16384, 8192, 4096)  # automatic choices, the best first
_N_CTX_LEAST = 2048  # of the steps after a failed load
_N_UBATCH_LEAST = 128
# Memory that must stay free for a longer context than 8192 to be chosen unasked.
_ROOM_FOR_N_CTX = {32768: 6 * GIB, 16384: 3 * GIB}
_N_UBATCH = (512, 256)


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """A way to load a model, and what it takes."""

    n_ctx: int  # tokens
    n_ubatch: int
    n_gpu_layers: int
    n_cpu_moe: int
    use_mmap: bool
    use_extra_bufts: bool
    flash_attention: bool  # True: wherever the device can
    device: Device | None  # None: CPU only
    kv_full_bytes: int  # of the layers with full attention
    kv_swa_bytes: int  # of the layers with a sliding window
    compute_buffer_bytes: int
    list_bytes: int  # llama.cpp's lists of tokens, cells and graph nodes
    weights_ram_bytes: int
    weights_vram_bytes: int
    ram_needed_bytes: int
    vram_needed_bytes: int
    ram_available_bytes: int
    vram_available_bytes: int
    verdict: Verdict
    sentence: Sentence  # the verdict in words, with both numbers
    advice: Sentence | None  # the one change that would help; None when all is well

    @property
    def kv_cache_bytes(self) -> int:
        """Both KV caches."""
        return self.kv_full_bytes + self.kv_swa_bytes

    @property
    def device_name(self) -> str:
        """In words for the person: "CPU" or what the card is called."""
        return self.device.description or self.device.name if self.device else "CPU"

    @property
    def ram_margin_bytes(self) -> int:
        """What stays free of main memory; negative when it is not enough."""
        return self.ram_available_bytes - self.ram_needed_bytes

    @property
    def vram_margin_bytes(self) -> int:
        """What stays free of the card's memory; 0 without a card."""
        return self.vram_available_bytes - self.vram_needed_bytes


def plan_load(
    card: ModelCard,
    machine: Machine,
    settings: EngineSettings = EngineSettings(),  # noqa: B008 (frozen)
) -> MemoryPlan:
    """Plan the load of a model. Never refuses: what does not fit says so in its verdict.

    Args:
        card: the model.
        machine: as it is now, without the model that will be unloaded before.
        settings: what the person has fixed; `None` fields are chosen here.
    """
    plan = _best_plan(card, machine, settings)
    if settings.flash_attention is not False or plan.device is not None:
        return plan
    # Not at the price of a shorter context: what it needs grows with that.
    larger = Placement(card, plan.n_ctx, plan.n_ubatch, flash_attention=False)
    without = _evaluate(card, machine, settings, larger)
    return without if without.verdict is Verdict.FITS else plan


def _best_plan(card: ModelCard, machine: Machine, settings: EngineSettings) -> MemoryPlan:
    device = _device(machine, settings)
    best: MemoryPlan | None = None
    for n_ctx, n_ubatch in _sizes(card, settings):
        placement = _place(card, settings, n_ctx, n_ubatch, device)
        plan = _evaluate(card, machine, settings, placement)
        if _is_comfortable(plan, settings):
            return plan
        if best is None or _rank(plan) >= _rank(best):
            best = plan
    if best is None:
        raise ValueError("no sizes to choose from")
    return best


def safer(settings: EngineSettings, plan: MemoryPlan, card: ModelCard) -> EngineSettings | None:
    """Settings one step safer than a plan that failed to load; None when there are none.

    First neither repacked copies nor the buffers that flash attention saves, then fewer experts
    on the card, then the CPU alone, then smaller buffers and a shorter context.
    """
    tried = replace(
        settings,
        n_ctx=plan.n_ctx,
        n_ubatch=plan.n_ubatch,
        n_gpu_layers=plan.n_gpu_layers,
        n_cpu_moe=plan.n_cpu_moe,
        use_mmap=plan.use_mmap,
        use_extra_bufts=False,
        flash_attention=None,
        device=plan.device.name if plan.device else None,
    )
    if plan.use_extra_bufts or not plan.flash_attention:
        return tried
    if plan.n_gpu_layers > 0:
        if plan.n_cpu_moe < card.n_layers:
            return replace(tried, n_cpu_moe=min(plan.n_cpu_moe + 4, card.n_layers))
        return replace(tried, n_gpu_layers=0, n_cpu_moe=None, device=None)
    if plan.n_ubatch > _N_UBATCH_LEAST:
        return replace(tried, n_ubatch=max(plan.n_ubatch // 2, _N_UBATCH_LEAST))
    if plan.n_ctx > _N_CTX_LEAST:
        return replace(tried, n_ctx=max(plan.n_ctx // 2, _N_CTX_LEAST))
    return None


def _device(machine: Machine, settings: EngineSettings) -> Device | None:
    """The device to use: the named one, else the card with the most free memory.

    Integrated ones only when they are named: many are slower than the CPU, some wrong.
    """
    if settings.n_gpu_layers == 0:
        return None
    if settings.device is not None:
        return next((d for d in machine.devices if d.name == settings.device), None)
    cards = [d for d in machine.devices if d.kind is DeviceKind.GPU]
    return max(cards, key=lambda d: d.free_bytes, default=None)


def _sizes(card: ModelCard, settings: EngineSettings) -> Iterator[tuple[int, int]]:
    """Pairs of context and batch to try, the most wanted first."""
    contexts = (settings.n_ctx,) if settings.n_ctx else _N_CTX
    batches = (settings.n_ubatch,) if settings.n_ubatch else _N_UBATCH
    seen = set()
    for n_ctx in contexts:
        for n_ubatch in batches:
            pair = (min(n_ctx, card.n_ctx_train), n_ubatch)
            if pair not in seen:
                seen.add(pair)
                yield pair


def _is_comfortable(plan: MemoryPlan, settings: EngineSettings) -> bool:
    if plan.verdict is not Verdict.FITS:
        return False
    if settings.n_ctx or plan.n_ctx not in _ROOM_FOR_N_CTX:
        return True
    # A longer context that nobody asked for must not push experts off the card.
    return plan.n_cpu_moe == 0 and plan.ram_margin_bytes >= _ROOM_FOR_N_CTX[plan.n_ctx]


def _rank(plan: MemoryPlan) -> int:
    return {Verdict.DOES_NOT_FIT: 0, Verdict.TIGHT: 1, Verdict.FITS: 2}[plan.verdict]


def _place(
    card: ModelCard,
    settings: EngineSettings,
    n_ctx: int,
    n_ubatch: int,
    device: Device | None,
) -> Placement:
    """Put as much on the card as fits: experts leave it first, then whole layers."""
    cpu_only = Placement(card, n_ctx, n_ubatch)
    if device is None:
        return cpu_only
    all_layers = card.n_layers + 1
    fixed_moe = settings.n_cpu_moe
    fixed_layers = settings.n_gpu_layers
    layers = min(fixed_layers, all_layers) if fixed_layers else all_layers
    lowest_moe, highest_moe = 0, card.n_layers
    if fixed_moe is not None:
        lowest_moe = highest_moe = min(fixed_moe, card.n_layers)
    for n_cpu_moe in range(lowest_moe, highest_moe + 1):
        placement = Placement(card, n_ctx, n_ubatch, device, layers, n_cpu_moe)
        if placement.vram_bytes + _VRAM_MARGIN <= device.free_bytes:
            return placement
    if fixed_layers:
        return Placement(card, n_ctx, n_ubatch, device, layers, highest_moe)
    for n_layers in range(all_layers, _MIN_GPU_LAYERS - 1, -1):
        placement = Placement(card, n_ctx, n_ubatch, device, n_layers, highest_moe)
        if placement.vram_bytes + _VRAM_MARGIN <= device.free_bytes:
            return placement
    return cpu_only


def _evaluate(
    card: ModelCard,
    machine: Machine,
    settings: EngineSettings,
    placement: Placement,
) -> MemoryPlan:
    on_card = placement.kv_bytes(on_card=True)
    in_ram = placement.kv_bytes(on_card=False)
    ram, vram = placement.ram_bytes, placement.vram_bytes
    available = machine.ram_available_bytes
    vram_available = placement.device.free_bytes if placement.device else 0
    plan = MemoryPlan(
        n_ctx=placement.n_ctx,
        n_ubatch=placement.n_ubatch,
        n_gpu_layers=placement.n_gpu_layers,
        n_cpu_moe=placement.n_cpu_moe,
        use_mmap=_use_mmap(card, settings, placement, available - ram),
        use_extra_bufts=settings.use_extra_bufts,
        flash_attention=placement.flash_attention,
        device=placement.device,
        kv_full_bytes=on_card[0] + in_ram[0],
        kv_swa_bytes=on_card[1] + in_ram[1],
        compute_buffer_bytes=placement.compute_buffer_bytes,
        list_bytes=list_bytes(card, placement.n_ctx, placement.n_ubatch),
        weights_ram_bytes=placement.weights_ram_bytes,
        weights_vram_bytes=placement.weights_vram_bytes,
        ram_needed_bytes=ram,
        vram_needed_bytes=vram,
        ram_available_bytes=available,
        vram_available_bytes=vram_available,
        verdict=_verdict(ram, available, vram, vram_available),
        sentence=Sentence(""),
        advice=None,
    )
    return _with_words(plan, machine, placement)


def _with_words(plan: MemoryPlan, machine: Machine, placement: Placement) -> MemoryPlan:
    needed, available = plan.ram_needed_bytes, plan.ram_available_bytes
    if plan.vram_margin_bytes < 0:
        sentence = vram_sentence(
            plan.vram_needed_bytes, plan.vram_available_bytes, plan.device_name
        )
        return replace(plan, sentence=sentence, advice=automatic_offload())
    sentence = ram_sentence(plan.verdict, needed, available)
    if plan.verdict is Verdict.FITS:
        return replace(plan, sentence=sentence)
    n_ctx = next(
        (
            n
            for n in _N_CTX
            if n < plan.n_ctx
            and _verdict(replace(placement, n_ctx=n).ram_bytes, available, 0, 0) is Verdict.FITS
        ),
        None,
    )
    wanted = needed + _margin_wanted(needed)
    if n_ctx is not None:
        advice = smaller_context(n_ctx)
    elif plan.verdict is Verdict.TIGHT or wanted + _SYSTEM_BYTES <= machine.ram_total_bytes:
        advice = close_programs(wanted - available)
    else:
        advice = larger_machine(_usual_ram_gb(wanted + _SYSTEM_BYTES))
    return replace(plan, sentence=sentence, advice=advice)


def _usual_ram_gb(needed: int) -> int:
    """The smallest memory that computers are sold with and that holds `needed` bytes."""
    usual = (8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512)
    return next((gb for gb in usual if gb * GIB >= needed), -(-needed // GIB))


def _use_mmap(
    card: ModelCard, settings: EngineSettings, placement: Placement, margin: int
) -> bool:
    """Mapped weights can be dropped and read again, so they are the rule.

    With experts left in main memory beside a card, copied ones are faster to read; that
    needs the memory for good. So does a file on a drive that can go away, whose loss would
    end the process: it is copied where there is room.
    """
    if settings.use_mmap is not None:
        return settings.use_mmap
    if not card.is_local and margin >= 0:
        return False
    return placement.n_gpu_layers == 0 or placement.n_cpu_moe == 0 or margin < 2 * GIB


def _margin_wanted(needed: int) -> int:
    """What must stay free to call it comfortable: an eighth, 256 MiB to 1 GiB."""
    return min(max(needed // 8, 256 * MIB), GIB)


def _verdict(ram: int, available: int, vram: int, vram_available: int) -> Verdict:
    if ram > available or vram > vram_available:
        return Verdict.DOES_NOT_FIT
    if available - ram < _margin_wanted(ram):
        return Verdict.TIGHT
    return Verdict.FITS
