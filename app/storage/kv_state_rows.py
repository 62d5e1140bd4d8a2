"""Rows of the KV states, each function inside the caller's transaction."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from app.core.kv_state import StateKey
from app.storage.sqlite import Connection

_ERASED_AT = "states_erased_at"  # in `meta`


@dataclass(frozen=True, slots=True)
class StateRow:
    """What is known of a state without its file."""

    name: str  # of the file
    identity: str
    n_bytes: int  # of the state, before it was encrypted
    sha256: str  # of the same


def find(connection: Connection, key: StateKey) -> StateRow | None:
    """The row of a state; None when there is none."""
    row = connection.execute(
        "SELECT s.name, s.identity, s.n_bytes, s.sha256 FROM kv_states s "
        "JOIN conversations c ON c.id = s.conversation WHERE c.uuid = ? AND s.beginning = ?",
        (key.conversation_id, key.beginning),
    ).fetchone()
    return None if row is None else StateRow(*row)


def put(connection: Connection, key: StateKey, row: StateRow) -> bool:
    """Insert or replace; False when the conversation is not there."""
    cursor = connection.execute(
        "INSERT OR REPLACE INTO kv_states "
        "(conversation, beginning, identity, name, n_bytes, sha256, used_at) "
        "SELECT id, ?, ?, ?, ?, ?, ? FROM conversations WHERE uuid = ?",
        (
            key.beginning,
            row.identity,
            row.name,
            row.n_bytes,
            row.sha256,
            time.time(),
            key.conversation_id,
        ),
    )
    return cursor.rowcount == 1


def touch(connection: Connection, key: StateKey) -> None:
    """Note that a state was used just now."""
    connection.execute(
        "UPDATE kv_states SET used_at = ? WHERE beginning = ? AND conversation = "
        "(SELECT id FROM conversations WHERE uuid = ?)",
        (time.time(), key.beginning, key.conversation_id),
    )


def remove(connection: Connection, names: Iterable[str]) -> None:
    """Forget these files."""
    connection.executemany("DELETE FROM kv_states WHERE name = ?", ((n,) for n in names))


def unowned(connection: Connection, budget_bytes: int) -> list[str]:
    """Files of deleted conversations, and those that were not used for longest.

    Args:
        connection: in a transaction.
        budget_bytes: what the others may take together.
    """
    names, n_bytes = [], 0
    for name, size, is_trashed in connection.execute(
        "SELECT s.name, s.n_bytes, c.trashed_at IS NOT NULL FROM kv_states s "
        "JOIN conversations c ON c.id = s.conversation ORDER BY s.used_at DESC"
    ):
        if is_trashed or n_bytes + size > budget_bytes:
            names.append(name)
        else:
            n_bytes += size
    return names


def erased_at(connection: Connection) -> float:
    """When text was last erased for good; a state from before may still hold it."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (_ERASED_AT,)).fetchone()
    try:
        return float(row[0]) if row is not None else 0.0
    except ValueError:
        return 0.0


def text_is_erased(connection: Connection) -> None:
    """What is in the trash is being erased for good: no state may still hold any of it.

    That goes for states of the conversations with something in the trash, and for those that
    were made before now and have not been written yet.
    """
    connection.execute(
        "DELETE FROM kv_states WHERE conversation IN "
        "(SELECT conversation FROM messages WHERE trashed_at IS NOT NULL "
        "UNION SELECT id FROM conversations WHERE trashed_at IS NOT NULL)"
    )
    connection.execute(
        "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)",
        (_ERASED_AT, repr(time.time())),
    )
