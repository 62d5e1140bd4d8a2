"""What a remembered trial depends on, and where it is kept."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.generation import EngineSettings
from app.core.machine import Device, DeviceKind
from app.engine.trial_memory import Offload, TrialMemory, trial_key

SETTINGS = EngineSettings()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" + bytes(5000))
    return path


def key(*paths: Path, version: str = "1", settings: EngineSettings = SETTINGS) -> str:
    return trial_key(paths, settings, program_version=version)


def test_a_passed_trial_is_remembered_across_starts(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "trials.json"
    TrialMemory(file).remember("a")
    assert TrialMemory(file).has("a")
    assert not TrialMemory(file).has("b")
    TrialMemory(file).forget("a")
    assert not TrialMemory(file).has("a")


def test_the_oldest_of_many_trials_are_forgotten(tmp_path: Path) -> None:
    memory = TrialMemory(tmp_path / "trials.json")
    for i in range(100):
        memory.remember(str(i))
    assert memory.has("99")
    assert not memory.has("0")


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"version": 99}', '{"version": 2}', '{"version": 2, "trials": [1]}', "\0"],
)
def test_a_damaged_file_means_nothing_is_known(tmp_path: Path, content: str) -> None:
    file = tmp_path / "trials.json"
    file.write_text(content)
    memory = TrialMemory(file)
    assert not memory.has("a")
    memory.remember("a")
    assert memory.has("a")


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    memory = TrialMemory(blocked / "trials.json")
    memory.remember("a")
    assert not memory.has("a")


def test_the_key_is_the_same_for_the_same_things(model: Path) -> None:
    assert key(model) == key(model)


def test_a_changed_file_is_another_trial(model: Path) -> None:
    before = key(model)
    os.utime(model, ns=(1, 1))
    after = key(model)
    assert after != before
    model.write_bytes(b"GGUF" + b"x" * 5000)
    os.utime(model, ns=(1, 1))
    assert key(model) not in (before, after)


def test_a_copy_elsewhere_is_another_trial(model: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(model.read_bytes())
    assert key(copy) != key(model)


def test_every_part_counts(model: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF")
    assert key(model, other) != key(model)


def test_another_program_is_another_trial(model: Path) -> None:
    assert key(model, version="2") != key(model)


@pytest.mark.parametrize(
    "changes", [{"device": "CUDA0"}, {"n_gpu_layers": 0}, {"use_extra_bufts": True}]
)
def test_settings_that_run_other_code_are_another_trial(
    model: Path, changes: dict[str, object]
) -> None:
    settings = replace(SETTINGS, **changes)  # type: ignore[arg-type]
    assert key(model, settings=settings) != key(model)


def test_a_longer_context_is_not_another_trial(model: Path) -> None:
    assert key(model, settings=EngineSettings(n_ctx=4096, n_threads=3)) == key(model)


def test_another_device_is_another_trial(model: Path) -> None:
    device = Device("Vulkan0", "Card", DeviceKind.GPU, 8 << 30, 7 << 30)
    with_device = trial_key([model], SETTINGS, program_version="1", device=device)
    renamed = trial_key(
        [model], SETTINGS, program_version="1", device=replace(device, description="Other")
    )
    busy = trial_key(
        [model], SETTINGS, program_version="1", device=replace(device, free_bytes=1)
    )
    assert len({with_device, renamed, key(model)}) == 3
    assert busy == with_device


def test_what_a_card_took_is_remembered(tmp_path: Path) -> None:
    memory = TrialMemory(tmp_path / "trials.json")
    memory.remember("a", Offload(25, 16))
    memory.remember("b")
    assert memory.offload("a") == Offload(25, 16)
    assert memory.offload("b") == memory.offload("unknown") == Offload(None, None)


def test_numbers_that_no_model_has_are_not_taken_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "trials.json"
    TrialMemory(file).remember("a", Offload(25, 16))
    file.write_text(file.read_text().replace("25", "-3").replace("16", '"x"'))
    assert TrialMemory(file).offload("a") == Offload(None, None)


def test_a_device_that_computes_wrongly_is_not_tried_again(tmp_path: Path) -> None:
    memory = TrialMemory(tmp_path / "trials.json")
    memory.did_not_pass("a", was_slow=False)
    assert memory.is_given_up("a")
    assert not memory.is_given_up("b")


def test_a_device_that_was_slow_is_tried_once_more(tmp_path: Path) -> None:
    memory = TrialMemory(tmp_path / "trials.json")
    memory.did_not_pass("a", was_slow=True)
    assert not memory.is_given_up("a")
    memory.did_not_pass("a", was_slow=True)
    assert memory.is_given_up("a")
