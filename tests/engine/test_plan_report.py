"""What `lumbre --plan` says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.core.generation import EngineSettings
from app.engine.plan_report import plan_report, print_plan

SETTINGS = EngineSettings(n_ctx=2048, n_ubatch=64)


def test_the_words_name_the_model_the_machine_and_the_verdict(random_model: Path) -> None:
    words = plan_report(random_model, SETTINGS).words()
    assert words.startswith("random weights.gguf: generated gpt-oss, MXFP4")
    assert "context 2048, batch 64, processor only, mapped weights" in words
    assert "KV cache, full attention" in words
    assert "memory free" in words


def test_the_json_has_every_number_in_bytes(
    random_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_plan(random_model, SETTINGS, as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["size_bytes"] == random_model.stat().st_size
    assert report["n_ctx"] == 2048
    assert report["device"] == "CPU"
    assert report["verdict"] in {"fits", "tight", "does_not_fit"}
    assert report["ram_needed_bytes"] > report["weights_ram_bytes"] + report["kv_cache_bytes"]
    assert report["kv_cache_bytes"] == report["kv_full_bytes"] + report["kv_swa_bytes"]


def test_a_file_that_cannot_be_used_is_a_sentence_and_an_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_plan(tmp_path / "missing.gguf", SETTINGS, as_json=False) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert "missing.gguf is not in" in output.err
