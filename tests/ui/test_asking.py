"""Instructions, sampling and level of a conversation; presets; the dialog of all that."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QInputDialog,
    QLineEdit,
)
from pytestqt.qtbot import QtBot

from app.core.generation import SamplingParams
from app.core.message import ReasoningEffort
from app.core.settings import Settings
from app.ui.asking import Asking, HowAsked
from app.ui.asking_dialog import AskingDialog
from app.ui.shipped_presets import shipped_presets
from tests.fixtures.scripted_engine import said
from tests.ui.conftest import MakeChat

COLD = SamplingParams(temperature=0.1, seed=3)
LOW, HIGH = ReasoningEffort.LOW, ReasoningEffort.HIGH
BRIEF = HowAsked("Be brief.", COLD, HIGH)
HELLO = (said("Hello"),)


def test_an_answer_is_drawn_as_its_conversation_says(make_chat: MakeChat) -> None:
    of_settings = SamplingParams(top_k=7)
    chat = make_chat(HELLO, HELLO, HELLO, settings=Settings(sampling=of_settings)).start()
    chat.ask("One")
    chat.controller.asking.set_how(BRIEF)
    chat.ask("Two", HIGH)
    chat.controller.new_conversation()
    chat.ask("Three")
    assert [r.sampling for r in chat.engine.requests] == [of_settings, COLD, of_settings]
    assert [r.prompt.instructions for r in chat.engine.requests] == ["", "Be brief.", ""]


def test_how_a_conversation_is_asked_comes_back_after_a_restart(make_chat: MakeChat) -> None:
    chat = make_chat(HELLO).start()
    chat.ask("One")
    chat.controller.asking.set_how(BRIEF)
    chat.drain()
    assert HowAsked.of(chat.stored().summary) == BRIEF


def test_presets_are_kept_renamed_and_deleted(make_chat: MakeChat) -> None:
    chat = make_chat().start(loads=False)
    asking = chat.controller.asking
    preset_id = asking.save(" Brief ", BRIEF)
    assert preset_id is not None
    assert asking.save("", BRIEF) is None
    assert asking.save("BRIEF", replace(BRIEF, instructions="Be very brief.")) == preset_id
    other_id = asking.save("Other", BRIEF)
    assert other_id is not None
    assert not asking.rename(other_id, "brief")
    assert asking.rename(other_id, "Another")
    chat.close()
    again = make_chat().start(loads=False)
    asking = again.controller.asking
    assert [(p.name, p.instructions) for p in asking.presets] == [
        ("BRIEF", "Be very brief."),
        ("Another", "Be brief."),
    ]
    asking.delete(other_id)
    again.close()
    last = make_chat().start(loads=False)
    assert [p.name for p in last.controller.asking.presets] == ["BRIEF"]


def test_new_conversations_begin_with_the_default_preset(make_chat: MakeChat) -> None:
    chat = make_chat(HELLO, HELLO, settings=Settings(instructions="From the settings")).start()
    asking = chat.controller.asking
    preset_id = asking.save("Brief", BRIEF)
    asking.set_default(preset_id)
    chat.ask("One")
    chat.controller.new_conversation()
    assert HowAsked.of(chat.controller.current) == BRIEF
    chat.close()
    again = make_chat().start(loads=False)
    again.controller.new_temporary_conversation()
    assert HowAsked.of(again.controller.current) == BRIEF
    again.controller.asking.set_default(None)
    again.controller.new_temporary_conversation()
    assert again.controller.current.instructions == ""


class Shown:
    """The dialog over a chat without a model."""

    def __init__(self, qtbot: QtBot, asking: Asking, how: HowAsked) -> None:
        self.qtbot = qtbot
        self.chosen: list[HowAsked] = []
        self.dialog = AskingDialog(asking, how, SamplingParams())
        self.dialog.how_chosen.connect(self.chosen.append)
        qtbot.addWidget(self.dialog)
        self.dialog.show()

    def spin(self, name: str) -> QAbstractSpinBox:
        boxes = self.dialog.findChildren(QAbstractSpinBox)
        return next(b for b in boxes if b.accessibleName() == name)

    def preset_names(self) -> list[str]:
        box = self.dialog.presets.box
        return [box.itemText(at) for at in range(1, box.count())]

    def choose(self, name: str) -> None:
        box = self.dialog.presets.box
        box.setCurrentIndex(1 + self.preset_names().index(name))
        box.activated.emit(box.currentIndex())

    def answer_name(self, name: str) -> None:
        dialog = self.dialog.findChild(QInputDialog)
        assert dialog is not None
        dialog.setTextValue(name)
        dialog.accept()

    def accept(self) -> HowAsked:
        buttons = self.dialog.findChild(QDialogButtonBox)
        assert buttons is not None
        buttons.button(QDialogButtonBox.StandardButton.Ok).click()
        return self.chosen[-1]


@pytest.fixture
def asking(make_chat: MakeChat) -> Asking:
    return make_chat().start(loads=False).controller.asking


def test_the_dialog_gives_back_what_it_was_given(qtbot: QtBot, asking: Asking) -> None:
    for how in (BRIEF, HowAsked("", None, LOW)):
        assert Shown(qtbot, asking, how).accept() == how


def test_values_of_its_own_are_chosen_and_reset(qtbot: QtBot, asking: Asking) -> None:
    shown = Shown(qtbot, asking, HowAsked("", None, LOW))
    box = shown.spin("Temperature")
    assert isinstance(box, QDoubleSpinBox)
    assert not box.isEnabled()
    shown.dialog.own_box.setChecked(True)
    box.setValue(0.4)
    shown.dialog.reset_button.click()
    assert box.value() == SamplingParams().temperature
    box.setValue(0.3)
    seeds = shown.dialog.findChildren(QLineEdit)
    next(s for s in seeds if s.accessibleName() == "Seed").setText("9999999999")
    assert shown.accept().sampling == SamplingParams(temperature=0.3, seed=2**32 - 2)


def test_a_shipped_preset_fills_the_fields(qtbot: QtBot, asking: Asking) -> None:
    shown = Shown(qtbot, asking, HowAsked("mine", COLD, HIGH))
    translate = shipped_presets()[0]
    shown.choose(translate.name)
    assert shown.accept() == HowAsked(translate.instructions, None, LOW)


def test_what_stands_in_the_fields_is_saved_as_a_preset(qtbot: QtBot, asking: Asking) -> None:
    shown = Shown(qtbot, asking, BRIEF)
    shown.dialog.presets.save_button.click()
    shown.answer_name("Brief")
    (preset,) = asking.presets
    assert HowAsked(preset.instructions, preset.sampling, preset.reasoning or LOW) == BRIEF
    assert shown.dialog.presets.chosen == preset


def test_a_preset_of_ones_own_hides_the_shipped_one_of_that_name(
    qtbot: QtBot, asking: Asking
) -> None:
    name = shipped_presets()[0].name
    asking.save(name, BRIEF)
    shown = Shown(qtbot, asking, HowAsked("", None, LOW))
    assert shown.preset_names().count(name) == 1
    shown.choose(name)
    assert shown.accept() == BRIEF


def test_the_menu_of_a_preset_renames_deletes_and_makes_it_the_default(
    qtbot: QtBot, asking: Asking
) -> None:
    asking.save("Brief", BRIEF)
    asking.save("Other", BRIEF)
    shown = Shown(qtbot, asking, HowAsked("", None, LOW))
    shown.choose("Brief")
    entries = {a.text(): a for a in _menu(shown).actions()}
    entries["New conversations begin with it"].setChecked(True)
    assert [p.is_default for p in asking.presets] == [True, False]
    assert "Brief (new conversations)" in shown.preset_names()
    entries["Rename…"].trigger()
    shown.answer_name("Other")  # taken: it is asked again
    assert [p.name for p in asking.presets] == ["Brief", "Other"]
    {a.text(): a for a in _menu(shown).actions()}["Delete"].trigger()
    assert [p.name for p in asking.presets] == ["Other"]


def test_the_deletion_of_a_preset_is_undone(qtbot: QtBot, asking: Asking) -> None:
    asking.save("Brief", BRIEF)
    brief = asking.presets[0]
    asking.set_default(brief.id)
    shown = Shown(qtbot, asking, HowAsked("", None, LOW))
    undo = shown.dialog.presets.undo_button
    assert undo.isHidden()
    shown.choose("Brief (new conversations)")
    {a.text(): a for a in _menu(shown).actions()}["Delete"].trigger()
    assert list(asking.presets) == []
    assert "Brief" in undo.accessibleName()
    undo.click()
    assert list(asking.presets) == [replace(brief, is_default=True)]
    assert shown.dialog.presets.chosen == asking.presets[0]
    assert undo.isHidden()


def test_a_shipped_preset_cannot_be_changed_but_can_be_the_default(
    qtbot: QtBot, asking: Asking
) -> None:
    shown = Shown(qtbot, asking, HowAsked("", None, HIGH))
    shipped = shipped_presets()[2]
    shown.choose(shipped.name)
    entries = {a.text(): a for a in _menu(shown).actions()}
    assert not entries["Delete"].isEnabled()
    assert not entries["Rename…"].isEnabled()
    entries["New conversations begin with it"].setChecked(True)
    (saved,) = asking.presets
    assert (saved.name, saved.instructions) == (shipped.name, shipped.instructions)
    assert saved.is_default


def _menu(shown: Shown):
    menu = shown.dialog.presets.menu()
    assert menu is not None
    shown.qtbot.addWidget(menu)
    return menu
