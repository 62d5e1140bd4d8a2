"""The program as a person starts it: a process of its own, the real practice model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.core.conversation import Conversation
from app.core.message import FinishReason, ReasoningEffort
from app.core.resources import resource_path
from app.paths import PRACTICE_MODEL
from app.storage.conversation_store import open_store

ROOT = Path(__file__).parents[2]
PRACTICE = resource_path(PRACTICE_MODEL)
TIMEOUT_S = 100


def lumbre(*arguments: str | Path, **options) -> subprocess.CompletedProcess:
    """Run `lumbre` with arguments to its end."""
    command = [sys.executable, str(ROOT / "main.py"), *map(str, arguments)]
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        cwd=ROOT,
        **options,
    )


def ask(text: str, data_dir: Path, *arguments: str | Path) -> dict:
    done = lumbre("--ask", text, "--json", "--greedy", "--data-dir", data_dir, *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_smoke_test_goes_through_the_whole_program() -> None:
    done = lumbre("--smoke-test")
    report = json.loads(done.stdout)
    assert (done.returncode, report["ok"]) == (0, True), done.stderr
    assert report["answer"]
    assert 0 < report["first_paint_ms"] < report["model_loaded_ms"] < report["answered_ms"]


def test_the_demo_asks_at_low_and_at_high() -> None:
    done = lumbre("--demo")
    assert done.returncode == 0, done.stderr
    assert "[reasoning: low]" in done.stdout
    assert "[reasoning: high]" in done.stdout
    assert "found again in the database" in done.stdout


def test_an_answer_at_high_thinks_longer_than_at_low(tmp_path: Path) -> None:
    question = "How do I change the reasoning level?"
    low = ask(question, tmp_path, "--model", PRACTICE, "--reasoning", "low")
    high = ask(question, tmp_path, "--model", PRACTICE, "--reasoning", "high")
    assert len(low["thinking"]) < len(high["thinking"])
    assert "reasoning" in low["answer"].lower()
    assert low["finish_reason"] == high["finish_reason"] == "stop"


def test_a_question_in_spanish_is_answered_in_spanish(tmp_path: Path) -> None:
    answer = ask("¿Dónde se guardan mis conversaciones?", tmp_path, "--model", PRACTICE)
    assert "SQLite" in answer["answer"]
    assert "en" in answer["answer"].split()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "is not in"),
        (b"", "empty"),
        (b"PK\x03\x04 a zip archive, not a model" * 10, "GGUF"),
    ],
    ids=["missing", "empty", "not GGUF"],
)
def test_a_bad_model_file_is_a_sentence_and_exit_code_1(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    model = tmp_path / "modelo 🔥 con espacios.gguf"
    if content is not None:
        model.write_bytes(content)
    done = lumbre("--ask", "Hello", "--model", model, "--data-dir", tmp_path / "data")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert words.lower() in done.stderr.lower()


def test_a_truncated_model_is_named_as_cut_off(tmp_path: Path) -> None:
    model = tmp_path / "half.gguf"
    model.write_bytes(PRACTICE.read_bytes()[: PRACTICE.stat().st_size // 2])
    done = lumbre("--ask", "Hello", "--model", model, "--data-dir", tmp_path / "data")
    assert done.returncode == 1
    assert "half.gguf" in done.stderr


def test_a_model_under_a_long_path_with_spaces_and_emoji_answers(tmp_path: Path) -> None:
    folder = tmp_path / ("carpeta con espacios 🔥 " + "x" * 170)
    folder.mkdir()
    (folder / "modelo ñ.gguf").symlink_to(PRACTICE)
    answer = ask("Hello", tmp_path / "data", "--model", folder / "modelo ñ.gguf")
    assert answer["answer"]


def test_a_question_longer_than_the_context_is_a_sentence_with_numbers(
    tmp_path: Path,
) -> None:
    text = "palabra " * 60_000
    command = ["--model", PRACTICE, "--data-dir", tmp_path]
    (tmp_path / "long.txt").write_text(text)
    # A megabyte does not fit an argument of every system; 480 kB does not either.
    done = subprocess.run(
        [sys.executable, "-c", _ASK_FROM_FILE, str(tmp_path / "long.txt"), *map(str, command)],
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert "too long" in done.stderr
    assert "Traceback" not in done.stderr


_ASK_FROM_FILE = (
    "import sys, pathlib; from app.application import main; "
    "sys.exit(main(['--ask', pathlib.Path(sys.argv[1]).read_text(), *sys.argv[2:]]))"
)


def test_without_a_display_the_window_says_so(tmp_path: Path) -> None:
    environment = {
        k: v
        for k, v in os.environ.items()
        if k not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    done = lumbre("--data-dir", tmp_path, env=environment)
    assert done.returncode == 1
    assert "no display" in done.stderr
    assert "--ask" in done.stderr


def start_window(data_dir: Path, *arguments: str) -> subprocess.Popen:
    """The window, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "--data-dir", str(data_dir), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_database(data_dir: Path, window: subprocess.Popen) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not list(data_dir.glob("*.db*")) + list(data_dir.glob("*.sqlite*")):
        assert window.poll() is None, window.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_second_window_raises_the_first_and_both_end_in_order(tmp_path: Path) -> None:
    first = start_window(tmp_path)
    try:
        wait_for_database(tmp_path, first)
        second = lumbre("--data-dir", tmp_path)
        assert second.returncode == 0, second.stderr
        assert "already open" in second.stdout
        assert first.poll() is None
    finally:
        first.send_signal(signal.SIGTERM)
        _, problems = first.communicate(timeout=TIMEOUT_S)
    assert first.returncode == 0, problems
    assert "Traceback" not in problems


RESTARTED_ONCE = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.application import main
from app.window_program import WindowProgram

data = Path(sys.argv[1])
start = WindowProgram.start

def start_and_restart(self):
    start(self)
    if (data / "first").exists():
        (data / "second").touch()
        QTimer.singleShot(300, QApplication.quit)
    else:
        (data / "first").touch()
        QTimer.singleShot(300, self.controller.restart_engine)

WindowProgram.start = start_and_restart
sys.exit(main(["--data-dir", str(data)]))
"""


def test_restarting_the_engine_starts_the_program_anew(tmp_path: Path) -> None:
    script = tmp_path / "restart.py"
    script.write_text(RESTARTED_ONCE)
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "second").exists()


# A long temporary chat asks before the window closes; here the question is answered.
RESTARTED_WITH_A_TEMPORARY_CHAT = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from app.application import main
from app.core.message import Message, Role, new_message_id
from app.window_program import WindowProgram

data, answers = Path(sys.argv[1]), sys.argv[2:]
start = WindowProgram.start

def start_with_a_chat(self):
    start(self)
    if (data / "first").exists():
        (data / "second").touch()
        QTimer.singleShot(300, QApplication.quit)
        return
    (data / "first").touch()
    self.controller.new_temporary_conversation()
    temporary = self.controller.book.temporary
    chat = temporary.get(self.controller.current.id)
    question = Message(new_message_id(), chat.id, Role.USER, "long " * 2000)
    temporary.update(chat.with_message(question))

    def ask(close):
        close()
        (box,) = self.window.findChildren(QMessageBox)
        wanted = answers.pop(0)
        next(b for b in box.findChildren(QPushButton) if b.text() == wanted).click()
        if answers:
            QTimer.singleShot(300, lambda: ask(QApplication.quit))

    QTimer.singleShot(300, lambda: ask(self.controller.restart_engine))

WindowProgram.start = start_with_a_chat
sys.exit(main(["--data-dir", str(data)]))
"""


@pytest.mark.parametrize(
    ("answers", "is_restarted"), [(["Forget it"], True), (["Cancel", "Forget it"], False)]
)
def test_a_restart_that_was_cancelled_does_not_come_with_the_next_quit(
    tmp_path: Path, answers: list[str], is_restarted: bool
) -> None:
    script = tmp_path / "restart.py"
    script.write_text(RESTARTED_WITH_A_TEMPORARY_CHAT)
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), *answers],
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "second").exists() is is_restarted


# However fast the machine, the answer is not over at the kill: it waits after each piece.
KILLED_MID_ANSWER = """
import os, signal, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from app.application import build_engine, build_gate, store_opener
from app.core.generation import GREEDY, Delta
from app.core.message import Channel, ReasoningEffort
from app.core.settings import Settings
from app.paths import app_paths, make_private
from app.ui.chat_events import Phase
from app.window_program import WindowProgram, make_qt_application

class Slowly:
    def __init__(self, engine):
        self._engine = engine

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def generate(self, request):
        for event in self._engine.generate(request):
            yield event
            if isinstance(event, Delta) and event.channel is Channel.FINAL:
                time.sleep(1.0)

data, model = Path(sys.argv[1]), sys.argv[2]
settings = Settings(has_seen_welcome=True, sampling=GREEDY, model_path=model)
qt = make_qt_application(settings)
paths = app_paths(data); make_private(paths.data_dir)
gate = build_gate(paths, settings)
engine = Slowly(build_engine(paths))
program = WindowProgram(paths, settings, engine, store_opener(paths), gate)

def on_phase(event):
    if event.phase is Phase.READY:
        program.controller.send("Tell me a long story", ReasoningEffort.LOW)
    if event.phase is Phase.ANSWERING:
        QTimer.singleShot(600, lambda: os.kill(os.getpid(), signal.SIGKILL))

program.controller.phase_changed.connect(on_phase)
program.start()
qt.exec()
"""


def test_after_kill_9_the_partial_answer_is_there_and_marked(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED_MID_ANSWER, str(tmp_path), str(PRACTICE)],
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        cwd=ROOT,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    conversation = _only_conversation(tmp_path)
    question, answer = conversation.active_path()
    assert question.text == "Tell me a long story"
    assert question.reasoning is ReasoningEffort.LOW
    assert answer.finish_reason is FinishReason.INTERRUPTED
    assert answer.text
    assert answer.can_continue


def _only_conversation(data_dir: Path) -> Conversation:
    store = open_store(data_dir)
    try:
        store.mark_interrupted()
        (summary,) = [s for s in store.list_conversations() if s.title]
        return store.load(summary.id)
    finally:
        store.close()
