"""Check and repair, and going back to a backup, with the history open."""

from __future__ import annotations

import logging
from pathlib import Path

from app.core.history import Backup, BackupReason, RepairReport
from app.storage.backup import back_up, open_backup
from app.storage.copying import copy_database
from app.storage.data_folder import DataFolder
from app.storage.failures import database_error, folder_error
from app.storage.history_file import HistoryFile
from app.storage.migrations import NEWEST_VERSION, migrate, version_of
from app.storage.recovery import Recovered, recover, set_aside
from app.storage.sqlite import Connection, Error, transaction

logger = logging.getLogger(__name__)

_MOST_FINDINGS = 100
# SQLCipher says "out of memory" (a MemoryError, no `Error`) after some pages that it cannot
# decrypt, even where they are only met at the end of a transaction.
_UNREADABLE = (Error, MemoryError)
_COUNT_CONVERSATIONS = "SELECT count(*) FROM conversations WHERE trashed_at IS NULL"
_COUNT_MESSAGES = """
    SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation
    WHERE m.trashed_at IS NULL AND c.trashed_at IS NULL
"""


def check_and_repair(file: HistoryFile) -> RepairReport:
    """Check every page, index and reference; when something is wrong, mend or recover.

    The damaged file is set aside first, as it is.

    Raises:
        StorageError: it could not be set aside or written; it is as it was.
    """
    findings = _findings(file.db.conn)
    if not findings or file.read_only_reason is not None:
        return _report(file, findings)
    logger.warning("the history is damaged: %d findings", len(findings))
    aside: list[Path] = []
    recovered: list[Recovered] = []
    file.reopen(lambda: aside.append(set_aside(file.folder)))
    if not _mend(file.db.conn):
        file.reopen(lambda: recovered.append(recover(file.folder, aside[0])))
    n_cut = recovered[0].n_cut if recovered else 0
    return _report(file, findings, aside[0], n_cut)


def restore_backup(file: HistoryFile, backup: Backup) -> None:
    """Replace the history by a backup; what is there now becomes a backup first.

    SQLite writes the backup as one transaction: it is there whole, or not at all.

    Raises:
        StorageError: nothing was changed.
    """
    file.require_writable()
    source = open_backup(backup.path)
    try:
        if _findings(file.db.conn):
            file.reopen(lambda: _replace_damaged(file.folder, source.conn))
        else:
            back_up(file.db.conn, file.folder, BackupReason.RESTORE)
            source.conn.backup(file.db.conn)
        if version_of(file.db.conn) < NEWEST_VERSION:
            migrate(file.db)
    except Error as error:
        raise database_error(error, file.folder.database) from error
    except OSError as error:
        raise folder_error(error, file.folder.path) from error
    finally:
        source.close()
    logger.info("the backup %s was restored", backup.path.name)


def _replace_damaged(folder: DataFolder, source: Connection) -> None:
    set_aside(folder)
    folder.drop_logs()
    copy_database(source, folder.database)


def _findings(connection: Connection) -> tuple[str, ...]:
    """What is wrong with the file, in SQLite's words; empty when all is well."""
    found: list[str] = []
    try:
        rows = connection.execute(f"PRAGMA integrity_check({_MOST_FINDINGS})").fetchall()
        found += [str(row[0]) for row in rows if row[0] != "ok"]
        strays = connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST_FINDINGS)
        found += [f"{row[0]} {row[1]} points to nothing" for row in strays]
    except _UNREADABLE as error:
        found.append(str(error) or type(error).__name__)
    return tuple(found)


def _mend(connection: Connection) -> bool:
    """Build all indexes anew; True when that was all that was wrong."""
    try:
        with transaction(connection):
            connection.execute("REINDEX")
            for index in ("messages_fts", "titles_fts", "attachments_fts"):
                connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")  # noqa: S608
    except _UNREADABLE as error:
        logger.warning("indexes could not be built anew: %r", error)
        return False
    return not _findings(connection)


def _report(
    file: HistoryFile,
    findings: tuple[str, ...],
    aside: Path | None = None,
    n_cut: int = 0,
) -> RepairReport:
    try:
        n_conversations = file.read(_COUNT_CONVERSATIONS)[0][0]
        n_messages = file.read(_COUNT_MESSAGES)[0][0]
    except Error as error:
        raise database_error(error, file.folder.database) from error
    return RepairReport(findings, n_conversations, n_messages, aside, n_cut)
