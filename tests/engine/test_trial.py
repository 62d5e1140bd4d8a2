"""Trial loads: what happens to the process, and what is said about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from app.core.cancellation import CancelToken
from app.core.errors import Cancelled, ModelFileError, ModelLoadError
from app.core.generation import EngineSettings
from app.engine.probe import pieces, self_test_device, trial_load
from app.engine.trial import SELF_TEST_PROMPT, agree, default_timeout_s, list_devices
from app.engine.trial_result import ProbeResult, TrialOutcome, TrialText

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = EngineSettings(n_ctx=512, n_threads=1, n_ubatch=64)
PATIENCE_S = 60.0


def attempt(
    path: Path, text: TrialText | None = None, timeout_s: float = PATIENCE_S
) -> ProbeResult:
    return trial_load(
        path,
        SETTINGS,
        cancel=CancelToken(),
        timeout_s=timeout_s,
        text=text or TrialText(),
    )


@pytest.fixture
def sick_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A start file that every child interpreter executes before all else; to be written."""
    folder = tmp_path / "start"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder / "sitecustomize.py"


def test_a_model_that_works_answers_with_tokens_and_speeds(random_model: Path) -> None:
    resident: list[int] = []
    result = trial_load(
        random_model,
        SETTINGS,
        cancel=CancelToken(),
        timeout_s=PATIENCE_S,
        on_memory=resident.append,
    )
    assert result.is_ok
    assert result.file == random_model.name
    assert len(result.tokens) == 2
    assert result.prefill_tps > 0
    assert result.decode_tps > 0
    assert result.peak_memory_bytes > random_model.stat().st_size
    assert max(resident) > 1 << 20


def test_the_same_text_gives_the_same_tokens_and_forced_ones_are_fed(
    random_model: Path,
) -> None:
    text = TrialText(prompt=(1, 2, 3), n_tokens=6)
    drawn = attempt(random_model, text).tokens
    assert len(drawn) == 6
    assert attempt(random_model, text).tokens == drawn
    forced = attempt(random_model, TrialText((1, 2, 3), forced=(9, 9, 9))).tokens
    assert forced[0] == drawn[0]
    assert forced != drawn[:3]


def test_a_bad_file_is_refused_with_the_sentence_of_the_check(tmp_path: Path) -> None:
    path = tmp_path / "bad ñ.gguf"
    path.write_bytes(b"GGUF")
    result = attempt(path)
    assert result.outcome is TrialOutcome.REFUSED
    error = result.error()
    assert isinstance(error, ModelFileError)
    assert "bad ñ.gguf is cut off" in str(error)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SIGSEGV", "crashed (SIGSEGV)"),
        ("SIGBUS", "crashed (SIGBUS)"),
        ("SIGKILL", "memory ran out"),
        ("SIGILL", "this processor does not have"),
        ("SIGABRT", "gave up"),
    ],
)
def test_a_crash_is_survived_and_named(
    random_model: Path, sick_children: Path, name: str, words: str
) -> None:
    sick_children.write_text(f"import os, signal\nos.kill(os.getpid(), signal.{name})\n")
    result = attempt(random_model)
    assert result.outcome is TrialOutcome.CRASHED
    assert words in str(result.error())
    assert isinstance(result.error(), ModelLoadError)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_assertion_that_failed_is_named_without_its_folders(
    random_model: Path, sick_children: Path
) -> None:
    sick_children.write_text(
        "import os, sys\n"
        "print('/build/ggml/src/ggml.c:12: GGML_ASSERT(a == b) failed', file=sys.stderr)\n"
        "print('a line that follows', file=sys.stderr, flush=True)\n"
        "os.abort()\n"
    )
    text = str(attempt(random_model).error())
    assert "(ggml.c:12: GGML_ASSERT(a == b) failed)" in text
    assert "/build" not in text


def test_a_child_that_ends_oddly_counts_as_crashed(
    random_model: Path, sick_children: Path
) -> None:
    sick_children.write_text("import os\nprint('{}', flush=True)\nos._exit(0)\n")
    assert attempt(random_model).outcome is TrialOutcome.CRASHED


def test_a_child_that_floods_its_outputs_is_not_waited_for(
    random_model: Path, sick_children: Path
) -> None:
    sick_children.write_text(
        "import os, sys\n"
        "for _ in range(300):\n"
        "    os.write(1, b'x' * 10000); os.write(2, b'y' * 10000)\n"
        "os._exit(7)\n"
    )
    result = attempt(random_model)
    assert result.outcome is TrialOutcome.CRASHED
    assert len(str(result.error())) < 400


def test_a_trial_that_hangs_is_ended(random_model: Path, sick_children: Path) -> None:
    sick_children.write_text("import time\ntime.sleep(600)\n")
    result = attempt(random_model, timeout_s=0.3)
    assert result.outcome is TrialOutcome.TIMED_OUT
    assert "did not end within 0 seconds" in str(result.error())


@pytest.mark.skipif(sys.platform == "win32", reason="process ids")
def test_cancelling_ends_the_child(
    random_model: Path, sick_children: Path, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    sick_children.write_text(
        "import os, pathlib, time\n"
        f"pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    cancel = CancelToken()
    started = threading.Event()

    def on_memory(_: int) -> None:
        if pid_file.is_file() and pid_file.read_text():
            started.set()
            cancel.cancel()

    with pytest.raises(Cancelled):
        trial_load(
            random_model,
            SETTINGS,
            cancel=cancel,
            timeout_s=PATIENCE_S,
            on_memory=on_memory,
        )
    assert started.is_set()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_a_cancelled_request_starts_nothing(tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        trial_load(tmp_path / "x.gguf", SETTINGS, cancel=cancel, timeout_s=1)


def test_a_child_whose_parent_is_gone_ends(random_model: Path) -> None:
    command = [sys.executable, "-m", "app.engine.probe", str(random_model), "--follow-stdin"]
    settings = json.dumps({"n_ctx": 8192, "n_threads": 1})
    child = subprocess.Popen(
        [*command, "--settings", settings, "--tokens", "8000"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    output, _ = child.communicate(timeout=PATIENCE_S)  # closes its standard input
    assert (child.returncode, output) == (1, b"")


def test_the_command_line_prints_one_json_line_and_its_exit_code(
    random_model: Path, tmp_path: Path
) -> None:
    for path, code, outcome in (
        (random_model, 0, "ok"),
        (tmp_path / "missing.gguf", 1, "refused"),
    ):
        command = [sys.executable, "-m", "app.engine.probe", str(path), "--json"]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        assert ended.returncode == code
        (line,) = ended.stdout.splitlines()
        assert json.loads(line)["outcome"] == outcome
    command = [sys.executable, "-m", "app.engine.probe"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.returncode == 2


def test_a_self_test_reads_with_the_kernels_for_short_and_for_long_texts() -> None:
    """A driver was seen to crash only in those for more than 32 tokens at once."""
    sizes = [end - start for start, end in pieces(len(SELF_TEST_PROMPT), 512)]
    assert sum(sizes) == len(SELF_TEST_PROMPT) < 500
    assert any(size > 64 for size in sizes)
    assert any(32 < size <= 64 for size in sizes)
    assert any(8 < size <= 32 for size in sizes)


@pytest.mark.parametrize(("n_prompt", "n_most"), [(32, 512), (1, 512), (500, 512), (300, 20)])
def test_a_prompt_is_read_whole_and_in_order(n_prompt: int, n_most: int) -> None:
    found = list(pieces(n_prompt, n_most))
    assert [i for start, end in found for i in range(start, end)] == list(range(n_prompt))
    assert max(end - start for start, end in found) <= n_most


def test_the_processor_passes_its_own_self_test(random_model: Path) -> None:
    test = self_test_device(
        random_model, "CPU", SETTINGS, cancel=CancelToken(), timeout_s=PATIENCE_S
    )
    assert test.is_right
    assert test.on_device is not None
    assert test.on_device.tokens == test.on_cpu.tokens


def test_a_self_test_that_the_processor_fails_says_so(tmp_path: Path) -> None:
    test = self_test_device(
        tmp_path / "missing.gguf", "CUDA0", SETTINGS, cancel=CancelToken(), timeout_s=5
    )
    assert not test.is_right
    assert test.on_device is None
    assert "is not in" in str(test.on_cpu.error())


@pytest.mark.parametrize(
    ("cpu", "device", "is_right"),
    [
        ((1, 2, 3, 4), (1, 2, 3, 4), True),
        ((1, 2, 3, 4), (1, 9, 9, 4), True),
        ((1, 2, 3, 4), (9, 9, 9, 4), False),
        ((1, 2, 3, 4), (1, 2), False),
        ((), (), False),
    ],
)
def test_near_ties_are_forgiven_and_garbage_is_not(
    cpu: tuple[int, ...], device: tuple[int, ...], is_right: bool
) -> None:
    assert agree(cpu, device) is is_right


def test_devices_are_listed_by_a_process_of_their_own(sick_children: Path) -> None:
    assert list_devices(CancelToken()) is not None
    sick_children.write_text("import os\nos.abort()\n")
    assert list_devices(CancelToken()) is None


def test_a_large_file_may_take_longer() -> None:
    assert default_timeout_s(12_000_000_000) > default_timeout_s(40_000_000) > 60


def test_a_result_survives_its_json() -> None:
    result = ProbeResult(TrialOutcome.OK, "ñ.gguf", tokens=(1, 2), values={"n": 3})
    assert ProbeResult.from_json(result.to_json()) == result
    for text in ("", "{}", "[]", '{"outcome": "ok"}', "null"):
        with pytest.raises(ValueError):
            ProbeResult.from_json(text)


def test_a_trial_does_not_wait_for_what_a_driver_has_started(
    random_model: Path, sick_children: Path, tmp_path: Path
) -> None:
    note = tmp_path / "helper.txt"
    sleeps = ["-I", "-S", "-c", "import time; time.sleep(60)"]
    sick_children.write_text(
        "import pathlib, subprocess, sys\n"
        f"helper = subprocess.Popen([sys.executable, *{sleeps!r}])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(helper.pid))\n"
    )
    result = attempt(random_model)
    helper = psutil.Process(int(note.read_text()))
    was_running = helper.is_running()
    helper.kill()
    assert result.is_ok
    assert was_running
