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
from dataclasses import asdict, dataclass
from pathlib import Path

from app.application import has_display

MB = 1_000_000
N_RUNS = 5
SETTLE_S = 1.0


@dataclass(frozen=True)
class Run:
    """What one process saw."""

    first_paint_s: float
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


def child(started: float, *, has_model: bool) -> Run:
    """Open the window, wait until it is usable, look at the memory, close."""
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
        first_paint = time.time() - started
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
        ready,
        rss,
        mapped,
        loaded.kv_cache_bytes / MB if loaded else 0.0,
        loaded.compute_buffer_bytes / MB if loaded else 0.0,
    )


def _process_until(process: Callable[[], None], holds: Callable[[], bool]) -> None:
    while not holds():
        process()
        time.sleep(0.001)


def _measure(*, has_model: bool) -> list[Run]:
    runs = []
    environment = dict(os.environ)
    if not has_display():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    for _ in range(N_RUNS):
        command = [sys.executable, "-m", "tests.benchmarks.window", "--child", str(time.time())]
        if has_model:
            command.append("--model")
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=environment
        )
        runs.append(Run(**json.loads(done.stdout.splitlines()[-1])))
    return runs


def _median(runs: list[Run], value: Callable[[Run], float]) -> float:
    return round(statistics.median(value(r) for r in runs), 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", type=float, metavar="STARTED")
    parser.add_argument("--model", action="store_true")
    arguments = parser.parse_args()
    if arguments.child is not None:
        print(json.dumps(asdict(child(arguments.child, has_model=arguments.model))))
        return
    empty, full = _measure(has_model=False), _measure(has_model=True)
    report = {
        "runs": N_RUNS,
        "platform": "a real one" if has_display() else "offscreen",
        "first_paint_s": _median(empty, lambda r: r.first_paint_s),
        "first_paint_s_worst": round(max(r.first_paint_s for r in empty), 3),
        "rss_without_model_mb": _median(empty, lambda r: r.rss_mb),
        "ready_with_practice_model_s": _median(full, lambda r: r.ready_s),
        "rss_with_practice_model_mb": _median(full, lambda r: r.rss_mb),
        "mapped_weights_mb": _median(full, lambda r: r.mapped_weights_mb),
        "beside_weights_and_buffers_mb": _median(full, lambda r: r.beside_mb),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
