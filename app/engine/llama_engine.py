"""The engine: gpt-oss models through llama.cpp's low-level API, in the calling thread."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import TypeVar

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
from app.core.harmony import Prompt
from app.core.kv_state import KvStateStore
from app.core.machine import Machine
from app.core.memory_plan import MemoryPlan, plan_load, safer
from app.core.message import ConversationId
from app.core.model_card import ModelCard
from app.engine import native
from app.engine.abort_containment import Containment, contain_aborts
from app.engine.answer import Answer, Headers
from app.engine.context import ContextMemoryError, LlamaContext
from app.engine.context_plan import context_plan
from app.engine.gguf_header import read_model_card
from app.engine.hardware import read_machine
from app.engine.kv_cache import KvCache
from app.engine.prompt_encoder import EncodedPrompt, PromptEncoder
from app.engine.read_ahead import read_ahead
from app.engine.state_identity import state_identity
from app.engine.state_keeper import WORTH_KEEPING_S, StateKeeper, state_key
from app.engine.thread_priority import lower_own_priority
from app.engine.tokenizer import Tokenizer

logger = logging.getLogger(__name__)

_Event = TypeVar("_Event")

_FREE = ("use_extra_bufts", "flash_attention")  # these only make it faster


def _read_machine(with_devices: bool) -> Machine:
    return read_machine(with_devices=with_devices)


@dataclass(frozen=True, slots=True)
class StateSettings:
    """How KV states are kept on the disk."""

    store: KvStateStore
    known_sha256: Callable[[Path], str | None] = lambda _: None  # of a model file
    worth_keeping_s: float = WORTH_KEEPING_S  # of reading the text again


class LlamaEngine:
    """Satisfies `app.core.generation.Engine`. All calls from one thread, the engine's own.

    Making one is cheap: the vocabulary and llama.cpp come with the first model.

    Args:
        tokenizer: the vocabulary's file, or what makes the tokenizer.
        machine: reads the computer's memory, cores and, when asked to, graphics devices.
        states: how KV states are kept on the disk; None: not at all.
    """

    def __init__(
        self,
        tokenizer: Path | Callable[[], Tokenizer],
        machine: Callable[[bool], Machine] = _read_machine,
        states: StateSettings | None = None,
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
        self._states = states
        self._keeper: StateKeeper | None = None
        self._is_generating = False
        self._saves_energy = False

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
        context.save_energy(self._saves_energy)
        self._cache = KvCache(context, context.sliding_window)
        self._encoder = PromptEncoder(tokenizer)
        self._headers = Headers.of(tokenizer)
        self._keeper = self._new_keeper(card, context, self._cache)
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
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None
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
        with self._one_request():
            context, cache, _, headers = self._require_model()
            prompt = self._encoded(request.prompt)
            opening = () if prompt.open_ids else headers.analysis
            self._prepare(request.conversation_id, prompt, (*prompt.ids, *opening))
            answer = Answer(
                context, cache, self._require_tokenizer(), headers, request, prompt, started
            )
            yield from self._timed(answer.events())

    def prefill(self, request: PrefillRequest) -> Iterator[PrefillProgress]:
        """Read a prompt ahead; see `Engine.prefill`."""
        with self._one_request():
            context, cache, _, _ = self._require_model()
            prompt = self._encoded(request.prompt)
            if not cache.begins_with(prompt.messages):
                self._prepare(request.conversation_id, prompt, prompt.messages)
            reading = read_ahead(context, cache, prompt, request.cancel)
            yield from self._timed(reading)
            if self._keeper is not None and not request.cancel.is_cancelled:
                self._keeper.when_idle()

    def n_to_read(self, request: PrefillRequest) -> int:
        """Tokens that would have to be read for a prompt; see `Engine.n_to_read`."""
        self._require_alive()
        _, cache, _, _ = self._require_model()
        prompt = self._encoded(request.prompt)
        wanted = prompt.messages
        if cache.begins_with(wanted):
            return 0
        n_kept = cache.n_kept(wanted)
        if self._keeper is not None:
            key = state_key(request.conversation_id, prompt.beginning)
            n_kept = max(n_kept, self._keeper.n_restorable(key, wanted))
        return len(wanted) - n_kept

    def save_energy(self, is_on: bool) -> None:
        """Compute with half the threads, or with all; see `Engine.save_energy`."""
        self._saves_energy = is_on
        if self._context is not None and self.abort_reason is None:
            self._context.save_energy(is_on)

    def count_tokens(self, text: str) -> int:
        """Tokens of plain text in this model's vocabulary."""
        return len(self._require_tokenizer().encode(text))

    # ---- inside --------------------------------------------------------------------------

    @contextmanager
    def _one_request(self) -> Iterator[None]:
        """One request at a time; after a failure the KV memory is not to be trusted."""
        self._require_alive()
        _, cache, _, _ = self._require_model()
        if self._is_generating:
            raise BugError("one request at a time")
        self._is_generating = True
        try:
            yield
        except (EngineError, BugError):
            cache.clear()
            if self._keeper is not None:
                self._keeper.forget()
            raise
        finally:
            self._is_generating = False

    def _encoded(self, prompt: Prompt) -> EncodedPrompt:
        context, _, encoder, headers = self._require_model()
        return encoder.encode(prompt, context.n_ctx, len(headers.analysis))

    def _prepare(
        self,
        conversation_id: ConversationId | None,
        prompt: EncodedPrompt,
        wanted: Sequence[int],
    ) -> None:
        """Save what the prompt would push out of the cache, restore what is kept of it."""
        if self._keeper is not None:
            key = state_key(conversation_id, prompt.beginning)
            self._keeper.before_reading(key, wanted, prompt.n_messages)

    def _timed(self, events: Iterator[_Event]) -> Iterator[_Event]:
        """Pass events on and note how fast the prompt was read."""
        began = monotonic()
        for event in events:
            if (
                self._keeper is not None
                and isinstance(event, PrefillProgress)
                and event.n_done == event.n_total
            ):
                self._keeper.has_read(event.n_total, monotonic() - began)
            yield event

    def _new_keeper(
        self, card: ModelCard, context: LlamaContext, cache: KvCache
    ) -> StateKeeper | None:
        states = self._states
        if states is None:
            return None
        try:
            identity = state_identity(card, context.plan, states.known_sha256)
        except OSError as error:
            logger.warning("KV states are not kept: %s", error)
            return None
        return StateKeeper(states.store, cache, identity, states.worth_keeping_s)

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
        value is None or name in _FREE or getattr(safer_settings, name) == value
        for name, value in asdict(wanted).items()
    )
