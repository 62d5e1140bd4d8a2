"""English and Spanish are complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication

from app.core.byte_count import ByteCount
from app.core.errors import QT_TRANSLATE_NOOP, BugError, PromptTooLongError, UserError
from app.core.resources import resource_path
from app.ui import translations
from app.ui.error_text import error_text
from tests.ui.load_script import translate

_PLACES = r"\{[a-z_]*\}|\(\*[^)]*\)|%[0-9n]"
TS = resource_path("translations/lumbre_es.ts")


def translated() -> list[tuple[str, str, str]]:
    """Context, English and Spanish of what is translated."""
    return [row for row in translate.texts(TS) if row[2]]


@pytest.fixture
def spanish(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    translations.install(qapp, "es")
    yield
    translations.install(qapp, "en")
    QLocale.setDefault(before)


def test_no_text_of_the_program_lacks_its_spanish() -> None:
    assert translate.missing("es") == []


def test_translations_have_the_same_places_and_signs_as_the_english() -> None:
    wrong = []
    for context, english, spanish in translated():
        kept = [sorted(re.findall(_PLACES, text)) for text in (english, spanish)]
        if kept[0] != kept[1] or english.endswith("…") != spanish.endswith("…"):
            wrong.append(f"{context}: {english}")
    assert wrong == []


def test_every_mnemonic_of_a_settings_page_is_there_once() -> None:
    letters: dict[str, list[str]] = {}
    for context, _, spanish in translated():
        if context.endswith("Page"):
            found = re.findall(r"&(\w)", spanish)
            letters.setdefault(context, []).extend(letter.lower() for letter in found)
    assert letters
    assert all(len(set(used)) == len(used) for used in letters.values())


def test_the_compiled_file_holds_every_translation(spanish: None) -> None:
    for context, english, text in translated():
        assert QCoreApplication.translate(context, english) == text


def test_switching_back_to_english_leaves_nothing_behind(qapp: QApplication) -> None:
    translations.install(qapp, "es")
    assert QCoreApplication.translate("sections", "Today") == "Hoy"
    translations.install(qapp, "en")
    assert QCoreApplication.translate("sections", "Today") == "Today"


@pytest.mark.parametrize(("choice", "language"), [("en", "en"), ("es", "es")])
def test_a_chosen_language_needs_no_system(choice: str, language: str) -> None:
    assert translations.language_of(choice) == language


def test_the_systems_language_falls_back_to_english() -> None:
    assert translations.language_of("system") in {"en", "es"}


TOO_LONG = PromptTooLongError(
    QT_TRANSLATE_NOOP(
        "errors",
        "This message is too long: {n_needed} tokens, and the context has room for "
        "{n_room}. Your text is kept. Shorten it, or choose a larger context in the "
        "settings.",
    ),
    n_needed=123_456,
    n_room=8,
)


def test_an_error_is_told_in_the_language_and_numbers_of_the_window(spanish: None) -> None:
    text = error_text(TOO_LONG)
    assert text.startswith("Este mensaje es demasiado largo: 123.456 tokens")
    assert error_text(UserError("{n} left.", n=ByteCount(1_500_000_000))) == "1,5 GB left."


def test_an_error_without_translation_is_told_in_english(spanish: None) -> None:
    assert error_text(UserError("Never seen {what}.", what="before")) == "Never seen before."


def test_a_mistake_of_ours_never_shows_its_inner_words(qapp: QApplication) -> None:
    assert "index" not in error_text(BugError("index out of range"))


def test_every_error_template_names_its_places_plainly() -> None:
    """`{size:.1f}` would fail with a value that is already a text."""
    for context, english, _ in translate.texts(TS):
        if context == "errors":
            for _, name, spec, conversion in Formatter().parse(english):
                assert name is None or (name.isidentifier() and not spec and not conversion)


def test_the_sources_of_translation_are_the_whole_program() -> None:
    listed = {Path(name).as_posix() for name in translate.sources()}
    assert "app/ui/main_window.py" in listed
    assert "app/core/errors.py" in listed
