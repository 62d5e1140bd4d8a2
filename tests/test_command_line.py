"""Arguments, and answers in the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import __version__, command_line
from app.core.errors import EngineError
from app.core.message import ReasoningEffort
from app.core.settings import Settings
from app.terminal import ask
from tests.fixtures.scripted_engine import HELLO, Fail, ScriptedEngine, said


def run(engine: ScriptedEngine, tmp_path: Path, **options) -> int:
    model = tmp_path / "model.gguf"
    model.touch()
    defaults: dict = {
        "reasoning": ReasoningEffort.LOW,
        "shows_thinking": False,
        "as_json": False,
        "is_greedy": True,
    }
    return ask(engine, model, "Hi", Settings(), **(defaults | options))


def test_an_answer_goes_to_stdout(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert run(ScriptedEngine(HELLO), tmp_path) == 0
    assert capsys.readouterr().out == "Hello there.\n"


def test_thinking_is_shown_when_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    run(ScriptedEngine(HELLO), tmp_path, shows_thinking=True)
    assert capsys.readouterr().out == "[thinking] A greeting.\n\nHello there.\n"


def test_json_is_one_object_with_everything(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    run(ScriptedEngine(HELLO), tmp_path, as_json=True, reasoning=ReasoningEffort.HIGH)
    answer = json.loads(capsys.readouterr().out)
    assert answer["answer"] == "Hello there."
    assert answer["thinking"] == "A greeting."
    assert answer["reasoning"] == "high"
    assert answer["finish_reason"] == "stop"
    assert answer["model"] == "Scripted model"
    assert set(answer["stats"]) >= {
        "n_prompt", "n_reused", "n_analysis", "n_final", "prefill_tps", "decode_tps",
        "ttft_ms", "total_ms",
    }  # fmt: skip


def test_an_engine_error_is_a_sentence_and_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    engine = ScriptedEngine((said("Half"), Fail(EngineError("It stopped."))))
    assert run(engine, tmp_path) == 1
    captured = capsys.readouterr()
    assert captured.err == "It stopped.\n"
    assert captured.out.startswith("Half")


@pytest.mark.parametrize(
    "argv",
    [
        ["--ask"],
        ["--ask", "  "],
        ["--reasoning", "extreme"],
        ["--ask", "x", "--demo"],
        ["--no"],
    ],
)
def test_bad_arguments_leave_with_code_2(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.parse(argv)
    assert left.value.code == 2


def test_the_version_is_printed(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.parse(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"Lumbre {__version__}\n"
