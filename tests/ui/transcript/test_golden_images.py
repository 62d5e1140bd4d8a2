"""Every element looks as it was accepted: in both themes, at 100, 150 and 200 %.

`python -m tests.ui.transcript.golden_images --write` takes the stored pictures anew.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtGui import QImage, qRgb

from tests.ui.transcript.elements import ELEMENTS
from tests.ui.transcript.golden_images import (
    FOLDER,
    FONTS,
    SCALES,
    THEMES,
    TOLERANCE,
    difference,
    fonts,
    picture_name,
    take_all,
    write_difference,
)

NAMES = [picture_name(e, t, s) for e in ELEMENTS for t in THEMES for s in SCALES]

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="fonts are pinned by fontconfig"),
    pytest.mark.skipif(
        len(fonts()) < len(FONTS), reason="DejaVu is missing: make test installs it on Debian"
    ),
]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Folder with the pictures of one scale, taken when they are first asked for."""

    @cache
    def at(scale: int) -> Path:
        folder = tmp_path_factory.mktemp(f"pictures-{scale}")
        take_all(scale, folder)
        return folder

    return at


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("element", ELEMENTS)
def test_an_element_looks_as_it_was_accepted(
    taken: Callable[[int], Path], tmp_path: Path, element: str, theme: str, scale: int
) -> None:
    name = picture_name(element, theme, scale)
    picture, golden = taken(scale) / name, FOLDER / name
    assert golden.exists(), f"{name} was never accepted: golden_images --write"
    worst = difference(picture, golden)
    if worst > TOLERANCE:
        shown = tmp_path / name
        write_difference(picture, golden, shown)
        pytest.fail(
            f"{name}: a place differs by {worst:.0f} of 255. New, accepted and difference, "
            f"from top to bottom: {shown}"
        )


def test_no_picture_is_left_of_what_is_not_shown_any_more() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(NAMES)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_500_000


def test_a_missing_word_another_colour_and_another_size_are_seen(tmp_path: Path) -> None:
    golden = FOLDER / picture_name("strike", "light", 100)
    other = FOLDER / picture_name("strike", "dark", 100)
    assert difference(golden, other) > TOLERANCE
    picture = QImage(str(golden)).convertToFormat(QImage.Format.Format_RGB32)
    ground = picture.pixel(2, 2)
    assert ground != qRgb(0, 0, 0)
    for x in range(70, 90):  # a few letters
        for y in range(picture.height()):
            picture.setPixel(x, y, ground)
    changed = tmp_path / "changed.png"
    picture.save(str(changed))
    assert difference(changed, golden) > TOLERANCE
    shown = tmp_path / "difference.png"
    write_difference(changed, golden, shown)
    assert QImage(str(shown)).height() == 3 * picture.height()
    picture.copy(0, 0, 300, 20).save(str(changed))
    assert difference(changed, golden) > TOLERANCE
