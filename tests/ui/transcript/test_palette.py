"""Every colour can be told from its ground."""

from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtGui import QColor

from app.ui.transcript.palette import (
    CONTRAST_SHAPE,
    CONTRAST_TEXT,
    TranscriptPalette,
    contrast,
)

PALETTES = {
    "light": TranscriptPalette.light(),
    "dark": TranscriptPalette.dark(),
    "high contrast": TranscriptPalette.high_contrast(),
}
palettes = pytest.mark.parametrize("name", PALETTES)


def test_the_formula_is_the_one_of_the_guidelines() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


@palettes
def test_text_is_readable_on_every_ground_it_stands_on(name: str) -> None:
    p = PALETTES[name]
    least = 7.0 if name == "high contrast" else CONTRAST_TEXT
    grounds = [p.ground, p.bubble, p.code_ground, p.table_header, p.hover, p.inline_code_ground]
    marked = [p.selection, p.found, p.found_current]
    pairs = [(p.text, g) for g in [*grounds, *marked]]
    pairs += [(p.muted, g) for g in (p.ground, p.code_ground, p.bubble)]
    pairs += [(p.link, g) for g in (p.ground, p.bubble, p.table_header)]
    pairs += [(p.error, p.ground), (p.on_accent, p.accent)]
    for color, ground in pairs:
        assert contrast(color, ground) >= least, (color.name(), ground.name())


@palettes
def test_highlighted_code_is_readable(name: str) -> None:
    p = PALETTES[name]
    for syntax in fields(p.syntax):
        color = getattr(p.syntax, syntax.name)
        assert contrast(color, p.code_ground) >= CONTRAST_TEXT, syntax.name


@palettes
def test_shapes_that_mean_something_are_seen(name: str) -> None:
    p = PALETTES[name]
    for color in (p.border, p.accent, p.focus, p.muted):
        for ground in (p.ground, p.code_ground):
            assert contrast(color, ground) >= CONTRAST_SHAPE, (color.name(), ground.name())
    assert contrast(p.focus, p.bubble) >= CONTRAST_SHAPE
