"""The window while an answer streams and llama.cpp works, as JSON.

`python -m tests.benchmarks.live [--tokens 10000] [--threads N]`

The whole program runs: window, controller, storage. Its engine hands out a prepared answer at
100 tokens a second (prose, lists, tables, code, formulas). Beside it a second engine thread
of the program reads and writes with the practice model on all cores, without a pause.

Two clocks. Of the wall: what a person would see, on a machine that is busy with other things
too. Of the GUI thread's processor time: what the program itself needs. A gap between two turns
of the event loop counts as the program's own when the GUI thread worked through most of it.

- updates: processor time of the GUI thread between two turns of the event loop
- gaps: share of the turns that come more than 20 ms late
- typing: from a key's arrival in Qt's queue to the field's next painting
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from app.application import has_display

if not has_display():
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QObject,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtGui import QInputDevice, QKeyEvent
from PySide6.QtWidgets import QApplication

from app.allocator import keep_little
from app.application import build_gate, store_opener
from app.core.generation import (
    ChannelBudget,
    Delta,
    EngineSettings,
    GenerationEnded,
    GenerationEvent,
    GenerationRequest,
    LoadRequest,
    PrefillProgress,
)
from app.core.harmony import Prompt, PromptMessage
from app.core.message import Channel, FinishReason, GenerationStats, ReasoningEffort, Role
from app.core.resources import resource_path
from app.core.settings import Settings
from app.paths import PRACTICE_MODEL, app_paths, make_private
from app.pyside_features import leave_sources_unread
from app.ui.chat_events import Phase
from app.ui.composer_edit import ComposerEdit
from app.window_program import WindowProgram, make_qt_application
from app.workers.engine_worker import AnswerEnded, EngineThread
from tests.fixtures.scripted_engine import ScriptedEngine
from tests.ui.transcript.samples import long_answer

PING_MS = 4
LATE_S = 0.020
CHARS_PER_TOKEN = 4
TOKENS_PER_S = 100
KEY_EVERY_S = 0.15
WARM_UP_S = 1.0


class PacedEngine(ScriptedEngine):
    """Hands out a text at a fixed speed, as a model of that speed would."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        yield PrefillProgress(10, 10, 0)
        began = time.monotonic()
        n = 0
        for n, at in enumerate(range(0, len(self._text), CHARS_PER_TOKEN)):
            time.sleep(max(began + n / TOKENS_PER_S - time.monotonic(), 0))
            if request.cancel.is_cancelled:
                break
            yield Delta(Channel.FINAL, self._text[at : at + CHARS_PER_TOKEN], 1)
        stats = GenerationStats(n_prompt=10, n_final=n + 1, decode_tps=TOKENS_PER_S)
        yield GenerationEnded(FinishReason.STOP, stats)


class BusyEngine(QObject):
    """The real engine in its thread: prompt after prompt, answer after answer."""

    def __init__(self, n_threads: int, folder: Path) -> None:
        super().__init__()
        from app.application import build_engine

        self.n_answers = 0
        self.n_tokens = 0
        self._thread = EngineThread(build_engine(app_paths(folder)))
        self._thread.answer_ended.connect(self._on_answer_ended)
        self._thread.start()
        settings = EngineSettings(n_ctx=4096, n_threads=n_threads)
        self._thread.load(LoadRequest(resource_path(PRACTICE_MODEL), settings))
        self._ask()

    def _ask(self) -> None:
        text = f"{self.n_answers}. " + long_answer(2_500, seed=self.n_answers)
        prompt = Prompt((PromptMessage(Role.USER, text),))
        budget = ChannelBudget(n_analysis=50, n_final=50)
        self._thread.generate(GenerationRequest(prompt, budget=budget))

    @Slot(object)
    def _on_answer_ended(self, event: AnswerEnded) -> None:
        self.n_answers += 1
        if event.result is not None:
            self.n_tokens += event.result.stats.n_prompt + event.result.stats.n_generated
        self._ask()

    def stop(self) -> None:
        """Join the thread."""
        self._thread.answer_ended.disconnect(self._on_answer_ended)
        self._thread.stop()


@dataclass
class Turn:
    """From one turn of the event loop to the next."""

    wall_s: float
    cpu_s: float  # of the GUI thread


class Pinger(QObject):
    """Notes when the event loop turns."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[Turn] = []
        self._wall = self._cpu = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(PING_MS)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    @Slot()
    def _on_timeout(self) -> None:
        wall, cpu = time.perf_counter(), time.thread_time()
        self.turns.append(Turn(wall - self._wall, cpu - self._cpu))
        self._wall, self._cpu = wall, cpu


class Typist(QObject):
    """Types into the composer from a thread of its own, and sees when it is painted."""

    def __init__(self, edit: ComposerEdit) -> None:
        super().__init__()
        self.delays_s: list[float] = []
        self._edit = edit
        self._pending: list[float] = []
        self._n_chars = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._type, name="typist")
        QInputDevice.primaryKeyboard()  # a key event would make it, in the wrong thread
        edit.viewport().installEventFilter(self)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        self._thread.join()

    def _type(self) -> None:
        key = QEvent.Type.KeyPress
        while not self._is_over.wait(KEY_EVERY_S):
            event = QKeyEvent(key, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
            self._pending.append(time.perf_counter())
            QCoreApplication.postEvent(self._edit, event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self, self._on_painted)
        return False

    @Slot()
    def _on_painted(self) -> None:
        n_chars = self._edit.document().characterCount() - 1
        while self._n_chars < n_chars and self._pending:
            self._n_chars += 1
            self.delays_s.append(time.perf_counter() - self._pending.pop(0))


def measure(n_tokens: int, n_threads: int) -> dict[str, object]:
    """Stream one answer into the program. `n_threads` 0: no llama.cpp beside it."""
    keep_little()  # as the program begins
    leave_sources_unread()
    settings = Settings(has_seen_welcome=True, language="en")
    app = make_qt_application(settings)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = app_paths(folder / "data")
        make_private(paths.data_dir)
        model = folder / "paced.gguf"
        model.touch()
        engine = PacedEngine(long_answer(n_tokens)[: n_tokens * CHARS_PER_TOKEN])
        settings = replace(settings, model_path=str(model))
        gate = build_gate(paths, settings)
        program = WindowProgram(paths, settings, engine, store_opener(paths), gate)
        program.start()
        controller = program.controller
        _run_until(app, lambda: controller.phase is Phase.READY)
        busy = BusyEngine(n_threads, folder) if n_threads else None
        _run_until(app, lambda: busy is None or busy.n_answers > 0)
        result = _stream(app, program)
        if busy is not None:
            busy.stop()
            result["llama_cpp_tokens"] = busy.n_tokens
        program.shut_down()
    return result


def _stream(app: QApplication, program: WindowProgram) -> dict[str, object]:
    controller = program.controller
    pinger, typist = Pinger(), Typist(program.window.page.composer.edit)
    _let_run(WARM_UP_S)  # the conversations are read, the blank one is open
    controller.send("Tell me everything.", ReasoningEffort.LOW)
    _run_until(app, lambda: controller.phase is Phase.ANSWERING)
    _let_run(WARM_UP_S)
    pinger.start()
    typist.start()
    began = time.perf_counter()
    cpu = time.thread_time()
    _wait_for_ready(program)
    pinger.stop()
    typist.stop()
    seconds = time.perf_counter() - began
    return {
        "seconds": round(seconds, 1),
        "gui_cpu_percent": round(100 * (time.thread_time() - cpu) / seconds, 1),
        **summary(pinger.turns),
        "typing": spread([d * 1000 for d in typist.delays_s]),
    }


def summary(turns: list[Turn]) -> dict[str, object]:
    """Figures of the event loop."""
    limit = PING_MS / 1000 + LATE_S
    late = [t for t in turns if t.wall_s > limit]
    own = [t for t in late if t.cpu_s > 0.5 * t.wall_s]
    return {
        "updates_cpu": spread([t.cpu_s * 1000 for t in turns if t.cpu_s > 0.0005]),
        "turns_wall": spread([t.wall_s * 1000 for t in turns]),
        "gaps_over_20_ms_percent": round(100 * len(late) / max(len(turns), 1), 2),
        "gaps_over_20_ms_own_work_percent": round(100 * len(own) / max(len(turns), 1), 2),
    }


def spread(values_ms: list[float]) -> dict[str, float]:
    """Median, tails and worst, milliseconds."""
    ordered = sorted(values_ms) or [0.0]

    def share(part: float) -> float:
        return round(ordered[min(int(len(ordered) * part), len(ordered) - 1)], 2)

    return {
        "n": len(values_ms),
        "median_ms": share(0.5),
        "p95_ms": share(0.95),
        "p99_ms": share(0.99),
        "max_ms": round(ordered[-1], 2),
    }


def _run_until(app: QApplication, holds: Callable[[], bool]) -> None:
    while not holds():
        app.processEvents()
        time.sleep(0.001)


def _let_run(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def _wait_for_ready(program: WindowProgram) -> None:
    loop = QEventLoop()
    program.controller.phase_changed.connect(
        lambda event: loop.quit() if event.phase is Phase.READY else None
    )
    loop.exec()


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=10_000, help="of the streamed answer")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of llama.cpp")
    options = parser.parse_args()
    result = measure(options.tokens, options.threads)
    result["cores"] = os.cpu_count()
    result["load_average"] = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    print(json.dumps(result, indent=2))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
