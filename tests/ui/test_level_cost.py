"""What another reasoning level costs is said before it is chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt

from app.core.message import GenerationStats, ReasoningEffort
from app.ui.level_cost import LevelCost, level_cost
from app.ui.speeds import Speed, SpeedBook
from tests.fixtures.scripted_engine import HELLO
from tests.ui.window_rig import MakeWindow, make_window, theme

__all__ = ["make_window", "theme"]

LOW, MEDIUM, HIGH = ReasoningEffort
SLOW = Speed(prefill_tps=0.5, decode_tps=8.0)  # the scripted answers have ten tokens


def test_the_list_says_what_another_level_costs(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.chat.speeds.take("Scripted model", stats(n_prompt=200, prefill_tps=0.5))
    window.ask_and_wait("Hi")
    box = window.composer.bar.reasoning_box
    tips = [box.itemData(i, Qt.ItemDataRole.ToolTipRole) for i in range(box.count())]
    sentence = "The next answer re-reads 12 tokens: about 25 s."
    assert [sentence in tip for tip in tips] == [True, False, True]
    assert sentence not in box.toolTip()


def test_the_chosen_level_says_it_until_it_was_read(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.chat.speeds.take("Scripted model", stats(n_prompt=200, prefill_tps=0.5))
    window.ask_and_wait("Hi")
    bar = window.composer.bar
    before = bar.hint
    window.composer.set_reasoning(HIGH)
    window.chat.controller.set_reasoning(HIGH)
    assert bar.hint == "The next answer re-reads 12 tokens: about 25 s."
    assert bar.hint in bar.reasoning_box.toolTip()
    window.chat.wait_for(lambda: bar.hint == before)  # read ahead: it costs nothing now
    assert bar.reasoning_box.cost_text == ""


def test_a_short_wait_is_not_worth_a_word(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    path = window.chat.controller.book.current.active_path()
    assert level_cost(path, MEDIUM, SLOW) == LevelCost(MEDIUM, 12, 24.0)
    assert level_cost(path, MEDIUM, replace(SLOW, prefill_tps=12.0)) is None
    assert level_cost(path, MEDIUM, replace(SLOW, prefill_tps=0.0)) is None
    assert level_cost(path, MEDIUM, None) is None
    assert level_cost(path[:1], MEDIUM, SLOW) is None


def stats(**values: float) -> GenerationStats:
    fields: dict[str, Any] = {"n_prompt": 200, "n_final": 50, "decode_tps": 8.0}
    fields["prefill_tps"] = 20.0
    return GenerationStats(**{**fields, **values})


def test_a_prompt_of_a_few_tokens_does_not_measure_the_reading(tmp_path) -> None:
    book = SpeedBook(tmp_path / "speeds.json")
    book.take("m", stats())
    book.take("m", stats(n_prompt=300, n_reused=290, prefill_tps=2.0))
    assert book.of("m") == Speed(20.0, 8.0)


def test_reading_ahead_measures_the_reading(tmp_path) -> None:
    book = SpeedBook(tmp_path / "speeds.json")
    book.take_reading("m", 400, 10.0)
    assert book.of("m") is None  # it never wrote
    book.take("m", stats())
    book.take_reading("m", 20, 10.0)
    assert book.of("m") == Speed(20.0, 8.0)
    book.take_reading("m", 400, 10.0)
    assert SpeedBook(tmp_path / "speeds.json").of("m") == Speed(40.0, 8.0)
