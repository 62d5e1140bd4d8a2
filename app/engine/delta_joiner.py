"""Text of single tokens to deltas: at most 30 a second, each of one channel."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.generation import Delta
from app.core.harmony import ParsedEvent, ParsedText
from app.core.message import Channel

_DELTA_SECONDS = 1 / 30


class DeltaJoiner:
    """Collects text until it is time to send it. Times are seconds of any one clock."""

    def __init__(self) -> None:
        self._channel = Channel.ANALYSIS
        self._texts: list[str] = []
        self._n_tokens = 0
        self._sent_at = float("-inf")

    def add(self, events: Iterable[ParsedEvent], n_tokens: int = 0) -> Delta | None:
        """Collect what `n_tokens` added; the other channel's text when the channel changed."""
        before = None
        for event in events:
            if not isinstance(event, ParsedText):
                continue
            if event.channel is not self._channel:
                before = self.take() or before
                self._channel = event.channel
            self._texts.append(event.text)
        self._n_tokens += n_tokens
        return before

    def take_due(self, now: float) -> Delta | None:
        """What has been collected, when the last delta is 1/30 s ago; the first at once."""
        if now - self._sent_at < _DELTA_SECONDS or not self._texts:
            return None
        self._sent_at = now
        return self.take()

    def take(self) -> Delta | None:
        """What has been collected, at once; None when there is no text."""
        if not self._texts:
            return None
        delta = Delta(self._channel, "".join(self._texts), self._n_tokens)
        self._texts.clear()
        self._n_tokens = 0
        return delta
