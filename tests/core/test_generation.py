"""Ranges of what is asked of the engine."""

from __future__ import annotations

import math

import pytest

from app.core.generation import ChannelBudget, EngineSettings, SamplingParams, budget_for
from app.core.message import ReasoningEffort


@pytest.mark.parametrize(
    "values",
    [
        {"temperature": -0.1},
        {"temperature": math.nan},
        {"top_k": -1},
        {"top_p": 0.0},
        {"top_p": 1.1},
        {"min_p": 1.0},
        {"repeat_penalty": 0.9},
        {"seed": 2**32 - 1},
        {"seed": -1},
    ],
)
def test_sampling_values_out_of_range_are_refused(values: dict) -> None:
    with pytest.raises(ValueError, match="must be"):
        SamplingParams(**values)


@pytest.mark.parametrize(
    "values", [{"n_ctx": 10}, {"n_gpu_layers": -1}, {"n_threads": 0}, {"n_ubatch": 5}]
)
def test_engine_settings_out_of_range_are_refused(values: dict) -> None:
    with pytest.raises(ValueError, match="must be in"):
        EngineSettings(**values)


def test_a_higher_level_may_think_longer() -> None:
    low, medium, high = (budget_for(e).n_analysis for e in ReasoningEffort)
    assert low < medium < high
    with pytest.raises(ValueError, match="at least one"):
        ChannelBudget(0)
