"""Databases as earlier versions of the schema left them."""

from __future__ import annotations

from app.storage.conversation_store import SqliteConversationStore

# What the first step made: tables with the number of their columns, and the indexes.
TABLES = {"conversations": 12, "messages": 16, "meta": 2}
INDEXES = {
    "conversations_list",
    "conversations_sort_key",
    "conversations_trash",
    "conversations_leaf",
    "messages_conversation",
    "messages_parent",
    "messages_streaming",
    "messages_trash",
}


def as_first_release(store: SqliteConversationStore) -> None:
    """Turn the database of `store` back into what the first step made, and close it."""
    connection = store.file.db.conn
    connection.execute("PRAGMA foreign_keys = OFF")
    things = connection.execute(
        "SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE "
        r"'\_%' ESCAPE '\' AND name NOT LIKE 'sqlite_%' ORDER BY type = 'table', type"
    ).fetchall()
    kept = TABLES.keys() | INDEXES
    shadows = ("_fts_data", "_fts_idx", "_fts_content", "_fts_docsize", "_fts_config")
    for kind, name in things:
        if kind != "table" and name not in kept:
            connection.execute(f"DROP {kind} {name}")
    for table, n_columns in TABLES.items():
        columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
        for column in reversed(columns[n_columns:]):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column[1]}")
    for kind, name in things:
        if kind == "table" and name not in kept and not name.endswith(shadows):
            connection.execute(f"DROP TABLE {name}")
    connection.execute("DELETE FROM _sqlite_migrations WHERE name > '0002'")
    connection.execute("PRAGMA user_version = 1")
    store.close()
