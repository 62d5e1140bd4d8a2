"""Noticing that a model repeats itself for ever."""

from __future__ import annotations

from app.core.message import Channel

_PERIOD_MAX = 200  # tokens of the longest passage that is recognised
_REPEATS_MIN = 6
_CHECK_EVERY = 32
# As many tokens of pure repetition as no wanted text has. People do ask for a hundred equal
# lines (700 tokens) or a matrix of zeros (1,000), but nobody thinks in them.
_TOKENS_MIN = {Channel.ANALYSIS: 800, Channel.COMMENTARY: 800, Channel.FINAL: 1600}


class LoopGuard:
    """Recognises a passage of up to 200 tokens that is repeated, token by token, over and over.

    It fires when the newest 800 tokens (1,600 in an answer) or six passages, whichever is
    more, repeat with one period. Text with counters, growing tables or similar sentences is
    not periodic.
    """

    __slots__ = ("_is_looping", "_memory", "_n", "_tail", "_tokens_min")

    def __init__(self, channel: Channel) -> None:
        self._tokens_min = _TOKENS_MIN[channel]
        self._memory = max(self._tokens_min, _PERIOD_MAX * _REPEATS_MIN)
        self._tail: list[int] = []
        self._n = 0
        self._is_looping = False

    @property
    def is_looping(self) -> bool:
        """True from the check that found a repetition on."""
        return self._is_looping

    def add(self, token: int) -> bool:
        """Take the next token (0.1 µs; every 32nd about 20 µs); returns `is_looping`."""
        self._tail.append(token)
        self._n += 1
        if self._n % _CHECK_EVERY == 0:
            if len(self._tail) > 2 * self._memory:
                del self._tail[: -self._memory]
            self._is_looping = self._is_looping or self._repeats()
        return self._is_looping

    def _repeats(self) -> bool:
        tail = self._tail
        n = len(tail)
        if n < self._tokens_min:
            return False
        last, before = tail[-1], tail[-2]
        for period in range(1, _PERIOD_MAX + 1):
            if tail[n - 1 - period] != last or tail[n - 2 - period] != before:
                continue
            start = n - max(self._tokens_min, period * _REPEATS_MIN)
            if start >= 0 and tail[start + period :] == tail[start : n - period]:
                return True
        return False
