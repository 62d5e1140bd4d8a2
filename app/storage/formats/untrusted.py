"""Reading values whose types nobody has checked, and building trees out of any nodes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from app.core.conversation import Conversation, ConversationSummary, title_from
from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.core.message import ConversationId, Message, MessageId, ReasoningEffort, Role
from app.storage.rows import clean_seconds, clean_text

MOST_MESSAGES = 100_000  # of one conversation
_NAMESPACE = uuid.UUID("6c0bb3b4-6f0e-4b39-9b7a-0b2f3c1d9a55")

_MALFORMED = QT_TRANSLATE_NOOP(
    "errors", "It was left out because its data are not as they should be ({detail})."
)
_EMPTY = QT_TRANSLATE_NOOP("errors", "It was left out because there is no message in it.")
_TOO_LARGE = QT_TRANSLATE_NOOP(
    "errors", "It was left out because it is too large to be a conversation."
)


class LeftOutError(StorageError):
    """One conversation cannot be imported; the next one may."""


def malformed(detail: str) -> LeftOutError:
    """The reason for wrong types; `detail` names the field, never its content."""
    return LeftOutError(_MALFORMED, detail=detail)


def too_large() -> LeftOutError:
    """The reason for what is beyond all bounds."""
    return LeftOutError(_TOO_LARGE)


def as_object(value: object, name: str) -> dict[str, Any]:
    """A JSON object.

    Raises:
        LeftOutError: it is something else.
    """
    if not isinstance(value, dict):
        raise malformed(name)
    return value


def as_list(value: object) -> list[Any]:
    """A JSON array; anything else is an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: object) -> str:
    """A text that can be stored; anything else is an empty one."""
    return clean_text(value) if isinstance(value, str) else ""


def as_seconds(value: object, otherwise: float, *, unit: float = 1.0) -> float:
    """A time in seconds since 1970.

    Args:
        value: a number in `unit` seconds; anything else gives `otherwise`.
        otherwise: what holds then.
        unit: 0.001 for milliseconds.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return otherwise
    try:
        return clean_seconds(float(value) * unit)
    except OverflowError:
        return otherwise


def stable_id(*parts: object) -> str:
    """An id that the same conversation gets each time it is imported."""
    return uuid.uuid5(_NAMESPACE, clean_text("\x1f".join(map(str, parts)))).hex


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a conversation besides its messages."""

    id: str
    title: str
    created_at: float
    updated_at: float
    is_pinned: bool = False
    draft: str = ""
    reasoning: ReasoningEffort = ReasoningEffort.MEDIUM
    instructions: str = ""


def build(head: Head, nodes: Iterable[Message], shown: str | None) -> Conversation:
    """A sound tree out of any nodes, parents before what follows them.

    A parent that is not there makes its child a first message; a circle is cut at the
    message that comes first in `nodes`.

    Args:
        head: an empty title becomes the beginning of the first question.
        nodes: with any parents; of several with the same id the first counts.
        shown: the message in which the shown branch ends; else it is the newest.

    Raises:
        LeftOutError: there is no message, or there are too many.
    """
    by_id: dict[MessageId, Message] = {}
    for node in nodes:
        by_id.setdefault(node.id, node)
        if len(by_id) > MOST_MESSAGES:
            raise too_large()
    if not by_id:
        raise LeftOutError(_EMPTY)
    placed: dict[MessageId, Message] = {}
    for node in by_id.values():
        chain: dict[MessageId, Message] = {}
        current: Message | None = node
        while current is not None and current.id not in placed and current.id not in chain:
            chain[current.id] = current
            current = by_id.get(current.parent_id) if current.parent_id else None
        for message in reversed(chain.values()):
            parent = message.parent_id if message.parent_id in placed else None
            placed[message.id] = replace(message, parent_id=parent)
    leaf = MessageId(shown) if shown in placed else next(reversed(placed))
    return Conversation(_summary(head, placed.values()), placed, leaf)


def _summary(head: Head, messages: Iterable[Message]) -> ConversationSummary:
    first = next((m.text for m in messages if m.role is Role.USER), "")
    return ConversationSummary(
        ConversationId(head.id),
        head.title or title_from(first[:1000]),
        head.created_at,
        head.updated_at,
        head.is_pinned,
        head.draft,
        head.reasoning,
        head.instructions,
    )
