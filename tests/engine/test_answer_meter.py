from __future__ import annotations

import pytest

from app.core.message import Channel
from app.engine.answer_meter import AnswerMeter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_is_counted_and_timed() -> None:
    clock = Clock()
    meter = AnswerMeter(100.0, clock)
    clock.now = 100.5  # encoding
    meter.reading(n_prompt=50, n_reused=10, n_dropped=2)
    clock.now = 102.5
    meter.read(40)
    for _ in range(4):
        clock.now += 0.25
        meter.token(Channel.ANALYSIS, clock.now)
    meter.analysis_ended()
    for _ in range(6):
        clock.now += 0.25
        meter.token(Channel.FINAL, clock.now)
    stats = meter.stats()
    assert (stats.n_prompt, stats.n_reused, stats.n_dropped) == (50, 10, 2)
    assert (stats.n_analysis, stats.n_final) == (4, 6)
    assert stats.prefill_tps == pytest.approx(20)
    assert stats.decode_tps == pytest.approx(4)
    assert stats.ttft_ms == pytest.approx(2750)
    assert stats.thinking_ms == pytest.approx(750)
    assert stats.total_ms == pytest.approx(5000)


def test_an_answer_that_never_began_has_no_speeds() -> None:
    stats = AnswerMeter(100.0, Clock()).stats()
    assert stats.prefill_tps == stats.decode_tps == stats.ttft_ms == stats.thinking_ms == 0


def test_a_reused_header_does_not_count_as_prompt() -> None:
    meter = AnswerMeter(100.0, Clock())
    meter.reading(n_prompt=50, n_reused=52, n_dropped=0)
    assert meter.stats().n_reused == 50
