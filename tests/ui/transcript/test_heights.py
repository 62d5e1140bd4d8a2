"""Tops of stacked heights."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.ui.transcript.heights import HeightIndex

HEIGHTS = st.lists(st.integers(0, 50).map(float), max_size=30)


@given(HEIGHTS, st.lists(st.tuples(st.integers(0, 29), st.integers(0, 50)), max_size=10))
def test_tops_are_sums_after_any_change(
    heights: list[float], changes: list[tuple[int, int]]
) -> None:
    index = HeightIndex(heights)
    for at, height in changes:
        if at < len(heights):
            heights[at] = float(height)
            index.set_height(at, float(height))
            index.replace_from(at, heights[at:])
        assert [index.top(n) for n in range(len(heights) + 1)] == [
            sum(heights[:n]) for n in range(len(heights) + 1)
        ]
    assert index.total == sum(heights)


@given(st.lists(st.integers(1, 50).map(float), min_size=1, max_size=30), st.integers(-10, 2000))
def test_the_entry_at_a_height_covers_it(heights: list[float], y: int) -> None:
    index = HeightIndex(heights)
    n = index.index_at(y)
    if 0 <= y < index.total:
        assert index.top(n) <= y < index.top(n + 1)
    else:
        assert n == (0 if y < 0 else len(heights) - 1)


def test_nothing_is_nowhere() -> None:
    assert HeightIndex().index_at(5) == -1
    assert HeightIndex().total == 0
