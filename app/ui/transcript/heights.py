"""Where things stacked on each other begin, when their heights change one by one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class HeightIndex:
    """Heights of a stack; tops are summed up again only from the first changed one."""

    def __init__(self, heights: Iterable[float] = ()) -> None:
        self._heights = list(heights)
        self._tops: list[float] = [0.0]  # one more than heights; valid up to _n_valid
        self._n_valid = 0

    def __len__(self) -> int:
        return len(self._heights)

    @property
    def total(self) -> float:
        """Height of the whole stack."""
        return self.top(len(self._heights))

    def height(self, index: int) -> float:
        """Height of one entry."""
        return self._heights[index]

    def set_height(self, index: int, height: float) -> None:
        """Change one height."""
        if self._heights[index] != height:
            self._heights[index] = height
            self._n_valid = min(self._n_valid, index)

    def replace_from(self, index: int, heights: Iterable[float]) -> None:
        """Replace all entries from `index` on."""
        self._heights[index:] = heights
        self._n_valid = min(self._n_valid, index)

    def top(self, index: int) -> float:
        """Where entry `index` begins; for len(self): where the stack ends."""
        if index > self._n_valid:
            self._sum_up()
        return self._tops[index]

    def index_at(self, y: float) -> int:
        """The entry that covers `y`, the first or last outside; -1 when there is none."""
        if not self._heights:
            return -1
        if self._n_valid < len(self._heights):
            self._sum_up()
        found = bisect_right(self._tops, y, 0, len(self._heights)) - 1
        return max(found, 0)

    def _sum_up(self) -> None:
        start = self._n_valid
        del self._tops[start + 1 :]
        sums = accumulate(self._heights[start:], initial=self._tops[start])
        self._tops[start:] = sums
        self._n_valid = len(self._heights)
