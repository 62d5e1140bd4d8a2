"""What the practice model was taught about the window, compared with the window as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.resources import resource_path
from app.ui import translations
from app.ui.empty_state import EmptyState, PromptCard
from app.ui.shortcuts import COMMANDS
from tests.fixtures.practice_dialogues import (
    DIALOGUES,
    LANGUAGES,
    Dialogue,
    Language,
    find_dialogue,
)
from tests.ui.load_script import translate

_TS = resource_path("translations/lumbre_es.ts")
_STRESSED = re.compile(r"(?<!\*)\*{1,2}([^*\n]+)\*{1,2}")
_KEYS = re.compile(r"Ctrl\+[^\s|*]*[^\s|*.,:]|Ctrl\+,")
# Capitalized, but nothing that can be pressed or opened.
_NO_NAMES = {
    "Lumbre",
    "Lumbre practice model",
    "MXFP4",
    "Answer briefly",
    "Responde brevemente",
}
_NO_NAMES |= {"Enter", "Shift+Enter", "Intro", "Mayúsculas+Intro", "Esc"}
_FOR_THE_EYE = {"markdown", "table", "code", "formula", "list", "story"}


def about_the_window(language: Language) -> list[Dialogue]:
    return [d for d in DIALOGUES if d.language == language and d.name not in _FOR_THE_EYE]


def examples(qtbot: QtBot, *, is_practice: bool) -> list[str]:
    """The questions of an empty conversation, in the language of the window."""
    empty = EmptyState()
    qtbot.addWidget(empty)
    empty.set_practice(is_practice)
    return [card.prompt for card in empty.findChildren(PromptCard)]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Language]:
    """The window's language is this one."""
    before = QLocale()
    translations.install(qapp, request.param)
    yield request.param
    translations.install(qapp, "en")
    QLocale.setDefault(before)


def test_it_knows_every_question_that_the_window_proposes(
    qtbot: QtBot, language: Language
) -> None:
    known = [find_dialogue(question) for question in examples(qtbot, is_practice=True)]
    assert len(known) == 4
    assert [d.language if d else None for d in known] == [language] * 4


def test_it_owns_that_it_cannot_do_what_the_window_proposes_to_a_large_model(
    qtbot: QtBot, language: Language
) -> None:
    assert [find_dialogue(q) for q in examples(qtbot, is_practice=False)] == [None] * 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_answers_name_things_as_the_window_does(language: Language) -> None:
    rows = list(translate.texts(_TS))
    texts = {row[1] if language == "en" else row[2] for row in rows}
    names = {text.replace("&", "").removesuffix("…") for text in texts}
    unknown = [
        (dialogue.name, name)
        for dialogue in about_the_window(language)
        for name in _STRESSED.findall(dialogue.answer)
        if name[0].isupper() and not name.startswith("Ctrl+") and name not in _NO_NAMES
        if name.removesuffix("…") not in names and find_dialogue(name) is None
    ]
    assert unknown == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_answers_name_keys_that_the_window_has(language: Language) -> None:
    of_window = {key for command in COMMANDS for key in command.keys}
    named = {
        key.replace("Mayúsculas", "Shift") if language == "es" else key
        for dialogue in about_the_window(language)
        for text in (dialogue.answer, *dialogue.thoughts)
        for key in _KEYS.findall(text)
    } - {"Ctrl+comma", "Ctrl+coma"}
    assert "Ctrl+Shift+P" in named
    assert named <= of_window


def test_its_spanish_writes_the_shift_key_as_the_window_does() -> None:
    hint = next(
        spanish for _, english, spanish in translate.texts(_TS) if "Shift+Enter for" in english
    )
    assert "Mayúsculas+Intro" in hint
    for dialogue in about_the_window("es"):
        text = " ".join((dialogue.answer, *dialogue.thoughts))
        assert re.findall(r"\b(?:Shift|Mayús)\b", text) == []
