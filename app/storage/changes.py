"""The changes that a person or the model makes, each inside the caller's transaction."""

# ruff: noqa: S608 -- what is put into SQL here are constants; values are always bound

from __future__ import annotations

import time
from dataclasses import replace

from app.core.conversation import ConversationSummary
from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.core.message import (
    ConversationId,
    FinishReason,
    Message,
    MessageId,
    MessageState,
)
from app.storage import attachments
from app.storage.rows import (
    clean_seconds,
    clean_text,
    message_content,
    summary_values,
)
from app.storage.sqlite import Connection, Cursor

# A key that grows with every change, also when the clock is set back.
_NEXT_SORT_KEY = "max(?, coalesce((SELECT max(sort_key) FROM conversations), 0) + 0.001)"
_PUT_SUMMARY = f"""
    INSERT INTO conversations (uuid, title, created_at, updated_at, is_pinned, draft,
        reasoning, instructions, folder, is_archived, sampling, sort_key)
    VALUES (:uuid, :title, :created_at, :updated_at, :is_pinned, :draft, :reasoning,
        :instructions, (SELECT id FROM folders WHERE uuid = :folder), :is_archived, :sampling,
        {_NEXT_SORT_KEY.replace("?", ":updated_at")})
    ON CONFLICT (uuid) DO UPDATE SET
        title = excluded.title, is_pinned = excluded.is_pinned, draft = excluded.draft,
        reasoning = excluded.reasoning, instructions = excluded.instructions,
        folder = excluded.folder, is_archived = excluded.is_archived,
        sampling = excluded.sampling,
        sort_key = CASE WHEN updated_at = excluded.updated_at THEN sort_key
                   ELSE excluded.sort_key END,
        updated_at = excluded.updated_at
"""
_TOUCH = f"UPDATE conversations SET updated_at = ?, sort_key = {_NEXT_SORT_KEY} WHERE id = ?"
_CONTENT = (
    "text = :text, thinking = :thinking, state = :state, reasoning = :reasoning, "
    "finish_reason = :finish_reason, model_name = :model_name, stats = :stats, "
    "token_ids = :token_ids"
)
_PUT_MESSAGE = f"""
    INSERT INTO messages (uuid, conversation, parent, role, created_at, text, thinking,
        state, reasoning, finish_reason, model_name, stats, token_ids)
    VALUES (:uuid, :conversation, :parent, :role, :created_at, :text, :thinking,
        :state, :reasoning, :finish_reason, :model_name, :stats, :token_ids)
    ON CONFLICT (uuid) DO UPDATE SET {_CONTENT} WHERE conversation = :conversation
    RETURNING id
"""
# A message and what follows it, without what an earlier deletion has taken already.
_TRASH_BRANCH = """
    WITH RECURSIVE branch (id) AS (
        SELECT ?1
        UNION
        SELECT m.id FROM messages m JOIN branch ON m.parent = branch.id
        WHERE m.trashed_at IS NULL
    )
    UPDATE messages SET trashed_at = ?2, trash_root = ?1 WHERE id IN (SELECT id FROM branch)
"""
_RESTORE_ANCESTORS = """
    WITH RECURSIVE above (id) AS (
        SELECT parent FROM messages WHERE id = ?1
        UNION
        SELECT m.parent FROM messages m JOIN above ON m.id = above.id
    )
    UPDATE messages SET trashed_at = NULL, trash_root = NULL
    WHERE id IN (SELECT id FROM above) AND trashed_at IS NOT NULL
"""


def gone_error() -> StorageError:
    """The sentence for a conversation or message that is not in the database."""
    return StorageError(
        QT_TRANSLATE_NOOP(
            "errors",
            "This conversation or message is no longer there: it was deleted for good. "
            "Everything else is unchanged.",
        )
    )


def put_summary(connection: Connection, summary: ConversationSummary) -> None:
    """Create the conversation, or change what its summary says."""
    connection.execute(_PUT_SUMMARY, summary_values(summary))


def put_message(connection: Connection, message: Message) -> None:
    """Insert the message, or replace the content of the one with its id; it is shown then.

    Raises:
        StorageError: its conversation or its parent is not there.
    """
    conversation = conversation_key(connection, message.conversation_id)
    parent = (
        None
        if message.parent_id is None
        else message_key(connection, message.parent_id, conversation)
    )
    values = {
        "uuid": message.id,
        "conversation": conversation,
        "parent": parent,
        "role": str(message.role),
        "created_at": clean_seconds(message.created_at),
        **message_content(message),
    }
    key = _key(connection.execute(_PUT_MESSAGE, values))
    attachments.put(connection, key, message.attachments)
    connection.execute(
        "UPDATE conversations SET active_leaf = ? WHERE id = ?", (key, conversation)
    )
    # An answer to a question that was deleted meanwhile brings the question back.
    if parent is not None and _is_trashed(connection, parent):
        connection.execute(_RESTORE_ANCESTORS, (key,))
    _touch(connection, conversation)


def journal(connection: Connection, message_id: MessageId, text: str, thinking: str) -> None:
    """Replace the text of an answer that is still being written."""
    connection.execute(
        "UPDATE messages SET text = ?, thinking = ? WHERE uuid = ? AND state = 'streaming'",
        (clean_text(text), clean_text(thinking), message_id),
    )


def finish(connection: Connection, message: Message) -> None:
    """Replace the content of an answer and make it COMPLETE; one that is missing is added.

    Raises:
        StorageError: it is missing, and so is its conversation or its parent.
    """
    message = replace(message, state=MessageState.COMPLETE)
    rows = connection.execute(
        f"UPDATE messages SET {_CONTENT} WHERE uuid = :uuid RETURNING conversation",
        {**message_content(message), "uuid": message.id},
    ).fetchall()
    if rows:
        _touch(connection, rows[0][0])
    else:
        put_message(connection, message)


def set_active_leaf(
    connection: Connection, conversation_id: ConversationId, message_id: MessageId | None
) -> None:
    """Remember which branch is shown.

    Raises:
        StorageError: the conversation is not there, or the message is not one of its own.
    """
    key = conversation_key(connection, conversation_id)
    leaf = None if message_id is None else message_key(connection, message_id, key)
    connection.execute("UPDATE conversations SET active_leaf = ? WHERE id = ?", (leaf, key))


def trash_conversation(connection: Connection, conversation_id: ConversationId) -> None:
    """Put it in the trash, dated now; what is there already keeps its date.

    Raises:
        StorageError: it is not there.
    """
    key = conversation_key(connection, conversation_id)
    connection.execute(
        "UPDATE conversations SET trashed_at = coalesce(trashed_at, ?) WHERE id = ?",
        (time.time(), key),
    )


def restore_conversation(connection: Connection, conversation_id: ConversationId) -> None:
    """Take it out of the trash.

    Raises:
        StorageError: it is not there.
    """
    key = conversation_key(connection, conversation_id)
    connection.execute("UPDATE conversations SET trashed_at = NULL WHERE id = ?", (key,))


def trash_branch(connection: Connection, message_id: MessageId) -> None:
    """Put a message and all that follows it in the trash; its parent is shown when it was.

    Raises:
        StorageError: the message is not there.
    """
    row = connection.execute(
        "SELECT m.id, m.parent, m.trashed_at, c.id, c.active_leaf FROM messages m "
        "JOIN conversations c ON c.id = m.conversation WHERE m.uuid = ?",
        (message_id,),
    ).fetchone()
    if row is None:
        raise gone_error()
    root, parent, trashed_at, conversation, leaf = row
    if trashed_at is not None:
        return
    connection.execute(_TRASH_BRANCH, (root, time.time()))
    was_shown = connection.execute(
        "SELECT 1 FROM messages WHERE id = ? AND trash_root = ?", (leaf, root)
    ).fetchone()
    if was_shown:
        connection.execute("UPDATE messages SET trash_leaf = ? WHERE id = ?", (leaf, root))
        connection.execute(
            "UPDATE conversations SET active_leaf = ? WHERE id = ?", (parent, conversation)
        )


def restore_branch(connection: Connection, message_id: MessageId) -> None:
    """Undo `trash_branch` of this message; the branch that was shown then is shown again.

    What it follows comes back too when it was put in the trash later.

    Raises:
        StorageError: the message is not there.
    """
    row = connection.execute(
        "SELECT id, trash_leaf, conversation FROM messages WHERE uuid = ?", (message_id,)
    ).fetchone()
    if row is None:
        raise gone_error()
    root, leaf, conversation = row
    connection.execute(
        "UPDATE messages SET trashed_at = NULL, trash_root = NULL, trash_leaf = NULL "
        "WHERE trash_root = ?",
        (root,),
    )
    connection.execute(_RESTORE_ANCESTORS, (root,))
    if leaf is not None:
        connection.execute(
            "UPDATE conversations SET active_leaf = ? WHERE id = ?", (leaf, conversation)
        )


def mark_interrupted(connection: Connection) -> int:
    """End every answer that is still STREAMING; how many."""
    return connection.execute(
        "UPDATE messages SET state = ?, finish_reason = ? WHERE state = 'streaming'",
        (str(MessageState.COMPLETE), str(FinishReason.INTERRUPTED)),
    ).rowcount


def conversation_key(connection: Connection, conversation_id: ConversationId) -> int:
    """The row of a conversation.

    Raises:
        StorageError: there is none.
    """
    return _key(
        connection.execute("SELECT id FROM conversations WHERE uuid = ?", (conversation_id,))
    )


def message_key(connection: Connection, message_id: MessageId, conversation: int) -> int:
    """The row of a message of the conversation with row `conversation`.

    Raises:
        StorageError: there is none.
    """
    return _key(
        connection.execute(
            "SELECT id FROM messages WHERE uuid = ? AND conversation = ?",
            (message_id, conversation),
        )
    )


def _key(cursor: Cursor) -> int:
    rows: list[tuple[int]] = cursor.fetchall()  # all, so that a RETURNING statement ends
    if not rows:
        raise gone_error()
    return rows[0][0]


def _is_trashed(connection: Connection, message: int) -> bool:
    cursor = connection.execute("SELECT trashed_at FROM messages WHERE id = ?", (message,))
    return cursor.fetchone()[0] is not None


def _touch(connection: Connection, conversation: int) -> None:
    now = time.time()
    connection.execute(_TOUCH, (now, now, conversation))
