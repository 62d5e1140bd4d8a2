"""Presets that come with the program, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.core.conversation import Preset, PresetId
from app.core.errors import QT_TRANSLATE_NOOP
from app.core.message import ReasoningEffort

_PRESETS = (
    (
        "translate",
        QT_TRANSLATE_NOOP("presets", "Translate"),
        QT_TRANSLATE_NOOP(
            "presets",
            "Translate what I write into English; what is in English, into Spanish. Keep "
            "names, numbers and the layout. Answer with the translation only. Where a word "
            "can mean two things, add one line that says which you chose.",
        ),
        ReasoningEffort.LOW,
    ),
    (
        "summarise",
        QT_TRANSLATE_NOOP("presets", "Summarise"),
        QT_TRANSLATE_NOOP(
            "presets",
            "Summarise the text that I give you: first one sentence, then at most five points "
            "with what matters most. Use only what stands in the text, and say so when "
            "something important is missing in it.",
        ),
        ReasoningEffort.LOW,
    ),
    (
        "letter",
        QT_TRANSLATE_NOOP("presets", "Write a letter"),
        QT_TRANSLATE_NOOP(
            "presets",
            "Write the letter or e-mail that I describe: polite, clear and short, ready to "
            "send. Put what I have not told you in square brackets and invent nothing. After "
            "the letter, list what I still have to fill in.",
        ),
        ReasoningEffort.MEDIUM,
    ),
    (
        "correct",
        QT_TRANSLATE_NOOP("presets", "Correct my text"),
        QT_TRANSLATE_NOOP(
            "presets",
            "Correct spelling, grammar and punctuation of what I write, in its own language, "
            "and keep my way of writing. Show the corrected text first, then a short list of "
            "what you changed and why.",
        ),
        ReasoningEffort.LOW,
    ),
    (
        "code",
        QT_TRANSLATE_NOOP("presets", "Explain code"),
        QT_TRANSLATE_NOOP(
            "presets",
            "Explain the code that I give you to somebody who can program but does not know "
            "it: first what it is for, then how it works, step by step, with the lines that "
            "you mean. Name mistakes and risks at the end. Say what you cannot know from the "
            "code alone.",
        ),
        ReasoningEffort.MEDIUM,
    ),
)


def shipped_presets() -> tuple[Preset, ...]:
    """The presets of the program; they cannot be changed, only saved under a name."""
    translate = QCoreApplication.translate
    return tuple(
        Preset(
            PresetId(f"shipped-{name}"),
            translate("presets", title),
            translate("presets", instructions),
            reasoning=reasoning,
        )
        for name, title, instructions, reasoning in _PRESETS
    )
