"""What was deleted, for 30 days, and how it is erased after that."""

from __future__ import annotations

import contextlib
import logging
import shutil
import time
from dataclasses import dataclass

from app.core.disk_sync import replace_file, sync_folder
from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.core.history import Backup, TrashEntry
from app.core.message import ConversationId, MessageId
from app.storage.backup import list_backups, open_backup
from app.storage.copying import UnsoundCopyError, compact_database
from app.storage.data_folder import make_private_file
from app.storage.failures import database_error, folder_error
from app.storage.history_file import HistoryFile
from app.storage.kv_state_rows import text_is_erased
from app.storage.kv_states import drop_stray_files
from app.storage.sqlite import Connection, Error, OpenMode, connect, transaction
from app.storage.state_files import FolderStates

logger = logging.getLogger(__name__)

KEPT_SECONDS = 30 * 86_400.0
_EXCERPT_LENGTH = 120  # characters

_DAMAGED = QT_TRANSLATE_NOOP(
    "errors",
    "The trash was not emptied for good, because {path} is damaged. Use “Check and repair”, "
    "then empty the trash once more.",
)
_STILL_IN_LOG = QT_TRANSLATE_NOOP(
    "errors",
    "The trash was emptied, but traces of it stay in {folder} while another program reads the "
    "conversations. Close that program and empty the trash once more.",
)
_STILL_IN_BACKUP = QT_TRANSLATE_NOOP(
    "errors",
    "The trash was emptied, but the backup {path} could not be changed and may still contain "
    "deleted messages. Delete that file if nobody must read them.",
)
_SET_ASIDE = QT_TRANSLATE_NOOP(
    "errors",
    "The trash was emptied. Damaged files that were set aside in {folder} may still contain "
    "deleted messages. Delete that folder when you no longer need it.",
)
_LIST = """
    SELECT c.uuid, NULL, c.title, '', c.trashed_at,
        (SELECT count(*) FROM messages m WHERE m.conversation = c.id AND m.trashed_at IS NULL)
    FROM conversations c WHERE c.trashed_at IS NOT NULL
    UNION ALL
    SELECT c.uuid, root.uuid, c.title, substr(root.text, 1, ?), root.trashed_at,
        (SELECT count(*) FROM messages m WHERE m.trash_root = root.id)
    FROM messages root JOIN conversations c ON c.id = root.conversation
    WHERE root.trash_root = root.id AND c.trashed_at IS NULL
    ORDER BY 5 DESC
"""


def list_trash(file: HistoryFile) -> tuple[TrashEntry, ...]:
    """What is in the trash, newest deletion first.

    Raises:
        StorageError: it cannot be read.
    """
    return tuple(
        TrashEntry(
            ConversationId(conversation),
            None if message is None else MessageId(message),
            title,
            excerpt,
            trashed_at,
            n_messages,
        )
        for conversation, message, title, excerpt, trashed_at, n_messages in file.read(
            _LIST, _EXCERPT_LENGTH
        )
    )


def purge_expired(file: HistoryFile) -> int:
    """Delete what has been in the trash for over 30 days; how many entries.

    Raises:
        StorageError: nothing was deleted.
    """
    limit = time.time() - KEPT_SECONDS
    n_expired = sum(entry.trashed_at <= limit for entry in list_trash(file))
    if n_expired:
        file.write(lambda c: _purge(c, limit))
        drop_states(file)
    return n_expired


def empty_trash(file: HistoryFile) -> int:
    """Erase all of the trash, from the backups too; how many entries.

    Afterwards none of the text is left in the database or the backups. What the disk itself
    keeps of overwritten blocks is out of the program's reach, and files that were set aside
    are left alone (a notice says so).

    Raises:
        StorageError: the trash is as it was, or only the named backup still has it.
    """
    file.require_writable()
    n_entries = len(list_trash(file))
    doomed = _Doomed(
        tuple(file.read("SELECT uuid FROM conversations WHERE trashed_at IS NOT NULL")),
        tuple(file.read("SELECT uuid FROM messages WHERE trashed_at IS NOT NULL")),
    )
    try:
        _erase(file, doomed)
    except UnsoundCopyError as error:
        raise StorageError(_DAMAGED, path=str(file.folder.database)) from error
    except Error as error:
        raise database_error(error, file.folder.database) from error
    except OSError as error:
        raise folder_error(error, file.folder.path) from error
    for backup in list_backups(file.folder):
        _erase_from(backup, doomed, file)
    if any(file.folder.set_aside.glob("*")):
        file.add_notice(StorageError(_SET_ASIDE, folder=str(file.folder.set_aside)))
    return n_entries


@dataclass(frozen=True, slots=True)
class _Doomed:
    """What is to be erased, as rows with one id each."""

    conversations: tuple[tuple[str], ...]
    messages: tuple[tuple[str], ...]

    def delete(self, connection: Connection) -> None:
        """Delete them, in the caller's transaction; what is not there is passed over."""
        connection.executemany("DELETE FROM conversations WHERE uuid = ?", self.conversations)
        connection.executemany("DELETE FROM messages WHERE uuid = ?", self.messages)


def _erase(file: HistoryFile, doomed: _Doomed) -> None:
    """Delete the rows, and write the file anew: its half-used pages keep old text.

    Raises:
        StorageError: another program reads the file: traces stay.
    """
    file.write(text_is_erased)
    file.write(doomed.delete)
    drop_states(file)
    connection, folder = file.db.conn, file.folder
    new = folder.database.with_name("compacted.db")
    compact_database(connection, new)
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:  # without the log, the old file is not whole: it cannot be replaced now
        new.unlink()
        raise StorageError(_STILL_IN_LOG, folder=str(folder.path))

    def swap() -> None:
        folder.drop_logs()
        replace_file(new, folder.database)
        sync_folder(folder.path)

    file.reopen(swap)


def _erase_from(backup: Backup, doomed: _Doomed, file: HistoryFile) -> None:
    """Take the doomed rows out of a backup; it is replaced whole or stays as it is."""
    work = backup.path.with_name(backup.path.name + ".work")
    try:
        open_backup(backup.path).close()
        make_private_file(work)
        shutil.copyfile(backup.path, work)
        db = connect(work, OpenMode.PRIVATE)
        try:
            with transaction(db.conn):
                doomed.delete(db.conn)
            compact_database(db.conn, backup.path)
        finally:
            db.close()
    except (Error, OSError, StorageError, UnsoundCopyError) as error:
        logger.warning("a backup could not be cleaned: %s", error)
        file.add_notice(StorageError(_STILL_IN_BACKUP, path=str(backup.path)))
    finally:
        with contextlib.suppress(OSError):
            work.unlink()


def drop_states(file: HistoryFile) -> None:
    """Delete what models have read of conversations that are deleted."""
    try:
        drop_stray_files(file.db.conn, FolderStates(file.folder.path))
    except (Error, OSError, StorageError) as error:
        logger.warning("a KV state stays until the next one is written: %s", error)


def _purge(connection: Connection, limit: float) -> None:
    text_is_erased(connection)
    for table in ("conversations", "messages"):
        connection.execute(f"DELETE FROM {table} WHERE trashed_at <= ?", (limit,))  # noqa: S608
