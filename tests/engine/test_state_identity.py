"""What a kept KV state belongs to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.core.generation import EngineSettings
from app.core.machine import Machine
from app.core.memory_plan import plan_load
from app.engine.context_plan import ContextPlan, context_plan
from app.engine.gguf_header import read_model_card
from app.engine.state_identity import state_identity

COMPUTER = Machine(16 << 30, 14 << 30, 8, 4)
SETTINGS = EngineSettings(n_ctx=1024, n_gpu_layers=0)


def plan_of(model: Path) -> ContextPlan:
    card = read_model_card(model)
    return context_plan(card, COMPUTER, SETTINGS, plan_load(card, COMPUTER, SETTINGS))


def identity(model: Path, plan: ContextPlan, sha256: str | None = None) -> str:
    return state_identity(read_model_card(model), plan, lambda _: sha256)


@pytest.mark.parametrize(
    "change", [{"n_threads": 1}, {"n_ctx": 512}, {"n_ubatch": 64}, {"use_mmap": False}], ids=str
)
def test_what_changes_nothing_in_the_cache_leaves_states_of_use(
    random_model: Path, change: dict[str, Any]
) -> None:
    plan = plan_of(random_model)
    assert identity(random_model, plan) == identity(random_model, replace(plan, **change))


@pytest.mark.parametrize("change", [{"flash_attention": False}, {"n_gpu_layers": 3}], ids=str)
def test_another_way_of_computing_has_states_of_its_own(
    random_model: Path, change: dict[str, Any]
) -> None:
    plan = plan_of(random_model)
    assert identity(random_model, plan) != identity(random_model, replace(plan, **change))


def test_the_known_hash_of_a_file_names_it(random_model: Path) -> None:
    plan = plan_of(random_model)
    assert identity(random_model, plan, "aa") != identity(random_model, plan, "bb")
