from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.kv_state import Buffer
from app.engine.kv_cache import KvCache, common_prefix

WINDOW = 8
PORTION = 3  # tokens of one decode


class RingMemory:
    """Behaves as llama.cpp's cache of a sliding-window model, and checks what it is told.

    The full layers keep everything. The window layers are a ring of `n_cells`: writing
    overwrites the oldest cells, but never one that the next token looks at.
    """

    def __init__(self, n_cells: int, *, fails_every: int = 0) -> None:
        self.n_cells = n_cells
        self.full: list[int] = []
        self.window: dict[int, int] = {}  # position -> token
        self._fails_every = fails_every
        self._n_restores = 0

    def decode(self, ids: Sequence[int]) -> None:
        for token in ids:
            position = len(self.full)
            seen = range(max(0, position - WINDOW + 1), position)
            assert [self.window.get(p) for p in seen] == self.full[seen.start :]
            self.full.append(token)
            self.window[position] = token
        excess = len(self.window) - self.n_cells
        for position in sorted(self.window)[: max(excess, 0)]:
            del self.window[position]

    def forget_from(self, position: int) -> None:
        del self.full[position:]
        self.window = {p: t for p, t in self.window.items() if p < position}

    def oldest_position(self) -> int:
        return min(self.window, default=-1)

    def clear(self) -> None:
        self.full, self.window = [], {}

    def save_window(self, end: int) -> bytes:
        start = max(0, end - WINDOW + 1)
        if self.oldest_position() > start:
            return b""
        kept = {p: t for p, t in self.window.items() if start <= p < end}
        return json.dumps(kept).encode()

    def save_sequence(self) -> bytes:
        start = max(0, len(self.full) - WINDOW + 1)
        window = {p: t for p, t in self.window.items() if p >= start}
        return json.dumps([self.full, window]).encode()

    def restore_sequence(self, saved: Buffer) -> bool:
        self._n_restores += 1
        if self._fails_every and self._n_restores % self._fails_every == 0:
            self.full = [-1]
            return False
        self.full, window = json.loads(bytes(saved))
        self.window = {int(p): t for p, t in window.items()}
        return True

    def restore_window(self, saved: Buffer) -> bool:
        self._n_restores += 1
        if self._fails_every and self._n_restores % self._fails_every == 0:
            self.window = {}
            return False
        self.window = {int(p): t for p, t in json.loads(bytes(saved)).items()}
        return True


def read(cache: KvCache, memory: RingMemory, wanted: Sequence[int], places: set[int]) -> int:
    """Bring `wanted` into the cache as the engine does; returns how many were reused."""
    n_reused = cache.rewind(wanted)
    for start in range(n_reused, len(wanted), PORTION):
        portion = wanted[start : start + PORTION]
        memory.decode(portion)
        cache.extend(portion)
        for place in sorted(places & set(range(start + 1, start + PORTION + 1))):
            cache.checkpoint(place)
    return n_reused


@pytest.fixture
def memory() -> RingMemory:
    return RingMemory(WINDOW + 4)


@pytest.fixture
def cache(memory: RingMemory) -> KvCache:
    return KvCache(memory, WINDOW)


def test_an_empty_cache_reuses_nothing(cache: KvCache, memory: RingMemory) -> None:
    assert read(cache, memory, [1, 2, 3], set()) == 0
    assert memory.full == [1, 2, 3]


def test_the_last_wanted_token_is_always_decoded_again(
    cache: KvCache, memory: RingMemory
) -> None:
    read(cache, memory, [1, 2, 3], set())
    assert cache.rewind([1, 2, 3]) == 2
    assert cache.n_tokens == 2


def test_a_short_way_back_needs_no_checkpoint(cache: KvCache, memory: RingMemory) -> None:
    read(cache, memory, list(range(100)), set())
    assert cache.rewind([*range(97), 5000, 5001]) == 97


def test_a_long_way_back_goes_to_the_checkpoint(cache: KvCache, memory: RingMemory) -> None:
    read(cache, memory, list(range(100)), {40, 60})
    assert cache.rewind([*range(70), 5000]) == 60
    assert memory.full == list(range(60))


def test_a_long_way_back_without_checkpoint_starts_over(
    cache: KvCache, memory: RingMemory
) -> None:
    read(cache, memory, list(range(100)), set())
    assert cache.rewind([*range(50), 5000]) == 0
    assert memory.full == []


def test_checkpoints_beyond_the_branch_are_dropped(cache: KvCache, memory: RingMemory) -> None:
    read(cache, memory, list(range(100)), {20, 40, 60, 80})
    cache.rewind([*range(50), 5000])
    assert cache.checkpoints == (20, 40)


def test_a_checkpoint_that_cannot_be_restored_gives_way_to_an_older_one() -> None:
    memory = RingMemory(WINDOW + 4, fails_every=2)
    cache = KvCache(memory, WINDOW)
    read(cache, memory, list(range(100)), {20, 40})
    assert cache.rewind([*range(60), 5000]) == 40
    read(cache, memory, list(range(100)), {60})
    assert cache.rewind([*range(70), 5000]) == 40  # the restore of 60 failed


def test_the_next_turn_reads_only_the_answer_and_the_new_message(
    cache: KvCache, memory: RingMemory
) -> None:
    prompt = list(range(200))
    read(cache, memory, prompt, {200})
    analysis = [*range(1000, 1600)]
    read(cache, memory, prompt + analysis + [7, 8, 9], set())
    next_prompt = [*prompt, 7, 8, 9, *range(300, 320)]
    assert read(cache, memory, next_prompt, {len(next_prompt)}) == 200


def test_a_place_that_the_window_has_left_is_no_checkpoint(
    cache: KvCache, memory: RingMemory
) -> None:
    read(cache, memory, list(range(100)), set())
    cache.checkpoint(97)
    cache.checkpoint(50)
    cache.checkpoint(101)
    assert cache.checkpoints == (97,)


def test_old_checkpoints_thin_out_and_the_newest_stays(memory: RingMemory) -> None:
    cache = KvCache(memory, WINDOW, max_checkpoints=4)
    read(cache, memory, list(range(1000)), {100, 110, 400, 700, 710, 1000})
    assert cache.checkpoints[-1] == 1000
    assert len(cache.checkpoints) == 4
    assert cache.checkpoints[0] in {100, 110}


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)), st.integers(0, 1500))
def test_common_prefix_is_what_counting_finds(a: list[int], b: list[int], same: int) -> None:
    a, b = [5] * same + a, [5] * same + b
    n = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    assert common_prefix(a, b) == (min(len(a), len(b)) if n is None else n)


steps = st.lists(
    st.tuples(
        st.integers(0, 120),  # keep so many of the last prompt ...
        st.lists(st.integers(0, 3), min_size=1, max_size=40),  # ... and go on with these
        st.lists(st.integers(0, 3), max_size=60),  # the answer that is generated
        st.booleans(),  # a checkpoint at the prompt's end
        st.booleans(),  # stopped before the end: the last tokens are not decoded
    ),
    max_size=12,
)


@settings(max_examples=100, deadline=None)
@given(steps, st.integers(WINDOW, 3 * WINDOW), st.integers(0, 4), st.integers(1, 6))
def test_whatever_happens_the_cache_holds_what_it_says_and_the_window_suffices(
    actions: list[tuple[int, list[int], list[int], bool, bool]],
    n_cells: int,
    fails_every: int,
    max_checkpoints: int,
) -> None:
    memory = RingMemory(n_cells, fails_every=fails_every)
    cache = KvCache(memory, WINDOW, max_checkpoints)
    last: list[int] = []
    for keep, new, answer, wants_checkpoint, is_stopped in actions:
        prompt = last[:keep] + new
        places = {len(prompt)} if wants_checkpoint else set()
        before = list(memory.full)
        n = read(
            cache, memory, prompt[: len(prompt) // 2 + 1] if is_stopped else prompt, places
        )
        assert n <= common_prefix(before, prompt)
        if not is_stopped:
            for token in answer:
                memory.decode([token])
                cache.extend([token])
        assert cache.n_tokens == len(memory.full)
        assert list(cache.checkpoints) == sorted(set(cache.checkpoints))
        assert len(cache.checkpoints) <= max_checkpoints
        last = prompt + answer
