"""llama.cpp's model and context: load, decode, sample, KV memory. One thread."""

from __future__ import annotations

import ctypes
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.core.cancellation import CancelToken
from app.core.errors import (
    QT_TRANSLATE_NOOP,
    BugError,
    Cancelled,
    EngineError,
    ModelLoadError,
)
from app.core.kv_state import Buffer
from app.engine import native
from app.engine.bindings import bindings
from app.engine.context_plan import ContextPlan

logger = logging.getLogger(__name__)

_OK, _NO_SLOT, _STOPPED = 0, 1, 2  # answers of llama_decode
_SEQUENCE, _LENT = 0, 1
_POLL = 50  # how long idle threads spin: ggml's own default, measured best
_PROGRESS_STEP = 0.005


class DecodeStoppedError(Exception):
    """The stop flag ended a decode; the KV memory is as it was before that call."""


class ContextMemoryError(ModelLoadError):
    """The model is loaded, but there is no memory for its context."""


class LlamaContext:
    """A loaded model with its context; satisfies `kv_cache.KvMemory`."""

    def __init__(
        self,
        plan: ContextPlan,
        cancel: CancelToken,
        on_progress: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Load. Blocks.

        Raises:
            ModelLoadError: llama.cpp refused the file or there is not enough memory.
            Cancelled: `cancel` was set; nothing is left in memory.
        """
        native.start()
        self._low = bindings()
        self._plan = plan
        self._context: Any = None
        self._threads: native.Threadpool | None = None
        self._never = native.StopFlag()
        self._flag = self._never
        native.last_error.take()
        self._model: Any = self._load_model(cancel, on_progress)
        try:
            self._open_context()
            if cancel.is_cancelled:
                raise Cancelled
        except BaseException:
            self.close()
            raise
        native.release_unused_memory()

    # ---- loading -------------------------------------------------------------------------

    def _load_model(self, cancel: CancelToken, on_progress: Callable[[float], None]) -> Any:
        low, plan = self._low, self._plan
        params = low.llama_model_default_params()
        params.n_gpu_layers = plan.n_gpu_layers
        params.use_extra_bufts = plan.use_extra_bufts
        params.load_mode = (
            low.LLAMA_LOAD_MODE_MMAP if plan.use_mmap else low.LLAMA_LOAD_MODE_NONE
        )
        # One GPU or none; an empty list keeps llama.cpp from touching any (it ends with NULL).
        devices = (ctypes.c_void_p * 2)(plan.device.handle if plan.device else None)
        params.devices = ctypes.addressof(devices)
        overrides = native.experts_on_cpu(plan.n_cpu_moe)
        params.tensor_buft_overrides = ctypes.addressof(overrides)
        metadata = _without_vocabulary(low, plan.n_vocab)
        params.kv_overrides = metadata
        watch = _ProgressWatch(cancel, on_progress)
        params.progress_callback = low.llama_progress_callback(watch.on_progress)
        model = low.llama_model_load_from_file(os.fsencode(plan.path), params)
        if watch.error is not None:
            if model:
                low.llama_model_free(model)
            raise watch.error
        if not model:
            raise Cancelled if cancel.is_cancelled else _load_error(plan.path)
        return model

    def _open_context(self) -> None:
        low, plan = self._low, self._plan
        params = low.llama_context_default_params()
        params.n_ctx = plan.n_ctx
        # One ubatch a call: more of them in one call can overwrite cells of the sliding
        # window that are still needed (llama_kv_cache::prepare, measured).
        params.n_batch = params.n_ubatch = plan.n_ubatch
        # The second sequence is for `save_window`; both share all cells.
        params.n_seq_max, params.kv_unified = 2, True
        # One a sequence is the least; the default is 300 MiB for logits that nobody reads.
        params.n_outputs_max = params.n_seq_max
        params.n_threads = params.n_threads_batch = plan.n_threads
        params.flash_attn_type = (
            low.LLAMA_FLASH_ATTN_TYPE_AUTO
            if plan.flash_attention
            else low.LLAMA_FLASH_ATTN_TYPE_DISABLED
        )
        params.swa_full = False
        params.no_perf = True
        self._context = low.llama_init_from_model(self._model, params)
        if not self._context:
            raise _memory_error(plan)
        self._memory = low.llama_get_memory(self._context)
        if plan.n_threads > 1:
            self._threads = native.new_threadpool(plan.n_threads, _POLL)
            if self._threads is not None:
                self._threads.attach(self._context)
        self._make_batches()
        self.obey(None)

    def _make_batches(self) -> None:
        n = self._plan.n_ubatch
        self._tokens = (ctypes.c_int32 * n)()
        self._positions = (ctypes.c_int32 * n)()
        self._outputs = (ctypes.c_int8 * n)()
        # No sequence ids: everything belongs to sequence 0.
        self._batch = self._low.llama_batch()
        self._batch.token = ctypes.cast(self._tokens, ctypes.POINTER(ctypes.c_int32))
        self._batch.pos = ctypes.cast(self._positions, ctypes.POINTER(ctypes.c_int32))
        self._batch.logits = ctypes.cast(self._outputs, ctypes.POINTER(ctypes.c_int8))

    def close(self) -> None:
        """Free all; a second call does nothing."""
        if self._context:
            self._low.llama_free(self._context)
            self._context = None
        if self._threads is not None:
            self._threads.free()
            self._threads = None
        if self._model:
            self._low.llama_model_free(self._model)
            self._model = None

    # ---- facts ---------------------------------------------------------------------------

    @property
    def plan(self) -> ContextPlan:
        """How it was loaded."""
        return self._plan

    @property
    def handle(self) -> Any:
        """llama.cpp's context."""
        return self._context

    @property
    def n_ctx(self) -> int:
        """Tokens of the context."""
        return int(self._low.llama_n_ctx(self._context))

    @property
    def n_ubatch(self) -> int:
        """The most tokens of one `decode`."""
        return self._plan.n_ubatch

    @property
    def n_vocab(self) -> int:
        """Ids that the model knows."""
        return self._plan.n_vocab

    @property
    def sliding_window(self) -> int:
        """Tokens that a token of a sliding-window layer sees, itself included."""
        return int(self._low.llama_model_n_swa(self._model))

    def save_energy(self, is_on: bool) -> None:
        """Compute with half the threads, or with all that were planned.

        Writing waits for the memory more than for the cores, so half of them are much more
        than half as fast.
        """
        n = max(1, self._plan.n_threads // 2) if is_on else self._plan.n_threads
        self._low.llama_set_n_threads(self._context, n, n)

    # ---- decoding ------------------------------------------------------------------------

    def obey(self, flag: native.StopFlag | None) -> None:
        """Let this flag, and no earlier one, stop what is decoded from now on."""
        self._flag = flag or self._never
        self._flag.watch(self._context)

    def decode(self, ids: Sequence[int], position: int, *, wants_logits: bool = True) -> None:
        """Decode at most `n_ubatch` tokens that follow position `position - 1`.

        Raises:
            DecodeStoppedError: the flag was set; the KV memory is as before.
            EngineError: llama.cpp could not; the KV memory must be cleared.
        """
        n = len(ids)
        self._tokens[:n] = list(ids)
        self._positions[:n] = list(range(position, position + n))
        self._outputs[n - 1] = wants_logits
        self._batch.n_tokens = n
        answer = self._low.llama_decode(self._context, self._batch)
        self._outputs[n - 1] = 0
        if answer != _OK:
            raise _decode_error(answer)

    def decode_one(self, token: int, position: int) -> None:
        """`decode` of one token, without the slices."""
        self._tokens[0] = token
        self._positions[0] = position
        self._outputs[0] = 1
        self._batch.n_tokens = 1
        answer = self._low.llama_decode(self._context, self._batch)
        self._outputs[0] = 0
        if answer != _OK:
            raise _decode_error(answer)

    # ---- KvMemory ------------------------------------------------------------------------

    def forget_from(self, position: int) -> None:
        """Drop all positions from `position` on."""
        self._low.llama_memory_seq_rm(self._memory, _SEQUENCE, position, -1)

    def oldest_position(self) -> int:
        """The oldest position that the sliding window still holds; -1: none."""
        return int(self._low.llama_memory_seq_pos_min(self._memory, _SEQUENCE))

    def clear(self) -> None:
        """Drop everything; the cells are zeroed, so that no infinity can outlive a chat."""
        self._low.llama_memory_clear(self._memory, True)

    def save_window(self, end: int) -> bytes:
        """The sliding window as the token at position `end` would see it.

        Empty when the window has moved on too far. llama.cpp saves what the *newest* token
        of a sequence sees. So the wanted cells are lent to the second sequence, for which
        `end - 1` is the newest, and that one is saved: no copy, about 0.5 ms.
        """
        start = end - self.sliding_window
        if not 0 <= self.oldest_position() <= max(start + 1, 0):
            return b""
        low, memory = self._low, self._memory
        low.llama_memory_seq_cp(memory, _SEQUENCE, _LENT, max(start, 0), end)
        flags = low.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY
        size = low.llama_state_seq_get_size_ext(self._context, _LENT, flags)
        buffer = (ctypes.c_uint8 * size)()
        n = low.llama_state_seq_get_data_ext(self._context, buffer, size, _LENT, flags)
        low.llama_memory_seq_rm(memory, _LENT, -1, -1)
        return bytes(memoryview(buffer)[:n])

    def restore_window(self, saved: Buffer) -> bool:
        """Put a saved window back; False when that failed and the window is undefined."""
        return self._restore(saved, self._low.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY)

    def save_sequence(self) -> bytearray:
        """All layers of all tokens: 24 KiB a token of gpt-oss-20b, and the window."""
        size = self._low.llama_state_seq_get_size_ext(self._context, _SEQUENCE, 0)
        saved = bytearray(size)
        view = (ctypes.c_uint8 * size).from_buffer(saved)
        n = self._low.llama_state_seq_get_data_ext(self._context, view, size, _SEQUENCE, 0)
        return saved if n == size else bytearray()

    def restore_sequence(self, saved: Buffer) -> bool:
        """Put back what `save_sequence` gave; False when that failed and all is undefined."""
        return self._restore(saved, 0)

    def _restore(self, saved: Buffer, flags: int) -> bool:
        size = len(saved)
        kind = ctypes.c_uint8 * size
        is_writable = not memoryview(saved).readonly  # ctypes takes nothing else as it is
        view = kind.from_buffer(saved) if is_writable else kind.from_buffer_copy(saved)
        n = self._low.llama_state_seq_set_data_ext(self._context, view, size, _SEQUENCE, flags)
        return bool(n == size)


class _ProgressWatch:
    """Turns llama.cpp's progress callback into ours; cancels the load."""

    def __init__(self, cancel: CancelToken, on_progress: Callable[[float], None]) -> None:
        self._cancel = cancel
        self._on_progress = on_progress
        self._shown = -1.0
        self.error: BaseException | None = None  # what `on_progress` raised

    def on_progress(self, progress: float, _: object) -> bool:
        """Called by llama.cpp in the loading thread; False ends the load."""
        if progress - self._shown >= _PROGRESS_STEP or progress >= 1:
            self._shown = progress
            try:
                self._on_progress(min(max(progress, 0.0), 1.0))
            except BaseException as error:  # must not cross the C frames
                self.error = error
                return False
        return not self._cancel.is_cancelled


def _without_vocabulary(low: Any, n_vocab: int) -> Any:
    """Overrides that keep llama.cpp from reading the vocabulary.

    Text is encoded and decoded by our own tokenizer, so llama.cpp's copy is never asked. It
    would cost 72 MB and half a second, and its loader is the part most easily broken by a
    crafted file. Must live until the model is loaded.
    """
    overrides = (low.llama_model_kv_override * 3)()  # the last, empty key ends the list
    overrides[0].tag = low.LLAMA_KV_OVERRIDE_TYPE_STR
    overrides[0].key = b"tokenizer.ggml.model"
    overrides[0].value.val_str = b"no_vocab"
    overrides[1].tag = low.LLAMA_KV_OVERRIDE_TYPE_INT
    overrides[1].key = b"gpt-oss.vocab_size"
    overrides[1].value.val_i64 = n_vocab
    return overrides


def _load_error(path: Path) -> ModelLoadError:
    return ModelLoadError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{name} could not be loaded: {reason}. Your conversations are safe. Download the "
            "model again, or choose another one.",
        ),
        name=path.name,
        reason=native.last_error.take() or "llama.cpp gave no reason",
    )


def _memory_error(plan: ContextPlan) -> ContextMemoryError:
    logger.warning("no context: %s", native.last_error.take())
    return ContextMemoryError(
        QT_TRANSLATE_NOOP(
            "errors",
            "There is not enough memory for {name} with a context of {n_ctx} tokens. Your "
            "conversations are safe. Close other programs, or choose a smaller context in the "
            "settings.",
        ),
        name=plan.path.name,
        n_ctx=plan.n_ctx,
    )


def _decode_error(answer: int) -> Exception:
    if answer == _STOPPED:
        return DecodeStoppedError()
    if answer == -1:
        return BugError("llama_decode refused a batch")
    if answer == _NO_SLOT:
        return BugError("llama_decode found no room although the context is not full")
    logger.error("llama_decode answered %d: %s", answer, native.last_error.take())
    return EngineError(
        QT_TRANSLATE_NOOP(
            "errors",
            "The engine could not go on with this answer (llama.cpp's code {code}), probably "
            "for want of memory. What has been written is kept. Try again, or choose a "
            "smaller context in the settings.",
        ),
        code=answer,
    )
