"""The whole program tried from end to end in a temporary profile.

`lumbre --smoke-test` opens the real window and prints one JSON line; `lumbre --demo` shows
the same path in the terminal, for a computer without a display. With `--data-dir DIR` the
profile is DIR/smoke-test and stays, so that a killed test can be looked at and repeated.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer, Slot

from app import __version__
from app.core.cancellation import CancelToken
from app.core.conversation import ConversationStore
from app.core.errors import LumbreError
from app.core.generation import GREEDY
from app.core.message import FinishReason, Message, ReasoningEffort
from app.core.resources import resource_path
from app.core.settings import Settings
from app.paths import PRACTICE_MODEL, app_paths, make_private
from app.ui.chat_events import ErrorRaised, Phase, PhaseChanged

if TYPE_CHECKING:
    from app.window_program import WindowProgram

QUESTION = "Hello"
DEMO_QUESTION = "How do I change the reasoning level?"
TIMEOUT_MS = 120_000
PDF_TEXT = "Lumbre"
PROFILE = "smoke-test"  # folder, never the person's own profile
# The least that PDFium takes for a PDF; it finds the objects without a table of their places.
_PDF = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Count 1/Kids[3 0 R]>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj
4 0 obj <</Length 37>> stream
BT /F 12 Tf 20 100 Td (Lumbre) Tj ET
endstream endobj
5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
trailer <</Root 1 0 R>>
"""  # noqa: E501


class SmokeTestError(LumbreError):
    """Something of the path did not work; the text says what."""


class FirstPaint(QObject):
    """Notes when a window is painted for the first time."""

    def __init__(self, window: QObject) -> None:
        super().__init__(window)
        self.at: float | None = None
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the event and let it pass."""
        if self.at is None and event.type() == QEvent.Type.Paint:
            self.at = time.perf_counter()
        return super().eventFilter(watched, event)


class _Waiter(QObject):
    """Runs the event loop until the controller is in a phase, an error comes, or time is up."""

    def __init__(self, program: WindowProgram) -> None:
        super().__init__()
        self._program = program
        self._wanted: Phase | None = None
        self._loop = QEventLoop()
        self._problem = ""
        program.controller.phase_changed.connect(self._on_phase_changed)
        program.controller.error_raised.connect(self._on_error_raised)

    def wait_for(self, phase: Phase) -> None:
        """Return when the controller is in `phase`.

        Raises:
            SmokeTestError: an error was raised, or two minutes have passed.
        """
        self._wanted = phase
        if self._program.controller.phase is not phase:
            QTimer.singleShot(TIMEOUT_MS, self._loop, self._on_timeout)
            self._loop.exec()
        self._wanted = None
        if self._problem:
            raise SmokeTestError(self._problem)

    @Slot(object)
    def _on_phase_changed(self, event: PhaseChanged) -> None:
        if event.phase is self._wanted:
            self._loop.quit()

    @Slot(object)
    def _on_error_raised(self, event: ErrorRaised) -> None:
        self._problem = str(event.error)
        self._loop.quit()

    @Slot()
    def _on_timeout(self) -> None:
        if self._wanted is not None:
            self._problem = f"nothing happened for {TIMEOUT_MS // 1000} s"
            self._loop.quit()


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question that was answered, and when (seconds of `time.perf_counter`)."""

    question: str
    reasoning: ReasoningEffort
    answer: Message
    answered_at: float


@dataclass(frozen=True, slots=True)
class _Trip:
    """What one trip through the whole program showed."""

    started_at: float
    painted_at: float | None
    loaded_at: float
    asked: tuple[_Asked, ...]


def _travel(questions: Sequence[tuple[str, ReasoningEffort]], data_dir: Path | None) -> _Trip:
    """Window, engine, storage: open, load, ask, close, and look for the answers on the disk.

    Raises:
        LumbreError: something of it did not work.
    """
    from app.application import build_engine, build_gate, has_display, store_opener
    from app.window_program import WindowProgram, make_qt_application

    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    started = _process_start()
    model = resource_path(PRACTICE_MODEL)
    settings = Settings(
        language="en", has_seen_welcome=True, sampling=GREEDY, model_path=str(model)
    )
    _ = make_qt_application(settings)
    with _profile(data_dir) as folder:
        paths = app_paths(folder)
        make_private(paths.data_dir)
        open_store = store_opener(paths)
        gate = build_gate(paths, settings)
        program = WindowProgram(paths, settings, build_engine(paths), open_store, gate)
        try:
            paint = FirstPaint(program.window)
            waiter = _Waiter(program)
            program.start()
            waiter.wait_for(Phase.READY)
            loaded = time.perf_counter()
            asked = tuple(_ask(program, waiter, *question) for question in questions)
        finally:
            is_joined = program.shut_down()
        if not is_joined:
            raise SmokeTestError("the engine thread could not be joined")
        _check_stored(open_store, asked)
    return _Trip(started, paint.at, loaded, asked)


@contextlib.contextmanager
def _profile(data_dir: Path | None) -> Iterator[Path]:
    """The folder for everything: a temporary one, or one below `data_dir` that stays."""
    if data_dir is not None:
        yield data_dir / PROFILE
        return
    with tempfile.TemporaryDirectory(prefix="lumbre-") as folder:
        yield Path(folder)


def _process_start() -> float:
    """When this process began, on the clock of `time.perf_counter`: imports count too."""
    running = time.time() - float(psutil.Process().create_time())
    return time.perf_counter() - running


def _ask(
    program: WindowProgram, waiter: _Waiter, question: str, reasoning: ReasoningEffort
) -> _Asked:
    program.controller.send(question, reasoning)
    waiter.wait_for(Phase.READY)
    answer = program.controller.book.current.active_path()[-1]
    if not answer.is_answer or answer.finish_reason is not FinishReason.STOP:
        raise SmokeTestError(f"the answer ended with {answer.finish_reason}")
    if not answer.text or not answer.thinking:
        raise SmokeTestError("the answer or its thinking is empty")
    return _Asked(question, reasoning, answer, time.perf_counter())


def _check_stored(open_store: Callable[[], ConversationStore], asked: Sequence[_Asked]) -> None:
    """Compare what was shown with what a fresh connection reads from the disk."""
    store = open_store()
    try:
        for item in asked:
            stored = store.load(item.answer.conversation_id).messages
            answer = stored.get(item.answer.id)
            if answer is None or answer.text != item.answer.text:
                raise SmokeTestError("the answer is not in the database")
            question = stored.get(answer.parent_id) if answer.parent_id else None
            if question is None or question.text != item.question:
                raise SmokeTestError("the question is not in the database")
    finally:
        store.close()


def smoke_test(data_dir: Path | None = None) -> int:
    """Open the window, ask the practice model one question, look for the answer on the disk."""
    from app.component_versions import component_versions
    from app.documents.pdf import text_of_pdf

    started = _process_start()
    report: dict[str, object] = {"ok": False, "version": __version__}
    try:
        trip = _travel([(QUESTION, ReasoningEffort.LOW)], data_dir)
        if trip.painted_at is None:
            raise SmokeTestError("the window was never painted")
        if text_of_pdf(_PDF, "smoke-test.pdf", CancelToken())[0] != PDF_TEXT:
            raise SmokeTestError("a PDF was not read as it is")
        asked = trip.asked[0]
        stats = asked.answer.stats
        report |= {
            "ok": True,
            "first_paint_ms": round((trip.painted_at - trip.started_at) * 1000),
            "model_loaded_ms": round((trip.loaded_at - trip.started_at) * 1000),
            "answered_ms": round((asked.answered_at - trip.started_at) * 1000),
            "answer": asked.answer.text,
            "stats": asdict(stats) if stats is not None else None,
            "versions": {item.name: item.version for item in component_versions()},
        }
    except LumbreError as error:
        report["error"] = str(error)
    report["total_ms"] = round((time.perf_counter() - started) * 1000)
    print(json.dumps(report, ensure_ascii=False))  # noqa: T201
    return 0 if report["ok"] else 1


def demo(data_dir: Path | None = None) -> int:
    """Two questions to the practice model, at low and at high, shown in the terminal."""
    levels = (ReasoningEffort.LOW, ReasoningEffort.HIGH)
    print("Lumbre asks its practice model, through the same path as the window does.")  # noqa: T201
    try:
        trip = _travel([(DEMO_QUESTION, level) for level in levels], data_dir)
    except LumbreError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    for item in trip.asked:
        answer = item.answer
        print(f"\n> {item.question}   [reasoning: {item.reasoning.value}]")  # noqa: T201
        print(f"  (thinking) {answer.thinking}")  # noqa: T201
        print(f"  {answer.text}")  # noqa: T201
        if (stats := answer.stats) is not None:
            print(  # noqa: T201
                f"  {stats.n_analysis} + {stats.n_final} tokens, "
                f"{stats.decode_tps:.0f} tokens/s, first after {stats.ttft_ms:.0f} ms"
            )
    print("\nBoth answers were found again in the database.")  # noqa: T201
    return 0
