"""Which messages enter the prompt when the context is full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    more, down to three quarters of the room, so that the next turns do not each shift the
    prompt and cost a full prefill.

    Args:
        n_ctx: tokens of the context.
        n_fixed: tokens that never leave: instructions, and what opens the answer.
        message_tokens: tokens of each message, oldest first.
        turn_starts: indices in `message_tokens` at which a turn begins, ascending.

    Raises:
        PromptTooLongError: the newest turn alone does not fit.
    """
    room = n_ctx - answer_reserve(n_ctx) - n_fixed
    total = sum(message_tokens)
    if total <= room:
        return Fit(0, n_fixed + total)
    starts = [s for s in turn_starts if 0 <= s < len(message_tokens)] or [0]
    newest = sum(message_tokens[starts[-1] :])
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
    target = max(newest, room * 3 // 4)
    kept_from = starts[-1]
    for start in reversed(starts):
        if sum(message_tokens[start:]) > target:
            break
        kept_from = start
    return Fit(kept_from, n_fixed + sum(message_tokens[kept_from:]))
