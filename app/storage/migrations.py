"""The schema, as steps that are only ever added to.

A released step is never changed. `PRAGMA user_version` counts the steps that a file has
seen, so that an older program notices a newer file and leaves it alone.
"""

from __future__ import annotations

from app.storage.sqlite import Connection, Database, Migrations, pragma_int, transaction

APPLICATION_ID = 0x4C554D42  # "LUMB" in the file's header, shown by `file`

_steps = Migrations("lumbre")


_CONVERSATIONS_SQL = (
    """
    CREATE TABLE conversations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uuid TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL,          -- seconds since 1970, UTC
        updated_at REAL NOT NULL,
        sort_key REAL NOT NULL,            -- updated_at, but it never goes back
        is_pinned INTEGER NOT NULL DEFAULT 0,
        draft TEXT NOT NULL DEFAULT '',
        reasoning TEXT NOT NULL DEFAULT 'medium',
        instructions TEXT NOT NULL DEFAULT '',
        active_leaf INTEGER REFERENCES messages (id) ON DELETE SET NULL,
        trashed_at REAL                    -- NULL: not in the trash
    ) STRICT
    """,
    """
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uuid TEXT NOT NULL UNIQUE,
        conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        parent INTEGER REFERENCES messages (id) ON DELETE CASCADE,
        role TEXT NOT NULL,
        text TEXT NOT NULL,
        thinking TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL,
        state TEXT NOT NULL,
        reasoning TEXT,
        finish_reason TEXT,
        model_name TEXT NOT NULL DEFAULT '',
        stats TEXT,                        -- JSON object
        trashed_at REAL,
        trash_root INTEGER,                -- message whose deletion took this one along
        trash_leaf INTEGER                 -- on the root: the branch that was shown
    ) STRICT
    """,
    "CREATE INDEX conversations_list ON conversations (is_pinned DESC, sort_key DESC)"
    " WHERE trashed_at IS NULL",
    "CREATE INDEX conversations_sort_key ON conversations (sort_key)",
    "CREATE INDEX conversations_trash ON conversations (trashed_at)"
    " WHERE trashed_at IS NOT NULL",
    "CREATE INDEX conversations_leaf ON conversations (active_leaf)",
    "CREATE INDEX messages_conversation ON messages (conversation)",
    "CREATE INDEX messages_parent ON messages (parent)",
    "CREATE INDEX messages_streaming ON messages (state) WHERE state = 'streaming'",
    "CREATE INDEX messages_trash ON messages (trash_root) WHERE trash_root IS NOT NULL",
    """
    CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

_INDEX_OPTIONS = (
    "content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'"
)
_SEARCH_SQL = (
    "CREATE VIEW searchable_messages AS"
    " SELECT id, text, thinking FROM messages WHERE state = 'complete'",
    "CREATE VIRTUAL TABLE messages_fts USING fts5"
    f" (text, thinking, content = 'searchable_messages', {_INDEX_OPTIONS})",
    "CREATE VIRTUAL TABLE titles_fts USING fts5"
    f" (title, content = 'conversations', {_INDEX_OPTIONS})",
    # Deleted words are taken out of the index at once, not when segments are merged.
    "INSERT INTO messages_fts (messages_fts, rank) VALUES ('secure-delete', 1)",
    "INSERT INTO titles_fts (titles_fts, rank) VALUES ('secure-delete', 1)",
    "INSERT INTO messages_fts (messages_fts) VALUES ('rebuild')",
    "INSERT INTO titles_fts (titles_fts) VALUES ('rebuild')",
    """
    CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages
    WHEN new.state = 'complete' BEGIN
        INSERT INTO messages_fts (rowid, text, thinking)
        VALUES (new.id, new.text, new.thinking);
    END
    """,
    """
    CREATE TRIGGER messages_fts_delete AFTER DELETE ON messages
    WHEN old.state = 'complete' BEGIN
        INSERT INTO messages_fts (messages_fts, rowid, text, thinking)
        VALUES ('delete', old.id, old.text, old.thinking);
    END
    """,
    # One trigger for each way that an update can go: SQLite runs two triggers of the same
    # update in any order, and taking out must come before putting in.
    """
    CREATE TRIGGER messages_fts_change AFTER UPDATE OF text, thinking, state ON messages
    WHEN old.state = 'complete' AND new.state = 'complete'
        AND (old.text <> new.text OR old.thinking <> new.thinking)
    BEGIN
        INSERT INTO messages_fts (messages_fts, rowid, text, thinking)
        VALUES ('delete', old.id, old.text, old.thinking);
        INSERT INTO messages_fts (rowid, text, thinking)
        VALUES (new.id, new.text, new.thinking);
    END
    """,
    """
    CREATE TRIGGER messages_fts_complete AFTER UPDATE OF state ON messages
    WHEN old.state <> 'complete' AND new.state = 'complete' BEGIN
        INSERT INTO messages_fts (rowid, text, thinking)
        VALUES (new.id, new.text, new.thinking);
    END
    """,
    """
    CREATE TRIGGER messages_fts_continue AFTER UPDATE OF state ON messages
    WHEN old.state = 'complete' AND new.state <> 'complete' BEGIN
        INSERT INTO messages_fts (messages_fts, rowid, text, thinking)
        VALUES ('delete', old.id, old.text, old.thinking);
    END
    """,
    """
    CREATE TRIGGER titles_fts_insert AFTER INSERT ON conversations BEGIN
        INSERT INTO titles_fts (rowid, title) VALUES (new.id, new.title);
    END
    """,
    """
    CREATE TRIGGER titles_fts_delete AFTER DELETE ON conversations BEGIN
        INSERT INTO titles_fts (titles_fts, rowid, title)
        VALUES ('delete', old.id, old.title);
    END
    """,
    """
    CREATE TRIGGER titles_fts_update AFTER UPDATE OF title ON conversations
    WHEN old.title <> new.title BEGIN
        INSERT INTO titles_fts (titles_fts, rowid, title)
        VALUES ('delete', old.id, old.title);
        INSERT INTO titles_fts (rowid, title) VALUES (new.id, new.title);
    END
    """,
)


_IMPORTS_SQL = (
    """
    CREATE TABLE imports (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL,              -- which program wrote the file
        began_at REAL NOT NULL,
        finished_at REAL,                  -- NULL: the program ended on the way
        undone_at REAL
    ) STRICT
    """,
    "ALTER TABLE conversations ADD COLUMN import INTEGER REFERENCES imports (id)",
    "ALTER TABLE messages ADD COLUMN import INTEGER REFERENCES imports (id)",
    "CREATE INDEX conversations_import ON conversations (import) WHERE import IS NOT NULL",
    "CREATE INDEX messages_import ON messages (import) WHERE import IS NOT NULL",
)


_ATTACHMENTS_SQL = (
    """
    CREATE TABLE attachments (
        id INTEGER PRIMARY KEY,            -- message * 100 + place
        message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        name TEXT NOT NULL,                -- of the file; '' for a pasted text
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        n_tokens INTEGER,                  -- NULL: not counted
        is_cut INTEGER NOT NULL DEFAULT 0  -- the file was longer
    ) STRICT
    """,
    "CREATE INDEX attachments_message ON attachments (message)",
    """
    CREATE TABLE draft_attachments (
        conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        n_tokens INTEGER,
        is_cut INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (conversation, place)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE VIRTUAL TABLE attachments_fts USING fts5"
    f" (name, text, content = 'attachments', {_INDEX_OPTIONS})",
    "INSERT INTO attachments_fts (attachments_fts, rank) VALUES ('secure-delete', 1)",
    """
    CREATE TRIGGER attachments_fts_insert AFTER INSERT ON attachments BEGIN
        INSERT INTO attachments_fts (rowid, name, text) VALUES (new.id, new.name, new.text);
    END
    """,
    """
    CREATE TRIGGER attachments_fts_delete AFTER DELETE ON attachments BEGIN
        INSERT INTO attachments_fts (attachments_fts, rowid, name, text)
        VALUES ('delete', old.id, old.name, old.text);
    END
    """,
)

_ORGANISATION_SQL = (
    """
    CREATE TABLE folders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uuid TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        is_folded INTEGER NOT NULL DEFAULT 0,
        import INTEGER REFERENCES imports (id)
    ) STRICT
    """,
    """
    CREATE TABLE presets (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uuid TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        instructions TEXT NOT NULL DEFAULT '',
        sampling TEXT,                     -- JSON object; NULL: as the settings say
        reasoning TEXT,                    -- NULL: the conversation's level stays
        is_default INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "ALTER TABLE conversations ADD COLUMN folder INTEGER"
    " REFERENCES folders (id) ON DELETE SET NULL",
    "ALTER TABLE conversations ADD COLUMN is_archived INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversations ADD COLUMN sampling TEXT",  # as of presets
    "CREATE INDEX conversations_folder ON conversations (folder) WHERE folder IS NOT NULL",
)


_STATES_SQL = (
    # Of an answer, as the model wrote it, three bytes an id: another encoding of the same
    # text would make what the model has read of it useless.
    "ALTER TABLE messages ADD COLUMN token_ids BLOB",
    """
    CREATE TABLE kv_states (
        conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        beginning TEXT NOT NULL,           -- which instructions its prompts begin with
        identity TEXT NOT NULL,            -- of the model and all else that it depends on
        name TEXT NOT NULL UNIQUE,         -- of its file
        n_bytes INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        used_at REAL NOT NULL,
        PRIMARY KEY (conversation, beginning)
    ) STRICT, WITHOUT ROWID
    """,
)


@_steps(name="0001_conversations")
def _conversations(db: Database) -> None:
    """Conversations, their message trees, drafts and the trash.

    The integer keys give the order in which things were made, whatever the clock said, and
    are what the search index points at; `uuid` is the id that the program and exports use.
    """
    _run(db, _CONVERSATIONS_SQL)


@_steps(name="0002_search")
def _search(db: Database) -> None:
    """Full-text indexes over titles and messages.

    An answer is indexed when it is complete: indexing it anew with every journal entry would
    cost more than writing it. The view keeps "rebuild" and "integrity-check" to the same rule.
    """
    _run(db, _SEARCH_SQL)


@_steps(name="0003_imports")
def _imports(db: Database) -> None:
    """Which import brought a row, so that an import can be undone; NULL: written here."""
    _run(db, _IMPORTS_SQL)


@_steps(name="0004_attachments")
def _attachments(db: Database) -> None:
    """Texts that go with messages and drafts, and their full-text index.

    Rows are put and deleted, never updated.
    """
    _run(db, _ATTACHMENTS_SQL)


@_steps(name="0005_organisation")
def _organisation(db: Database) -> None:
    """Folders, the archive, sampling of a conversation, presets.

    Presets are in the database because their instructions are private text: it is what is
    encrypted when the history is.
    """
    _run(db, _ORGANISATION_SQL)


@_steps(name="0006_states")
def _states(db: Database) -> None:
    """Token ids of answers, and which KV states are kept beside the database."""
    _run(db, _STATES_SQL)


def _run(db: Database, statements: tuple[str, ...]) -> None:
    for statement in statements:
        db.conn.execute(statement)


# The number of steps that this program knows: to an empty database all are new.
NEWEST_VERSION = len(_steps.pending(Database(memory=True, execute_plugins=False)))


def version_of(connection: Connection) -> int:
    """The number of steps that the file has seen; 0 for a new one."""
    return pragma_int(connection, "user_version")


def is_ours(connection: Connection) -> bool:
    """True for a database of this program and for an empty one."""
    if pragma_int(connection, "application_id") == APPLICATION_ID:
        return True
    n_things = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    return version_of(connection) == 0 and int(n_things) == 0


def migrate(db: Database) -> None:
    """Bring the file to this program's schema: all steps or none of them.

    Raises:
        Error: SQLite's own; the file is then as it was.
    """
    with transaction(db.conn):
        _steps.apply(db)
        db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.conn.execute(f"PRAGMA user_version = {NEWEST_VERSION}")
