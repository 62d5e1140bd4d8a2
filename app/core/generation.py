"""What is asked of an engine, what it sends back, and the port that it satisfies."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import NewType, Protocol

from app.core.cancellation import CancelToken
from app.core.harmony import Prompt
from app.core.message import (
    Channel,
    ConversationId,
    FinishReason,
    GenerationStats,
    ReasoningEffort,
)
from app.core.model_card import ModelCard
from app.core.plan_words import Sentence

RequestId = NewType("RequestId", int)
_request_ids = count(1)


def new_request_id() -> RequestId:
    """A number that no other request of this process has."""
    return RequestId(next(_request_ids))


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How the next token is drawn; defaults of llama.cpp's guide (discussion 15396)."""

    temperature: float = 1.0  # >= 0; 0 is greedy
    top_k: int = 100  # 0: no limit (slow: the whole vocabulary is sorted)
    top_p: float = 1.0  # 0 < top_p <= 1; 1 is off
    min_p: float = 0.0  # 0 <= min_p < 1; 0 is off
    repeat_penalty: float = 1.0  # >= 1; 1 is off
    seed: int | None = None  # None: another one each time; else 0..2**32-2

    def __post_init__(self) -> None:
        numbers = (self.temperature, self.top_p, self.min_p, self.repeat_penalty)
        if not all(math.isfinite(n) for n in numbers):
            raise ValueError("sampling values must be finite numbers")
        if not (0 <= self.temperature <= 5):
            raise ValueError("temperature must be in 0..5")
        if not (0 <= self.top_k <= 1000):
            raise ValueError("top_k must be in 0..1000")
        if not (0 < self.top_p <= 1):
            raise ValueError("top_p must be over 0 and at most 1")
        if not (0 <= self.min_p < 1):
            raise ValueError("min_p must be at least 0 and under 1")
        if not (1 <= self.repeat_penalty <= 2):
            raise ValueError("repeat_penalty must be in 1..2")
        if self.seed is not None and not (0 <= self.seed < 2**32 - 1):
            raise ValueError("seed must be in 0..2**32-2")


GREEDY = SamplingParams(temperature=0.0)


@dataclass(frozen=True, slots=True)
class ChannelBudget:
    """The most tokens of each channel; the context may end an answer earlier."""

    n_analysis: int
    n_final: int = 16384

    def __post_init__(self) -> None:
        if self.n_analysis < 1 or self.n_final < 1:
            raise ValueError("a budget is at least one token")


# An endless analysis is the commonest failure of gpt-oss (ollama issues 12606, 12741, 13410).
# The numbers are far above what it needs in published transcripts, so they end only runaways.
_ANALYSIS_BUDGET = {
    ReasoningEffort.LOW: 2048,
    ReasoningEffort.MEDIUM: 8192,
    ReasoningEffort.HIGH: 32768,
}


def budget_for(effort: ReasoningEffort) -> ChannelBudget:
    """The default budget of a level."""
    return ChannelBudget(n_analysis=_ANALYSIS_BUDGET[effort])


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One answer that is wanted."""

    prompt: Prompt
    cancel: CancelToken = field(default_factory=CancelToken)
    answer_now: CancelToken = field(default_factory=CancelToken)  # set: end the analysis
    sampling: SamplingParams = SamplingParams()
    budget: ChannelBudget = ChannelBudget(n_analysis=_ANALYSIS_BUDGET[ReasoningEffort.MEDIUM])
    conversation_id: ConversationId | None = None  # None: nothing about it may be kept
    id: RequestId = field(default_factory=new_request_id)


@dataclass(frozen=True, slots=True)
class PrefillRequest:
    """A prompt that will probably be asked soon, to be read while nothing else is wanted.

    `prompt` ends with its last message: what a next question would add is not known yet.
    """

    prompt: Prompt
    cancel: CancelToken = field(default_factory=CancelToken)
    conversation_id: ConversationId | None = None  # None: nothing about it may be kept
    id: RequestId = field(default_factory=new_request_id)


@dataclass(frozen=True, slots=True)
class PrefillProgress:
    """The prompt is being read: `n_done` of `n_total` tokens that had to be read."""

    n_done: int
    n_total: int
    n_reused: int  # tokens that were already in the KV cache
    n_dropped: int = 0  # oldest messages left out because the context is full


@dataclass(frozen=True, slots=True)
class Delta:
    """Text that was added to one channel; joined by the engine, at most 30 a second."""

    channel: Channel
    text: str
    n_tokens: int = 0  # of this delta


@dataclass(frozen=True, slots=True)
class GenerationEnded:
    """Last event of every request that did not raise."""

    finish_reason: FinishReason
    stats: GenerationStats
    # Token ids of the whole final channel without control tokens, of a continued answer from
    # its beginning. Of half a character at the end the text says nothing, nor do they.
    final_ids: tuple[int, ...] = ()


GenerationEvent = PrefillProgress | Delta | GenerationEnded


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How a model is to be loaded. `None` means: decide from the model and the machine."""

    n_ctx: int | None = None  # tokens
    n_gpu_layers: int | None = None  # 0: CPU only
    n_cpu_moe: int | None = None  # layers whose experts stay in main memory
    n_threads: int | None = None
    n_ubatch: int | None = None  # tokens a decode call; n_batch is the same
    use_mmap: bool | None = None
    # False: not on the processor, where the memory allows that; a card always decides itself.
    flash_attention: bool | None = None
    use_extra_bufts: bool = False  # repacked weights: faster, but 9.5 GiB not evictable
    device: str | None = None  # ggml's name of the GPU

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("n_ctx", self.n_ctx, 512, 1 << 20),
            ("n_gpu_layers", self.n_gpu_layers, 0, 999),
            ("n_cpu_moe", self.n_cpu_moe, 0, 999),
            ("n_threads", self.n_threads, 1, 512),
            ("n_ubatch", self.n_ubatch, 32, 4096),
        ):
            if value is not None and not (low <= value <= high):
                raise ValueError(f"{name} must be in {low}..{high}")


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """A model that is wanted."""

    path: Path
    settings: EngineSettings = EngineSettings()
    cancel: CancelToken = field(default_factory=CancelToken)
    id: RequestId = field(default_factory=new_request_id)


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """What is loaded now, and how."""

    card: ModelCard
    n_ctx: int
    n_ubatch: int
    n_threads: int
    n_gpu_layers: int
    n_cpu_moe: int
    device: str  # in words for the person: "CPU", "NVIDIA GeForce RTX 3060"
    load_seconds: float
    kv_cache_bytes: int
    compute_buffer_bytes: int
    notice: Sentence | None = None  # what the person should know: why the card is not used


class Engine(Protocol):
    """Loads one model at a time and answers one request at a time, all in one thread.

    Only `CancelToken.cancel()` and `count_tokens` may come from elsewhere. Errors are
    `UserError`s (`ModelFileError`, `ModelLoadError`, `PromptTooLongError`, `EngineError`) or
    `BugError`.
    """

    @property
    def loaded(self) -> LoadedModel | None:
        """The loaded model."""
        ...

    @property
    def abort_reason(self) -> str | None:
        """llama.cpp's own words when it gave up for good; None while all is well.

        May be read from any thread: the engine's own is parked from then on, and only a new
        process can load a model again.
        """
        ...

    def load(
        self, request: LoadRequest, on_progress: Callable[[float], None] = lambda _: None
    ) -> LoadedModel:
        """Load a model; an earlier one is unloaded first. Blocks.

        Args:
            request: which file, how.
            on_progress: called in this thread with 0..1.

        Raises:
            ModelError: with a sentence.
            Cancelled: `request.cancel` was set; nothing is loaded.
        """
        ...

    def unload(self) -> None:
        """Free the model; nothing happens when none is loaded."""
        ...

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        """Answer. Yields progress, deltas and, last, one `GenerationEnded`.

        Closing the iterator early is the same as cancelling. A cancelled request yields
        `GenerationEnded(CANCELLED)`.
        """
        ...

    def prefill(self, request: PrefillRequest) -> Iterator[PrefillProgress]:
        """Read a prompt into the KV cache, so that `generate` need not; nothing is answered.

        A cancelled request ends early and keeps what was read; closing the iterator is the
        same. Yields at least once.
        """
        ...

    def n_to_read(self, request: PrefillRequest) -> int:
        """How many tokens `prefill` would have to decode now: what a change would cost.

        Counts what is in the KV cache and what is kept of it on the disk. Between requests
        only.
        """
        ...

    def save_energy(self, is_on: bool) -> None:
        """Compute with half the threads, or with all; what is loaded later, too."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of plain text in this model's vocabulary.

        May be called from any thread while a model is loaded.
        """
        ...

    def close(self) -> None:
        """Unload and free all; the last call."""
        ...
