"""What can be pressed on a message, and the words on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QCoreApplication, QLocale, QRectF

from app.core.message import FinishReason, GenerationStats, Message, ReasoningEffort, Role
from app.ui.models.path_model import MessageRow
from app.ui.transcript.icons import Icon


class ControlKind(Enum):
    """Each thing that can be pressed on a message."""

    THINKING = auto()  # folds and unfolds
    ANSWER_NOW = auto()
    PREVIOUS_VERSION = auto()
    NEXT_VERSION = auto()
    COPY = auto()
    EDIT = auto()
    REGENERATE = auto()
    REGENERATE_LEVEL = auto()  # opens the list of levels
    DELETE = auto()
    MORE = auto()  # opens the menu
    CONTINUE = auto()
    RETRY = auto()


@dataclass(frozen=True, slots=True)
class AttachmentTarget:
    """The chip of an attachment: opens it."""

    index: int  # among those of its message, 0-based


@dataclass(frozen=True)
class Control:
    """One control, where it is and what it says."""

    kind: ControlKind | AttachmentTarget
    rect: QRectF  # in the message's coordinates
    name: str  # for tooltips and screen readers
    icon: Icon | None = None
    label: str = ""  # visible text; empty: the icon alone
    is_always: bool = True  # False: seen under the pointer or with the focus only
    is_enabled: bool = True
    is_expanded: bool | None = None  # of what folds; None: does not fold


def control_name(kind: ControlKind, row: MessageRow) -> str:
    """What the control does, for tooltips and screen readers."""
    translate = QCoreApplication.translate
    names = {
        ControlKind.ANSWER_NOW: translate("transcript", "Answer now"),
        ControlKind.COPY: translate("transcript", "Copy"),
        ControlKind.EDIT: translate("transcript", "Edit"),
        ControlKind.REGENERATE: translate("transcript", "Write again"),
        ControlKind.REGENERATE_LEVEL: translate("transcript", "Write again with another level"),
        ControlKind.DELETE: translate("transcript", "Delete"),
        ControlKind.MORE: translate("transcript", "More"),
        ControlKind.CONTINUE: translate("transcript", "Continue"),
        ControlKind.RETRY: translate("transcript", "Try again"),
    }
    if kind is ControlKind.PREVIOUS_VERSION:
        text = translate("transcript", "Previous version, {n} of {total}")
        return _numbered(text, max(row.version - 1, 1), row.n_versions)
    if kind is ControlKind.NEXT_VERSION:
        text = translate("transcript", "Next version, {n} of {total}")
        return _numbered(text, min(row.version + 1, row.n_versions), row.n_versions)
    return names.get(kind, "")


def _numbered(text: str, n: int, total: int) -> str:
    return text.replace("{n}", str(n)).replace("{total}", str(total))


def level_name(level: ReasoningEffort) -> str:
    """The reasoning level in the person's language."""
    translate = QCoreApplication.translate
    return {
        ReasoningEffort.LOW: translate("transcript", "Low"),
        ReasoningEffort.MEDIUM: translate("transcript", "Medium"),
        ReasoningEffort.HIGH: translate("transcript", "High"),
    }[level]


def speaker(message: Message) -> str:
    """Who says it: You, or the model's name."""
    if message.role is Role.USER:
        return QCoreApplication.translate("transcript", "You")
    return message.model_name or "gpt-oss"


def thinking_label(
    *, seconds: float | None, is_thinking: bool, level: ReasoningEffort | None
) -> str:
    """The head of the thinking section; `seconds` None: not known how long it took."""
    translate = QCoreApplication.translate
    if is_thinking:
        text = translate("transcript", "Thinking… {time}")
    elif seconds is None:
        text = translate("transcript", "Thinking")
    else:
        text = translate("transcript", "Thought for {time}")
    label = text.replace("{time}", duration(seconds or 0.0)).strip()
    return f"{label} · {level_name(level)}" if level is not None else label


def duration(seconds: float) -> str:
    """Seconds or minutes in the person's language: `12 s`, `2 min 5 s`."""
    translate = QCoreApplication.translate
    whole = max(round(seconds), 0)
    if whole < 1 and seconds > 0:
        return translate("transcript", "under 1 s")
    if whole < 60:
        return translate("transcript", "{n} s").replace("{n}", str(whole))
    text = translate("transcript", "{minutes} min {seconds} s")
    return text.replace("{minutes}", str(whole // 60)).replace("{seconds}", str(whole % 60))


def statistics_line(stats: GenerationStats) -> str:
    """Tokens, speed and time to the first token."""
    translate, locale = QCoreApplication.translate, QLocale()
    parts = [tokens_text(stats.n_generated)]
    if stats.decode_tps > 0:
        speed = translate("transcript", "{n} tok/s")
        parts.append(speed.replace("{n}", locale.toString(stats.decode_tps, "f", 1)))
    if stats.ttft_ms > 0:
        first = translate("transcript", "first after {n} s")
        parts.append(first.replace("{n}", locale.toString(stats.ttft_ms / 1000, "f", 1)))
    return " · ".join(parts)


def tokens_text(n: int) -> str:
    """`1 token`, `412 tokens`."""
    translate = QCoreApplication.translate
    if n == 1:
        return translate("transcript", "1 token")
    return translate("transcript", "{n} tokens").replace("{n}", QLocale().toString(n))


def statistics_details(stats: GenerationStats) -> str:
    """All figures of an answer, one a line."""
    translate, locale = QCoreApplication.translate, QLocale()

    def number(value: float, digits: int = 0) -> str:
        return locale.toString(float(value), "f", digits)

    lines = [
        (translate("transcript", "Prompt: {n} tokens"), number(stats.n_prompt)),
        (translate("transcript", "of these kept from before: {n}"), number(stats.n_reused)),
        (translate("transcript", "Thinking: {n} tokens"), number(stats.n_analysis)),
        (translate("transcript", "Answer: {n} tokens"), number(stats.n_final)),
        (translate("transcript", "Reading: {n} tok/s"), number(stats.prefill_tps, 1)),
        (translate("transcript", "Writing: {n} tok/s"), number(stats.decode_tps, 1)),
        (translate("transcript", "First token after {n} s"), number(stats.ttft_ms / 1000, 1)),
        (translate("transcript", "In all {n} s"), number(stats.total_ms / 1000, 1)),
    ]
    if stats.n_dropped:
        text = translate("transcript", "Oldest messages left out: {n}")
        lines.append((text, number(stats.n_dropped)))
    return "\n".join(text.replace("{n}", n) for text, n in lines)


def end_sentence(row: MessageRow) -> str:
    """Why the answer ended before it was done; empty: it did not."""
    if row.error:
        return row.error
    if row.is_live or not row.message.can_continue:
        return ""
    translate = QCoreApplication.translate
    reason = row.message.finish_reason
    return {
        FinishReason.CANCELLED: translate("transcript", "Stopped"),
        FinishReason.LENGTH: translate(
            "transcript", "The answer reached the longest length that is allowed."
        ),
        FinishReason.REPETITION: translate(
            "transcript", "Ended, because it began to repeat itself."
        ),
        FinishReason.INTERRUPTED: translate(
            "transcript", "Interrupted: Lumbre closed while it was being written."
        ),
        FinishReason.ERROR: translate(
            "transcript", "The answer broke off. What was written so far is kept."
        ),
    }.get(reason or FinishReason.STOP, "")
