"""Formulas in TeX to images. Called in the math thread."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from app.ui.transcript.inline_html import MAX_TEX

logger = logging.getLogger(__name__)

MAX_NESTING = 8  # levels of braces, brackets, matrices: the time doubles with each
MAX_IMAGE_PX = 8_000  # device pixels a side
MAX_IMAGE_AREA = 4_000_000  # device pixels: 16 MB
_NESTS = re.compile(r"\\left\b|\\right\b|\\begin\b|\\end\b|(?<!\\)[{}]")
_UNSUPPORTED = re.compile(
    r"\\(?:ce|cancel|href|url|includegraphics|input|include|def|newcommand)\b"
)


@dataclass(frozen=True, slots=True)
class FormulaKey:
    """What an image of a formula depends on."""

    tex: str
    is_display: bool
    text_px: float  # height of the text around it
    descent_px: float  # of the text around it
    color: str  # "#rrggbb"
    pixel_ratio: float  # device pixels a logical pixel


@dataclass(frozen=True)
class MathImage:
    """A typeset formula."""

    image: QImage  # in device pixels, transparent ground
    size: QSizeF  # logical pixels
    is_on_baseline: bool  # it ends at the text's descent; else its middle is the text's


@dataclass(frozen=True, slots=True)
class Outline:
    """A formula as vectors."""

    svg: bytes
    key: FormulaKey


def typeset(key: FormulaKey) -> MathImage | None:
    """The image, or None when the formula cannot be typeset: then its source is shown."""
    outline = outlined(key)
    return None if outline is None else painted(outline)


def outlined(key: FormulaKey) -> Outline | None:
    """The slow half, all Python: may be broken off at any place. None as for `typeset`."""
    if len(key.tex) > MAX_TEX or _nesting(key.tex) > MAX_NESTING:
        return None
    if _UNSUPPORTED.search(key.tex):
        return None
    try:
        return _outline(key)
    except Exception as error:  # a foreign parser and hostile input: the source is shown
        logger.debug("formula of %d characters not typeset: %s", len(key.tex), type(error))
        return None


def _nesting(tex: str) -> int:
    deepest = depth = 0
    for sign in _NESTS.findall(tex):
        if sign in {"{", "\\left", "\\begin"}:
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth = max(depth - 1, 0)
    return deepest


def _outline(key: FormulaKey) -> Outline:
    from ziamath.config import config
    from ziamath.zmath import Latex

    config.svg2 = False
    config.precision = 2
    size_px = key.text_px * (1.15 if key.is_display else 1.05)
    latex = Latex(key.tex, size=size_px, color=key.color, inline=not key.is_display)
    return Outline(latex.svg().encode(), key)


def painted(outline: Outline) -> MathImage | None:
    """The quick half, all Qt: never to be broken off. None: it is empty or too large."""
    from PySide6.QtSvg import QSvgRenderer

    key = outline.key
    renderer = QSvgRenderer(QByteArray(outline.svg))
    box = renderer.viewBoxF()  # its origin is on the baseline
    ascent, descent = -box.y(), box.height() + box.y()
    top, bottom, is_on_baseline = ascent, descent, True
    if not key.is_display:
        if descent <= key.descent_px + 0.5:
            bottom = key.descent_px
        else:
            top = bottom = max(ascent, descent)
            is_on_baseline = False
    size = QSizeF(box.width(), top + bottom)
    width = int(size.width() * key.pixel_ratio + 0.999)
    height = int(size.height() * key.pixel_ratio + 0.999)
    if not (0 < width <= MAX_IMAGE_PX and 0 < height <= MAX_IMAGE_PX):
        return None
    if width * height > MAX_IMAGE_AREA:
        return None
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(key.pixel_ratio)
    image.fill(QColor(0, 0, 0, 0))
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, top - ascent, box.width(), box.height()))
    painter.end()
    return MathImage(image, size, is_on_baseline)
