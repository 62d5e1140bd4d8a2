"""Expected times and the context meter."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.attachment import attachment_room
from app.core.message import GenerationStats, ReasoningEffort
from app.ui.answer_times import AnswerTimes, about_seconds
from app.ui.context_meter import ContextMeter, ContextUse
from app.ui.reasoning_box import ReasoningBox

LOW, HIGH = ReasoningEffort.LOW, ReasoningEffort.HIGH


def test_nothing_is_promised_before_a_speed_was_measured() -> None:
    times = AnswerTimes()
    times.learn(LOW, GenerationStats(n_final=10))
    assert times.seconds(LOW) is None


def test_a_higher_level_is_expected_to_take_longer() -> None:
    times = AnswerTimes()
    times.learn(LOW, GenerationStats(n_analysis=20, n_final=100, decode_tps=10))
    seconds = [times.seconds(effort) or 0.0 for effort in ReasoningEffort]
    assert seconds == sorted(seconds)
    assert seconds[0] > 0


def test_the_expectation_follows_what_was_measured() -> None:
    times = AnswerTimes()
    for _ in range(30):
        times.learn(HIGH, GenerationStats(n_analysis=900, n_final=100, decode_tps=10))
    assert times.seconds(HIGH) == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "a few seconds"),
        (4.9, "a few seconds"),
        (5, "about 5 s"),
        (13, "about 15 s"),
        (88, "about 90 s"),
        (91, "about 2 min"),
        (400, "about 7 min"),
    ],
)
def test_times_are_told_roughly(seconds: float, text: str) -> None:
    assert about_seconds(seconds) == text


def test_the_closed_box_is_not_wider_for_the_times(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    box = ReasoningBox(parent)
    width = box.sizeHint().width()
    times = AnswerTimes()
    times.learn(LOW, GenerationStats(n_analysis=20, n_final=100, decode_tps=1))
    box.set_times(times)
    assert "·" in box.itemText(0)
    assert "min" in box.toolTip()
    assert box.sizeHint().width() == width


def test_the_context_is_tight_from_four_fifths_on() -> None:
    assert not ContextUse(79, 100).is_tight
    assert ContextUse(80, 100).is_tight
    assert ContextUse(10, 100, n_dropped=1).is_tight
    assert not ContextUse(10, 0).is_tight


def test_an_unsent_text_counts_by_its_length() -> None:
    use = ContextUse(10, 4096).with_draft(40)
    assert use == ContextUse(20, 4096, n_draft=10)
    assert use.with_attachments(5).n_used == 25
    assert use.room_for_attachments() == attachment_room(4096, 10)


def test_the_meter_warns_before_messages_leave_and_says_when_they_have(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    meter = ContextMeter(parent)
    assert meter.isHidden()
    meter.set_use(ContextUse(1234, 8192))
    assert not meter.isHidden()
    assert "1234" in meter.toolTip().replace(",", "")
    assert "8192" in meter.toolTip().replace(",", "")
    assert meter.warning() == ""
    meter.set_use(ContextUse(7000, 8192))
    assert "soon" in meter.warning()
    meter.set_use(ContextUse(7000, 8192, n_dropped=3))
    assert "no longer" in meter.warning()
    assert meter.warning() in meter.toolTip()
