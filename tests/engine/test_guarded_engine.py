"""Every unknown model is tried elsewhere before it is loaded here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import Cancelled, ModelFileError, ModelLoadError
from app.core.generation import EngineSettings, LoadedModel, LoadRequest
from app.core.tuning import Speeds, Tuned, TuneRequest, TuneResult
from app.engine.guarded_engine import GuardedEngine
from tests.fixtures.scripted_engine import HELLO, ScriptedEngine

SETTINGS = EngineSettings(n_ctx=512, n_threads=1, n_ubatch=64)


@pytest.fixture
def inner() -> ScriptedEngine:
    return ScriptedEngine(HELLO)


@pytest.fixture
def trials(tmp_path: Path) -> Path:
    return tmp_path / "trials.json"


@pytest.fixture
def engine(inner: ScriptedEngine, trials: Path) -> GuardedEngine:
    return GuardedEngine(inner, trials, "1")


@pytest.fixture
def crashing_trials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "start"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import os\nos.abort()\n")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_a_new_model_is_tried_and_then_loaded(
    engine: GuardedEngine, inner: ScriptedEngine, random_model: Path
) -> None:
    progress: list[float] = []
    loaded = engine.load(LoadRequest(random_model, SETTINGS), progress.append)
    assert engine.loaded == loaded
    assert loaded.notice is None
    assert [r.path for r in inner.load_requests] == [random_model]
    assert progress == sorted(progress)
    assert progress[-1] == 1.0


@pytest.mark.usefixtures("crashing_trials")
def test_a_model_that_crashes_its_trial_never_comes_into_this_process(
    engine: GuardedEngine, inner: ScriptedEngine, random_model: Path, trials: Path
) -> None:
    with pytest.raises(ModelLoadError, match="gave up in a trial load"):
        engine.load(LoadRequest(random_model, SETTINGS))
    assert inner.load_requests == []
    assert engine.loaded is None
    assert not trials.exists()


def test_a_model_that_passed_is_not_tried_again(
    engine: GuardedEngine,
    inner: ScriptedEngine,
    random_model: Path,
    request: pytest.FixtureRequest,
) -> None:
    engine.load(LoadRequest(random_model, SETTINGS))
    request.getfixturevalue("crashing_trials")
    engine.load(LoadRequest(random_model, replace(SETTINGS, n_ctx=1024)))
    assert len(inner.load_requests) == 2


def test_a_bad_file_needs_no_trial(
    engine: GuardedEngine, inner: ScriptedEngine, tmp_path: Path
) -> None:
    with pytest.raises(ModelFileError):
        engine.load(LoadRequest(tmp_path / "missing.gguf", SETTINGS))
    assert inner.load_requests == []


def test_the_loaded_model_makes_room_for_the_trial(
    engine: GuardedEngine, random_model: Path, tmp_path: Path
) -> None:
    engine.load(LoadRequest(random_model, SETTINGS))
    with pytest.raises(ModelFileError):
        engine.load(LoadRequest(tmp_path / "missing.gguf", SETTINGS))
    assert engine.loaded is None


def test_a_cancelled_load_is_cancelled_in_the_trial(
    engine: GuardedEngine, inner: ScriptedEngine, random_model: Path
) -> None:
    request = LoadRequest(random_model, SETTINGS)
    request.cancel.cancel()
    with pytest.raises(Cancelled):
        engine.load(request)
    assert inner.load_requests == []


def test_without_a_graphics_backend_the_processor_is_meant(
    engine: GuardedEngine, inner: ScriptedEngine, random_model: Path
) -> None:
    engine.load(LoadRequest(random_model, replace(SETTINGS, device="Vulkan9")))
    assert inner.load_requests[0].settings.n_gpu_layers == 0


def test_everything_else_goes_to_the_engine_inside(
    engine: GuardedEngine, inner: ScriptedEngine
) -> None:
    assert engine.count_tokens("one two") == inner.count_tokens("one two")
    assert engine.abort_reason is None
    engine.unload()
    engine.close()
    assert inner.is_closed


class Measured:
    """A tuner that knows one result; satisfies the part of `Tuner` that loading needs."""

    def __init__(self, tuned: Tuned) -> None:
        self._tuned = tuned

    def kept(self, request: TuneRequest) -> TuneResult:
        speeds = Speeds(40.0, 8.0)
        return TuneResult(request.path.name, "CPU", self._tuned, speeds, speeds)


class PickyEngine(ScriptedEngine):
    """Has no room for large batches."""

    def load(self, request: LoadRequest, on_progress=lambda _: None) -> LoadedModel:
        if (request.settings.n_ubatch or 0) > 1000:
            self.load_requests.append(request)
            raise ModelLoadError("No room.")
        return super().load(request, on_progress)


def test_a_measured_model_is_loaded_as_it_runs_best(random_model: Path, trials: Path) -> None:
    inner = ScriptedEngine(HELLO)
    engine = GuardedEngine(inner, trials, "1", Measured(Tuned(n_threads=3, n_ubatch=256)))
    engine.load(LoadRequest(random_model, EngineSettings(n_ctx=512, n_ubatch=64)))
    (request,) = inner.load_requests
    assert (request.settings.n_threads, request.settings.n_ubatch) == (3, 64)


def test_a_model_that_writes_faster_without_flash_attention_is_loaded_without_it(
    random_model: Path, trials: Path
) -> None:
    inner = ScriptedEngine(HELLO)
    engine = GuardedEngine(inner, trials, "1", Measured(Tuned(flash_attention=False)))
    engine.load(LoadRequest(random_model, EngineSettings(n_ctx=512, n_ubatch=64)))
    (request,) = inner.load_requests
    assert request.settings.flash_attention is False


def test_what_was_measured_never_keeps_a_model_from_loading(
    random_model: Path, trials: Path
) -> None:
    inner = PickyEngine(HELLO)
    engine = GuardedEngine(inner, trials, "1", Measured(Tuned(n_ubatch=2048)))
    loaded = engine.load(LoadRequest(random_model, EngineSettings(n_ctx=512)))
    assert loaded.card.path == random_model
    assert [r.settings.n_ubatch for r in inner.load_requests] == [2048, None]
