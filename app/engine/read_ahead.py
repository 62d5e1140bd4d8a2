"""Reading a prompt before anybody asks it: after an answer, on opening a conversation."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.cancellation import CancelToken
from app.core.generation import PrefillProgress
from app.engine.context import DecodeStoppedError, LlamaContext
from app.engine.kv_cache import KvCache
from app.engine.native import StopFlag
from app.engine.prompt_encoder import EncodedPrompt
from app.engine.prompt_reader import read_tokens


def read_ahead(
    context: LlamaContext, cache: KvCache, prompt: EncodedPrompt, cancel: CancelToken
) -> Iterator[PrefillProgress]:
    """Decode the messages of `prompt` that are not in the cache yet; see `Engine.prefill`.

    Nothing of the answer's opening is read: the next question comes before it.

    Raises:
        EngineError: llama.cpp failed; the cache is then undefined.
    """
    wanted = prompt.messages
    if prompt.n_dropped:  # the next message will push out others: what is there serves better
        yield PrefillProgress(0, 0, 0, prompt.n_dropped)
        return
    if not wanted or cache.begins_with(wanted):
        yield PrefillProgress(0, 0, len(wanted), prompt.n_dropped)
        return
    flag = StopFlag()
    cancel.on_cancel(flag.set)
    context.obey(flag)
    places = (*prompt.places, len(wanted))
    try:
        yield from read_tokens(
            context,
            cache,
            wanted,
            places,
            flag,
            n_dropped=prompt.n_dropped,
            wants_logits=False,
        )
    except DecodeStoppedError:
        pass  # what was read before stays
    finally:
        cancel.forget(flag.set)
        context.obey(None)
