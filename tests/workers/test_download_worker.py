"""Download events as signals in the thread of the receiver."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from app.core.cancellation import CancelToken
from app.core.catalogue import Catalogue, RemoteFile, RemoteModel, RepositoryListing
from app.core.download import (
    DownloadEnded,
    DownloadEvent,
    DownloadOutcome,
    DownloadPhase,
    DownloadProgress,
    DownloadRequest,
    UnfinishedDownload,
)
from app.core.errors import BugError, HubError
from app.workers.download_worker import (
    DownloadDone,
    DownloadProgressed,
    DownloadStarted,
    DownloadThread,
)

LARGE = 63_387_346_208  # more than 32 bits can count


class ScriptedHub:
    """A hub whose downloads go on until they are paused or cancelled."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.error: Exception | None = None
        self.ends_by_itself = False

    @property
    def catalogue(self) -> Catalogue:
        raise NotImplementedError

    def list_repository(self, reference: str, cancel: CancelToken) -> RepositoryListing:
        raise NotImplementedError

    def download(self, request: DownloadRequest) -> Iterator[DownloadEvent]:
        self.threads.add(threading.get_ident())
        yield DownloadProgress(DownloadPhase.DOWNLOADING, LARGE - 1, LARGE, 5e9, 0.1, 4)
        if self.error is not None:
            raise self.error
        if self.ends_by_itself:
            yield DownloadEnded(DownloadOutcome.FINISHED, request.paths)
            return
        while not (request.cancel.is_cancelled or request.pause.is_cancelled):
            request.cancel.wait(0.01)
        cancelled = request.cancel.is_cancelled
        outcome = DownloadOutcome.CANCELLED if cancelled else DownloadOutcome.PAUSED
        yield DownloadEnded(outcome)

    def unfinished(self, folder: Path) -> tuple[UnfinishedDownload, ...]:
        return ()

    def discard(self, download: UnfinishedDownload) -> int:
        return 0

    def sweep(self, folder: Path) -> int:
        return 0

    def set_limit(self, kib_s: int) -> None:
        """No line here."""

    def set_token(self, token: str | None) -> None:
        """No keyring here."""

    @property
    def has_token(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""


class Receiver(QObject):
    """Takes the signals and notes in which thread they came."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[DownloadStarted] = []
        self.progressed: list[DownloadProgressed] = []
        self.done: list[DownloadDone] = []
        self.threads: set[QThread] = set()

    @Slot(object)
    def on_started(self, event: DownloadStarted) -> None:
        self.started.append(event)

    @Slot(object)
    def on_progressed(self, event: DownloadProgressed) -> None:
        self.threads.add(QThread.currentThread())
        self.progressed.append(event)

    @Slot(object)
    def on_done(self, event: DownloadDone) -> None:
        self.done.append(event)


@pytest.fixture
def hub() -> ScriptedHub:
    return ScriptedHub()


@pytest.fixture
def thread(hub: ScriptedHub, qapp: object) -> Iterator[DownloadThread]:
    downloads = DownloadThread(hub)
    downloads.start()
    yield downloads
    assert downloads.stop()


@pytest.fixture
def receiver(thread: DownloadThread) -> Receiver:
    receiver = Receiver()
    thread.started.connect(receiver.on_started)
    thread.progressed.connect(receiver.on_progressed)
    thread.done.connect(receiver.on_done)
    return receiver


def a_request(tmp_path: Path, name: str = "gpt-oss-120b.gguf") -> DownloadRequest:
    file = RemoteFile("ggml-org/gpt-oss-120b-GGUF", "0" * 40, name, LARGE, "0" * 64)
    return DownloadRequest(RemoteModel("gpt-oss-120b", (file,), "MXFP4"), tmp_path)


def test_progress_comes_in_the_thread_of_the_receiver_with_numbers_over_32_bits(
    qtbot: QtBot, hub: ScriptedHub, thread: DownloadThread, receiver: Receiver, tmp_path: Path
) -> None:
    hub.ends_by_itself = True
    request = a_request(tmp_path)
    thread.submit(request)
    qtbot.waitUntil(lambda: bool(receiver.done))
    assert receiver.done == [
        DownloadDone(request, DownloadEnded(DownloadOutcome.FINISHED, request.paths))
    ]
    assert receiver.progressed[0].progress.n_done == LARGE - 1
    assert receiver.threads == {receiver.thread()}
    assert hub.threads and threading.get_ident() not in hub.threads
    assert thread.pending == ()


@pytest.mark.parametrize(
    ("how", "outcome"),
    [("pause", DownloadOutcome.PAUSED), ("cancel", DownloadOutcome.CANCELLED)],
)
def test_a_running_download_can_be_stopped_from_the_window(
    how: str,
    outcome: DownloadOutcome,
    qtbot: QtBot,
    thread: DownloadThread,
    receiver: Receiver,
    tmp_path: Path,
) -> None:
    request = a_request(tmp_path)
    thread.submit(request)
    qtbot.waitUntil(lambda: bool(receiver.progressed))
    getattr(thread, how)(request.id)
    qtbot.waitUntil(lambda: bool(receiver.done))
    assert receiver.done[0].ended == DownloadEnded(outcome)


def test_downloads_run_one_after_the_other_in_order(
    qtbot: QtBot, thread: DownloadThread, receiver: Receiver, tmp_path: Path
) -> None:
    first, second = a_request(tmp_path, "a.gguf"), a_request(tmp_path, "b.gguf")
    thread.submit(first)
    thread.submit(second)
    qtbot.waitUntil(lambda: bool(receiver.progressed))
    assert [s.request for s in receiver.started] == [first]
    assert thread.pending == (first, second)
    thread.cancel(first.id)
    qtbot.waitUntil(lambda: len(receiver.started) == 2)
    assert [d.request for d in receiver.done] == [first]


def test_a_download_that_is_paused_while_it_waits_never_begins(
    qtbot: QtBot, thread: DownloadThread, receiver: Receiver, tmp_path: Path
) -> None:
    first, second = a_request(tmp_path, "a.gguf"), a_request(tmp_path, "b.gguf")
    thread.submit(first)
    thread.submit(second)
    thread.pause(second.id)
    thread.pause(first.id)
    qtbot.waitUntil(lambda: len(receiver.done) == 2)
    assert [s.request for s in receiver.started] in ([first], [])
    assert receiver.done[1].ended == DownloadEnded(DownloadOutcome.PAUSED)


@pytest.mark.parametrize("error", [HubError("The line is cut."), ValueError("a mistake")])
def test_an_error_arrives_once_and_the_thread_goes_on(
    error: Exception,
    qtbot: QtBot,
    hub: ScriptedHub,
    thread: DownloadThread,
    receiver: Receiver,
    tmp_path: Path,
) -> None:
    hub.error = error
    thread.submit(a_request(tmp_path))
    qtbot.waitUntil(lambda: bool(receiver.done))
    assert isinstance(receiver.done[0].error, HubError | BugError)
    assert receiver.done[0].ended is None
    hub.error, hub.ends_by_itself = None, True
    thread.submit(a_request(tmp_path))
    qtbot.waitUntil(lambda: len(receiver.done) == 2)
    assert receiver.done[1].ended is not None


def test_stopping_the_thread_pauses_what_runs_and_what_waits(
    qtbot: QtBot, hub: ScriptedHub, qapp: object, tmp_path: Path
) -> None:
    downloads = DownloadThread(hub)
    receiver = Receiver()
    downloads.progressed.connect(receiver.on_progressed)
    downloads.done.connect(receiver.on_done)
    downloads.start()
    downloads.submit(a_request(tmp_path))
    downloads.submit(a_request(tmp_path))
    qtbot.waitUntil(lambda: bool(receiver.progressed))
    assert downloads.stop()
    qtbot.waitUntil(lambda: len(receiver.done) == 2)
    assert {d.ended for d in receiver.done} == {DownloadEnded(DownloadOutcome.PAUSED)}
