"""Counting and timing one answer."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from app.core.message import Channel, GenerationStats


class AnswerMeter:
    """Counts tokens and takes times; all times are seconds of `clock`."""

    def __init__(self, started: float, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._started = started
        self._prompt = (0, 0, 0)
        self._n_read = 0
        self._reading_since = self._read_at = started
        self._first_token_at: float | None = None
        self._thinking_since: float | None = None
        self._thinking_s = 0.0
        self.n_analysis = 0
        self.n_final = 0

    def reading(self, n_prompt: int, n_reused: int, n_dropped: int) -> None:
        """The prompt is about to be read."""
        self._prompt = (n_prompt, min(n_reused, n_prompt), n_dropped)
        self._reading_since = self._clock()

    def read(self, n_tokens: int) -> None:
        """A part of the prompt has been read."""
        self._n_read += n_tokens
        self._read_at = self._clock()

    def token(self, channel: Channel, now: float) -> None:
        """A token of text has been drawn."""
        if self._first_token_at is None:
            self._first_token_at = now
        if channel is Channel.ANALYSIS:
            self.n_analysis += 1
            if self._thinking_since is None:
                self._thinking_since = now
        else:
            self.n_final += 1

    def analysis_ended(self) -> None:
        """The thinking is over; a second call changes nothing."""
        if self._thinking_since is not None and not self._thinking_s:
            self._thinking_s = self._clock() - self._thinking_since

    def stats(self) -> GenerationStats:
        """All there is to say, at the answer's end."""
        self.analysis_ended()
        now = self._clock()
        n_prompt, n_reused, n_dropped = self._prompt
        reading_s = self._read_at - self._reading_since
        writing_s = now - self._read_at
        n_generated = self.n_analysis + self.n_final
        first = self._first_token_at
        return GenerationStats(
            n_prompt=n_prompt,
            n_reused=n_reused,
            n_analysis=self.n_analysis,
            n_final=self.n_final,
            prefill_tps=self._n_read / reading_s if self._n_read and reading_s > 0 else 0.0,
            decode_tps=n_generated / writing_s if n_generated and writing_s > 0 else 0.0,
            ttft_ms=(first - self._started) * 1000 if first is not None else 0.0,
            thinking_ms=self._thinking_s * 1000,
            total_ms=(now - self._started) * 1000,
            n_dropped=n_dropped,
        )
