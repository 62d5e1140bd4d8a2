"""The reasoning levels in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.core.message import ReasoningEffort


def effort_name(effort: ReasoningEffort) -> str:
    """The level as it is written in the window."""
    return {
        ReasoningEffort.LOW: QCoreApplication.translate("reasoning", "Low"),
        ReasoningEffort.MEDIUM: QCoreApplication.translate("reasoning", "Medium"),
        ReasoningEffort.HIGH: QCoreApplication.translate("reasoning", "High"),
    }[effort]


def effort_trade_off(effort: ReasoningEffort) -> str:
    """What a level gives and costs, in one line."""
    return {
        ReasoningEffort.LOW: QCoreApplication.translate(
            "reasoning", "Quickest: thinks briefly. For simple questions and short texts."
        ),
        ReasoningEffort.MEDIUM: QCoreApplication.translate(
            "reasoning", "Balanced: thinks as long as most questions need."
        ),
        ReasoningEffort.HIGH: QCoreApplication.translate(
            "reasoning", "Most careful: thinks much longer. For mathematics, code and plans."
        ),
    }[effort]
