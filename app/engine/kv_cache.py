"""What stands in the KV cache, and how to get from there to another prompt.

gpt-oss keeps only a window of its sliding-window layers, so going back further than that
window leaves holes: llama.cpp says "removed" all the same and answers nonsense. Therefore a
*checkpoint* of the window is taken at the end of each prompt (3 MiB for gpt-oss-20b), and
going back means: forget everything after the common prefix, and where the window is gone,
restore the newest checkpoint at or before it.

This module is bookkeeping; `KvMemory` does it to llama.cpp.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Protocol

from app.core.kv_state import Buffer, KvState, KvWindow

MAX_CHECKPOINTS = 32  # 96 MiB for gpt-oss-20b
SAVED_CHECKPOINTS = 3  # with a state: for going on, for a second answer, for an edited question
_STRIDE = 512  # tokens compared at once


class KvMemory(Protocol):
    """The KV cache itself: one sequence, positions 0, 1, 2 ..."""

    def forget_from(self, position: int) -> None:
        """Drop all positions from `position` on."""
        ...

    def oldest_position(self) -> int:
        """The oldest position that the sliding window still holds; -1: none."""
        ...

    def clear(self) -> None:
        """Drop everything."""
        ...

    def save_window(self, end: int) -> bytes:
        """The sliding window as position `end` sees it; empty when it has moved on too far."""
        ...

    def restore_window(self, saved: Buffer) -> bool:
        """Put a saved window back; False when that failed and the window is undefined."""
        ...

    def save_sequence(self) -> Buffer:
        """Everything: all layers, as the next token would see them. Empty when it failed."""
        ...

    def restore_sequence(self, saved: Buffer) -> bool:
        """Put back what `save_sequence` gave; False when that failed and all is undefined.

        The bytes must be proved to be those that were saved: llama.cpp trusts them.
        """
        ...


def common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    """How many of the first ids are the same in both."""
    end = min(len(a), len(b))
    n = 0
    while n < end and a[n : n + _STRIDE] == b[n : n + _STRIDE]:
        n += _STRIDE
    n = min(n, end)
    while n < end and a[n] == b[n]:
        n += 1
    return n


class KvCache:
    """Knows which tokens are in a `KvMemory` and which of its states can be reached again.

    Args:
        memory: empty, and from now on changed only through this object, except that the
            owner decodes tokens and tells `extend`.
        sliding_window: tokens that a token of a sliding-window layer sees, itself included.
    """

    def __init__(
        self, memory: KvMemory, sliding_window: int, max_checkpoints: int = MAX_CHECKPOINTS
    ) -> None:
        self._memory = memory
        self._sliding_window = sliding_window
        self._max_checkpoints = max_checkpoints
        self._ids = array("i")
        self._checkpoints: list[KvWindow] = []

    @property
    def n_tokens(self) -> int:
        """Tokens in the cache; the next one goes to this position."""
        return len(self._ids)

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """Where checkpoints stand, in tokens, ascending."""
        return tuple(c.n_tokens for c in self._checkpoints)

    def rewind(self, wanted: Sequence[int]) -> int:
        """Keep as much of the cache as begins `wanted`; returns how many tokens that is.

        At least one token of `wanted` is always left to be decoded, because logits are not
        part of the cache. Afterwards every token that is kept can be seen by the next one.
        """
        n = self._n_shared(wanted)
        if n <= 0:
            if self._ids:
                self.clear()
            return 0
        if n < self.n_tokens:
            self._memory.forget_from(n)
        if not self._sees_enough(n):
            n = self._restore(n)
        del self._ids[n:]
        self._checkpoints = [c for c in self._checkpoints if c.n_tokens <= n]
        return n

    def n_kept(self, wanted: Sequence[int]) -> int:
        """What `rewind` would return; nothing is changed."""
        n = self._n_shared(wanted)
        if n <= 0 or (self._memory.oldest_position() < n and self._sees_enough(n)):
            return max(n, 0)
        return max((c for c in self.checkpoints if c <= n), default=0)

    def n_shared(self, wanted: Sequence[int]) -> int:
        """How many of the first tokens of `wanted` are the cache's first tokens."""
        return common_prefix(self._ids, array("i", wanted))

    def begins_with(self, wanted: Sequence[int]) -> bool:
        """True when all of `wanted` is in the cache already."""
        return self.n_shared(wanted) == len(wanted)

    def extend(self, ids: Iterable[int]) -> None:
        """These tokens were decoded at the end of the cache."""
        self._ids.extend(ids)

    def append(self, token: int) -> None:
        """As `extend`, for one token."""
        self._ids.append(token)

    def checkpoint(self, n: int) -> None:
        """Make the state after the first `n` tokens one that can be returned to.

        They may lie back a little, as long as the window still holds what they see.
        """
        if not 0 < n <= self.n_tokens or n in self.checkpoints:
            return
        window = self._memory.save_window(n)
        if not window:
            return
        self._checkpoints.append(KvWindow(n, window))
        self._checkpoints.sort(key=lambda c: c.n_tokens)
        if len(self._checkpoints) > self._max_checkpoints:
            del self._checkpoints[self._least_useful()]

    def state(self, made_at: float) -> KvState | None:
        """A copy of all of it, with the newest checkpoints; None when there is nothing.

        Takes about as long as copying the bytes in memory.
        """
        sequence = self._memory.save_sequence() if self._ids else b""
        if not sequence:
            return None
        windows = [c for c in self._checkpoints if c.n_tokens < self.n_tokens]
        return KvState(tuple(self._ids), sequence, tuple(windows[-SAVED_CHECKPOINTS:]), made_at)

    def restore(self, state: KvState) -> bool:
        """Hold what `state` holds, instead of what is there; empty when that failed."""
        self.clear()
        if not self._memory.restore_sequence(state.sequence):
            self._memory.clear()
            return False
        self._ids.extend(state.ids)
        if not self._sees_enough(self.n_tokens):
            self.clear()
            return False
        self._checkpoints = list(state.windows)
        self.checkpoint(self.n_tokens)
        return True

    def clear(self) -> None:
        """Forget everything, checkpoints too: they are of no use without the full layers."""
        self._memory.clear()
        del self._ids[:]
        self._checkpoints = []

    def _n_shared(self, wanted: Sequence[int]) -> int:
        """As `n_shared`, but at least the last token of `wanted` is left to be decoded."""
        return min(self.n_shared(wanted), len(wanted) - 1)

    def _sees_enough(self, n: int) -> bool:
        """True when the window holds all that the token at position `n` looks at."""
        oldest = self._memory.oldest_position()
        return 0 <= oldest <= max(0, n - self._sliding_window + 1)

    def _restore(self, n: int) -> int:
        """Return to the newest checkpoint at or before `n`, or to nothing."""
        for saved in reversed([c for c in self._checkpoints if c.n_tokens <= n]):
            if self._memory.restore_window(saved.data):
                self._memory.forget_from(saved.n_tokens)
                if self._sees_enough(saved.n_tokens):
                    return saved.n_tokens
        self._memory.clear()
        return 0

    def _least_useful(self) -> int:
        """The checkpoint without which the largest gap stays smallest; never the newest."""
        places = [0, *self.checkpoints]
        gaps = [places[i + 2] - places[i] for i in range(len(places) - 2)]
        return gaps.index(min(gaps))
