"""After a state comes back from the disk, logits are those of a context that reads all anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.kv_state import StateKey
from app.core.message import ConversationId
from tests.engine.memory_states import MemoryStates
from tests.engine.native_model import N_TEXT, SAME, SHAPE, Twins, write_sensitive_model

SHAPES = {
    "as the 20b in small": SHAPE,
    "window of 64, four layers": replace(SHAPE, n_layers=4, sliding_window=64),
    "one KV head": replace(SHAPE, n_head=2, n_head_kv=1, n_experts=2, n_experts_used=1),
    "six layers, many heads": replace(SHAPE, n_layers=6, n_head=8, n_head_kv=4, head_dim=32),
}


def text(seed: int, n: int) -> list[int]:
    rng = random.Random(seed)
    return [rng.randrange(N_TEXT) for _ in range(n)]


def key(place: int) -> StateKey:
    return StateKey(ConversationId(f"conversation {place // 2}"), f"level {place % 2}")


WAYS = [*zip(SHAPES, (64, 256, 64, 128), strict=True), ("window of 64, four layers", 64, False)]


@pytest.fixture(scope="module", params=WAYS, ids=str)
def twins(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Twins]:
    shape, n_ubatch, *with_flash_attention = request.param
    model = tmp_path_factory.mktemp("models") / "model.gguf"
    twins = Twins(
        write_sensitive_model(model, SHAPES[shape]),
        n_ubatch,
        MemoryStates(),
        flash_attention=all(with_flash_attention),
    )
    yield twins
    twins.close()


def test_the_next_turn_after_a_restart_is_exact(twins: Twins) -> None:
    prompt = text(1, 700)
    for turn in range(3):
        twins.prepare(key(0), prompt)
        twins.read(prompt)
        twins.write(text(10 + turn, 300))
        twins.restart()
        longer = prompt + text(20 + turn, 40)
        twins.prepare(key(0), longer)
        assert twins.read(longer) == len(prompt)
        assert twins.difference() < SAME
        prompt = longer


def test_going_on_from_the_last_token_after_a_restart_is_exact(twins: Twins) -> None:
    prompt, answer = text(2, 500), text(3, 200)
    twins.prepare(key(1), prompt)
    twins.read(prompt)
    twins.write(answer)
    twins.restart()
    longer = prompt + answer + text(4, 10)
    twins.prepare(key(1), longer)
    assert twins.read(longer) == 700
    assert twins.difference() < SAME


@pytest.mark.parametrize(
    ("n_prompt", "n_detour", "n_new"),
    [(264, 195, 646), (701, 111, 373), (262, 695, 152), (271, 226, 202)],
)
def test_a_restored_window_is_not_overwritten_while_it_is_still_needed(
    twins: Twins, n_prompt: int, n_detour: int, n_new: int
) -> None:
    """The cases that several ubatches a call get wrong, with a restart in the middle."""
    prompt = text(n_prompt, n_prompt)
    twins.prepare(key(2), prompt)
    twins.read(prompt)
    twins.write(text(2, n_detour), portion=7)
    twins.restart()
    longer = prompt + text(3, n_new)
    twins.prepare(key(2), longer)
    assert twins.read(longer) == n_prompt
    assert twins.difference() < SAME


actions = st.lists(
    st.tuples(
        st.integers(0, 3),  # whose: two conversations, two levels each
        st.integers(0, 900),  # keep so many tokens of its last prompt: ask, edit, branch
        st.integers(0, 300),  # new ones; none: a second answer
        st.integers(0, 300),  # written ones, which the next prompt does not hold
        st.integers(0, 20),  # seed
        st.booleans(),  # the program is started anew first
        st.booleans(),  # the answer is read ahead in its final form
    ),
    min_size=2,
    max_size=8,
)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(actions)
def test_random_conversations_with_restarts_are_exact(
    twins: Twins, actions: list[tuple[int, int, int, int, int, bool, bool]]
) -> None:
    prompts: dict[int, list[int]] = {}
    for place, n_kept, n_new, n_written, seed, restarts, reads_ahead in actions:
        if restarts:
            twins.restart()
        # Two levels of a conversation differ in the first tokens, then say the same.
        prompt = prompts.get(place, [place])[:n_kept] or [place]
        prompt = prompt + text(seed, n_new + (len(prompt) < 2))
        prompt = prompt[: 2000 - n_written]
        twins.prepare(key(place), prompt)
        twins.read(prompt)
        assert twins.difference() < SAME
        answer = text(seed + 50, n_written)
        twins.write(answer)
        if reads_ahead and n_written:
            prompt = prompt + answer[n_written // 2 :]
            twins.prepare(key(place), prompt)
            twins.read(prompt)
            assert twins.difference() < SAME
        prompts[place] = prompt
