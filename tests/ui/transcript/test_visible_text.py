"""Signs that fool the eye are shown."""

from __future__ import annotations

import pytest

from app.ui.transcript.visible_text import (
    MAX_RUN,
    code_line_shown,
    made_visible,
    pieces,
    with_breaks,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("pay\u200bpal", "pay⟨U+200B⟩pal"),
        ("\ufeffx", "⟨U+FEFF⟩x"),
        ("a\x1b[31m", "a⟨U+001B⟩[31m"),
        ("a\U000e0041b", "a⟨U+E0041⟩b"),
        ("a\u200db", "a⟨U+200D⟩b"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("\ud800", "⟨U+D800⟩"),
    ],
)
def test_hidden_signs_become_visible(text: str, shown: str) -> None:
    assert made_visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "family 👨\u200d👩\u200d👧 and flag 🏴\U000e0067\U000e0062\U000e007f",
        "می\u200cخواهم",
        "क्\u200dष",
        "日本語 العربية ñ é",
        "❤\ufe0f",
    ],
)
def test_what_scripts_and_emoji_need_stays(text: str) -> None:
    assert made_visible(text) == text


def test_endless_runs_are_broken() -> None:
    broken = with_breaks("x" * (3 * MAX_RUN + 5))
    assert max(map(len, broken.split("\u2028"))) == MAX_RUN
    assert broken.replace("\u2028", "") == "x" * (3 * MAX_RUN + 5)
    text = "words and words " * 1000
    assert with_breaks(text) == text


def test_thousands_of_tabs_become_spaces_and_few_stay() -> None:
    assert "\t" not in code_line_shown("\t" * 5000)
    assert code_line_shown("\tx") == "\tx"


def test_pieces_join_to_the_text() -> None:
    text = "some words\n" * 500
    cut = pieces(text, 300)
    assert "".join(cut) == text
    assert max(map(len, cut)) <= 300
