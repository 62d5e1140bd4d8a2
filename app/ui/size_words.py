"""Sizes and verdicts about memory in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from app.core.byte_count import ByteCount
from app.core.plan_words import Sentence


def size_text(n_bytes: float) -> str:
    """Bytes as a person writes them: "12.1 GB"."""
    si = QLocale.DataSizeFormat.DataSizeSIFormat
    return QLocale().formattedDataSize(int(n_bytes), 1, si)


def number_text(n: int) -> str:
    """With the separators of the language."""
    return QLocale().toString(n)


def memory_text(sentence: Sentence) -> str:
    """A sentence of the memory plan, translated."""
    template = QCoreApplication.translate("memory", sentence.template)
    return template.format(
        **{
            name: size_text(value.n_bytes) if isinstance(value, ByteCount) else value
            for name, value in sentence.values.items()
        }
    )
