"""Locking by itself: after the minutes without a touch, whatever the clock does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.history.secret_field import SecretField
from app.ui.idle_watch import IdleWatch


class Clocks:
    def __init__(self) -> None:
        self.steady, self.wall = 1000.0, 5000.0

    def __call__(self) -> tuple[float, float]:
        return self.steady, self.wall

    def pass_by(self, seconds: float, *, asleep: bool = False) -> None:
        self.wall += seconds
        self.steady += 0.0 if asleep else seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def watch(qtbot: QtBot, clocks: Clocks) -> IdleWatch:
    assert qtbot is not None
    return IdleWatch(clocks=clocks)


def told(watch: IdleWatch) -> list[bool]:
    heard: list[bool] = []
    watch.idle.connect(lambda: heard.append(True))
    watch.check()
    return heard


def test_it_says_so_after_the_minutes(watch: IdleWatch, clocks: Clocks) -> None:
    watch.watch(5)
    clocks.pass_by(299)
    assert told(watch) == []
    clocks.pass_by(1)
    assert told(watch) == [True]


def test_zero_minutes_are_never(watch: IdleWatch, clocks: Clocks) -> None:
    watch.watch(0)
    clocks.pass_by(1e6)
    assert told(watch) == []


def test_a_computer_that_slept_counts_its_sleep(watch: IdleWatch, clocks: Clocks) -> None:
    watch.watch(5)
    clocks.pass_by(3600, asleep=True)
    assert told(watch) == [True]


def test_a_clock_that_was_set_back_does_not_stop_it(watch: IdleWatch, clocks: Clocks) -> None:
    watch.watch(5)
    clocks.wall -= 86_400
    clocks.pass_by(300)
    assert told(watch) == [True]


def test_a_key_in_a_window_is_a_touch(qtbot: QtBot, watch: IdleWatch, clocks: Clocks) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    watch.watch(5)
    clocks.pass_by(400)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    assert told(watch) == []


def test_caps_lock_is_told_from_what_is_typed(qtbot: QtBot) -> None:
    field = SecretField()
    qtbot.addWidget(field)
    field.show()
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(field.edit, Qt.Key.Key_A)
    assert field.caps_hint == ""
    qtbot.keyClicks(field.edit, "A")
    assert "Caps Lock" in field.caps_hint
    qtbot.keyClicks(field.edit, "b")
    assert field.caps_hint == ""
    qtbot.keyClick(field.edit, Qt.Key.Key_C, shift)
    field.show_button.click()
    assert field.edit.echoMode() is field.edit.EchoMode.Normal
    field.clear()
    assert field.text == ""
    assert field.edit.echoMode() is field.edit.EchoMode.Password
