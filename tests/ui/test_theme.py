"""Colours: enough contrast in every theme, and the choice is followed."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.icons import app_icon, icon, pixmap
from app.ui.style_sheet import Colors, style_sheet
from app.ui.theme import DARK, HIGH_CONTRAST, LIGHT, ThemeKeeper, current_colors
from app.ui.transcript.palette import CONTRAST_SHAPE, CONTRAST_TEXT, contrast

THEMES = pytest.mark.parametrize(
    "colors", [LIGHT, DARK, HIGH_CONTRAST], ids=["light", "dark", "high-contrast"]
)
GROUNDS = ("window", "sidebar", "surface", "raised", "hover", "selected")

TEXT_PAIRS = [
    *((role, ground) for role in ("text", "muted") for ground in GROUNDS),
    *(("link", ground) for ground in ("window", "surface", "raised")),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("text", "accent_soft"),
    ("text", "selection"),
    ("text", "pressed"),
    ("text", "danger_soft"),
    ("text", "warning_soft"),
    ("danger", "window"),
    ("warning", "warning_soft"),
]
SHAPE_PAIRS = [
    *((role, ground) for role in ("border", "focus") for ground in ("window", "surface")),
    *(("focus", ground) for ground in ("sidebar", "selected", "raised")),
    *(("scroll", ground) for ground in ("window", "sidebar", "surface")),
    ("border", "sidebar"),
    ("accent", "window"),
    ("success", "window"),
    ("danger", "danger_soft"),
    ("warning", "warning_soft"),
    ("accent_ring", "accent"),
]


@THEMES
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(colors: Colors, text: str, ground: str) -> None:
    ratio = contrast(QColor(getattr(colors, text)), QColor(getattr(colors, ground)))
    assert ratio >= CONTRAST_TEXT


@THEMES
@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_borders_icons_and_focus_can_be_seen(colors: Colors, shape: str, ground: str) -> None:
    ratio = contrast(QColor(getattr(colors, shape)), QColor(getattr(colors, ground)))
    assert ratio >= CONTRAST_SHAPE


@THEMES
def test_the_style_sheet_has_no_open_places(colors: Colors) -> None:
    text = style_sheet(colors)
    assert "$" not in text
    assert text.count("{") == text.count("}")


@pytest.fixture
def keeper(qapp: QApplication):
    kept = ThemeKeeper(qapp, "light")
    yield kept
    kept.choose("light")
    kept.deleteLater()


def test_a_choice_holds_at_once_and_is_told(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    with qtbot.waitSignal(keeper.theme_changed) as told:
        keeper.choose("dark")
    assert told.args[0].colors is DARK
    assert current_colors() is DARK
    window = QApplication.palette().color(QPalette.ColorRole.Window)
    assert window == QColor(DARK.window)
    keeper.choose("high_contrast")
    assert keeper.colors is HIGH_CONTRAST


def test_choosing_the_same_again_repaints_nothing(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    with qtbot.assertNotEmitted(keeper.theme_changed):
        keeper.choose("light")


def test_icons_take_the_colour_of_the_theme(qapp: QApplication) -> None:
    image = pixmap("x", "#ff0000", 24).toImage()
    painted = {
        image.pixelColor(x, y).name()
        for x in range(24)
        for y in range(24)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert painted == {"#ff0000"}
    assert not icon("x", "#ff0000").isNull()


def test_an_unknown_icon_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        pixmap("no-such-icon", "#000000", 16)


def test_the_program_has_an_icon_in_all_sizes(qapp: QApplication) -> None:
    sizes = {size.width() for size in app_icon().availableSizes()}
    assert {16, 24, 32, 48, 64, 128, 256} <= sizes
