"""Cyclic garbage goes in the GUI thread, at a moment that nobody notices."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.ui.garbage_collector import GarbageCollector, QuietCollection

THRESHOLDS = gc.get_threshold()


class Knot:
    """Refers to itself, so only the collector frees it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector(qtbot: QtBot) -> GarbageCollector:
    gc.collect()
    return GarbageCollector()


def make_much() -> list[Knot]:
    """More than the first threshold, alive."""
    return [Knot() for _ in range(THRESHOLDS[0] * 2)]


def test_no_thread_collects_by_itself(collector: GarbageCollector) -> None:
    knot = weakref.ref(Knot())
    thread = threading.Thread(target=make_much)
    thread.start()
    thread.join()
    assert not gc.isenabled()
    assert knot() is not None


def test_garbage_goes_soon(collector: GarbageCollector, qtbot: QtBot) -> None:
    knot = weakref.ref(Knot())
    alive: list[Knot] = []

    def is_gone() -> bool:
        alive.extend(make_much())  # what goes elsewhere meanwhile counts against it
        return knot() is None

    qtbot.waitUntil(is_gone)
    assert alive


def test_little_garbage_is_left_alone(collector: GarbageCollector) -> None:
    gc.collect()
    knot = weakref.ref(Knot())
    collector.collect_when_due()
    assert knot() is not None


def test_the_oldest_generation_waits_while_an_answer_flows(
    collector: GarbageCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.garbage_collector._FULL_EVERY_S", 0.0)
    collector = GarbageCollector()
    knot = Knot()
    old = weakref.ref(knot)
    gc.collect()  # it survives, so it is of the oldest generation now
    del knot
    owner = QObject()
    quiet = QuietCollection(owner)
    quiet.set_active(True)
    gc.set_threshold(1, 1, 1)
    try:
        for _ in range(20):
            make_much()
            collector.collect_when_due()
        assert old() is not None
        quiet.set_active(False)
        collector.collect_when_due()
        assert old() is None
    finally:
        gc.set_threshold(*THRESHOLDS)


def test_a_view_that_goes_while_an_answer_flows_holds_nothing_back(
    collector: GarbageCollector, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.garbage_collector._FULL_EVERY_S", 0.0)
    collector = GarbageCollector()
    owner = QObject()
    quiet = QuietCollection(owner)
    quiet.set_active(True)
    with qtbot.waitSignal(quiet.destroyed):
        owner.deleteLater()
    knot = Knot()
    old = weakref.ref(knot)
    gc.collect()
    del knot
    gc.set_threshold(1, 1, 1)
    try:
        for _ in range(20):
            make_much()
            collector.collect_when_due()
        assert old() is None
    finally:
        gc.set_threshold(*THRESHOLDS)
