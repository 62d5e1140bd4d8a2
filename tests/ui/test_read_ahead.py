"""What is read before anybody asks, when, and what ends it."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app.core.attachment import Attachment
from app.core.message import GenerationStats, MessageId, ReasoningEffort, Role
from app.core.power import PowerState
from app.core.settings import Settings
from app.ui.chat_events import Phase
from app.ui.power_watch import PowerWatch
from app.ui.read_ahead import LONG_INSTRUCTIONS, full_lines, worth_reading, would_drop
from tests.fixtures.scripted_engine import HELLO, Pause, said, thought
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

__all__ = ["make_window", "theme"]

LOW, HIGH = ReasoningEffort.LOW, ReasoningEffort.HIGH
BATTERY = PowerState(is_on_battery=True, percent=70)


def read_texts(window: Window) -> list[list[str]]:
    """The messages of each prompt that was read ahead."""
    return [[m.text for m in p.prompt.messages] for p in window.chat.engine.prefills]


def wait_for_reading(window: Window, n: int = 1) -> None:
    window.chat.wait_for(lambda: len(window.chat.engine.prefills) >= n)


# -- what begins it ------------------------------------------------------------------------
def test_after_an_answer_its_final_form_is_read(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    wait_for_reading(window)
    assert read_texts(window) == [["Hi", "Hello there."]]
    request = window.chat.engine.prefills[0]
    assert request.conversation_id == window.chat.controller.current.id
    assert request.prompt.system == window.chat.engine.requests[0].prompt.system


def test_the_next_question_begins_with_what_was_read(make_window: MakeWindow) -> None:
    window = make_window(HELLO, HELLO)
    window.ask_and_wait("Hi")
    wait_for_reading(window)
    window.ask_and_wait("And now?")
    read, asked = window.chat.engine.prefills[0].prompt, window.chat.engine.requests[1].prompt
    assert asked.messages[: len(read.messages)] == read.messages
    assert asked.head() == read.head()


def test_an_opened_conversation_is_read(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    wait_for_reading(window)
    controller = window.chat.controller
    first = controller.current.id
    controller.new_conversation()
    controller.open_conversation(first)
    wait_for_reading(window, 2)
    assert read_texts(window)[1] == ["Hi", "Hello there."]


def test_a_draft_that_pauses_is_read_up_to_its_last_full_line(make_window: MakeWindow) -> None:
    window = make_window()
    window.composer.edit.setPlainText("First line.\nSecond line.\nThird li")
    wait_for_reading(window)
    assert read_texts(window) == [["First line.\nSecond line."]]
    (message,) = window.chat.engine.prefills[0].prompt.messages
    assert message.role is Role.USER


def test_an_attachment_is_read_before_a_word_is_typed(make_window: MakeWindow) -> None:
    window = make_window()
    paper = Attachment("A long paper. " * 50, "paper.txt")
    window.composer.attach(paper)
    wait_for_reading(window)
    (message,) = window.chat.engine.prefills[0].prompt.messages
    assert [a.text for a in message.attachments] == [paper.text]
    assert message.text == ""


def test_a_loaded_model_reads_what_is_open(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    wait_for_reading(window)
    window.chat.controller.load_model(window.chat.model)
    window.chat.wait_until(Phase.LOADING)
    window.chat.wait_until(Phase.READY)
    wait_for_reading(window, 2)
    assert read_texts(window)[1] == ["Hi", "Hello there."]


def test_another_level_is_read(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    wait_for_reading(window)
    window.chat.controller.set_reasoning(LOW)
    wait_for_reading(window, 2)
    assert window.chat.engine.prefills[1].prompt.system.reasoning is LOW


def test_other_instructions_are_read(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    wait_for_reading(window)
    window.chat.controller.set_instructions("Answer in verse.")
    wait_for_reading(window, 2)
    assert window.chat.engine.prefills[1].prompt.instructions == "Answer in verse."


# -- what ends it --------------------------------------------------------------------------
def test_a_question_ends_the_reading_at_once(make_window: MakeWindow) -> None:
    window = make_window(HELLO, HELLO)
    window.ask_and_wait("Hi")
    window.chat.engine.prefill_gate = threading.Event()  # never opened
    window.chat.controller.book.open_blank()
    window.composer.edit.setPlainText("a\nb\nc")
    wait_for_reading(window)
    window.ask_and_wait("And now?")
    assert window.chat.shown == ["And now?", "Hello there."]
    assert all(p.cancel.is_cancelled for p in window.chat.engine.prefills)


def test_another_conversation_ends_the_reading(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.chat.engine.prefill_gate = threading.Event()
    window.ask_and_wait("Hi")
    wait_for_reading(window)
    window.chat.controller.new_conversation()
    assert window.chat.engine.prefills[0].cancel.is_cancelled


def test_nothing_is_read_while_an_answer_is_written(make_window: MakeWindow) -> None:
    pause = Pause()
    window = make_window((thought("hm"), said("So"), pause))
    window.ask("Hi")
    window.chat.wait_until(Phase.ANSWERING)
    window.composer.edit.setPlainText("one\ntwo\nthree")
    reader = window.widget.speed.read_ahead
    reader.begin()
    assert not reader.is_reading
    pause.gate.set()
    window.chat.wait_until(Phase.READY)
    wait_for_reading(window)
    assert read_texts(window) == [["Hi", "So", "one\ntwo"]]


def watch_of(window: Window) -> PowerWatch:
    watch = window.widget.findChild(PowerWatch)
    assert watch is not None
    return watch


# -- when it does not happen ---------------------------------------------------------------
def test_it_can_be_switched_off(make_window: MakeWindow) -> None:
    window = make_window(HELLO, settings=Settings(reads_ahead=False))
    window.ask_and_wait("Hi")
    reader = window.widget.speed.read_ahead
    reader.begin()
    assert not reader.is_reading
    controller = window.chat.controller
    controller.change_settings(replace(controller.settings, reads_ahead=True))
    reader.begin()
    assert reader.is_reading


@pytest.mark.parametrize("on_battery", [False, True])
def test_on_the_battery_it_is_done_only_by_choice(
    make_window: MakeWindow, on_battery: bool
) -> None:
    window = make_window(HELLO, settings=Settings(reads_ahead_on_battery=on_battery))
    window.chat.power = BATTERY
    watch_of(window).look()
    window.ask_and_wait("Hi")
    reader = window.widget.speed.read_ahead
    reader.begin()
    assert reader.is_reading is on_battery


def test_pulling_the_plug_ends_it_and_the_plug_brings_it_back(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.chat.engine.prefill_gate = threading.Event()
    window.ask_and_wait("Hi")
    wait_for_reading(window)
    watch = watch_of(window)
    window.chat.power = BATTERY
    watch.look()
    assert window.chat.engine.prefills[0].cancel.is_cancelled
    window.chat.power = PowerState()
    watch.look()
    wait_for_reading(window, 2)


def test_the_same_is_not_read_twice(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    reader = window.widget.speed.read_ahead
    reader.begin()
    window.chat.wait_for(lambda: not reader.is_reading)
    reader.begin()
    assert not reader.is_reading
    assert len(window.chat.engine.prefills) == 1


def test_a_blank_conversation_is_left_alone_unless_its_instructions_are_long(
    make_window: MakeWindow,
) -> None:
    controller = make_window().chat.controller
    assert worth_reading(controller.book.current) is None
    controller.set_instructions("Be brief. " * LONG_INSTRUCTIONS)
    assert worth_reading(controller.book.current) == ()


def test_an_answer_that_can_go_on_is_left_alone(make_window: MakeWindow) -> None:
    window = make_window((said("Hel"), Pause()))
    window.ask("Hi")
    window.chat.wait_until(Phase.ANSWERING)
    window.chat.controller.stop()
    window.chat.wait_until(Phase.READY)
    book = window.chat.controller.book
    assert worth_reading(book.current) is None
    book.save_draft("Something else\n")
    texts = [m.text for m in worth_reading(book.current) or ()]
    assert texts == ["Hi", "Hel", "Something else"]


def test_what_is_attached_to_a_draft_is_read_ahead(make_window: MakeWindow) -> None:
    window = make_window()
    attached = Attachment("one two three", "a.txt", n_tokens=3)
    window.composer.attach(attached)
    window.chat.wait_for(lambda: bool(window.chat.engine.prefills))
    (message,) = window.chat.engine.prefills[-1].prompt.messages
    assert (message.text, message.attachments) == ("", (attached,))


def test_what_does_not_fit_the_context_is_not_read(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    controller = window.chat.controller
    loaded, path = controller.loaded, controller.book.current.active_path()
    assert loaded is not None
    assert not would_drop(path, loaded)
    long = replace(path[0], text="word " * loaded.n_ctx)
    assert would_drop((*path, long), loaded)
    large = replace(path[0], attachments=(Attachment("x", n_tokens=10**6),))
    assert not would_drop((large,), loaded)  # it is cut to what fits
    assert would_drop((replace(large, id=MessageId("m")), large), loaded)
    full = replace(path[1], stats=GenerationStats(n_prompt=9, n_final=1, n_dropped=2))
    assert would_drop((path[0], full), loaded)


@pytest.mark.parametrize(
    ("draft", "lines"),
    [("", ""), ("One", ""), ("One\n", "One"), ("\n\n", ""), ("One\nTwo\nThr", "One\nTwo")],
)
def test_only_full_lines_of_a_draft_count(draft: str, lines: str) -> None:
    assert full_lines(draft) == lines


# -- what is shown -------------------------------------------------------------------------
def test_the_window_says_quietly_that_it_reads_ahead(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.chat.engine.prefill_gate = gate = threading.Event()
    window.ask_and_wait("Hi")
    bar = window.composer.bar
    before = bar.hint
    window.chat.wait_for(lambda: bar.hint == "Reading ahead…")
    gate.set()
    window.chat.wait_for(lambda: bar.hint == before)
