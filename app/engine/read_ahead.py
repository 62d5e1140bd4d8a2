"""Reading a prompt before anybody asks it: after an answer, on opening a conversation."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.cancellation import CancelToken
from app.core.generation import PrefillProgress
from app.engine.context import DecodeStoppedError, LlamaContext
from app.engine.kv_cache import KvCache
from app.engine.native import StopFlag
from app.engine.prompt_encoder import EncodedPrompt, chunks


def read_ahead(
    context: LlamaContext, cache: KvCache, prompt: EncodedPrompt, cancel: CancelToken
) -> Iterator[PrefillProgress]:
    """Decode the messages of `prompt` that are not in the cache yet; see `Engine.prefill`.

    Nothing of the answer's opening is read: the next question comes before it.

    Raises:
        EngineError: llama.cpp failed; the cache is then undefined.
    """
    wanted = prompt.ids[: prompt.n_messages]
    if cache.begins_with(wanted):
        yield PrefillProgress(0, 0, len(wanted), prompt.n_dropped)
        return
    n_reused = cache.rewind(wanted)
    n_total = len(wanted) - n_reused
    yield PrefillProgress(0, n_total, n_reused, prompt.n_dropped)
    flag = StopFlag()
    cancel.on_cancel(flag.set)
    context.obey(flag)
    try:
        for start, end in chunks(n_reused, len(wanted), context.n_ubatch):
            if flag.is_set:  # a GPU does not look at the flag
                return
            context.decode(wanted[start:end], start, wants_logits=False)
            cache.extend(wanted[start:end])
            yield PrefillProgress(end - n_reused, n_total, n_reused, prompt.n_dropped)
        cache.checkpoint(len(wanted))
    except DecodeStoppedError:
        pass  # what was read before stays
    finally:
        cancel.forget(flag.set)
        context.obey(None)
