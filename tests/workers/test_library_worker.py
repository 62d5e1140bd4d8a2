"""Work on files: progress by signal, one answer, cancelled when the program ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from app.core.cancellation import CancelToken
from app.core.errors import BugError, Cancelled, HubError, LumbreError
from app.core.library import FilePhase, FileProgress, FolderMoved, ModelLibrary
from app.workers.library_worker import FileWorkProgressed, LibraryThread

LARGE = 63_387_346_208


class ScriptedLibrary:
    """Moves a folder for as long as it is let."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.waits = False
        self.error: Exception | None = None

    def move_folder(
        self, target: Path, cancel: CancelToken
    ) -> Iterator[FileProgress | FolderMoved]:
        self.threads.add(threading.get_ident())
        yield FileProgress(FilePhase.COPYING, "gpt-oss-120b.gguf", LARGE // 2, LARGE)
        if self.error is not None:
            raise self.error
        while self.waits:
            if cancel.wait(0.01):
                raise Cancelled
        yield FolderMoved(target)


class Receiver(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.progressed: list[FileWorkProgressed] = []
        self.threads: set[QThread] = set()
        self.results: list[object] = []
        self.errors: list[LumbreError] = []

    @Slot(object)
    def on_progressed(self, event: FileWorkProgressed) -> None:
        self.threads.add(QThread.currentThread())
        self.progressed.append(event)


@pytest.fixture
def library() -> ScriptedLibrary:
    return ScriptedLibrary()


@pytest.fixture
def thread(library: ScriptedLibrary, qapp: object) -> Iterator[LibraryThread]:
    made = LibraryThread(lambda: cast("ModelLibrary", library))
    made.start()
    yield made
    assert made.stop()


@pytest.fixture
def receiver(thread: LibraryThread) -> Receiver:
    receiver = Receiver()
    thread.progressed.connect(receiver.on_progressed)
    return receiver


def move(library: ModelLibrary, cancel: CancelToken) -> Iterator[Any]:
    return library.move_folder(Path("/new"), cancel)


def test_progress_and_the_result_come_to_the_thread_that_asked(
    qtbot: QtBot, library: ScriptedLibrary, thread: LibraryThread, receiver: Receiver
) -> None:
    work = thread.run(move, receiver.results.append, receiver.errors.append)
    qtbot.waitUntil(lambda: bool(receiver.results))
    assert receiver.results == [FolderMoved(Path("/new"))]
    assert [p.work_id for p in receiver.progressed] == [work.id]
    assert receiver.progressed[0].progress.n_done == LARGE // 2
    assert receiver.threads == {receiver.thread()}
    assert threading.get_ident() not in library.threads


def test_a_work_can_be_cancelled_while_it_runs(
    qtbot: QtBot, library: ScriptedLibrary, thread: LibraryThread, receiver: Receiver
) -> None:
    library.waits = True
    work = thread.run(move, receiver.results.append, receiver.errors.append)
    qtbot.waitUntil(lambda: bool(receiver.progressed))
    work.cancel.cancel()
    qtbot.waitUntil(lambda: bool(receiver.errors))
    assert isinstance(receiver.errors[0], Cancelled)
    assert receiver.results == []


@pytest.mark.parametrize(
    ("error", "kind"), [(HubError("No room."), HubError), (ValueError("x"), BugError)]
)
def test_an_error_arrives_once(
    error: Exception,
    kind: type[LumbreError],
    qtbot: QtBot,
    library: ScriptedLibrary,
    thread: LibraryThread,
    receiver: Receiver,
) -> None:
    library.error = error
    thread.run(move, receiver.results.append, receiver.errors.append)
    qtbot.waitUntil(lambda: bool(receiver.errors))
    assert [type(e) for e in receiver.errors] == [kind]
    assert receiver.results == []


def test_the_end_of_the_program_does_not_wait_for_a_long_move(
    qtbot: QtBot, library: ScriptedLibrary, qapp: object
) -> None:
    library.waits = True
    receiver = Receiver()
    thread = LibraryThread(lambda: cast("ModelLibrary", library))
    thread.progressed.connect(receiver.on_progressed)
    thread.start()
    for _ in range(3):
        thread.run(move, receiver.results.append, receiver.errors.append)
    qtbot.waitUntil(lambda: bool(receiver.progressed))
    assert thread.stop()
    qtbot.waitUntil(lambda: len(receiver.errors) == 3)
