from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.generation import EngineSettings
from app.core.machine import Machine
from app.core.memory_plan import plan_load
from app.core.model_card import ModelCard
from app.engine.context_plan import automatic_threads, context_plan
from app.engine.gguf_header import read_model_card

GIB = 1 << 30


@pytest.fixture(scope="module")
def card(random_model: Path) -> ModelCard:
    return replace(read_model_card(random_model), size_bytes=12 * GIB)


def machine(n_physical: int, n_logical: int | None = None) -> Machine:
    return Machine(16 * GIB, 14 * GIB, n_logical or n_physical, n_physical)


@pytest.mark.parametrize(
    ("n_cores", "n_threads"), [(1, 1), (2, 2), (3, 2), (4, 3), (8, 7), (16, 15)]
)
def test_from_three_cores_on_one_is_left_for_the_window(
    card: ModelCard, n_cores: int, n_threads: int
) -> None:
    assert automatic_threads(machine(n_cores), card) == n_threads


def test_no_more_threads_than_the_process_may_use(card: ModelCard) -> None:
    assert automatic_threads(machine(8, n_logical=2), card) == 2


def test_a_very_small_model_takes_one_thread(card: ModelCard) -> None:
    assert automatic_threads(machine(8), replace(card, size_bytes=40_000_000)) == 1


def test_what_the_person_has_fixed_holds(card: ModelCard) -> None:
    settings = EngineSettings(n_ctx=2048, n_ubatch=128, n_threads=5, n_gpu_layers=0)
    computer = machine(2)
    plan = context_plan(card, computer, settings, plan_load(card, computer, settings))
    assert (plan.n_ctx, plan.n_ubatch, plan.n_threads) == (2048, 128, 5)
    assert plan.device is None
    assert plan.n_vocab == card.n_vocab
