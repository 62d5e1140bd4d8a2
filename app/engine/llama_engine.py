"""The engine: gpt-oss models through llama.cpp's low-level API, in the calling thread."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from time import monotonic

from app.core.errors import (
    QT_TRANSLATE_NOOP,
    BugError,
    Cancelled,
    EngineAbortedError,
    EngineError,
    ModelLoadError,
)
from app.core.generation import (
    EngineSettings,
    GenerationEvent,
    GenerationRequest,
    LoadedModel,
    LoadRequest,
    PrefillProgress,
    PrefillRequest,
)
from app.core.machine import Machine
from app.core.memory_plan import MemoryPlan, plan_load, safer
from app.core.model_card import ModelCard
from app.engine import native
from app.engine.abort_containment import Containment, contain_aborts
from app.engine.answer import Answer, Headers
from app.engine.context import ContextMemoryError, LlamaContext
from app.engine.context_plan import context_plan
from app.engine.gguf_header import read_model_card
from app.engine.hardware import read_machine
from app.engine.kv_cache import KvCache
from app.engine.prompt_encoder import PromptEncoder
from app.engine.read_ahead import read_ahead
from app.engine.thread_priority import lower_own_priority
from app.engine.tokenizer import Tokenizer

logger = logging.getLogger(__name__)


def _read_machine(with_devices: bool) -> Machine:
    return read_machine(with_devices=with_devices)


class LlamaEngine:
    """Satisfies `app.core.generation.Engine`. All calls from one thread, the engine's own.

    Making one is cheap: the vocabulary and llama.cpp come with the first model.

    Args:
        tokenizer: the vocabulary's file, or what makes the tokenizer.
        machine: reads the computer's memory, cores and, when asked to, graphics devices.
    """

    def __init__(
        self,
        tokenizer: Path | Callable[[], Tokenizer],
        machine: Callable[[bool], Machine] = _read_machine,
    ) -> None:
        self._make_tokenizer = tokenizer
        self._read_machine = machine
        self._tokenizer: Tokenizer | None = None
        self._containment: Containment | None = None
        self._loaded: LoadedModel | None = None
        self._context: LlamaContext | None = None
        self._cache: KvCache | None = None
        self._encoder: PromptEncoder | None = None
        self._headers: Headers | None = None
        self._is_generating = False

    # ---- model ---------------------------------------------------------------------------

    @property
    def loaded(self) -> LoadedModel | None:
        """The loaded model."""
        return self._loaded

    @property
    def abort_reason(self) -> str | None:
        """llama.cpp's own words when it gave up for good; None while all is well."""
        return self._containment.reason if self._containment is not None else None

    def load(
        self, request: LoadRequest, on_progress: Callable[[float], None] = lambda _: None
    ) -> LoadedModel:
        """Load a model; an earlier one is unloaded first. Blocks; see `Engine.load`."""
        self._require_alive()
        started = monotonic()
        self.unload()
        lower_own_priority()
        card = read_model_card(request.path)
        native.start()
        self._containment = contain_aborts()
        tokenizer = self._require_tokenizer()
        if request.cancel.is_cancelled:
            raise Cancelled
        machine = self._read_machine(request.settings.n_gpu_layers != 0)
        plan, context = self._open(card, machine, request, on_progress)
        self._context = context
        self._cache = KvCache(context, context.sliding_window)
        self._encoder = PromptEncoder(tokenizer)
        self._headers = Headers.of(tokenizer)
        self._loaded = LoadedModel(
            card=card,
            n_ctx=context.n_ctx,
            n_ubatch=context.n_ubatch,
            n_threads=context.plan.n_threads,
            n_gpu_layers=plan.n_gpu_layers,
            n_cpu_moe=plan.n_cpu_moe,
            device=plan.device_name if plan.device else machine.cpu_name or "CPU",
            load_seconds=monotonic() - started,
            kv_cache_bytes=plan.kv_cache_bytes,
            compute_buffer_bytes=plan.compute_buffer_bytes,
        )
        on_progress(1.0)
        logger.info(
            "loaded %s: n_ctx=%d n_gpu_layers=%d n_threads=%d in %.1f s",
            card.path.name,
            context.n_ctx,
            plan.n_gpu_layers,
            context.plan.n_threads,
            self._loaded.load_seconds,
        )
        return self._loaded

    def _open(
        self,
        card: ModelCard,
        machine: Machine,
        request: LoadRequest,
        on_progress: Callable[[float], None],
    ) -> tuple[MemoryPlan, LlamaContext]:
        """Load as planned; where that fails and nobody insisted, one step safer and again."""
        settings = request.settings
        plan = plan_load(card, machine, settings)
        while True:
            values = context_plan(card, machine, settings, plan)
            try:
                return plan, LlamaContext(values, request.cancel, on_progress)
            except ModelLoadError as error:
                is_hopeless = plan.n_gpu_layers == 0 and not isinstance(
                    error, ContextMemoryError
                )  # a file that the CPU cannot load is not helped by smaller buffers
                safe = safer(settings, plan, card)
                if is_hopeless or safe is None or not _allows(request.settings, safe):
                    raise
                logger.warning("not loaded, trying a safer way: %s", error)
                settings, plan = safe, plan_load(card, machine, safe)

    def unload(self) -> None:
        """Free the model; nothing happens when none is loaded."""
        if self.abort_reason is not None or self._context is None:
            return  # after an abort nothing of llama.cpp may be called any more
        self._context.close()
        self._context = self._cache = self._encoder = self._loaded = None
        native.release_unused_memory()

    def close(self) -> None:
        """Unload and free all; the last call."""
        self.unload()
        self._tokenizer = None

    # ---- answers -------------------------------------------------------------------------

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        """Answer; see `Engine.generate`."""
        started = monotonic()
        self._require_alive()
        context, cache, encoder, headers = self._require_model()
        if self._is_generating:
            raise BugError("one request at a time")
        self._is_generating = True
        try:
            prompt = encoder.encode(request.prompt, context.n_ctx, len(headers.analysis))
            answer = Answer(
                context, cache, self._require_tokenizer(), headers, request, prompt, started
            )
            yield from answer.events()
        except (EngineError, BugError):
            cache.clear()
            raise
        finally:
            self._is_generating = False

    def prefill(self, request: PrefillRequest) -> Iterator[PrefillProgress]:
        """Read a prompt ahead; see `Engine.prefill`."""
        self._require_alive()
        context, cache, encoder, headers = self._require_model()
        if self._is_generating:
            raise BugError("one request at a time")
        self._is_generating = True
        try:
            prompt = encoder.encode(request.prompt, context.n_ctx, len(headers.analysis))
            yield from read_ahead(context, cache, prompt, request.cancel)
        except (EngineError, BugError):
            cache.clear()
            raise
        finally:
            self._is_generating = False

    def count_tokens(self, text: str) -> int:
        """Tokens of plain text in this model's vocabulary."""
        return len(self._require_tokenizer().encode(text))

    # ---- inside --------------------------------------------------------------------------

    def _require_tokenizer(self) -> Tokenizer:
        if self._tokenizer is None:
            make = self._make_tokenizer
            self._tokenizer = Tokenizer(make) if isinstance(make, Path) else make()
        return self._tokenizer

    def _require_model(self) -> tuple[LlamaContext, KvCache, PromptEncoder, Headers]:
        if (
            self._context is None
            or self._cache is None
            or self._encoder is None
            or self._headers is None
        ):
            raise BugError("no model is loaded")
        return self._context, self._cache, self._encoder, self._headers

    def _require_alive(self) -> None:
        if self.abort_reason is not None:
            raise EngineAbortedError(
                QT_TRANSLATE_NOOP(
                    "errors",
                    "The engine has stopped: {reason}. Your conversations are safe. Restart "
                    "Lumbre to go on.",
                ),
                reason=self.abort_reason,
            )


def _allows(wanted: EngineSettings, safer_settings: EngineSettings) -> bool:
    """False when a safer way would change what the person has fixed."""
    return all(
        value is None or name == "use_extra_bufts" or getattr(safer_settings, name) == value
        for name, value in asdict(wanted).items()
    )
