"""How long the window's thread stands still while the history works; prints one JSON object.

`python -m tests.benchmarks.storage_gui --messages 100000`: the same folders as of
`tests.benchmarks.storage`. A timer beats every millisecond in the thread of the window; the
silence between two beats is what a person feels. "idle" is the same without any work: what
the machine itself takes. Times are in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot

from app.application import build_engine, build_gate, store_opener
from app.core.conversation import Conversation, ConversationSummary
from app.core.history import History, SearchQuery
from app.core.message import (
    ConversationId,
    Message,
    MessageId,
    MessageState,
    Role,
    new_message_id,
)
from app.core.settings import Settings
from app.paths import app_paths
from app.storage.backup import FolderBackups
from app.storage.conversation_store import open_store
from app.storage.search import FolderSearch
from app.ui.sidebar import SearchTyped
from app.window_program import WindowProgram, make_qt_application
from app.workers.job_thread import JobThread
from app.workers.storage_worker import StorageThread
from tests.benchmarks.storage import Words, fill

LIMIT_MS = 16.0  # one picture of a screen
IDLE_S = 3.0
AT_REST_S = 2.0  # what the window prepares while nothing is to do is over by then
ROUNDS = 20
TIMEOUT_MS = 600_000


class Heart(QObject):
    """Beats in the window's thread and notes every silence, and what of it was own work."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._last = (0.0, 0.0)
        self._silences: list[tuple[float, float]] = []

    def begin(self) -> None:
        """Forget what was, beat from now on."""
        self._silences.clear()
        self._last = (time.perf_counter(), time.thread_time())
        self._timer.start(1)

    def end(self) -> dict[str, float]:
        """What was noted since `begin`."""
        self._beat()
        self._timer.stop()
        silences = sorted(silence for silence, _ in self._silences)
        return {
            "p50": round(silences[len(silences) // 2], 2),
            "p99": round(silences[int(len(silences) * 0.99)], 2),
            "max": round(silences[-1], 2),
            "max_own_work": round(max(work for _, work in self._silences), 2),
            "n_over_16": sum(silence > LIMIT_MS for silence in silences),
            "n_over_16_own_work": sum(work > LIMIT_MS for _, work in self._silences),
            "n": len(silences),
        }

    @Slot()
    def _beat(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        silence, work = now[0] - self._last[0], now[1] - self._last[1]
        self._silences.append((silence * 1000, work * 1000))
        self._last = now


def wait(begin: Callable[[Callable[..., None]], None]) -> None:
    """Run the event loop until `begin`'s argument was called."""
    loop = QEventLoop()
    QTimer.singleShot(TIMEOUT_MS, loop, loop.quit)
    begin(lambda *_: loop.quit())
    loop.exec()


def idle(seconds: float) -> None:
    """Run the event loop for so long."""
    wait(lambda done: QTimer.singleShot(round(seconds * 1000), done))


def measure_threads(data_dir: Path, heart: Heart) -> dict[str, object]:
    """The history's threads beside an empty event loop: what Python's lock costs."""
    storage = StorageThread(store_opener(app_paths(data_dir)))
    search = JobThread("search", lambda: FolderSearch(data_dir), lambda s: s.close())
    backups = JobThread("backup", lambda: FolderBackups(data_dir))
    words, chance = Words(), random.Random(3)
    summaries: list[ConversationSummary] = []
    for thread in (storage, search, backups):
        thread.start()
    result: dict[str, object] = {}

    def note(name: str, work: Callable[[], None]) -> None:
        heart.begin()
        work()
        result[name] = heart.end()

    note("idle", lambda: idle(IDLE_S))
    note("open", lambda: wait(lambda done: storage.submit(lambda s: None, done)))

    def read_list(done: Callable[..., None]) -> None:
        def listed(found: tuple[ConversationSummary, ...]) -> None:
            summaries.extend(found)
            done()

        storage.submit(lambda s: s.list_conversations(), listed)

    note("list", lambda: wait(read_list))
    ids = [s.id for s in summaries]
    long = next(s.id for s in summaries if s.title == "long")

    def load(wanted: list[ConversationId]) -> None:
        for conversation_id in wanted:

            def begin(done: Callable[..., None], i: ConversationId = conversation_id) -> None:
                storage.submit(lambda s: s.load(i), done)

            wait(begin)

    note("conversations of 100", lambda: load(chance.sample(ids, ROUNDS)))
    note("conversation of 1000", lambda: load([long] * 3))

    def look_for() -> None:
        for _ in range(ROUNDS):
            query = SearchQuery(words.text(1))

            def begin(done: Callable[..., None], q: SearchQuery = query) -> None:
                search.submit(lambda s: s.search(q), done)

            wait(begin)

    note("search", look_for)
    note("append and journal", lambda: wait(lambda done: _write(storage, words, done)))
    note(
        "backup",
        lambda: wait(
            lambda done: backups.submit(lambda k: k.back_up_now().path.unlink(), done)
        ),
    )
    for thread in (storage, search, backups):
        thread.stop(TIMEOUT_MS)
    return result


def _journal(answer_id: MessageId, text: str, store: History) -> None:
    store.journal(answer_id, text, "")


def _write(storage: StorageThread, words: Words, done: Callable[..., None]) -> None:
    chat = Conversation.start("written")
    answer = Message(
        new_message_id(), chat.id, Role.ASSISTANT, "", state=MessageState.STREAMING
    )
    text = words.text(1500)
    storage.submit(lambda s: s.save_summary(chat.summary))
    storage.submit(lambda s: s.add_message(answer))
    for n in range(200):
        storage.submit(partial(_journal, answer.id, text[: 30 * n]))
    storage.submit(lambda s: s.delete_conversation(chat.id), done)


def measure_window(data_dir: Path, heart: Heart) -> dict[str, object]:
    """The whole window: what it does with what the history sends."""
    paths = app_paths(data_dir)
    settings = Settings(language="en", has_seen_welcome=True)
    gate = build_gate(paths, settings)
    program = WindowProgram(paths, settings, build_engine(paths), store_opener(paths), gate)
    book, window = program.controller.book, program.window
    result: dict[str, object] = {}

    def note(name: str, begin: Callable[[Callable[..., None]], None]) -> None:
        heart.begin()
        wait(begin)
        idle(0.3)
        result[name] = heart.end()

    program.storage.start()
    window.show()
    idle(AT_REST_S)

    def start(done: Callable[..., None]) -> None:
        book.conversations_changed.connect(done, Qt.ConnectionType.SingleShotConnection)
        program.controller.start()

    note("list arrives", start)
    # The long one keeps its name: it is looked for by that the next time.
    renamed = next(s.id for s in book.listed if s.title != "long")

    def drain(done: Callable[..., None]) -> None:
        program.storage.submit(lambda _: None, done)

    def rename(done: Callable[..., None]) -> None:
        program.controller.rename_conversation(renamed, "Another title")
        drain(done)

    note("title changes", rename)

    def touch(done: Callable[..., None]) -> None:
        book.touch(book.listed[-1].id)
        drain(done)

    note("oldest moves to the top", touch)

    def type_draft(done: Callable[..., None]) -> None:
        book.save_draft("a draft")
        book.flush_draft()
        drain(done)

    note("draft is saved", type_draft)

    def find(done: Callable[..., None]) -> None:
        window.history.search.hits_found.connect(done, Qt.ConnectionType.SingleShotConnection)
        window.history.search.look_for(SearchTyped("ba"))

    note("search", find)
    program.shut_down()
    return result


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="kept, and used again the next time")
    arguments = parser.parse_args()
    make_qt_application(Settings(language="en"))
    heart = Heart()
    with tempfile.TemporaryDirectory() as temporary:
        data_dir = (arguments.folder or Path(temporary) / "data").absolute()
        if not (data_dir / "conversations.db").exists():
            store = open_store(data_dir)
            fill(store, arguments.messages, Words())
            store.close()
        result = {
            "threads": measure_threads(data_dir, heart),
            "window": measure_window(data_dir, heart),
        }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
