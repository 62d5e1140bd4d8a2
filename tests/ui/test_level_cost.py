"""What another reasoning level costs is said before it is chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt

from app.core.message import GenerationStats, ReasoningEffort
from app.ui.level_cost import NO_COST, LevelCost
from app.ui.speeds import Speed, SpeedBook
from tests.fixtures.scripted_engine import HELLO
from tests.ui.conftest import CHOICES
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

__all__ = ["make_window", "theme"]

LOW, MEDIUM, HIGH = ReasoningEffort


def slow_window(make_window: MakeWindow, **options) -> Window:
    """The scripted engine counts words: four in this conversation, five seconds each."""
    window = make_window(HELLO, **options)
    window.chat.speeds.take("Scripted model", stats(prefill_tps=0.2))
    window.ask_and_wait("Good morning")
    return window


SENTENCE = "The next answer re-reads 4 tokens: about 20 s."


def tips(window: Window) -> list[bool]:
    box = window.composer.bar.reasoning_box
    texts = [box.itemData(i, Qt.ItemDataRole.ToolTipRole) for i in range(box.count())]
    return [SENTENCE in text for text in texts]


def test_the_list_says_what_another_level_costs(make_window: MakeWindow) -> None:
    window = slow_window(make_window)
    window.chat.wait_for(lambda: tips(window) == [True, False, True])  # once it was read
    assert SENTENCE not in window.composer.bar.reasoning_box.toolTip()


def test_without_reading_ahead_going_on_costs_it_too(make_window: MakeWindow) -> None:
    settings = replace(CHOICES, reads_ahead=False)
    window = slow_window(make_window, settings=settings)
    window.chat.wait_for(lambda: tips(window) == [True, True, True])


def test_the_chosen_level_says_it_until_it_was_read(make_window: MakeWindow) -> None:
    window = slow_window(make_window)
    window.chat.wait_for(lambda: tips(window) == [True, False, True])
    bar = window.composer.bar
    before = bar.hint
    window.composer.set_reasoning(HIGH)
    window.chat.controller.set_reasoning(HIGH)
    assert bar.hint == SENTENCE
    assert SENTENCE in bar.reasoning_box.toolTip()
    window.chat.wait_for(lambda: bar.hint == before)  # read ahead: it costs nothing now
    assert tips(window) == [True, False, False]  # what was read at the other level is kept


def test_a_short_wait_is_not_worth_a_word() -> None:
    tokens = {LOW: 400, MEDIUM: 0, HIGH: 800}
    cost = LevelCost(tokens, prefill_tps=100.0)
    assert [bool(cost.text(level)) for level in ReasoningEffort] == [False, False, True]
    assert not NO_COST.text(HIGH)


def test_a_short_conversation_is_not_worth_a_question(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.chat.speeds.take("Scripted model", stats(prefill_tps=50.0))
    window.ask_and_wait("Good morning")
    window.chat.wait_for(lambda: bool(window.chat.engine.prefills))
    assert tips(window) == [False, False, False]


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
