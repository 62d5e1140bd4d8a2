"""Nothing of the engine is made before the first model."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.errors import BugError
from app.core.generation import Engine, GenerationEnded, GenerationRequest, LoadRequest
from app.core.harmony import Prompt
from app.engine.lazy_engine import LazyEngine
from tests.fixtures.scripted_engine import HELLO, ScriptedEngine


def test_the_engine_is_made_once_with_the_first_load(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.touch()
    made: list[ScriptedEngine] = []

    def make() -> Engine:
        made.append(ScriptedEngine(HELLO))
        return made[-1]

    engine = LazyEngine(make)
    engine.unload()
    assert engine.loaded is None and engine.abort_reason is None
    assert made == []
    engine.load(LoadRequest(model))
    loaded = engine.load(LoadRequest(model))
    assert len(made) == 1
    assert engine.loaded == loaded
    assert engine.count_tokens("two words") == 2
    *_, last = engine.generate(GenerationRequest(Prompt(())))
    assert isinstance(last, GenerationEnded)
    engine.close()
    assert made[0].is_closed


def test_without_a_model_nothing_can_be_asked() -> None:
    engine = LazyEngine(ScriptedEngine)
    with pytest.raises(BugError):
        engine.count_tokens("x")
    with pytest.raises(BugError):
        engine.generate(GenerationRequest(Prompt(())))
    engine.close()
