"""What stays in the prompt when the context is full."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.context_window import answer_reserve, fit
from app.core.errors import PromptTooLongError


def test_everything_stays_while_it_fits() -> None:
    assert fit(8192, 100, [50, 200, 60], [0, 2]).first == 0


def test_whole_turns_leave_oldest_first_and_leave_room_for_the_next() -> None:
    # Turns of 1,000 tokens in a context of 8,192: 6,044 may be used. The seventh question is
    # too much, so that 4,533 are left; the eighth finds room.
    tokens = [400, 600] * 8
    kept = fit(8192, 100, tokens[:13], list(range(0, 13, 2)))
    assert kept.first == 4
    assert kept.n_tokens == 100 + 4400
    assert fit(8192, 100, tokens, list(range(0, 16, 2))).first == 4


def test_a_full_context_does_not_shift_with_every_turn() -> None:
    tokens = [400, 600] * 100
    firsts = [
        fit(8192, 100, tokens[:n], list(range(0, n, 2))).first for n in range(1, len(tokens), 2)
    ]
    assert firsts == sorted(firsts)
    assert 40 <= len(set(firsts)) <= 60  # of 100 turns


@given(
    n_ctx=st.integers(512, 16384),
    turns=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 4000)), min_size=1),
)
def test_what_left_the_prompt_never_comes_back(
    n_ctx: int, turns: list[tuple[int, int]]
) -> None:
    tokens = [n for turn in turns for n in turn]
    firsts = []
    for n in range(1, len(tokens) + 1):
        try:
            firsts.append(fit(n_ctx, 50, tokens[:n], list(range(0, n, 2))).first)
        except PromptTooLongError:  # an answer that alone is too long leaves with its turn
            continue
    assert firsts == sorted(firsts)


def test_a_newest_turn_that_does_not_fit_is_a_sentence_with_both_numbers() -> None:
    with pytest.raises(PromptTooLongError) as raised:
        fit(4096, 200, [100, 5000], [0, 1])
    assert "5000 tokens" in str(raised.value)
    assert f"{4096 - answer_reserve(4096) - 200}" in str(raised.value)


@given(
    n_ctx=st.integers(512, 131072),
    n_fixed=st.integers(10, 400),
    turns=st.lists(st.tuples(st.integers(1, 4000), st.integers(0, 4000)), min_size=1),
)
def test_what_stays_fits_begins_with_a_question_and_holds_the_newest_turn(
    n_ctx: int, n_fixed: int, turns: list[tuple[int, int]]
) -> None:
    tokens = [n for turn in turns for n in turn]
    starts = list(range(0, len(tokens), 2))
    try:
        kept = fit(n_ctx, n_fixed, tokens, starts)
    except PromptTooLongError:
        assert sum(turns[-1]) > n_ctx - answer_reserve(n_ctx) - n_fixed
        return
    assert kept.first in starts
    assert kept.n_tokens == n_fixed + sum(tokens[kept.first :])
    assert kept.n_tokens <= n_ctx - answer_reserve(n_ctx)
    if kept.first:
        assert n_fixed + sum(tokens) > n_ctx - answer_reserve(n_ctx)
