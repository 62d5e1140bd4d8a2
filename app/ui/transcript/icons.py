"""Small line icons, drawn on a 24 x 24 grid: sharp at every zoom, in any colour."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

_STROKE = 1.9  # of 24


class Icon(Enum):
    """Each value is a drawing: M/L move and line, C cubic, R rounded rectangle, E ellipse."""

    COPY = "R 9 9 11 11 2 M 5 15 L 4 15 L 4 4 L 15 4 L 15 5"
    CHECK = "M 5 12.5 L 10 17.5 L 19.5 7"
    WRAP = (
        "M 4 6 L 20 6 M 4 12 L 16 12 C 20.5 12 20.5 18 16 18 L 11 18 "
        "M 14 15 L 11 18 L 14 21 M 4 18 L 7 18"
    )
    EDIT = "M 4 20 L 5 15.5 L 16 4.5 L 19.5 8 L 8.5 19 L 4 20 M 13.5 7 L 17 10.5"
    REGENERATE = (
        "M 19.5 12 C 19.5 21.5 5 21.5 4.6 12 C 5 3.5 15 2 18.5 8 M 19 3.5 L 18.7 8.3 L 14 8"
    )
    CONTINUE = "M 7 5 L 18 12 L 7 19 L 7 5"
    DELETE = (
        "M 4 7 L 20 7 M 9 7 L 9 4 L 15 4 L 15 7 M 6 7 L 7 20 L 17 20 L 18 7 "
        "M 10 11 L 10 16 M 14 11 L 14 16"
    )
    PREVIOUS = "M 14.5 6 L 8.5 12 L 14.5 18"
    NEXT = "M 9.5 6 L 15.5 12 L 9.5 18"
    UP = "M 6 14.5 L 12 8.5 L 18 14.5"
    DOWN = "M 6 9.5 L 12 15.5 L 18 9.5"
    MORE = "E 5.5 12 1.2 1.2 E 12 12 1.2 1.2 E 18.5 12 1.2 1.2"
    STOPPED = "E 12 12 8.5 8.5 M 12 7.5 L 12 13 M 12 16 L 12 16.6"
    UNCHECKED = "R 4.5 4.5 15 15 3"
    CHECKED = "R 4.5 4.5 15 15 3 M 8 12.3 L 11 15.3 L 16.3 9"
    FILE = (
        "M 14 3 L 6 3 L 5 4 L 5 20 L 6 21 L 18 21 L 19 20 L 19 8 L 14 3 L 14 8 L 19 8 "
        "M 8.5 12.5 L 15.5 12.5 M 8.5 16.5 L 15.5 16.5"
    )
    FILE_CODE = (
        "M 14 3 L 6 3 L 5 4 L 5 20 L 6 21 L 18 21 L 19 20 L 19 8 L 14 3 L 14 8 L 19 8 "
        "M 10.5 12 L 8.5 14.5 L 10.5 17 M 13.5 12 L 15.5 14.5 L 13.5 17"
    )
    CLIPBOARD = "R 8.5 2.5 7 4 1 M 15.5 4.5 L 19 4.5 L 19 21.5 L 5 21.5 L 5 4.5 L 8.5 4.5"
    CLOSE = "M 6.5 6.5 L 17.5 17.5 M 17.5 6.5 L 6.5 17.5"


_PATHS: dict[Icon, QPainterPath] = {}


def paint_icon(painter: QPainter, icon: Icon, box: QRectF, color: QColor) -> None:
    """Draw `icon` into the square `box`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 24, box.height() / 24)
    pen = QPen(color, _STROKE)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(_path(icon))
    painter.restore()


def _path(icon: Icon) -> QPainterPath:
    if icon not in _PATHS:
        _PATHS[icon] = _read(icon.value)
    return _PATHS[icon]


def _read(drawing: str) -> QPainterPath:
    path = QPainterPath()
    words = iter(drawing.split())
    for sign in words:
        if sign in "ML":
            point = QPointF(float(next(words)), float(next(words)))
            if sign == "M":
                path.moveTo(point)
            else:
                path.lineTo(point)
        elif sign == "C":
            a, b, c = (QPointF(float(next(words)), float(next(words))) for _ in range(3))
            path.cubicTo(a, b, c)
        elif sign == "R":
            x, y, w, h, radius = (float(next(words)) for _ in range(5))
            path.addRoundedRect(x, y, w, h, radius, radius)
        else:
            x, y, rx, ry = (float(next(words)) for _ in range(4))
            path.addEllipse(QPointF(x, y), rx, ry)
    return path
