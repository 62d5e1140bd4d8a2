"""The measuring process, and what is kept of its results."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.cancellation import CancelToken
from app.core.errors import Cancelled, ModelFileError, ModelLoadError
from app.core.generation import EngineSettings
from app.core.tuning import Knob, Speeds, Tuned, TuneRequest, TuneResult, TuneTrial
from app.engine.tune_messages import TuneAction, TuneCommand, TuneReply
from app.engine.tune_process import TuneProcess
from app.engine.tuner import ProcessTuner

SETTINGS = EngineSettings(n_ctx=1024, n_ubatch=64, n_threads=1, n_gpu_layers=0)
SLOW, FAST = Speeds(40.0, 8.0), Speeds(50.0, 10.0)
RESULT = TuneResult(
    "A model",
    "A processor",
    Tuned(n_threads=4, use_mmap=False),
    SLOW,
    FAST,
    (TuneTrial(Knob.THREADS, 4, SLOW, FAST, is_taken=True),),
    42.5,
)


def test_the_process_measures_what_it_is_told(random_model: Path) -> None:
    process = TuneProcess(random_model, random_model.stat().st_size, CancelToken())
    try:
        opened = process.open(SETTINGS)
        assert (opened.n_threads, opened.n_ubatch, opened.n_gpu_layers) == (1, 64, 0)
        assert process.prefill_tps(100) > 0
        assert process.decode_tps(4) > 0
        assert process.decode_tps(4, n_threads=2) > 0
        assert process.decode_tps(4, n_before=100) > 0
        again = process.open(EngineSettings(n_ctx=1024, n_ubatch=128, n_gpu_layers=0))
        assert (again.n_ubatch, again.n_ctx, again.flash_attention) == (128, 1024, True)
        assert process.prefill_tps(100, n_threads=2) > 0
        other = process.open(replace(SETTINGS, flash_attention=False))
        assert not other.flash_attention
        assert process.prefill_tps(40, n_before=100) > 0
        assert process.decode_tps(4, n_before=100) > 0
    finally:
        process.close()


def test_cancelling_ends_the_process_in_the_middle_of_its_work(random_model: Path) -> None:
    cancel = CancelToken()
    process = TuneProcess(random_model, random_model.stat().st_size, cancel)
    process.open(SETTINGS)
    threading.Timer(0.2, cancel.cancel).start()
    with pytest.raises(Cancelled):
        while True:
            process.prefill_tps(900)
    process.close()


def test_a_file_that_is_no_model_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF nonsense")
    with pytest.raises(ModelFileError):
        ProcessTuner(tmp_path / "tuned.json", "1").tune(TuneRequest(path), lambda _: None)


def test_what_cannot_be_opened_is_said(random_model: Path) -> None:
    process = TuneProcess(random_model, random_model.stat().st_size, CancelToken())
    try:
        with pytest.raises(ModelLoadError):  # nothing is open yet: it answers with no numbers
            process.prefill_tps(8)
    finally:
        process.close()


def test_results_are_kept_and_forgotten(random_model: Path, tmp_path: Path) -> None:
    tuner = ProcessTuner(tmp_path / "cache" / "tuned.json", "1")
    request = TuneRequest(random_model, SETTINGS)
    assert tuner.kept(request) is None
    tuner.keep(request, RESULT)
    assert ProcessTuner(tmp_path / "cache" / "tuned.json", "1").kept(request) == RESULT
    tuner.forget(request)
    assert tuner.kept(request) is None


def test_another_file_or_program_has_its_own_results(
    random_model: Path, tmp_path: Path
) -> None:
    file = tmp_path / "tuned.json"
    tuner = ProcessTuner(file, "1")
    tuner.keep(TuneRequest(random_model), RESULT)
    assert ProcessTuner(file, "2").kept(TuneRequest(random_model)) is None
    assert tuner.kept(TuneRequest(tmp_path / "missing.gguf")) is None


def kept_after(
    folder: Path, model: Path, change: Callable[[dict[str, object]], None]
) -> TuneResult | None:
    """What is read of `RESULT` after `change` was made to its values in the file."""
    file = folder / "tuned.json"
    tuner = ProcessTuner(file, "1")
    request = TuneRequest(model)
    tuner.keep(request, RESULT)
    raw = json.loads(file.read_text())
    (result,) = raw["results"].values()
    change(result["tuned"])
    file.write_text(json.dumps(raw))
    return tuner.kept(request)


@pytest.mark.parametrize(
    "tuned",
    [
        {"n_threads": 0},
        {"n_threads": "4"},
        {"n_ubatch": 100_000},
        {"use_mmap": 7},
        {"flash_attention": "off"},
        {"n_moons": 1},
    ],
)
def test_a_damaged_result_is_no_result(
    random_model: Path, tmp_path: Path, tuned: dict[str, object]
) -> None:
    assert kept_after(tmp_path, random_model, lambda kept: kept.update(tuned)) is None


def test_what_is_fixed_goes_before_what_was_measured() -> None:
    settings = Tuned(n_threads=4, n_ubatch=1024).completing(EngineSettings(n_threads=2))
    assert (settings.n_threads, settings.n_ubatch, settings.use_mmap) == (2, 1024, None)


def test_a_result_from_before_flash_attention_was_tried_still_holds(
    random_model: Path, tmp_path: Path
) -> None:
    def forget(kept: dict[str, object]) -> None:
        del kept["flash_attention"]

    assert kept_after(tmp_path, random_model, forget) == RESULT


def test_messages_survive_their_line() -> None:
    command = TuneCommand(TuneAction.OPEN, SETTINGS, 2, 64, 512)
    assert TuneCommand.from_json(command.to_json()) == command
    reply = TuneReply(seconds=1.5, n_threads=3, device="CPU", values={"name": "x"})
    assert TuneReply.from_json(reply.to_json()) == reply
    with pytest.raises(ValueError, match="not a command"):
        TuneCommand.from_json('{"action": "open"}')
