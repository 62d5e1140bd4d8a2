"""Loading, unloading and what can go wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.core.errors import (
    BugError,
    Cancelled,
    ModelFileError,
    ModelLoadError,
)
from app.core.generation import (
    LoadRequest,
)
from app.core.message import FinishReason
from app.engine.llama_engine import LlamaEngine
from app.engine.tokenizer import Tokenizer
from tests.engine.asking import SETTINGS, ask, request, user
from tests.engine.native_model import open_context
from tests.fixtures.generated_gpt_oss import Recipe, Shape, write_model


def test_importing_the_engine_loads_neither_llama_cpp_nor_numpy() -> None:
    code = (
        "import sys, app.engine.llama_engine\n"
        "bad = {'llama_cpp', 'llama_cpp.llama_cpp', 'numpy', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_using_the_bindings_imports_only_the_low_level_module() -> None:
    code = (
        "import sys\n"
        "from app.engine.bindings import bindings\n"
        "bindings().llama_backend_init()\n"
        "bad = {'llama_cpp.llama', 'numpy', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_a_missing_native_library_is_said_in_a_sentence(tmp_path: Path) -> None:
    code = (
        "from app.core.errors import UserError\n"
        "from app.engine.bindings import bindings\n"
        "try: bindings()\n"
        "except UserError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"LLAMA_CPP_LIB_PATH": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert "llama.cpp could not be started" in done.stdout
    assert "Install Lumbre again" in done.stdout


def test_loading_shows_progress_and_says_what_is_loaded(
    random_model: Path, tokenizer: Tokenizer
) -> None:
    engine = LlamaEngine(lambda: tokenizer)
    assert engine.loaded is None
    shown: list[float] = []
    loaded = engine.load(LoadRequest(random_model, SETTINGS), shown.append)
    assert shown == sorted(shown)
    assert shown[-1] == 1.0
    assert (loaded.n_ctx, loaded.n_ubatch, loaded.n_threads) == (1024, 64, 1)
    assert loaded.card.path == random_model
    assert engine.loaded is loaded
    engine.close()
    assert engine.loaded is None


def test_a_cancelled_load_leaves_nothing_and_the_next_one_works(
    random_model: Path, tokenizer: Tokenizer
) -> None:
    engine = LlamaEngine(lambda: tokenizer)
    cancelled = LoadRequest(random_model, SETTINGS)
    with pytest.raises(Cancelled):
        engine.load(cancelled, lambda _: cancelled.cancel.cancel())
    assert engine.loaded is None
    engine.load(LoadRequest(random_model, SETTINGS))
    assert ask(engine, request(user("Hello"))).ended.finish_reason is FinishReason.LENGTH
    engine.close()


def test_what_the_progress_callback_raises_ends_the_load(
    random_model: Path, tokenizer: Tokenizer
) -> None:
    def fail(progress: float) -> None:
        raise BugError(f"at {progress}")

    engine = LlamaEngine(lambda: tokenizer)
    with pytest.raises(BugError):
        engine.load(LoadRequest(random_model, SETTINGS), fail)
    assert engine.loaded is None
    engine.close()


@pytest.mark.parametrize("n_bytes", [0, 3, 5000, 1_000_000])
def test_a_cut_off_file_is_refused_and_the_engine_lives_on(
    random_model: Path, tokenizer: Tokenizer, tmp_path: Path, n_bytes: int
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(random_model.read_bytes()[:n_bytes])
    engine = LlamaEngine(lambda: tokenizer)
    with pytest.raises(ModelFileError):
        engine.load(LoadRequest(broken, SETTINGS))
    engine.load(LoadRequest(random_model, SETTINGS))
    engine.close()


def test_what_llama_cpp_refuses_is_said_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "nonsense.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelLoadError) as caught:
        open_context(path)
    assert str(caught.value).startswith("nonsense.gguf could not be loaded: ")
    assert "gave no reason" not in str(caught.value)


def test_a_context_that_does_not_fit_into_memory_is_a_sentence(
    random_model: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.engine.bindings import bindings

    monkeypatch.setattr(bindings(), "llama_init_from_model", lambda *_: None)
    engine = LlamaEngine(lambda: tokenizer)
    with pytest.raises(ModelLoadError, match="not enough memory"):
        engine.load(LoadRequest(random_model, SETTINGS))
    assert engine.loaded is None
    engine.close()


def test_loading_another_model_unloads_the_first(
    random_model: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    other = tmp_path / "other.gguf"
    write_model(other, Recipe(Shape(n_layers=4), seed=2))
    engine = LlamaEngine(lambda: tokenizer)
    engine.load(LoadRequest(random_model, SETTINGS))
    ask(engine, request(user("Hello")))
    assert engine.load(LoadRequest(other, SETTINGS)).card.path == other
    assert ask(engine, request(user("Hello"))).progress[0].n_reused == 0
    engine.close()


def test_closing_twice_is_harmless(random_model: Path, tokenizer: Tokenizer) -> None:
    engine = LlamaEngine(lambda: tokenizer)
    engine.load(LoadRequest(random_model, SETTINGS))
    engine.close()
    engine.close()
    engine.unload()
    assert engine.abort_reason is None
