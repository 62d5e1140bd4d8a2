"""On the battery the engine computes with fewer threads, unless the person wants all."""

from __future__ import annotations

from dataclasses import replace

from app.core.power import MAINS, PowerState
from app.ui.power_watch import PowerChanged, PowerWatch
from tests.ui.window_rig import MakeWindow, make_window, theme

__all__ = ["make_window", "theme"]

BATTERY = PowerState(is_on_battery=True, percent=70)


def test_the_plug_decides_how_many_threads_compute(make_window: MakeWindow) -> None:
    window = make_window()
    watch, engine = window.widget.speed.power, window.chat.engine
    window.chat.power = BATTERY
    watch.look()
    window.chat.wait_for(lambda: engine.saves_energy)
    window.chat.power = MAINS
    watch.look()
    window.chat.wait_for(lambda: not engine.saves_energy)


def test_a_person_may_want_all_of_them_all_the_time(make_window: MakeWindow) -> None:
    window = make_window()
    window.chat.power = BATTERY
    window.widget.speed.power.look()
    window.chat.wait_for(lambda: window.chat.engine.saves_energy)
    controller = window.chat.controller
    controller.change_settings(replace(controller.settings, saves_energy_on_battery=False))
    window.chat.wait_for(lambda: not window.chat.engine.saves_energy)


def test_only_a_change_of_the_source_is_told() -> None:
    states = iter([MAINS, BATTERY, replace(BATTERY, percent=69), MAINS])
    watch = PowerWatch(lambda: next(states))
    told: list[PowerChanged] = []
    watch.changed.connect(told.append)
    for _ in range(4):
        watch.look()
    assert [e.power for e in told] == [BATTERY, MAINS]
