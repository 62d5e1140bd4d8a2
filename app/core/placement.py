"""What of a model goes to main memory and what to a graphics card, in bytes."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.machine import Device, DeviceKind
from app.core.memory_sizes import (
    compute_buffer_bytes,
    host_buffer_bytes,
    kv_cells,
    kv_layer_bytes,
    list_bytes,
)
from app.core.model_card import ModelCard

_DRIVER_BYTES = 400 << 20  # what a graphics driver takes for itself


def shares_memory(device: Device) -> bool:
    """True for a device whose memory is the computer's: what it takes is RAM."""
    return device.kind is DeviceKind.INTEGRATED_GPU or device.name.startswith(("Metal", "MTL"))


@dataclass(frozen=True, slots=True)
class Placement:
    """One way to divide a model; the token embeddings never leave main memory."""

    card: ModelCard
    n_ctx: int
    n_ubatch: int
    device: Device | None = None  # None: CPU only
    n_gpu_layers: int = 0  # the last ones; n_layers + 1: all and the output
    n_cpu_moe: int = 0  # layers, from the first, whose experts stay in main memory
    flash_attention: bool = True  # False only without a card

    @property
    def first_gpu_layer(self) -> int:
        """Layers from here on are on the card; n_layers: none."""
        if self.n_gpu_layers == 0:
            return self.card.n_layers
        return max(self.card.n_layers + 1 - self.n_gpu_layers, 0)

    @property
    def weights_vram_bytes(self) -> int:
        """Weights on the card."""
        if self.n_gpu_layers == 0:
            return 0
        weights, first = self.card.weights, self.first_gpu_layer
        experts = sum(weights.experts[max(first, self.n_cpu_moe) :])
        return weights.output + sum(weights.layers[first:]) + experts

    @property
    def weights_ram_bytes(self) -> int:
        """Weights in main memory."""
        return self.card.weights.total - self.weights_vram_bytes

    def kv_bytes(self, *, on_card: bool) -> tuple[int, int]:
        """Full and sliding-window cache of the layers on the card, or of the others."""
        full_cells, swa_cells = kv_cells(self.card, self.n_ctx, self.n_ubatch)
        layers = self.card.swa_layers[: self.first_gpu_layer]
        if on_card:
            layers = self.card.swa_layers[self.first_gpu_layer :]
        n_swa = sum(layers)
        full = (len(layers) - n_swa) * kv_layer_bytes(self.card, full_cells)
        return full, n_swa * kv_layer_bytes(self.card, swa_cells)

    @property
    def vram_bytes(self) -> int:
        """All that the card must hold; 0 without one."""
        if self.n_gpu_layers == 0:
            return 0
        kv = sum(self.kv_bytes(on_card=True))
        buffers = self.compute_buffer_bytes
        return self.weights_vram_bytes + kv + buffers + self._copies_bytes + _DRIVER_BYTES

    @property
    def compute_buffer_bytes(self) -> int:
        """Working memory of where most is computed."""
        return compute_buffer_bytes(
            self.card, self.n_ctx, self.n_ubatch, flash_attention=self.flash_attention
        )

    @property
    def _copies_bytes(self) -> int:
        """Weights in main memory that are copied to the card while a prompt is read.

        There is room for one matrix of experts, and with layers left out also for the rest of
        one (llama.cpp's `op_offload`, measured).
        """
        weights = self.card.weights
        is_partial = self.first_gpu_layer > 0
        one_matrix = max(weights.experts, default=0) // 3
        copies = one_matrix if self.n_cpu_moe or is_partial else 0
        return copies + (max(weights.layers, default=0) if is_partial else 0)

    @property
    def ram_bytes(self) -> int:
        """All that main memory must hold: weights, mapped or not, caches, lists, buffers."""
        kv = sum(self.kv_bytes(on_card=False))
        lists = list_bytes(self.card, self.n_ctx, self.n_ubatch)
        buffers = self.compute_buffer_bytes
        if self.n_gpu_layers:
            buffers = host_buffer_bytes(self.card, self.n_ctx, self.n_ubatch)
        needed = self.weights_ram_bytes + kv + lists + buffers
        if self.device is not None and shares_memory(self.device):
            needed += self.vram_bytes
        return needed
