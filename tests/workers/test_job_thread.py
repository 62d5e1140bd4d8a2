"""A thread of jobs that lets go of what it owns, and takes it up again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.workers.job_thread import JobThread


class Owned:
    """Remembers what happened to it and to others of its kind."""

    def __init__(self, events: list[str]) -> None:
        self.events = events
        events.append("made")


@pytest.fixture
def events() -> list[str]:
    return []


@pytest.fixture
def thread(qtbot: QtBot, events: list[str]) -> Iterator[JobThread[Owned]]:
    assert qtbot is not None
    thread = JobThread("test", lambda: Owned(events), lambda o: o.events.append("closed"))
    thread.start()
    yield thread
    assert thread.stop()


def test_jobs_wait_while_it_is_suspended(
    qtbot: QtBot, thread: JobThread[Owned], events: list[str]
) -> None:
    thread.submit(lambda o: o.events.append("before"))
    released: list[bool] = []
    thread.suspend(lambda: released.append(True))
    thread.submit(lambda o: o.events.append("first"))
    thread.submit(lambda o: o.events.append("second"))
    qtbot.waitUntil(lambda: bool(released))
    assert events == ["made", "before", "closed"]
    thread.resume()
    qtbot.waitUntil(lambda: events[-1] == "second")
    assert events == ["made", "before", "closed", "made", "first", "second"]


def test_suspended_before_it_starts_it_makes_nothing(qtbot: QtBot, events: list[str]) -> None:
    thread = JobThread("test", lambda: Owned(events))
    done: list[object] = []
    released: list[bool] = []
    thread.suspend(lambda: released.append(True))
    thread.submit(lambda o: o.events.append("job"), done.append)
    thread.start()
    qtbot.waitUntil(lambda: bool(released))
    assert events == []
    thread.resume()
    qtbot.waitUntil(lambda: bool(done))
    assert events == ["made", "job"]
    assert thread.stop()


def test_stopped_while_suspended_it_drops_what_waits(
    qtbot: QtBot, thread: JobThread[Owned], events: list[str]
) -> None:
    released: list[bool] = []
    thread.suspend(lambda: released.append(True))
    thread.submit(lambda o: o.events.append("never"))
    qtbot.waitUntil(lambda: bool(released))
    assert thread.stop()
    assert events == []
