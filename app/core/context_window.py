"""Which messages enter the prompt when the context is full."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from app.core.errors import QT_TRANSLATE_NOOP, PromptTooLongError

RESERVE_FRACTION = 4  # a quarter of the context is kept free for the answer ...
RESERVE_MAX = 4096  # ... but no more than this many tokens


@dataclass(frozen=True, slots=True)
class Fit:
    """What fits: messages from `first` on, `n_tokens` in all."""

    first: int  # index of the oldest message that stays
    n_tokens: int  # of the whole prompt

    @property
    def n_dropped(self) -> int:
        """How many of the oldest messages were left out."""
        return self.first


def answer_reserve(n_ctx: int) -> int:
    """Tokens that stay free for thinking and answer in a context of `n_ctx` tokens."""
    return min(n_ctx // RESERVE_FRACTION, RESERVE_MAX)


def fit(
    n_ctx: int,
    n_fixed: int,
    message_tokens: Sequence[int],
    turn_starts: Sequence[int],
) -> Fit:
    """Keep the newest turns that leave room for an answer.

    The prompt loses whole turns (a question with its answers), oldest first, and then some
    more, down to three quarters of the room. What it lost stays lost: the conversation is
    gone through as it came about, so that the next turns begin with the same message, and the
    model need not read everything again each time.

    Args:
        n_ctx: tokens of the context.
        n_fixed: tokens that never leave: instructions, and what opens the answer.
        message_tokens: tokens of each message, oldest first.
        turn_starts: indices in `message_tokens` at which a turn begins, ascending.

    Raises:
        PromptTooLongError: the newest turn alone does not fit.
    """
    room = n_ctx - answer_reserve(n_ctx) - n_fixed
    before = [0, *accumulate(message_tokens)]  # tokens before each message, and of all
    n_messages = len(message_tokens)
    if before[-1] <= room:
        return Fit(0, n_fixed + before[-1])
    starts = [s for s in turn_starts if 0 <= s < n_messages] or [0]
    newest = before[-1] - before[starts[-1]]
    if newest > room:
        raise PromptTooLongError(
            QT_TRANSLATE_NOOP(
                "errors",
                "This message is too long: {n_needed} tokens, and the context has room for "
                "{n_room}. Your text is kept. Shorten it, or choose a larger context in the "
                "settings.",
            ),
            n_needed=newest,
            n_room=max(room, 0),
        )
    first = 0
    for start, after in pairwise([*starts, n_messages]):
        for end in (start + 1, after):  # as it was asked, and with its answer
            if before[end] - before[first] > room:
                target = max(before[end] - before[start], room * 3 // 4)
                reachable = starts[: bisect_right(starts, start)]
                first = next(
                    (s for s in reachable if s >= first and before[end] - before[s] <= target),
                    start,
                )
    return Fit(first, n_fixed + before[-1] - before[first])
