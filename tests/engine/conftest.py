"""One engine with random weights for all tests of the engine: loading takes a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.generation import LoadRequest
from app.core.resources import resource_path
from app.engine.llama_engine import LlamaEngine
from app.engine.tokenizer import Tokenizer
from tests.engine.asking import SETTINGS
from tests.fixtures.generated_gpt_oss import Recipe, Shape, write_model


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return Tokenizer(resource_path("o200k_base.tiktoken"))


@pytest.fixture(scope="session")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("a model ñ 🦙") / "random weights.gguf"
    write_model(path, Recipe(Shape(n_experts=4)))
    return path


@pytest.fixture(scope="session")
def engine(random_model: Path, tokenizer: Tokenizer) -> Iterator[LlamaEngine]:
    """Loaded; its cache holds whatever the test before left there."""
    engine = LlamaEngine(lambda: tokenizer)
    engine.load(LoadRequest(random_model, SETTINGS))
    yield engine
    engine.close()
