"""Moments in the language and the time zone of the person."""

from __future__ import annotations

from PySide6.QtCore import QDate, QDateTime, QLocale

_SHORT = QLocale.FormatType.ShortFormat


def moment_text(at: float) -> str:
    """Date and time of `at`, seconds since 1970 (UTC)."""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(int(at)), _SHORT)


def day_text(at: float) -> str:
    """The date of `at`, seconds since 1970 (UTC); the time when it is today's."""
    moment = QDateTime.fromSecsSinceEpoch(int(at))
    if moment.date() == QDate.currentDate():
        return QLocale().toString(moment.time(), _SHORT)
    return QLocale().toString(moment.date(), _SHORT)
