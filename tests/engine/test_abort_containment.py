"""llama.cpp gives up; the process lives on. Each case is a process of its own."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

linux_only = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="makes aborts with Linux's libraries"
)


def run(
    case: str, model: Path, folder: Path, faulthandler: str = "never"
) -> subprocess.CompletedProcess[str]:
    arguments = [case, str(model), str(folder / "chat.db"), faulthandler]
    return subprocess.run(
        [sys.executable, "-m", "tests.engine.abort_process", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )


def outcome(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@linux_only
@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("failed_assertion", "GGML_ASSERT(n_tokens_all <= cparams.n_batch) failed"),
        ("ggml_abort", "file.cpp:12: no such luck"),
        ("escaped_exception", "an unexpected error in llama.cpp"),
        ("abort_in_a_native_thread", "an unexpected error in llama.cpp"),
        ("abort_in_one_compute_thread", "an unexpected error in llama.cpp"),
    ],
)
def test_the_window_outlives_an_abort_and_what_was_written_is_saved(
    case: str, words: str, random_model: Path, tmp_path: Path
) -> None:
    result = outcome(run(case, random_model, tmp_path))
    assert words in result["reason"]
    assert "/" not in result["reason"].partition(": ")[0]  # no build folder
    assert result["cpu_while_parked_s"] < 0.05
    assert result["reason"] in result["refused"]
    rows = sqlite3.connect(tmp_path / "chat.db").execute("select text from answer").fetchall()
    assert [text for (text,) in rows] == result["texts"] != []


@linux_only
@pytest.mark.parametrize("when", ["before", "after"])
def test_faulthandler_does_not_get_in_the_way(
    when: str, random_model: Path, tmp_path: Path
) -> None:
    result = outcome(run("escaped_exception", random_model, tmp_path, when))
    assert result["reason"] == "an unexpected error in llama.cpp"


@linux_only
@pytest.mark.parametrize("when", ["never", "before", "after"])
def test_an_abort_of_the_window_itself_ends_the_process(
    when: str, random_model: Path, tmp_path: Path
) -> None:
    """Parking the main thread would leave a frozen window for ever."""
    done = run("abort_in_the_main_thread", random_model, tmp_path, when)
    assert done.returncode == -signal.SIGABRT
    if when != "never":
        assert "abort_process" in (tmp_path / "chat.db.traces").read_text()
