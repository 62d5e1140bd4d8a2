"""One answer: read the prompt, think, answer. Channel headers are forced, never sampled.

gpt-oss writes a malformed header in 1 to 4 % of the turns, sometimes thinks for ever and
sometimes ends without an answer. None of that can happen here: the program opens the
analysis, and at its end, by whatever cause, closes it and opens the final channel.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from app.core.context_window import answer_reserve
from app.core.errors import EngineError
from app.core.generation import (
    Delta,
    GenerationEnded,
    GenerationEvent,
    GenerationRequest,
)
from app.core.harmony import ControlToken, StreamParser, channel_header
from app.core.loop_guard import LoopGuard
from app.core.message import Channel, FinishReason, Role
from app.engine.answer_meter import AnswerMeter
from app.engine.context import DecodeStoppedError, LlamaContext
from app.engine.delta_joiner import DeltaJoiner
from app.engine.kv_cache import KvCache
from app.engine.native import StopFlag
from app.engine.prompt_encoder import EncodedPrompt
from app.engine.prompt_reader import read_tokens
from app.engine.sampler import SamplerChain
from app.engine.tokenizer import Tokenizer

_FIRST_CONTROL = 199_998  # <|startoftext|>: from here on no id is text


@dataclass(frozen=True, slots=True)
class Headers:
    """Ids of the headers that are forced."""

    analysis: tuple[int, ...]  # after <|start|>assistant
    final: tuple[int, ...]
    from_analysis_to_final: tuple[int, ...]

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> Headers:
        """Encode them once."""

        def encoded(channel: Channel) -> tuple[int, ...]:
            return tuple(tokenizer.encode_segments(channel_header(channel)))

        again = (ControlToken.END, ControlToken.START, Role.ASSISTANT.value)
        final = encoded(Channel.FINAL)
        return cls(
            analysis=encoded(Channel.ANALYSIS),
            final=final,
            from_analysis_to_final=(*tokenizer.encode_segments(again), *final),
        )


class Answer:
    """Generates one answer in a context; used once.

    Args:
        context: decodes; nobody else uses it meanwhile.
        cache: what stands in its KV memory.
        tokenizer: ids to bytes.
        headers: as `Headers.of(tokenizer)`.
        request: what is wanted.
        prompt: its prompt, encoded to fit this context.
        started: `monotonic()` when the request came.
    """

    def __init__(
        self,
        context: LlamaContext,
        cache: KvCache,
        tokenizer: Tokenizer,
        headers: Headers,
        request: GenerationRequest,
        prompt: EncodedPrompt,
        started: float,
    ) -> None:
        self._context = context
        self._cache = cache
        self._headers = headers
        self._request = request
        self._prompt = prompt
        self._n_ctx = context.n_ctx
        opened = request.prompt.open_answer.channel
        self._channel = opened or Channel.ANALYSIS
        self._is_open = opened is not None
        self._parser = StreamParser(tokenizer.piece, opened)
        self._guard = LoopGuard(self._channel)
        self._joiner = DeltaJoiner()
        self._meter = AnswerMeter(started)
        self._flag = StopFlag()
        self._kept_for_final = answer_reserve(self._n_ctx) // 2
        self._final_ids = list(prompt.open_ids)
        self._without_half_character = tokenizer.without_half_character

    def events(self) -> Iterator[GenerationEvent]:
        """Everything up to and with `GenerationEnded`."""
        self._request.cancel.on_cancel(self._flag.set)
        self._context.obey(self._flag)
        try:
            try:
                reason = yield from self._run()
            except DecodeStoppedError:
                reason = FinishReason.CANCELLED
            except EngineError:
                yield from _if_any(self._joiner.take())
                raise
            if reason is FinishReason.STOP:  # else a half character may yet be completed
                yield from _if_any(self._joiner.add(self._parser.flush()))
            yield from _if_any(self._joiner.take())
            ids = tuple(self._final_ids)
            if reason is not FinishReason.STOP:
                ids = self._without_half_character(ids)
            yield GenerationEnded(reason, self._meter.stats(), ids)
        finally:
            self._request.cancel.forget(self._flag.set)
            self._context.obey(None)

    def _run(self) -> Generator[GenerationEvent, None, FinishReason]:
        yield from self._read_prompt()
        with SamplerChain(self._request.sampling, self._context.n_vocab) as chain:
            return (yield from self._write(chain))

    # ---- reading -------------------------------------------------------------------------

    def _read_prompt(self) -> Iterator[GenerationEvent]:
        prompt = self._prompt
        wanted = [*prompt.ids, *self._opening_header()]
        # The next turn drops the analysis: it parts from this one before the answer.
        places = (*prompt.places, prompt.n_before_answer)
        n_done = -1
        for progress in read_tokens(
            self._context,
            self._cache,
            wanted,
            places,
            self._flag,
            n_dropped=prompt.n_dropped,
            wants_logits=True,
        ):
            if n_done < 0:
                self._meter.reading(len(prompt.ids), progress.n_reused, prompt.n_dropped)
            else:
                self._meter.read(progress.n_done - n_done)
            n_done = progress.n_done
            yield progress

    def _opening_header(self) -> tuple[int, ...]:
        """What is forced after the prompt; nothing when an open answer is continued."""
        if self._is_open:
            return ()
        if self._request.answer_now.is_cancelled:
            self._channel = Channel.FINAL
            self._guard = LoopGuard(Channel.FINAL)
        is_final = self._channel is Channel.FINAL
        header = self._headers.final if is_final else self._headers.analysis
        for token in header:
            self._parser.feed(token)
        return header

    # ---- writing -------------------------------------------------------------------------

    def _write(self, chain: SamplerChain) -> Generator[GenerationEvent, None, FinishReason]:
        context, cache, joiner, meter = self._context, self._cache, self._joiner, self._meter
        handle, feed = context.handle, self._parser.feed
        while True:
            limit = self._limit()
            if limit is not None:
                if self._channel is not Channel.ANALYSIS or self._room < self._n_to_final:
                    return limit
                yield from self._open_final()
                continue
            if self._flag.is_set:  # a GPU does not look at the flag
                return FinishReason.CANCELLED
            token = chain.sample(handle)
            if token >= _FIRST_CONTROL:
                if self._channel is not Channel.ANALYSIS:
                    return FinishReason.STOP
                yield from self._open_final()
                continue
            now = monotonic()
            meter.token(self._channel, now)
            self._guard.add(token)
            if self._channel is Channel.FINAL:
                self._final_ids.append(token)
            yield from _if_any(joiner.add(feed(token), 1))
            yield from _if_any(joiner.take_due(now))
            context.decode_one(token, cache.n_tokens)
            cache.append(token)

    @property
    def _room(self) -> int:
        """Tokens that the context still takes."""
        return self._n_ctx - self._cache.n_tokens

    @property
    def _n_to_final(self) -> int:
        """Tokens that it takes to close the analysis and write something."""
        return len(self._headers.from_analysis_to_final) + 1

    def _limit(self) -> FinishReason | None:
        """Why this channel must end now; None while it need not."""
        budget = self._request.budget
        if self._guard.is_looping:
            return FinishReason.REPETITION
        if self._channel is Channel.ANALYSIS:
            if (
                self._meter.n_analysis >= budget.n_analysis
                or self._room <= self._kept_for_final
                or self._request.answer_now.is_cancelled
            ):
                return FinishReason.LENGTH
        elif self._meter.n_final >= budget.n_final or self._room < 1:
            return FinishReason.LENGTH
        return None

    def _open_final(self) -> Iterator[GenerationEvent]:
        """Close the analysis and open the final channel."""
        header = self._headers.from_analysis_to_final
        for token in header:
            yield from _if_any(self._joiner.add(self._parser.feed(token)))
        yield from _if_any(self._joiner.take())
        self._meter.analysis_ended()
        self._decode(header, wants_logits=True)
        self._channel = Channel.FINAL
        self._guard = LoopGuard(Channel.FINAL)

    def _decode(self, ids: Sequence[int], *, wants_logits: bool) -> None:
        if self._flag.is_set:
            raise DecodeStoppedError
        self._context.decode(ids, self._cache.n_tokens, wants_logits=wants_logits)
        self._cache.extend(ids)


def _if_any(delta: Delta | None) -> tuple[Delta, ...]:
    return () if delta is None else (delta,)
