"""Reading tokens into the KV cache, with progress, and places to return to on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.core.generation import PrefillProgress
from app.engine.context import DecodeStoppedError, LlamaContext
from app.engine.kv_cache import KvCache
from app.engine.native import StopFlag
from app.engine.prompt_encoder import chunks

_STEP = 4096  # tokens between the places inside a long text


def read_tokens(
    context: LlamaContext,
    cache: KvCache,
    wanted: Sequence[int],
    places: Iterable[int],
    flag: StopFlag,
    *,
    n_dropped: int,
    wants_logits: bool,
) -> Iterator[PrefillProgress]:
    """Make the cache hold `wanted` and nothing after it, decoding as little as possible.

    Args:
        context: decodes.
        cache: of this context.
        wanted: all ids, from position 0 on; never empty.
        places: where other prompts are likely to part from this one, in tokens. Further
            ones are made inside a long text: its end may be edited.
        flag: stops the reading; `context` must obey it already.
        n_dropped: passed on in the progress.
        wants_logits: of the last token.

    Raises:
        DecodeStoppedError: the flag was set; what was read stays in the cache.
        EngineError: llama.cpp failed; the cache is then undefined.
    """
    n_reused = cache.rewind(wanted)
    n_total = len(wanted) - n_reused
    yield PrefillProgress(0, n_total, n_reused, n_dropped)
    wanted_places = sorted({*places, *_places_inside(n_reused, len(wanted), context.n_ubatch)})
    for start, end in chunks(n_reused, len(wanted), context.n_ubatch):
        if flag.is_set:  # a GPU does not look at the flag
            raise DecodeStoppedError
        is_last = end == len(wanted)
        context.decode(wanted[start:end], start, wants_logits=wants_logits and is_last)
        cache.extend(wanted[start:end])
        for place in wanted_places:
            if place <= end:
                cache.checkpoint(place)
        yield PrefillProgress(end - n_reused, n_total, n_reused, n_dropped)


def _places_inside(start: int, end: int, n_ubatch: int) -> list[int]:
    """Every `_STEP` tokens, and where the last ubatch of a long text begins."""
    if end - start <= 2 * n_ubatch:
        return []
    starts = [place for place, _ in chunks(start, end, n_ubatch)][1:]
    every = max(_STEP // n_ubatch, 1)
    return [*starts[every - 1 :: every], starts[-1]]
