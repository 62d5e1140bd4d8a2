"""Databases as earlier versions of the schema left them."""

from __future__ import annotations

from app.storage.conversation_store import SqliteConversationStore


def as_first_release(store: SqliteConversationStore) -> None:
    """Turn the database of `store` back into what the first step made, and close it."""
    connection = store.file.db.conn
    names = connection.execute(
        "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view') "
        "OR name IN ('messages_fts', 'titles_fts') ORDER BY type = 'table'"
    ).fetchall()
    for kind, name in names:
        connection.execute(f"DROP {kind} {name}")
    for statement in (
        "DROP INDEX conversations_import",
        "DROP INDEX messages_import",
        "ALTER TABLE conversations DROP COLUMN import",
        "ALTER TABLE messages DROP COLUMN import",
        "DROP TABLE imports",
    ):
        connection.execute(statement)
    connection.execute("DELETE FROM _sqlite_migrations WHERE name > '0002'")
    connection.execute("PRAGMA user_version = 1")
    store.close()
