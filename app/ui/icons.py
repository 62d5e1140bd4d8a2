"""Lucide icons (ISC) from `resources/icons/lucide`, drawn in the colours of the theme."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.core.resources import resource_path

_PIXEL_SIZES = (16, 18, 20, 24, 27, 32, 36, 40, 48)  # so that nothing is scaled at 1, 1.5, 2


@cache
def _source(name: str) -> str:
    return resource_path(f"icons/lucide/{name}.svg").read_text("utf-8")


def pixmap(name: str, color: str, size: int, scale: float = 1.0) -> QPixmap:
    """One icon of `size` logical pixels for a screen with this scale factor.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    # QtSvg paints "currentColor" black, so the colour goes into the source.
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))
    side = round(size * scale)
    image = QPixmap(side, side)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    image.setDevicePixelRatio(scale)
    return image


@lru_cache(maxsize=256)
def icon(name: str, color: str, disabled_color: str | None = None) -> QIcon:
    """An icon in one colour; `disabled_color` None: Qt greys it itself.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    result = QIcon()
    for side in _PIXEL_SIZES:
        result.addPixmap(pixmap(name, color, side))
        if disabled_color is not None:
            result.addPixmap(pixmap(name, disabled_color, side), QIcon.Mode.Disabled)
    return result


@cache
def app_icon() -> QIcon:
    """The program's own icon."""
    result = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        path = resource_path(f"icons/app/lumbre-{side}.png")
        result.addFile(str(path), QSize(side, side))
    return result
