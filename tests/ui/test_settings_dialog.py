"""Settings: every control changes its value, at once and within its range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.core.generation import EngineSettings, SamplingParams
from app.core.machine import Device, DeviceKind
from app.core.message import ReasoningEffort
from app.core.settings import Settings
from app.ui.settings_dialog import SettingsDialog


class Heard:
    """A dialog and the last settings that it has sent."""

    def __init__(self, qtbot: QtBot, settings: Settings) -> None:
        self.dialog = SettingsDialog(settings)
        qtbot.addWidget(self.dialog)
        self.sent: list[Settings] = []
        self.dialog.settings_changed.connect(self.sent.append)

    def control(self, kind: type[QWidget], name: str) -> QWidget:
        for widget in self.dialog.findChildren(kind):
            shown = widget.accessibleName() or getattr(widget, "text", lambda: "")()
            if shown.replace("&", "") == name:
                return widget
        raise LookupError(name)

    def result(self) -> Settings:
        self.dialog.show()
        self.dialog.close()
        return self.sent[-1]


MakeDialog = Callable[..., Heard]


@pytest.fixture
def make_dialog(qtbot: QtBot) -> MakeDialog:
    return lambda settings=None: Heard(qtbot, settings or Settings())


CHOICES = [
    ("Language", "es", {"language": "es"}),
    ("Theme", "dark", {"theme": "dark"}),
    ("Key that sends a message", True, {"sends_with_ctrl_enter": True}),
    (
        "Reasoning level of new conversations",
        ReasoningEffort.HIGH,
        {"reasoning": ReasoningEffort.HIGH},
    ),
    ("Context length in tokens", 16384, {"engine": EngineSettings(n_ctx=16384)}),
    ("Model in memory", False, {"engine": EngineSettings(use_mmap=False)}),
    ("Disk space for what models have read", 0, {"kv_state_budget_mib": 0}),
]


@pytest.mark.parametrize(("name", "value", "change"), CHOICES)
def test_a_choice_is_taken_over(
    make_dialog: MakeDialog, name: str, value: object, change: dict[str, Any]
) -> None:
    heard = make_dialog()
    box = heard.control(QComboBox, name)
    assert isinstance(box, QComboBox)
    at = next(i for i in range(box.count()) if box.itemData(i) == value)
    box.setCurrentIndex(at)
    box.activated.emit(at)
    assert heard.result() == replace(Settings(), **change)


CHECKS = [
    ("Show the thinking unfolded", {"shows_thinking": True}),
    ("Show statistics under answers", {"shows_statistics": False}),
    ("Tell the model today's date", {"tells_date": False}),
    ("Read ahead while nothing else is wanted", {"reads_ahead": False}),
    ("Read ahead on battery, too", {"reads_ahead_on_battery": True}),
    ("Save energy on battery", {"saves_energy_on_battery": False}),
]


@pytest.mark.parametrize(("name", "change"), CHECKS)
def test_a_check_is_taken_over(
    make_dialog: MakeDialog, name: str, change: dict[str, Any]
) -> None:
    heard = make_dialog()
    box = heard.control(QCheckBox, name)
    assert isinstance(box, QCheckBox)
    box.click()
    assert heard.result() == replace(Settings(), **change)


NUMBERS = [
    ("Zoom of the conversation", 120, {"zoom_percent": 120}),
    ("Temperature", 0.3, {"sampling": SamplingParams(temperature=0.3)}),
    ("Top-k", 40, {"sampling": SamplingParams(top_k=40)}),
    ("Top-p", 0.9, {"sampling": SamplingParams(top_p=0.9)}),
    ("Min-p", 0.05, {"sampling": SamplingParams(min_p=0.05)}),
    ("Repeat penalty", 1.1, {"sampling": SamplingParams(repeat_penalty=1.1)}),
    ("Unload the model when it is not used", 5, {"unload_after_minutes": 5}),
    ("Layers on the graphics card", 0, {"engine": EngineSettings(n_gpu_layers=0)}),
    ("Layers whose experts stay in main memory", 12, {"engine": EngineSettings(n_cpu_moe=12)}),
    ("Threads", 4, {"engine": EngineSettings(n_threads=4)}),
    ("Tokens read at once (batch)", 512, {"engine": EngineSettings(n_ubatch=512)}),
]


@pytest.mark.parametrize(("name", "value", "change"), NUMBERS)
def test_a_number_is_taken_over(
    make_dialog: MakeDialog, name: str, value: float, change: dict[str, Any]
) -> None:
    heard = make_dialog()
    box = heard.control(QAbstractSpinBox, name)
    assert isinstance(box, QSpinBox | QDoubleSpinBox)
    box.setValue(value)  # type: ignore[arg-type]
    assert heard.result() == replace(Settings(), **change)


@pytest.mark.parametrize("end", ["minimum", "maximum"])
def test_no_number_can_be_set_out_of_its_range(make_dialog: MakeDialog, end: str) -> None:
    heard = make_dialog()
    boxes = heard.dialog.findChildren(QAbstractSpinBox)
    assert len(boxes) == len(NUMBERS)
    for box in boxes:
        assert isinstance(box, QSpinBox | QDoubleSpinBox)
        box.setValue(getattr(box, end)())  # an invalid value would raise in Settings


def test_a_number_can_be_left_to_the_program_again(make_dialog: MakeDialog) -> None:
    heard = make_dialog(Settings(engine=EngineSettings(n_threads=4)))
    box = heard.control(QAbstractSpinBox, "Threads")
    assert isinstance(box, QSpinBox)
    assert box.value() == 4
    box.setValue(box.minimum())
    assert box.text() == "Automatic"
    assert heard.result().engine.n_threads is None


@pytest.mark.parametrize(("typed", "seed"), [("42", 42), ("", None), ("9999999999", 2**32 - 2)])
def test_the_seed_may_be_empty_and_is_never_too_large(
    make_dialog: MakeDialog, typed: str, seed: int | None
) -> None:
    heard = make_dialog(Settings(sampling=SamplingParams(seed=7)))
    field = heard.control(QLineEdit, "Seed")
    assert isinstance(field, QLineEdit)
    field.setText(typed)
    field.editingFinished.emit()
    assert heard.result().sampling.seed == seed


def test_instructions_are_sent_once_when_the_typing_pauses(
    qtbot: QtBot, make_dialog: MakeDialog
) -> None:
    heard = make_dialog()
    field = heard.control(QPlainTextEdit, "Instructions for new conversations")
    with qtbot.waitSignal(heard.dialog.settings_changed):
        qtbot.keyClicks(field, "Be brief.")
    assert [s.instructions for s in heard.sent] == ["Be brief."]


def test_the_recommended_sampling_comes_back(qtbot: QtBot, make_dialog: MakeDialog) -> None:
    heard = make_dialog(Settings(sampling=SamplingParams(temperature=0.1, top_k=3)))
    button = heard.control(QPushButton, "Back to the recommended values")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def shows_defaults() -> bool:
        box = heard.control(QAbstractSpinBox, "Temperature")
        return isinstance(box, QDoubleSpinBox) and box.value() == SamplingParams().temperature

    qtbot.waitUntil(shows_defaults)
    assert heard.result().sampling == SamplingParams()


def test_what_is_changed_elsewhere_is_shown_and_not_sent_back(
    qtbot: QtBot, make_dialog: MakeDialog
) -> None:
    heard = make_dialog()
    heard.dialog.set_settings(Settings(zoom_percent=150))

    def shows_it() -> bool:
        box = heard.control(QAbstractSpinBox, "Zoom of the conversation")
        return isinstance(box, QSpinBox) and box.value() == 150

    qtbot.waitUntil(shows_it)
    heard.dialog.show()
    heard.dialog.close()
    assert heard.sent == []


def test_the_wheel_over_a_control_changes_nothing(make_dialog: MakeDialog) -> None:
    heard = make_dialog()
    box = heard.control(QAbstractSpinBox, "Temperature")
    assert isinstance(box, QDoubleSpinBox)
    before = box.value()
    middle = QPointF(box.rect().center())
    wheel = QWheelEvent(
        middle,
        box.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, wheel)
    assert box.value() == before


def test_every_control_has_a_name(make_dialog: MakeDialog) -> None:
    heard = make_dialog()
    for kind in (QComboBox, QAbstractSpinBox, QPlainTextEdit):
        for control in heard.dialog.findChildren(kind):
            assert control.accessibleName()


def test_a_graphics_device_can_be_chosen_where_there_is_one(make_dialog: MakeDialog) -> None:
    heard = make_dialog()
    names = {box.accessibleName() for box in heard.dialog.findChildren(QComboBox)}
    assert "Graphics device" not in names
    device = Device("Vulkan0", "Some Card", DeviceKind.GPU, 8 << 30, 7 << 30)
    heard.dialog.set_devices((device,))
    box = heard.control(QComboBox, "Graphics device")
    assert isinstance(box, QComboBox)
    box.activated.emit(box.findText("Some Card"))
    assert heard.result().engine.device == "Vulkan0"
