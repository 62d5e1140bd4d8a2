"""Start and memory of the whole program, as JSON: `python -m tests.benchmarks.window`.

Each run is a fresh process with a temporary profile. Times are wall-clock seconds from the
start of the process; memory is the resident set in MB (10^6 bytes), on Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.application import has_display
from app.core.message import ConversationId, MessageId

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.ui.transcript.transcript_view import TranscriptView

MB = 1_000_000
N_RUNS = 5
N_MESSAGES = 1000
SETTLE_S = 1.0


@dataclass(frozen=True)
class Run:
    """What one process saw."""

    first_paint_s: float
    first_paint_cpu_s: float  # processor time of the whole process until then
    ready_s: float  # window usable, and the model loaded when there is one
    rss_mb: float
    mapped_weights_mb: float
    kv_cache_mb: float
    compute_buffer_mb: float

    @property
    def beside_mb(self) -> float:
        """Resident memory that is not mapped weights, KV cache or compute buffer."""
        return self.rss_mb - self.mapped_weights_mb - self.kv_cache_mb - self.compute_buffer_mb


def _resident_mb() -> tuple[float, float]:
    """Resident set of this process, and what of it is mapped GGUF files."""
    total = mapped = 0
    is_model = False
    for line in Path("/proc/self/smaps").read_text("utf-8", "replace").splitlines():
        head = line.split(maxsplit=5)
        if "-" in head[0] and not head[0].endswith(":"):
            is_model = len(head) > 5 and head[5].endswith(".gguf")
        elif head[0] == "Rss:":
            total += int(head[1]) * 1024
            mapped += int(head[1]) * 1024 if is_model else 0
    return total / MB, mapped / MB


AT_REST_S = 1.5  # nobody opens a conversation sooner after the first paint


def _begin_as_the_program() -> None:
    from app.allocator import keep_little
    from app.pyside_features import leave_sources_unread

    keep_little()
    leave_sources_unread()


def child(started: float, *, has_model: bool) -> Run:
    """Open the window, wait until it is usable, look at the memory, close."""
    _begin_as_the_program()
    from PySide6.QtCore import QEventLoop, QTimer

    from app.application import build_engine, build_gate, store_opener
    from app.core.resources import resource_path
    from app.core.settings import Settings
    from app.paths import PRACTICE_MODEL, app_paths, make_private
    from app.smoke_test import FirstPaint
    from app.ui.chat_events import Phase
    from app.window_program import WindowProgram, make_qt_application

    model = str(resource_path(PRACTICE_MODEL)) if has_model else ""
    settings = Settings(has_seen_welcome=True, language="en", model_path=model)
    app = make_qt_application(settings)
    with tempfile.TemporaryDirectory() as folder:
        paths = app_paths(Path(folder))
        make_private(paths.data_dir)
        gate = build_gate(paths, settings)
        program = WindowProgram(paths, settings, build_engine(paths), store_opener(paths), gate)
        paint = FirstPaint(program.window)
        program.start()
        _process_until(app.processEvents, lambda: paint.at is not None)
        first_paint, first_paint_cpu = time.time() - started, time.process_time()
        wanted = Phase.READY if has_model else Phase.NO_MODEL
        _process_until(app.processEvents, lambda: program.controller.phase is wanted)
        ready = time.time() - started
        loop = QEventLoop()
        QTimer.singleShot(int(SETTLE_S * 1000), loop.quit)
        loop.exec()
        rss, mapped = _resident_mb()
        loaded = program.controller.loaded
        program.shut_down()
    return Run(
        first_paint,
        first_paint_cpu,
        ready,
        rss,
        mapped,
        loaded.kv_cache_bytes / MB if loaded else 0.0,
        loaded.compute_buffer_bytes / MB if loaded else 0.0,
    )


@dataclass(frozen=True)
class LongConversation:
    """What 1,000 messages cost in the whole window, without a model. Milliseconds, MB."""

    open_wall_ms: float  # from the click to the painted end, the database's part included
    open_cpu_ms: float  # of the GUI thread
    wheel_p95_ms: float  # processor time a step, painting included
    wheel_max_ms: float
    resize_p95_ms: float
    resize_max_ms: float
    rss_mb: float  # after scrolling from the end to the beginning
    n_steps: int


def long_conversation_child() -> LongConversation:
    """Fill a profile, open its conversation, scroll through all of it, resize."""
    _begin_as_the_program()
    from PySide6.QtCore import QEventLoop

    from app.application import build_engine, build_gate, store_opener
    from app.core.settings import Settings
    from app.paths import app_paths, make_private
    from app.ui.chat_events import Phase
    from app.window_program import WindowProgram, make_qt_application

    settings = Settings(has_seen_welcome=True, language="en")
    app = make_qt_application(settings)
    with tempfile.TemporaryDirectory() as folder:
        paths = app_paths(Path(folder))
        make_private(paths.data_dir)
        conversation_id = ConversationId(_in_child("--fill", str(paths.data_dir))["id"])
        gate = build_gate(paths, settings)
        program = WindowProgram(paths, settings, build_engine(paths), store_opener(paths), gate)
        program.start()
        controller = program.controller
        _process_until(app.processEvents, lambda: bool(controller.book.listed))
        _process_until(app.processEvents, lambda: controller.phase is Phase.NO_MODEL)
        clicked = time.monotonic() + AT_REST_S
        _process_until(app.processEvents, lambda: time.monotonic() > clicked)
        # Waits as the program does: a busy loop would take the lock of Python from the thread
        # that reads the conversation.
        loop = QEventLoop()
        controller.path_model.modelReset.connect(loop.quit)
        wall, cpu = time.perf_counter(), time.thread_time()
        controller.open_conversation(conversation_id)
        while controller.path_model.rowCount() < N_MESSAGES:
            loop.exec()
        program.window.page.transcript.viewport().repaint()
        opened = (time.perf_counter() - wall, time.thread_time() - cpu)
        wheel = _scroll_to_the_beginning(app.processEvents, program.window.page.transcript)
        resize = _resize(app.processEvents, program.window)
        rss, _ = _resident_mb()
        program.shut_down()
    return LongConversation(
        opened[0] * 1000,
        opened[1] * 1000,
        wheel[int(len(wheel) * 0.95)],
        wheel[-1],
        resize[int(len(resize) * 0.95)],
        resize[-1],
        rss,
        len(wheel),
    )


def _fill(data_dir: Path) -> dict[str, str]:
    """Write the conversation; its id."""
    from app.core.conversation import Conversation
    from app.storage.conversation_store import open_store
    from tests.ui.transcript.samples import long_conversation

    store = open_store(data_dir)
    long = Conversation.start("Long")
    store.save_summary(long.summary)
    parent: MessageId | None = None
    for row in long_conversation(N_MESSAGES):
        message = replace(row.message, conversation_id=long.id, parent_id=parent)
        store.add_message(message)
        parent = message.id
    store.set_active_leaf(long.id, parent)
    store.close()
    return {"id": long.id}


def _scroll_to_the_beginning(process: Callable[[], None], view: TranscriptView) -> list[float]:
    """Processor milliseconds of each step of two thirds of a window, in order of size."""
    costs: list[float] = []
    while view.conversation.offset > 0:
        begun = time.thread_time()
        view.scroll_by(-view.conversation.height * 0.66)
        view.viewport().repaint()
        costs.append((time.thread_time() - begun) * 1000)
        process()
    return sorted(costs)


def _resize(process: Callable[[], None], window: QWidget) -> list[float]:
    costs: list[float] = []
    for width in range(1180, 780, -10):
        begun = time.thread_time()
        window.resize(width, 780)
        process()
        costs.append((time.thread_time() - begun) * 1000)
    return sorted(costs)


def _process_until(process: Callable[[], None], holds: Callable[[], bool]) -> None:
    while not holds():
        process()
        time.sleep(0.001)


def _measure(*, has_model: bool) -> list[Run]:
    more = ("--model",) if has_model else ()
    return [Run(**_in_child("--child", str(time.time()), *more)) for _ in range(N_RUNS)]


def _in_child(*arguments: str) -> dict[str, Any]:
    environment = dict(os.environ)
    if not has_display():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    command = [sys.executable, "-m", "tests.benchmarks.window", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _platform() -> str:
    """Qt's name of it: what the environment says, else what Qt chooses by itself."""
    return os.environ.get("QT_QPA_PLATFORM") or ("default" if has_display() else "offscreen")


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in values.items()}


def _median(runs: list[Run], value: Callable[[Run], float]) -> float:
    return round(statistics.median(value(r) for r in runs), 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", type=float, metavar="STARTED")
    parser.add_argument("--model", action="store_true")
    parser.add_argument("--long-child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--fill", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        print(json.dumps(asdict(child(arguments.child, has_model=arguments.model))))
        return
    if arguments.fill is not None:
        print(json.dumps(_fill(arguments.fill)))
        return
    if arguments.long_child:
        print(json.dumps(asdict(long_conversation_child())))
        return
    empty, full = _measure(has_model=False), _measure(has_model=True)
    report: dict[str, object] = {
        "runs": N_RUNS,
        "platform": _platform(),
        "first_paint_s": _median(empty, lambda r: r.first_paint_s),
        "first_paint_s_worst": round(max(r.first_paint_s for r in empty), 3),
        "first_paint_cpu_s": _median(empty, lambda r: r.first_paint_cpu_s),
        "rss_without_model_mb": _median(empty, lambda r: r.rss_mb),
        "ready_with_practice_model_s": _median(full, lambda r: r.ready_s),
        "rss_with_practice_model_mb": _median(full, lambda r: r.rss_mb),
        "mapped_weights_mb": _median(full, lambda r: r.mapped_weights_mb),
        "beside_weights_and_buffers_mb": _median(full, lambda r: r.beside_mb),
    }
    report["conversation_of_1000_messages"] = _rounded(_in_child("--long-child"))
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
