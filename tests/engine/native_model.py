"""Small gpt-oss files on which a wrong KV cache shows in the logits, and contexts of them."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Q

from app.core.cancellation import CancelToken
from app.core.kv_state import KvState, KvStateStore, StateKey
from app.engine.bindings import bindings
from app.engine.context import LlamaContext
from app.engine.context_plan import ContextPlan
from app.engine.kv_cache import KvCache
from app.engine.prompt_encoder import chunks
from app.engine.state_keeper import StateKeeper
from tests.fixtures.generated_gpt_oss import (
    TINY_N_VOCAB,
    Recipe,
    Shape,
    Types,
    write_model,
)

SHAPE = Shape(
    n_layers=2,
    n_embd=64,
    n_head=4,
    n_head_kv=2,
    head_dim=64,
    n_ff=64,
    n_experts=4,
    n_experts_used=4,
    is_tiny_vocab=True,
)
N_TEXT = 300  # ids below are no control tokens

# Measured with these files: another order of the same cells in memory moves a logit by at most
# 0.0007 (half of the comparisons: by nothing), a lost sliding window by 0.02 and more.
SAME = 0.002


def write_sensitive_model(path: Path, shape: Shape = SHAPE) -> Path:
    """Random weights without rounding, and attention strong enough to matter."""
    exact = Types(Q.F32, Q.F32, Q.F32, Q.F32, Q.F32, Q.F32)
    write_model(path, Recipe(replace(shape, is_tiny_vocab=True), exact))
    reader = gguf.GGUFReader(path, "r+")
    for tensor in reader.tensors:
        if "attn_v.weight" in tensor.name or "attn_output.weight" in tensor.name:
            tensor.data[:] *= 10
    del reader
    return path


def open_context(
    path: Path, *, n_ctx: int = 2048, n_ubatch: int = 64, flash_attention: bool = True
) -> LlamaContext:
    plan = ContextPlan(
        path=path,
        n_vocab=TINY_N_VOCAB,
        n_ctx=n_ctx,
        n_ubatch=n_ubatch,
        n_threads=1,
        n_gpu_layers=0,
        n_cpu_moe=0,
        use_mmap=True,
        use_extra_bufts=False,
        device=None,
        flash_attention=flash_attention,
    )
    return LlamaContext(plan, CancelToken())


def logits(context: LlamaContext) -> np.ndarray:
    """Copy of the newest logits."""
    pointer = bindings().llama_get_logits_ith(context.handle, -1)
    address = ctypes.cast(pointer, ctypes.POINTER(ctypes.c_float))
    return np.ctypeslib.as_array(address, (context.n_vocab,)).copy()


class Twins:
    """A context that is used as the engine does, and one that reads all of it anew.

    The second one gets the tokens in the same portions: the kernels for one token and for
    many round differently, by more than what is looked for here.
    """

    def __init__(
        self,
        model: Path,
        n_ubatch: int = 64,
        states: KvStateStore | None = None,
        *,
        flash_attention: bool = True,
    ) -> None:
        self._model, self._n_ubatch, self._states = model, n_ubatch, states
        self._flash_attention = flash_attention
        self._fresh = self._new_context()
        self._portions: list[list[int]] = []
        self._portions_of: dict[tuple[int, ...], list[list[int]]] = {}  # of kept states
        self._open()

    def _open(self) -> None:
        self.context = self._new_context()
        self.cache = _WatchedCache(self.context, self)
        self._keeper = None
        if self._states is not None:
            self._keeper = StateKeeper(self._states, self.cache, "this model", 0.0)

    def _new_context(self) -> LlamaContext:
        return open_context(
            self._model, n_ubatch=self._n_ubatch, flash_attention=self._flash_attention
        )

    def restart(self) -> None:
        """End the program and begin it anew: only what was kept of the cache is left."""
        if self._keeper is not None:
            self._keeper.close()
        self.context.close()
        self._portions = []
        self._open()

    def prepare(self, key: StateKey, wanted: Sequence[int]) -> None:
        """Save what is lost, restore what is kept, as the engine does before it reads."""
        assert self._keeper is not None
        self._keeper.before_reading(key, wanted, len(wanted))

    def on_saved(self, ids: tuple[int, ...]) -> None:
        self._portions_of[ids] = [list(portion) for portion in self._portions]

    def on_restored(self, ids: tuple[int, ...]) -> None:
        self._portions = [list(portion) for portion in self._portions_of[ids]]

    def read(self, wanted: Sequence[int], place: int | None = None) -> int:
        """Bring `wanted` into the cache as the engine does; returns how many were reused."""
        n_reused = self.cache.rewind(wanted)
        self._keep(n_reused)
        place = len(wanted) if place is None else place
        for start, end in chunks(n_reused, len(wanted), self.context.n_ubatch):
            self._decode(wanted[start:end], wants_logits=end == len(wanted))
            if start < place <= end:
                self.cache.checkpoint(place)
        return n_reused

    def write(self, ids: Sequence[int], portion: int = 1) -> None:
        """Token by token, as answers are written, or in small portions."""
        for start in range(0, len(ids), portion):
            self._decode(ids[start : start + portion], wants_logits=True)

    def difference(self) -> float:
        """The largest difference of any logit after what stands in the cache."""
        self._fresh.clear()
        position = 0
        for portion in self._portions:
            self._fresh.decode(portion, position)
            position += len(portion)
        return float(np.abs(logits(self.context) - logits(self._fresh)).max())

    def close(self) -> None:
        if self._keeper is not None:
            self._keeper.close()
        self.context.close()
        self._fresh.close()

    def _decode(self, ids: Sequence[int], *, wants_logits: bool) -> None:
        self.context.decode(ids, self.cache.n_tokens, wants_logits=wants_logits)
        self.cache.extend(ids)
        self._portions.append(list(ids))

    def _keep(self, n_tokens: int) -> None:
        kept = []
        for portion in self._portions:
            kept.append(portion[:n_tokens])
            n_tokens -= len(kept[-1])
        self._portions = [portion for portion in kept if portion]


class _WatchedCache(KvCache):
    """Tells the twins which portions a kept state was read in."""

    def __init__(self, context: LlamaContext, twins: Twins) -> None:
        super().__init__(context, context.sliding_window)
        self._twins = twins

    def state(self, made_at: float) -> KvState | None:
        state = super().state(made_at)
        if state is not None:
            self._twins.on_saved(state.ids)
        return state

    def restore(self, state: KvState) -> bool:
        is_restored = super().restore(state)
        if is_restored:
            self._twins.on_restored(state.ids)
        return is_restored
