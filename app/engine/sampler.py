"""llama.cpp's sampler chain for one request."""

from __future__ import annotations

import secrets
from types import TracebackType
from typing import Any, Self

from app.core.errors import BugError
from app.core.generation import SamplingParams
from app.engine.bindings import bindings

_PENALTY_TOKENS = 256  # how far back the repeat penalty looks
_SEEDS = 2**32 - 1  # the last value of 32 bits means "random" to llama.cpp


class SamplerChain:
    """Draws tokens; a context manager, so that its native memory is always given back.

    Top-k comes first: what follows then works on a hundred candidates instead of 201,088
    (0.15 ms a token instead of 1.5 and more).
    """

    def __init__(self, params: SamplingParams, n_vocab: int) -> None:
        low = bindings()
        self._low = low
        chain_params = low.llama_sampler_chain_default_params()
        chain_params.no_perf = True
        self._chain: Any = low.llama_sampler_chain_init(chain_params)
        if not self._chain:
            raise BugError("llama.cpp made no sampler chain")
        for sampler in _samplers(low, params, n_vocab):
            low.llama_sampler_chain_add(self._chain, sampler)

    def sample(self, context: Any) -> int:
        """The next token from the context's newest logits; the chain remembers it."""
        token: int = self._low.llama_sampler_sample(self._chain, context, -1)
        return token

    def close(self) -> None:
        """Free the chain and its samplers; a second call does nothing."""
        if self._chain:
            self._low.llama_sampler_free(self._chain)
            self._chain = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _samplers(low: Any, params: SamplingParams, n_vocab: int) -> list[Any]:
    is_greedy = params.temperature == 0
    chain = []
    if params.top_k and not is_greedy:
        chain.append(low.llama_sampler_init_top_k(params.top_k))
    if params.repeat_penalty > 1:
        chain.append(
            low.llama_sampler_init_penalties(
                n_vocab, _PENALTY_TOKENS, params.repeat_penalty, 0.0, 0.0
            )
        )
    if is_greedy:
        return [*chain, low.llama_sampler_init_greedy()]
    if params.top_p < 1:
        chain.append(low.llama_sampler_init_top_p(params.top_p, 1))
    if params.min_p > 0:
        chain.append(low.llama_sampler_init_min_p(params.min_p, 1))
    seed = params.seed if params.seed is not None else secrets.randbelow(_SEEDS)
    chain.append(low.llama_sampler_init_temp(params.temperature))
    chain.append(low.llama_sampler_init_dist(seed))
    return chain
