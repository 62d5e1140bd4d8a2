"""Measuring this computer from the window."""

from __future__ import annotations

import threading
from dataclasses import replace

from PySide6.QtWidgets import QPushButton

from app.core.errors import ModelLoadError
from app.core.settings import Settings
from app.core.tuning import Knob, Tuned
from app.ui.chat_events import Phase
from app.ui.notifications import Banner
from app.ui.shortcuts import CommandId
from app.ui.tune_dialog import TuneDialog
from tests.fixtures.scripted_engine import HELLO
from tests.fixtures.scripted_tuner import BETTER, NOTHING_BETTER
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

__all__ = ["make_window", "theme"]

SEEN = Settings(has_seen_tuning=True)


def open_dialog(window: Window) -> TuneDialog:
    window.act(CommandId.TUNE)
    dialog = window.widget.findChild(TuneDialog)
    assert isinstance(dialog, TuneDialog)
    return dialog


def banners_with(window: Window, words: str) -> list[Banner]:
    return [b for b in window.widget.findChildren(Banner) if words in b.content.text]


def measure(window: Window) -> TuneDialog:
    dialog = open_dialog(window)
    dialog.start_button.click()
    window.chat.wait_for(lambda: "Measuring" not in dialog.status)
    return dialog


def test_faster_settings_are_shown_and_used_from_then_on(make_window: MakeWindow) -> None:
    window = make_window(settings=SEEN)
    dialog = measure(window)
    assert dialog.status.startswith("Faster settings were found. Reading 40.0 → 50.0")
    assert dialog.table.row_texts() == [["Threads", "4", "40.0 → 50.0", "8.0 → 10.0", "Yes"]]
    assert window.chat.tuner.in_use is None
    dialog.use_button.click()
    window.chat.wait_for(lambda: len(window.chat.engine.load_requests) == 2)
    window.chat.wait_until(Phase.READY)
    assert window.chat.tuner.in_use == BETTER
    assert dialog.status.startswith("These settings are in use.")
    assert not dialog.use_button.isEnabled()


def test_the_model_sleeps_while_it_is_measured(make_window: MakeWindow) -> None:
    window = make_window(settings=SEEN)
    window.chat.tuner.gate = gate = threading.Event()
    dialog = open_dialog(window)
    dialog.start_button.click()
    window.chat.wait_until(Phase.ASLEEP)
    window.chat.wait_for(lambda: bool(window.chat.tuner.requests))
    request = window.chat.tuner.requests[0]
    assert (request.path, request.n_gpu_layers) == (window.chat.model, 0)
    gate.set()
    window.chat.wait_for(lambda: "found" in dialog.status)


def test_where_nothing_is_faster_all_stays(make_window: MakeWindow) -> None:
    window = make_window(settings=SEEN)
    window.chat.tuner.result = NOTHING_BETTER
    dialog = measure(window)
    assert dialog.status.startswith("The automatic settings are as fast as any.")
    assert not dialog.use_button.isEnabled()
    window.chat.wait_until(Phase.READY)


def test_it_can_be_stopped_at_any_moment(make_window: MakeWindow) -> None:
    window = make_window(settings=SEEN)
    window.chat.tuner.gate = threading.Event()
    dialog = open_dialog(window)
    dialog.start_button.click()
    window.chat.wait_for(lambda: bool(dialog.table.row_texts()))
    dialog.start_button.click()
    window.chat.wait_for(lambda: dialog.status.startswith("Stopped."))
    window.chat.wait_until(Phase.READY)


def test_a_question_ends_the_measuring(make_window: MakeWindow) -> None:
    window = make_window(HELLO, settings=SEEN)
    window.chat.tuner.gate = threading.Event()
    dialog = open_dialog(window)
    dialog.start_button.click()
    window.chat.wait_until(Phase.ASLEEP)
    window.ask("Hi")
    window.chat.wait_for(lambda: window.chat.shown == ["Hi", "Hello there."])
    window.chat.wait_for(lambda: dialog.status.startswith("Stopped."))


def test_closing_the_dialog_ends_it_and_brings_the_model_back(make_window: MakeWindow) -> None:
    window = make_window(settings=SEEN)
    window.chat.tuner.gate = threading.Event()
    dialog = open_dialog(window)
    dialog.start_button.click()
    window.chat.wait_until(Phase.ASLEEP)
    window.chat.wait_for(lambda: bool(window.chat.tuner.requests))
    dialog.close()
    window.chat.wait_until(Phase.READY)
    assert window.chat.tuner.requests[0].cancel.is_cancelled


def test_an_error_is_said_and_the_model_comes_back(make_window: MakeWindow) -> None:
    window = make_window(settings=SEEN)
    window.chat.tuner.error = ModelLoadError("It crashed.")
    dialog = measure(window)
    assert dialog.status == "It crashed."
    window.chat.wait_until(Phase.READY)


def test_what_is_in_use_is_shown_and_can_be_taken_back(make_window: MakeWindow) -> None:
    window = make_window(settings=SEEN)
    window.chat.tuner.in_use = BETTER
    dialog = open_dialog(window)
    window.chat.wait_for(lambda: dialog.status.startswith("These settings are in use."))
    dialog.automatic_button.click()
    window.chat.wait_for(lambda: len(window.chat.engine.load_requests) == 2)
    assert window.chat.tuner.in_use is None
    assert dialog.status == "Scripted model was not measured yet."


def test_without_a_model_there_is_nothing_to_measure(make_window: MakeWindow) -> None:
    dialog = open_dialog(make_window(loads=False))
    assert not dialog.start_button.isEnabled()
    assert dialog.status.startswith("No model is loaded.")


def test_it_is_offered_once_after_the_first_real_model(make_window: MakeWindow) -> None:
    window = make_window(settings=Settings())
    (banner,) = banners_with(window, "runs fastest here")
    assert window.chat.controller.settings.has_seen_tuning
    button = next(b for b in banner.findChildren(QPushButton) if b.text() == "Measure")
    button.click()
    dialog = window.widget.findChild(TuneDialog)
    assert isinstance(dialog, TuneDialog) and dialog.isVisible()
    controller = window.chat.controller
    controller.load_model(window.chat.model)
    window.chat.wait_until(Phase.LOADING)
    window.chat.wait_until(Phase.READY)
    assert not [b for b in banners_with(window, "runs fastest here") if b.isVisible()]


def test_it_is_not_offered_again(make_window: MakeWindow) -> None:
    window = make_window(settings=replace(SEEN))
    assert not banners_with(window, "runs fastest here")


def test_flash_attention_is_told_in_words(make_window: MakeWindow) -> None:
    window = make_window(settings=SEEN)
    window.chat.tuner.result = replace(
        BETTER,
        tuned=Tuned(flash_attention=False),
        trials=(replace(BETTER.trials[0], knob=Knob.FLASH_ATTENTION, value=0),),
    )
    dialog = measure(window)
    (row,) = dialog.table.row_texts()
    assert (row[0], row[1], row[-1]) == ("Flash attention", "Off", "Yes")
