"""What measuring a computer says, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from app.core.tuning import Knob, Speeds, TuneTrial
from app.ui.size_words import number_text

translate = QCoreApplication.translate


def knob_text(knob: Knob) -> str:
    """What is varied."""
    return {
        Knob.THREADS: translate("Tuning", "Threads"),
        Knob.UBATCH: translate("Tuning", "Tokens read at once"),
        Knob.CPU_MOE: translate("Tuning", "Layers whose experts stay in main memory"),
        Knob.MMAP: translate("Tuning", "Model in memory"),
        Knob.FLASH_ATTENTION: translate("Tuning", "Flash attention"),
    }[knob]


def value_text(trial: TuneTrial) -> str:
    """Which value was tried."""
    if trial.knob is Knob.FLASH_ATTENTION:
        return translate("Tuning", "On") if trial.value else translate("Tuning", "Off")
    if trial.knob is not Knob.MMAP:
        return number_text(trial.value)
    return (
        translate("Tuning", "Mapped from the file")
        if trial.value
        else translate("Tuning", "Read completely")
    )


def change_text(before: float, after: float) -> str:
    """As "8.9 → 10.2": tokens per second."""
    locale = QLocale()
    return f"{locale.toString(before, 'f', 1)} → {locale.toString(after, 'f', 1)}"


def gain_text(before: Speeds, after: Speeds) -> str:
    """One sentence on the whole of it."""
    text = translate("Tuning", "Reading {reading} tokens/s, writing {writing} tokens/s.")
    text = text.replace("{reading}", change_text(before.prefill_tps, after.prefill_tps))
    return text.replace("{writing}", change_text(before.decode_tps, after.decode_tps))


def headings() -> tuple[str, ...]:
    """Columns of the table."""
    return (
        translate("Tuning", "Setting"),
        translate("Tuning", "Tried"),
        translate("Tuning", "Reading, tokens/s"),
        translate("Tuning", "Writing, tokens/s"),
        translate("Tuning", "Better"),
    )


def trial_row(trial: TuneTrial) -> tuple[str, ...]:
    """One trial as a row under `headings`."""
    before, after = trial.before, trial.after
    return (
        knob_text(trial.knob),
        value_text(trial),
        change_text(before.prefill_tps, after.prefill_tps),
        change_text(before.decode_tps, after.decode_tps),
        translate("Tuning", "Yes") if trial.is_taken else translate("Tuning", "No"),
    )
