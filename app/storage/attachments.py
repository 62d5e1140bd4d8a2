"""Attachments of messages and of drafts in the database."""

# ruff: noqa: S608 -- what is put into SQL here are constants; values are always bound

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.core.attachment import MOST_ATTACHMENTS, Attachment, AttachmentKind
from app.core.message import ConversationId
from app.storage.rows import clean_text
from app.storage.sqlite import Connection

_COLUMNS = "name, kind, text, n_tokens, is_cut"
_PUT = f"INSERT INTO attachments (id, message, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_PUT_DRAFT = (
    f"INSERT INTO draft_attachments (conversation, place, {_COLUMNS}) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
OF_CONVERSATION = f"""
    SELECT a.message, {", ".join(f"a.{c}" for c in _COLUMNS.split(", "))}
    FROM messages m CROSS JOIN attachments a ON a.message = m.id
    WHERE m.conversation = ? AND m.trashed_at IS NULL ORDER BY a.id
"""
OF_DRAFTS = f"""
    SELECT c.uuid, {", ".join(f"a.{c}" for c in _COLUMNS.split(", "))}
    FROM draft_attachments a JOIN conversations c ON c.id = a.conversation
    ORDER BY a.conversation, a.place
"""
_LARGEST_COUNT = 1 << 40


def row_id(message: int, place: int) -> int:
    """The row of the attachment at `place` (0-based) of the message with row `message`.

    Rows are in the order of their messages, so the newest come first in a search, also
    among those that were imported below all others.
    """
    return message * MOST_ATTACHMENTS + place


def put(connection: Connection, message: int, attachments: Sequence[Attachment]) -> None:
    """Make `attachments` those of the message with row `message`, in the transaction."""
    connection.execute("DELETE FROM attachments WHERE message = ?", (message,))
    for place, attachment in enumerate(attachments[:MOST_ATTACHMENTS]):
        values = (row_id(message, place), message, *_values(attachment))
        connection.execute(_PUT, values)


def put_draft(
    connection: Connection, conversation: int, attachments: Sequence[Attachment]
) -> None:
    """Make `attachments` those of what is unsent in a conversation, in the transaction."""
    connection.execute("DELETE FROM draft_attachments WHERE conversation = ?", (conversation,))
    for place, attachment in enumerate(attachments[:MOST_ATTACHMENTS]):
        connection.execute(_PUT_DRAFT, (conversation, place, *_values(attachment)))


def by_message(rows: Iterable[tuple[Any, ...]]) -> dict[int, tuple[Attachment, ...]]:
    """Rows of `OF_CONVERSATION` by the row of their message."""
    found: dict[int, tuple[Attachment, ...]] = {}
    for message, *values in rows:
        found[message] = (*found.get(message, ()), attachment_from(tuple(values)))
    return found


def by_draft(rows: Iterable[tuple[Any, ...]]) -> dict[ConversationId, tuple[Attachment, ...]]:
    """Rows of `OF_DRAFTS` by their conversation."""
    found: dict[ConversationId, tuple[Attachment, ...]] = {}
    for conversation, *values in rows:
        attached = found.get(conversation, ())
        found[ConversationId(conversation)] = (*attached, attachment_from(tuple(values)))
    return found


def attachment_from(row: tuple[Any, ...]) -> Attachment:
    """The value of a row of `_COLUMNS`; an unknown kind (of a newer program) is text."""
    name, kind, text, n_tokens, is_cut = row
    known = AttachmentKind(kind) if kind in set(AttachmentKind) else AttachmentKind.TEXT
    return Attachment(text, name, known, n_tokens, bool(is_cut))


def _values(attachment: Attachment) -> tuple[object, ...]:
    n_tokens = attachment.n_tokens
    return (
        clean_text(attachment.name),
        str(attachment.kind),
        clean_text(attachment.text),
        None if n_tokens is None else min(max(n_tokens, 0), _LARGEST_COUNT),
        int(attachment.is_cut),
    )
