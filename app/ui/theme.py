"""Colours of the window: light, dark, high contrast; followed live or chosen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QDir, QObject, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from app.core.resources import resource_path
from app.ui.style_sheet import Colors, style_sheet
from app.workers.typed_signal import signal_of

MIN_FONT_POINTS = 10.0  # Qt falls back to 9 pt on a bare X11 session

LIGHT = Colors(
    name="light",
    window="#fdfcfb",
    sidebar="#f6f3ef",
    surface="#ffffff",
    raised="#ffffff",
    hover="#ece7e1",
    pressed="#e2dbd3",
    selected="#e9e2da",
    line="#e4ded7",
    border="#8d847b",
    text="#1f1b18",
    muted="#675f58",
    accent="#c2410c",
    accent_hover="#a8380a",
    on_accent="#ffffff",
    accent_ring="#1f1b18",
    accent_soft="#fdf0e7",
    link="#9a3412",
    focus="#c2410c",
    danger="#b3261e",
    danger_soft="#fdeeec",
    warning="#8a5300",
    warning_soft="#fff5e0",
    success="#1f6b3a",
    selection="#fbd3b5",
    scroll="#948b83",
    scrim="#401f1b18",
)

DARK = Colors(
    name="dark",
    window="#1a1918",
    sidebar="#161413",
    surface="#262322",
    raised="#2a2725",
    hover="#302c2a",
    pressed="#3a3532",
    selected="#332e2b",
    line="#383330",
    border="#857b74",
    text="#ece8e4",
    muted="#aca49d",
    accent="#ff9d5c",
    accent_hover="#ffb27f",
    on_accent="#2a1405",
    accent_ring="#2a1405",
    accent_soft="#33241a",
    link="#ffb184",
    focus="#ff9d5c",
    danger="#ff8f84",
    danger_soft="#3a2220",
    warning="#f0b95a",
    warning_soft="#35291a",
    success="#7fcf98",
    selection="#7a4522",
    scroll="#7d746e",
    scrim="#99000000",
)

HIGH_CONTRAST = Colors(
    name="contrast",
    window="#000000",
    sidebar="#000000",
    surface="#000000",
    raised="#000000",
    hover="#3a2a00",
    pressed="#5c4300",
    selected="#4a3600",
    line="#ffffff",
    border="#ffffff",
    text="#ffffff",
    muted="#e6e6e6",
    accent="#ffc23d",
    accent_hover="#ffd778",
    on_accent="#000000",
    accent_ring="#000000",
    accent_soft="#2b1f00",
    link="#ffd778",
    focus="#ffe14d",
    danger="#ffa39b",
    danger_soft="#330a06",
    warning="#ffd778",
    warning_soft="#2b1f00",
    success="#9dffb8",
    selection="#6b4e00",
    scroll="#ffffff",
    scrim="#cc000000",
)


@dataclass(frozen=True, slots=True)
class ThemeChanged:
    """Other colours are in force."""

    colors: Colors


_current = LIGHT


def current_colors() -> Colors:
    """The colours in force; LIGHT until a `ThemeKeeper` has chosen."""
    return _current


def palette_of(colors: Colors) -> QPalette:
    """A complete palette for the Fusion style, so that unstyled widgets fit too."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: colors.window,
        QPalette.ColorRole.WindowText: colors.text,
        QPalette.ColorRole.Base: colors.surface,
        QPalette.ColorRole.AlternateBase: colors.sidebar,
        QPalette.ColorRole.Text: colors.text,
        QPalette.ColorRole.Button: colors.raised,
        QPalette.ColorRole.ButtonText: colors.text,
        QPalette.ColorRole.BrightText: colors.danger,
        QPalette.ColorRole.ToolTipBase: colors.raised,
        QPalette.ColorRole.ToolTipText: colors.text,
        QPalette.ColorRole.PlaceholderText: colors.muted,
        QPalette.ColorRole.Highlight: colors.selection,
        QPalette.ColorRole.HighlightedText: colors.text,
        QPalette.ColorRole.Accent: colors.accent,
        QPalette.ColorRole.Link: colors.link,
        QPalette.ColorRole.LinkVisited: colors.link,
        QPalette.ColorRole.Light: colors.hover,
        QPalette.ColorRole.Midlight: colors.hover,
        QPalette.ColorRole.Mid: colors.line,
        QPalette.ColorRole.Dark: colors.border,
        QPalette.ColorRole.Shadow: colors.border,
    }
    for role, value in roles.items():
        palette.setColor(role, QColor(value))
    disabled = QPalette.ColorGroup.Disabled
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(disabled, role, QColor(colors.muted))
    return palette


class ThemeKeeper(QObject):
    """Applies the chosen colours to the application and follows the system live."""

    theme_changed = signal_of(ThemeChanged)

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        """`choice` is one of `app.core.settings.THEMES`."""
        super().__init__(app)
        self._app = app
        self._choice = choice
        self._applied: Colors | None = None
        # Kept: Qt's wrapper objects raise "already deleted" when their owner is not held.
        self._hints = app.styleHints()
        self._accessibility = self._hints.accessibility()
        QDir.setSearchPaths("icons", [str(resource_path("icons"))])
        app.setStyle(QStyleFactory.create("Fusion"))
        _raise_tiny_font(app)
        self._hints.colorSchemeChanged.connect(self._on_system_changed)
        self._accessibility.contrastPreferenceChanged.connect(self._on_system_changed)
        self._apply()

    @property
    def colors(self) -> Colors:
        """The colours in force."""
        return current_colors()

    def choose(self, choice: str) -> None:
        """Follow the system, or hold one theme: a value of `app.core.settings.THEMES`."""
        self._choice = choice
        self._apply()

    def _wanted(self) -> Colors:
        if self._choice == "light":
            return LIGHT
        if self._choice == "dark":
            return DARK
        if self._choice == "high_contrast":
            return HIGH_CONTRAST
        if self._accessibility.contrastPreference() == Qt.ContrastPreference.HighContrast:
            return HIGH_CONTRAST
        return DARK if self._hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT

    @Slot()
    def _on_system_changed(self) -> None:
        self._apply()

    def _apply(self) -> None:
        global _current  # noqa: PLW0603 - the look belongs to the one application
        colors = self._wanted()
        if colors is self._applied:
            return
        self._applied = _current = colors
        self._app.setPalette(palette_of(colors))
        self._app.setStyleSheet(style_sheet(colors))
        self.theme_changed.emit(ThemeChanged(colors))


def _raise_tiny_font(app: QApplication) -> None:
    font = app.font()
    if 0 < QFontInfo(font).pointSizeF() < MIN_FONT_POINTS:
        larger = QFont(font)
        larger.setPointSizeF(MIN_FONT_POINTS)
        app.setFont(larger)
