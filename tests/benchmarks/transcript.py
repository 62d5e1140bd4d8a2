"""What the transcript costs, as JSON: `python -m tests.benchmarks.transcript`.

Milliseconds are processor time of the GUI thread, layout and painting included, so that
other programs on the machine matter little. Frames are painted without a screen.

- stream: a 10,000-token answer at 100 tokens a second, three tokens an update.
- code: one code block of 600 lines, streamed the same way.
- open: a conversation of 1,000 messages is shown; wheel: three lines a step through it;
  resize: the window's width changes in steps.
- `--hostile N`: instead of these, N hostile texts, each parsed, laid out and painted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.core.message import Channel, MessageId
from app.ui.garbage_collector import collect_in_gui_thread
from app.ui.models.path_model import PathModel
from app.ui.transcript.palette import TranscriptPalette
from app.ui.transcript.transcript_view import TranscriptView
from tests.ui.transcript.hostile import hostile_texts, known_texts
from tests.ui.transcript.samples import answer, long_answer, long_conversation, question

CHARS_PER_UPDATE = 13  # three tokens
N_CODE_LINES = 600
N_WHEEL_STEPS = 400


@dataclass(frozen=True)
class Costs:
    """Milliseconds of a series of steps."""

    values: tuple[float, ...]

    def summary(self) -> dict[str, float]:
        """Median, tail and worst."""
        ordered = sorted(self.values)

        def share(part: float) -> float:
            return round(ordered[min(int(len(ordered) * part), len(ordered) - 1)], 2)

        return {
            "n": len(ordered),
            "median_ms": share(0.5),
            "p95_ms": share(0.95),
            "p99_ms": share(0.99),
            "max_ms": round(ordered[-1], 2),
            "total_ms": round(sum(ordered), 1),
        }


def _timed(steps: Iterable[Callable[[], None]]) -> Costs:
    values: list[float] = []
    for step in steps:
        begun = time.thread_time()
        step()
        values.append((time.thread_time() - begun) * 1000)
    return Costs(tuple(values))


def _let_run(ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def _view(width: int = 1000, height: int = 800) -> tuple[PathModel, TranscriptView]:
    model = PathModel()
    view = TranscriptView(model, TranscriptPalette.light())
    view.resize(width, height)
    view.show()
    _let_run(50)
    return model, view


def stream(text: str) -> dict[str, object]:
    """Append `text` in small pieces, painting after each."""
    model, view = _view()
    model.set_rows([question("q"), answer("a", is_live=True)])
    message_id = MessageId("a")
    pieces = [text[i : i + CHARS_PER_UPDATE] for i in range(0, len(text), CHARS_PER_UPDATE)]

    def step(piece: str) -> None:
        model.append_delta(message_id, Channel.FINAL, piece)
        view.flush()
        view.viewport().repaint()
        QApplication.processEvents()

    costs = _timed([lambda p=p: step(p) for p in pieces])  # type: ignore[misc]
    fifth = max(len(costs.values) // 5, 1)
    medians = [
        round(statistics.median(costs.values[i : i + fifth]), 2)
        for i in range(0, fifth * 5, fifth)
    ]

    def finish() -> None:
        model.update_row(answer("a", text))
        view.viewport().repaint()

    end = _timed([finish])
    _close(view)
    return {
        **costs.summary(),
        "median_ms_by_fifth": medians,
        "over_16_ms": sum(v > 16 for v in costs.values),
        "finish_ms": round(end.values[0], 2),
    }


def long_code() -> str:
    """One code block."""
    lines = [f"    value_{n} = compute({n}, 'text')  # step {n}" for n in range(N_CODE_LINES)]
    return "\n".join(["```python", "def main():", *lines, "```"])


def open_scroll_resize() -> dict[str, object]:
    """Show 1,000 messages, scroll through some of them, change the width."""
    rows = long_conversation(1000)
    model, view = _view()

    def show() -> None:
        model.set_rows(rows)
        view.viewport().repaint()

    opened = _timed([show])

    def wheel(dy: float) -> None:
        view.scroll_by(dy)
        view.viewport().repaint()

    steps = [lambda: wheel(-3 * 23)] * N_WHEEL_STEPS
    wheel_costs = _timed(steps)
    view.scroll_by(-view.conversation.offset)
    wheel_down = _timed([lambda: wheel(3 * 23)] * N_WHEEL_STEPS)

    def resize(width: int) -> None:
        view.resize(width, 800)
        view.viewport().repaint()

    resized = _timed([lambda w=w: resize(w) for w in range(990, 500, -10)])  # type: ignore[misc]
    result = {
        "n_chars": sum(len(r.message.text) for r in rows),
        "open_ms": round(opened.values[0], 2),
        "wheel_up": wheel_costs.summary(),
        "wheel_down": wheel_down.summary(),
        "resize": resized.summary(),
        "rss_mb": _rss_mb(),
    }
    _close(view)
    return result


def hostile(n: int) -> dict[str, object]:
    """Show hostile texts one by one: parse, lay out and paint what is seen first."""
    model, view = _view()
    values: list[float] = []
    worst: list[tuple[float, str]] = []
    for text in chain(known_texts(), hostile_texts(n)):
        rows = [answer("a", text)]
        begun = time.thread_time()
        model.set_rows(rows)
        view.viewport().repaint()
        ms = (time.thread_time() - begun) * 1000
        values.append(ms)
        worst = sorted([*worst, (round(ms, 1), ascii(text[:60]))], reverse=True)[:8]
        QApplication.processEvents()
    _close(view)
    return {**Costs(tuple(values)).summary(), "slowest": worst}


def _close(view: TranscriptView) -> None:
    view.shutdown()
    view.close()
    view.deleteLater()
    _let_run(10)


def _rss_mb() -> float | None:
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(x for x in status.read_text().splitlines() if x.startswith("VmRSS"))
    return round(int(line.split()[1]) * 1024 / 1e6, 1)


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=10_000, help="of the streamed answer")
    parser.add_argument("--hostile", type=int, default=0, help="so many hostile texts, alone")
    options = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    collect_in_gui_thread(app)  # as in the program
    if options.hostile:
        print(json.dumps({"hostile": hostile(options.hostile)}, indent=2))
        return
    result = {
        "rss_before_mb": _rss_mb(),
        "open_1000": open_scroll_resize(),
        "stream": stream(long_answer(options.tokens)),
        "code": stream(long_code()),
        "rss_after_mb": _rss_mb(),
    }
    print(json.dumps(result, indent=2))
    del app


if __name__ == "__main__":
    main()
