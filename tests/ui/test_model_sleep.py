"""A model gives its memory back when nobody wants it, and comes back unasked."""

from __future__ import annotations

import threading
from dataclasses import replace

from PySide6.QtCore import Qt

from app.core.errors import ModelLoadError
from app.core.settings import Settings
from app.ui.chat_events import Phase
from app.ui.transcript.actions import ActionKind, MessageAction
from tests.fixtures.scripted_engine import HELLO, Pause, said
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

__all__ = ["make_window", "theme"]


def put_to_sleep(window: Window) -> None:
    window.widget.speed.sleep.sleep()
    window.chat.wait_until(Phase.ASLEEP)


def test_it_sleeps_and_the_header_says_so(make_window: MakeWindow) -> None:
    window = make_window()
    put_to_sleep(window)
    window.chat.wait_for(lambda: window.chat.engine.loaded is None)
    assert window.widget.page.header.model_button.text().strip() == "Scripted model · asleep"
    assert window.chat.controller.settings.model_path == str(window.chat.model)
    assert window.widget.page.content is window.widget.page.empty_state


def test_typing_wakes_it(make_window: MakeWindow) -> None:
    window = make_window()
    put_to_sleep(window)
    window.qtbot.keyClicks(window.composer.edit, "H")
    window.chat.wait_until(Phase.READY)
    assert [r.path for r in window.chat.engine.load_requests] == [window.chat.model] * 2


def test_what_is_sent_while_it_wakes_is_answered(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    put_to_sleep(window)
    window.chat.engine.load_gate = gate = threading.Event()
    window.ask("Good morning")
    window.chat.wait_until(Phase.LOADING)
    assert window.composer.edit.toPlainText() == "Good morning"  # safe until it is awake
    assert window.composer.shown_reason.endswith("Then this is sent.")
    gate.set()
    window.chat.wait_for(lambda: window.chat.shown == ["Good morning", "Hello there."])
    assert window.composer.edit.toPlainText() == ""


def test_enter_while_it_wakes_from_typing_sends_too(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    put_to_sleep(window)
    window.chat.engine.load_gate = gate = threading.Event()
    window.qtbot.keyClicks(window.composer.edit, "Hi")
    window.chat.wait_until(Phase.LOADING)
    assert window.composer.bar.send_button.isEnabled()
    window.qtbot.keyClick(window.composer.edit, Qt.Key.Key_Return)
    gate.set()
    window.chat.wait_for(lambda: window.chat.shown == ["Hi", "Hello there."])


def test_a_model_that_does_not_come_back_leaves_the_text_alone(make_window: MakeWindow) -> None:
    window = make_window()
    put_to_sleep(window)
    window.chat.engine.load_error = ModelLoadError("It is gone.")
    window.ask("Good morning")
    window.chat.wait_until(Phase.NO_MODEL)
    assert window.composer.edit.toPlainText() == "Good morning"
    assert window.chat.shown == []
    assert window.chat.errors == ["It is gone."]


def test_waking_that_is_cancelled_leaves_it_asleep(make_window: MakeWindow) -> None:
    window = make_window()
    put_to_sleep(window)
    window.chat.engine.load_gate = threading.Event()
    window.ask("Good morning")
    window.chat.wait_until(Phase.LOADING)
    window.chat.controller.stop()
    window.chat.wait_until(Phase.ASLEEP)
    assert window.composer.edit.toPlainText() == "Good morning"


def test_another_conversation_takes_nothing_along(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    put_to_sleep(window)
    window.chat.engine.load_gate = gate = threading.Event()
    window.ask("Good morning")
    window.chat.wait_until(Phase.LOADING)
    window.chat.controller.new_conversation()
    gate.set()
    window.chat.wait_until(Phase.READY)
    assert len(window.chat.engine.requests) == 1


def test_an_answer_can_be_wanted_again_while_it_sleeps(make_window: MakeWindow) -> None:
    window = make_window(HELLO, (said("Once more."),))
    window.ask_and_wait("Hi")
    put_to_sleep(window)
    action = MessageAction(ActionKind.REGENERATE, window.chat.row(-1).id)
    window.widget.page.action_requested.emit(action)
    window.chat.wait_for(lambda: window.chat.shown == ["Hi", "Once more."])


def test_it_does_not_sleep_while_it_answers(make_window: MakeWindow) -> None:
    pause = Pause()
    window = make_window((said("So"), pause))
    window.ask("Hi")
    window.chat.wait_until(Phase.ANSWERING)
    sleep = window.widget.speed.sleep
    sleep.sleep()
    assert not sleep.is_counting
    pause.gate.set()
    window.chat.wait_until(Phase.READY)
    assert window.chat.controller.loaded is not None
    assert sleep.is_counting


def test_a_person_may_forbid_it(make_window: MakeWindow) -> None:
    window = make_window(settings=Settings(unload_after_minutes=0))
    sleep = window.widget.speed.sleep
    assert not sleep.is_counting
    controller = window.chat.controller
    controller.change_settings(replace(controller.settings, unload_after_minutes=5))
    assert sleep.is_counting


def test_unloading_by_hand_is_not_sleeping(make_window: MakeWindow) -> None:
    window = make_window()
    put_to_sleep(window)
    window.chat.controller.unload_model()
    window.chat.wait_until(Phase.NO_MODEL)
    window.qtbot.keyClicks(window.composer.edit, "H")
    assert window.chat.controller.phase is Phase.NO_MODEL


def test_what_is_sent_while_it_falls_asleep_is_answered(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.widget.speed.sleep.sleep()
    window.ask("Just in time")  # its memory is still being freed
    window.chat.wait_for(lambda: window.chat.shown == ["Just in time", "Hello there."])
