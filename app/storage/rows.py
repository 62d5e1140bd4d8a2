"""Between rows of the database and the values of the core."""

from __future__ import annotations

import json
import logging
import math
from dataclasses import asdict, fields, make_dataclass
from enum import StrEnum
from typing import Any, TypeVar

from app.core.attachment import Attachment
from app.core.conversation import ConversationSummary
from app.core.message import (
    ConversationId,
    FinishReason,
    GenerationStats,
    Message,
    MessageId,
    MessageState,
    ReasoningEffort,
    Role,
)
from app.storage.sampling_values import sampling_of_text, sampling_text

logger = logging.getLogger(__name__)

E = TypeVar("E", bound=StrEnum)

SUMMARY_COLUMNS = (
    "uuid, title, created_at, updated_at, is_pinned, draft, reasoning, instructions, "
    "(SELECT f.uuid FROM folders f WHERE f.id = conversations.folder), is_archived, sampling"
)
MESSAGE_COLUMNS = (
    "id, parent, uuid, role, text, thinking, created_at, state, reasoning, finish_reason, "
    "model_name, stats, token_ids"
)
_LATEST_SECONDS = 253_402_300_799.0  # end of the year 9999: what a date can show
_ID_BYTES = 3
_LEVELS = {str(level): level for level in ReasoningEffort}
_STATS_DEFAULTS = asdict(GenerationStats())

# The same fields as of `ConversationSummary`, but not frozen. A frozen value is filled through
# `object.__setattr__`, which for a list of ten thousand takes five times as long.
_OpenSummary = make_dataclass(
    "_OpenSummary", [(f.name, f.type) for f in fields(ConversationSummary)], slots=True
)


def clean_text(text: str) -> str:
    """`text` as UTF-8 can hold it: surrogate halves are joined, lone ones become U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def clean_seconds(seconds: float) -> float:
    """A time that can be stored, sorted and shown as a date: finite, in 1970..9999."""
    if not math.isfinite(seconds):
        return 0.0
    return min(max(float(seconds), 0.0), _LATEST_SECONDS)


def summary_values(summary: ConversationSummary) -> dict[str, object]:
    """Column values of a conversation; `folder` is the id of the folder, not its row.

    Raises:
        ValueError: it is a temporary one, of which nothing may be stored.
    """
    if summary.is_temporary:
        raise ValueError("a temporary conversation is not stored")
    return {
        "uuid": summary.id,
        "title": clean_text(summary.title),
        "created_at": clean_seconds(summary.created_at),
        "updated_at": clean_seconds(summary.updated_at),
        "is_pinned": int(summary.is_pinned),
        "draft": clean_text(summary.draft),
        "reasoning": str(summary.reasoning),
        "instructions": clean_text(summary.instructions),
        "folder": summary.folder_id,
        "is_archived": int(summary.is_archived),
        "sampling": sampling_text(summary.sampling),
    }


def summary_from(row: tuple[Any, ...]) -> ConversationSummary:
    """The value of a row of `SUMMARY_COLUMNS`."""
    uuid, title, created, updated, pinned, draft, level, text, folder, archived, sampling = row
    summary: ConversationSummary = _OpenSummary(
        uuid,
        title,
        created,
        updated,
        pinned != 0,
        draft,
        _LEVELS.get(level, ReasoningEffort.MEDIUM),
        text,  # of the instructions
        folder,
        archived != 0,
        None if sampling is None else sampling_of_text(sampling),
        False,
    )
    summary.__class__ = ConversationSummary
    return summary


def message_from(
    row: tuple[Any, ...],
    conversation_id: ConversationId,
    parent_id: MessageId | None,
    attachments: tuple[Attachment, ...] = (),
) -> Message:
    """The value of a row of `MESSAGE_COLUMNS`, with its attachments.

    A word that this version does not know (of a newer program) becomes the nearest that it
    does; the row itself is not changed by that.
    """
    _, _, uuid, role, text, thinking, created_at, state, reasoning, finish, *rest = row
    model, stats, token_ids = rest
    return Message(
        id=MessageId(uuid),
        conversation_id=conversation_id,
        role=_member(Role, role) or Role.TOOL,
        text=text,
        parent_id=parent_id,
        thinking=thinking,
        created_at=created_at,
        state=_member(MessageState, state) or MessageState.COMPLETE,
        reasoning=_member(ReasoningEffort, reasoning),
        finish_reason=_member(FinishReason, finish),
        model_name=model,
        stats=_stats_from(stats),
        attachments=attachments,
        token_ids=_ids_from(token_ids),
    )


def message_content(message: Message) -> dict[str, object]:
    """Column values of what may change in a message while it is written."""
    return {
        "text": clean_text(message.text),
        "thinking": clean_text(message.thinking),
        "state": str(message.state),
        "reasoning": message.reasoning and str(message.reasoning),
        "finish_reason": message.finish_reason and str(message.finish_reason),
        "model_name": clean_text(message.model_name),
        "stats": None if message.stats is None else json.dumps(asdict(message.stats)),
        "token_ids": _ids_bytes(message.token_ids),
    }


def _ids_bytes(ids: tuple[int, ...]) -> bytes | None:
    """Token ids in three bytes each: a vocabulary has far fewer than 16 million."""
    if not ids or not all(0 <= i < 1 << (8 * _ID_BYTES) for i in ids):
        return None
    return b"".join(i.to_bytes(_ID_BYTES, "little") for i in ids)


def _ids_from(data: bytes | None) -> tuple[int, ...]:
    if data is None or len(data) % _ID_BYTES:
        return ()
    starts = range(0, len(data), _ID_BYTES)
    return tuple(int.from_bytes(data[i : i + _ID_BYTES], "little") for i in starts)


def _member(kind: type[E], word: str | None) -> E | None:
    if word is None:
        return None
    try:
        return kind(word)
    except ValueError:
        logger.warning("unknown %s in the database", kind.__name__)
        return None


def _stats_from(text: str | None) -> GenerationStats | None:
    if text is None:
        return None
    try:
        raw = json.loads(text)
        return GenerationStats(
            **{n: type(d)(raw[n]) for n, d in _STATS_DEFAULTS.items() if n in raw}
        )
    except (ValueError, TypeError, OverflowError, RecursionError):
        logger.warning("unreadable statistics in the database")
        return None
