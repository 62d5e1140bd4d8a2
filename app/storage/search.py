"""Full-text search over titles and messages, on a connection of its own."""

# ruff: noqa: S608 -- what is put into SQL here are constants; values are always bound

from __future__ import annotations

import contextlib
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from app.core.errors import Cancelled
from app.core.history import SearchHit, SearchQuery, SnippetPart
from app.core.message import ConversationId, MessageId, Role
from app.storage.data_folder import prepare
from app.storage.failures import database_error, folder_error
from app.storage.history_file import file_identity
from app.storage.reading import connect_for_reading
from app.storage.search_query import ParsedQuery, parse
from app.storage.sqlite import Connection, Error, error_name

_MOST_TITLES = 10
_SNIPPET_TOKENS = 16
_CHECK_EVERY = 20_000  # steps of SQLite's machine, about a millisecond
# Around a match in a snippet: signs that stand in no text that people read.
_BEGIN, _END = "\ue0f1", "\ue0f2"

_TITLES = f"""
    SELECT c.uuid, c.title, NULL, NULL, c.updated_at,
        highlight(titles_fts, 0, '{_BEGIN}', '{_END}'), NULL, '', c.is_archived
    FROM titles_fts CROSS JOIN conversations c ON c.id = titles_fts.rowid
    WHERE titles_fts MATCH :words AND c.trashed_at IS NULL
        AND (:before IS NULL OR c.updated_at < :before)
        AND (:after IS NULL OR c.updated_at >= :after)
    ORDER BY titles_fts.rowid DESC LIMIT :n
"""
_FILTERS = """
    m.trashed_at IS NULL AND c.trashed_at IS NULL
    AND (:role IS NULL OR m.role = :role)
    AND (:before IS NULL OR m.created_at < :before)
    AND (:after IS NULL OR m.created_at >= :after)
"""
# The order of the tables is fixed: the index is walked in the order of its entries.
_HITS = f"""
    SELECT c.uuid, c.title, m.uuid, m.role, m.created_at,
        snippet(messages_fts, -1, '{_BEGIN}', '{_END}', '…', {_SNIPPET_TOKENS}), m.id, '',
        c.is_archived
    FROM messages_fts CROSS JOIN messages m ON m.id = messages_fts.rowid
        CROSS JOIN conversations c ON c.id = m.conversation
    WHERE messages_fts MATCH :words AND {_FILTERS}
"""
# From the newest entry on; stops after `n` hits, however many there are.
_MESSAGES = f"{_HITS} ORDER BY messages_fts.rowid DESC LIMIT :n"
_MESSAGES_SINCE = f"{_HITS} AND messages_fts.rowid >= :since ORDER BY messages_fts.rowid"
_IDS_SINCE = """
    SELECT rowid FROM messages_fts WHERE messages_fts MATCH :words AND rowid >= :since
    ORDER BY rowid
"""
_WINDOWS = (1_000, 8_000, 64_000)  # newest messages that are looked through first
_ATTACHMENTS = f"""
    SELECT c.uuid, c.title, m.uuid, m.role, m.created_at,
        snippet(attachments_fts, -1, '{_BEGIN}', '{_END}', '…', {_SNIPPET_TOKENS}),
        m.id, a.name, c.is_archived
    FROM attachments_fts CROSS JOIN attachments a ON a.id = attachments_fts.rowid
        CROSS JOIN messages m ON m.id = a.message
        CROSS JOIN conversations c ON c.id = m.conversation
    WHERE attachments_fts MATCH :words AND {_FILTERS}
    ORDER BY attachments_fts.rowid DESC LIMIT :n
"""
_ANY_MESSAGES = f"""
    SELECT c.uuid, c.title, m.uuid, m.role, m.created_at, substr(m.text, 1, 160), m.id, '',
        c.is_archived
    FROM messages m CROSS JOIN conversations c ON c.id = m.conversation
    WHERE {_FILTERS} ORDER BY m.id DESC LIMIT :n
"""


class FolderSearch:
    """`HistorySearch` of one data folder; opened with the first search, used in one thread."""

    def __init__(self, data_dir: Path, *, stays_open: bool = os.name != "nt") -> None:
        """Search in `data_dir`; nothing is opened yet.

        `stays_open`: for the next search. Windows replaces no file that somebody has open,
        and a new file is what empties the trash and repairs damage.
        """
        self._folder = prepare(data_dir)
        self._stays_open = stays_open
        self._cleanup = ExitStack()
        self._connection: Connection | None = None
        self._identity: tuple[int, int] | None = None

    def search(self, query: SearchQuery) -> tuple[SearchHit, ...]:
        """Titles first, then messages, newest first; empty when nothing can be looked for."""
        parsed = parse(query.text)
        if not parsed.expression and not parsed.has_filter:
            return ()
        try:
            connection = self._open()
            return self._interruptible(connection, query, parsed)
        except Error as error:
            if error_name(error) == "INTERRUPT":
                raise Cancelled from error
            raise database_error(error, self._folder.database) from error
        except OSError as error:
            raise folder_error(error, self._folder.path) from error
        finally:
            if not self._stays_open:
                self.close()

    def close(self) -> None:
        """Close; a later search opens again."""
        self._connection = None
        self._cleanup.close()

    def _open(self) -> Connection:
        """The connection to the file that is at the path now: it may have been replaced."""
        identity = file_identity(self._folder.database)
        if self._connection is None or identity != self._identity:
            self.close()
            with contextlib.ExitStack() as cleanup:
                db = connect_for_reading(self._folder, cleanup)
                cleanup.callback(db.close)
                self._cleanup = cleanup.pop_all()
            self._connection = db.conn
            self._identity = identity
        return self._connection

    @staticmethod
    def _interruptible(
        connection: Connection, query: SearchQuery, parsed: ParsedQuery
    ) -> tuple[SearchHit, ...]:
        # `interrupt` ends long work inside FTS5, but does nothing between two statements;
        # the progress handler sees a cancel that came there.
        def interrupt() -> None:
            with contextlib.suppress(Error):  # closed meanwhile
                connection.interrupt()

        connection.set_progress_handler(lambda: query.cancel.is_cancelled, _CHECK_EVERY)
        query.cancel.on_cancel(interrupt)
        try:
            if query.cancel.is_cancelled:
                raise Cancelled
            return _hits(connection, query, parsed)
        finally:
            query.cancel.forget(interrupt)
            connection.set_progress_handler(None, 0)


def _hits(
    connection: Connection, query: SearchQuery, parsed: ParsedQuery
) -> tuple[SearchHit, ...]:
    values: dict[str, Any] = {
        "role": parsed.role and str(parsed.role),
        "before": parsed.before,
        "after": parsed.after,
        "n": query.n_hits,
    }
    if not parsed.expression:
        rows = connection.execute(_ANY_MESSAGES, values).fetchall()
        return tuple(map(_hit, rows))
    rows = []
    if parsed.role is None:
        titles = {**values, "words": parsed.expression, "n": min(_MOST_TITLES, query.n_hits)}
        rows = connection.execute(_TITLES, titles).fetchall()
    columns = "{text thinking}" if query.includes_thinking else "{text}"
    values |= {"words": f"{columns} : ({parsed.expression})", "n": query.n_hits - len(rows)}
    found = _messages(connection, values, parsed)
    values["words"] = parsed.expression
    found += connection.execute(_ATTACHMENTS, values).fetchall()
    # Newest first; of a message itself and its attachments, the message comes first. The
    # sort keeps the order of what is equal.
    found.sort(key=lambda row: -int(row[6]))
    return tuple(map(_hit, [*rows, *found][: query.n_hits]))


def _messages(
    connection: Connection, values: dict[str, Any], parsed: ParsedQuery
) -> list[tuple[Any, ...]]:
    """The `n` newest messages that fit.

    FTS5 reads all pages of a word before it goes backwards, when deleted words are taken out
    of the index at once: a thousand of them for a common word. Forwards it can begin anywhere,
    so the newest messages are looked through first.
    """
    n = values["n"]
    if parsed.before is None and not parsed.has_slow_prefix and n > 0:
        newest = connection.execute("SELECT max(id) FROM messages").fetchone()[0] or 0
        for size in _WINDOWS:
            window = {**values, "since": newest - size}
            ids = [row[0] for row in connection.execute(_IDS_SINCE, window)]
            for n_wanted in (n, 4 * n):  # some are in the trash, or of somebody else
                if len(ids) >= n_wanted:
                    window["since"] = ids[-n_wanted]
                    found = connection.execute(_MESSAGES_SINCE, window).fetchall()
                    if len(found) >= n:
                        return found[-n:][::-1]
    return connection.execute(_MESSAGES, values).fetchall()


def _hit(row: tuple[Any, ...]) -> SearchHit:
    conversation, title, message, role, created_at, snippet = row[:6]
    _, attachment_name, is_archived = row[6:]
    return SearchHit(
        ConversationId(conversation),
        title,
        None if message is None else MessageId(message),
        Role(role) if role in set(Role) else None,
        created_at,
        _parts(snippet),
        attachment_name,
        bool(is_archived),
    )


def _parts(snippet: str) -> tuple[SnippetPart, ...]:
    """Split at the marks; marks that stand in the text itself only cut it differently."""
    parts: list[SnippetPart] = []
    for index, piece in enumerate(snippet.split(_BEGIN)):
        match, mark, rest = piece.partition(_END)
        if index == 0 or not mark:
            match, rest = "", piece.replace(_END, "")
        if match:
            parts.append(SnippetPart(match, is_match=True))
        if rest:
            parts.append(SnippetPart(rest, is_match=False))
    return tuple(parts)
