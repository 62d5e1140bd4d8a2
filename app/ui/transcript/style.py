"""Fonts and measures of the conversation, all scaled by the zoom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF

from app.ui.transcript.palette import TranscriptPalette

BASE_PX = 15.0  # text height in logical pixels at 100 %
LINE_CHARS = 74  # characters of an average line of the column
LINE_HEIGHT = 1.5  # of the text's pixel size; fonts differ widely in their own
HEADING_SCALE = (1.45, 1.25, 1.1, 1.0, 1.0, 1.0)  # of levels 1..6
CODE_SCALE = 0.88


@dataclass(frozen=True)
class TextStyle:
    """How text is set. A change (zoom, system font) is a new value.

    What follows from it is worked out once: thousands of estimates ask for it.
    """

    families: tuple[str, ...]
    zoom_percent: int = 100  # 80..200

    def px(self, size: float) -> float:
        """`size` logical pixels at 100 %, zoomed: whole pixels, so that edges are sharp."""
        return _pixels(size, self.zoom_percent)

    @property
    def text_px(self) -> float:
        """Pixel size of running text."""
        return BASE_PX * self.zoom_percent / 100

    def font(self, scale: float = 1.0, *, bold: bool = False) -> QFont:
        """The text font at `scale` of its size."""
        return _font(self.families, round(self.text_px * scale), bold)

    def code_font(self, scale: float = CODE_SCALE) -> QFont:
        """The fixed-width font."""
        return _font(code_families(), round(self.text_px * scale), bold=False)

    def label_font(self, *, bold: bool = False) -> QFont:
        """Small text: headers, statistics, labels."""
        return self.font(0.85, bold=bold)

    @property
    def line_px(self) -> float:
        """Height of one line of running text."""
        return self._measures.line_px

    @property
    def line_percent(self) -> int:
        """Line height in per cent of the font's own."""
        return self._measures.line_percent

    @property
    def line_extra_px(self) -> float:
        """What the line height adds below each line."""
        return self._measures.line_extra_px

    @property
    def code_line_px(self) -> float:
        """Height of one line of code."""
        return self._measures.code_line_px

    @property
    def char_px(self) -> float:
        """Width of an average letter of running text."""
        return self._measures.char_px

    @property
    def column_px(self) -> float:
        """Width of the column of text."""
        return self.char_px * LINE_CHARS

    @property
    def descent_px(self) -> float:
        """How far letters of running text reach below their baseline."""
        return self._measures.descent_px

    @cached_property
    def _measures(self) -> _Measures:
        return _measures(self)

    @cached_property
    def _text_metrics(self) -> QFontMetricsF:
        return _metrics(self.font())

    def metrics(self, scale: float = 1.0, *, bold: bool = False) -> QFontMetricsF:
        """Measures of the text font."""
        return _metrics(self.font(scale, bold=bold))

    def advance(self, text: str, font: QFont | None = None) -> float:
        """Width of one line of text."""
        metrics = self._text_metrics if font is None else _metrics(font)
        return metrics.horizontalAdvance(text)


@lru_cache(512)  # mostly of constants: a thousand messages ask seven thousand times
def _pixels(size: float, zoom_percent: int) -> float:
    return float(max(round(size * zoom_percent / 100), 1))


@dataclass(frozen=True, slots=True)
class _Measures:
    line_percent: int
    line_px: float
    line_extra_px: float
    char_px: float
    descent_px: float
    code_line_px: float


@cache
def _measures(style: TextStyle) -> _Measures:
    metrics = _metrics(style.font())
    percent = max(round(100 * LINE_HEIGHT * style.text_px / metrics.height()), 100)
    line_px = metrics.height() * percent / 100
    return _Measures(
        line_percent=percent,
        line_px=line_px,
        line_extra_px=line_px - metrics.height(),
        char_px=metrics.horizontalAdvance("abcdefghijklmnopqrstuvwxyz ") / 27,
        descent_px=metrics.descent(),
        code_line_px=_metrics(style.code_font()).height(),
    )


@cache
def _font(families: tuple[str, ...], pixel_size: int, bold: bool) -> QFont:
    font = QFont()
    font.setFamilies(list(families))
    font.setPixelSize(max(pixel_size, 6))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


@cache
def _metrics(font: QFont) -> QFontMetricsF:
    return QFontMetricsF(font)


@cache
def code_families() -> tuple[str, ...]:
    """The system's fixed-width fonts."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    return (*font.families(), "DejaVu Sans Mono", "Menlo", "Consolas", "monospace")


@dataclass(frozen=True)
class Look:
    """Style and colours of one section: an answer, or thinking in muted colours."""

    style: TextStyle
    palette: TranscriptPalette
    is_muted: bool = False

    @property
    def text_color(self) -> QColor:
        """Colour of running text."""
        return self.palette.muted if self.is_muted else self.palette.text

    def css(self, scale: float = 1.0) -> str:
        """Style sheet of a block's document whose text is `scale` of running text."""
        palette, style = self.palette, self.style
        families = ", ".join(f"'{f}'" for f in code_families())
        code_px = round(style.text_px * scale * CODE_SCALE)
        return (
            f"p {{ white-space: pre-wrap; line-height: {style.line_percent}%; }}"
            f"a {{ color: {palette.link.name()}; text-decoration: underline; }}"
            f"code {{ font-family: {families}; font-size: {code_px}px;"
            f" background-color: {palette.inline_code_ground.name()}; }}"
            f"sup {{ font-size: {round(style.text_px * scale * 0.95)}px; }}"
        )
