"""Sentences of errors in the language of the window."""

from __future__ import annotations

from string import Formatter

from PySide6.QtCore import QCoreApplication, QLocale

from app.core.byte_count import ByteCount
from app.core.errors import LumbreError, UserError
from app.ui.size_words import size_text


def error_text(error: LumbreError) -> str:
    """What happened, what is safe and what to do next, translated, with its values."""
    if not isinstance(error, UserError):
        return QCoreApplication.translate(
            "errors",
            "Something in Lumbre went wrong. Your conversations are saved. Try again; if it "
            "happens again, restart Lumbre and send us the report.",
        )
    template = QCoreApplication.translate("errors", error.template)
    try:
        return _LocalFormatter().vformat(template, (), error.values)
    except (LookupError, ValueError):  # a translation with a wrong place
        return str(error)


class _LocalFormatter(Formatter):
    """Writes numbers as the person's language does: 12,345 or 12.345, 1.5 GB or 1,5 GB."""

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, ByteCount):
            return size_text(value.n_bytes)
        if isinstance(value, int) and not isinstance(value, bool) and not format_spec:
            return QLocale().toString(value)
        return str(super().format_field(value, format_spec))
