"""Export and import of a data folder's conversations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.conversation import Conversation
from app.core.disk_sync import replace_file, sync_folder
from app.core.errors import QT_TRANSLATE_NOOP, Cancelled, StorageError
from app.core.transfer import (
    ExportFormat,
    ExportRequest,
    ExportResult,
    ImportId,
    ImportPreview,
    ImportResult,
    Progress,
    no_progress,
)
from app.storage import importing
from app.storage.data_folder import (
    make_private_file,
    prepare,
    sync_file,
)
from app.storage.failures import database_error, folder_error
from app.storage.formats.documents import read_entries
from app.storage.formats.html_page import write_html
from app.storage.formats.markdown_text import write_markdown
from app.storage.formats.own_json import write_json
from app.storage.history_file import HistoryFile
from app.storage.locking import require_unlocked
from app.storage.reading import connect_for_reading
from app.storage.sqlite import Error, OpenMode, connect
from app.storage.sqlite_store import SqliteConversationStore

_READING = QT_TRANSLATE_NOOP("errors", "The conversations in {folder} are only being read.")
_NO_IMPORT = QT_TRANSLATE_NOOP(
    "errors",
    "The data folder {folder} cannot be written, so nothing can be imported. Allow writing "
    "there, or choose another data folder.",
)
_WRITERS = {
    ExportFormat.MARKDOWN: write_markdown,
    ExportFormat.HTML: write_html,
}


class FolderTransfer:
    """`Transfer` of one data folder. Every call opens what it needs and closes it."""

    def __init__(self, data_dir: Path) -> None:
        """Work on `data_dir`; nothing is opened yet."""
        self._data_dir = data_dir

    def export(
        self, request: ExportRequest, on_progress: Progress = no_progress
    ) -> ExportResult:
        """Write a file, whole or not at all."""
        path = request.path.absolute()
        part = path.with_name(path.name + ".part")
        with self._reading() as store:
            try:
                make_private_file(part)
                with open(part, "w", encoding="utf-8", newline="\n") as file:
                    conversations = _chosen(store, request, on_progress)
                    if request.format is ExportFormat.JSON:
                        names = {f.id: f.name for f in store.list_folders()}
                        counts = write_json(conversations, file, names)
                    else:
                        write = _WRITERS[request.format]
                        counts = write(conversations, file, request.labels)
                sync_file(part)
                replace_file(part, path)
                sync_folder(path.parent)
            except OSError as error:
                raise folder_error(error, path.parent) from error
            finally:
                part.unlink(missing_ok=True)
        return ExportResult(path, *counts)

    def preview_import(
        self, path: Path, cancel: CancelToken, on_progress: Progress = no_progress
    ) -> ImportPreview:
        """Read a file (JSON, ChatGPT's zip) or a folder of files; change nothing."""
        with self._reading() as store:
            total = self._count(store.file, path, cancel, on_progress)
        return ImportPreview(
            path,
            total.source,
            total.n_conversations,
            total.n_messages,
            total.n_known,
            tuple(total.titles),
            tuple(total.left_out),
            total.n_left_out,
        )

    def run_import(
        self, path: Path, cancel: CancelToken, on_progress: Progress = no_progress
    ) -> ImportResult:
        """Bring in what is new. Cancelled or failed, nothing of it stays."""
        with self._writing() as file:
            total = self._count(file, path, cancel, lambda share: on_progress(share / 2))
            entries = read_entries(path, cancel, lambda share: on_progress(0.5 + share / 2))
            import_id, done = importing.run_import(file, entries, total)
        return ImportResult(
            import_id,
            done.source,
            done.n_conversations,
            done.n_messages,
            done.n_known,
            tuple(done.left_out),
            done.n_left_out,
        )

    def undo_import(self, import_id: ImportId) -> int:
        """Put what an import brought into the trash; how many conversations and branches."""
        with self._writing() as file:
            return importing.undo_import(file, import_id)

    @staticmethod
    def _count(
        file: HistoryFile, path: Path, cancel: CancelToken, on_progress: Progress
    ) -> importing.Count:
        try:
            return importing.count(file.db.conn, read_entries(path, cancel, on_progress))
        except Error as error:
            raise database_error(error, file.folder.database) from error

    @contextmanager
    def _reading(self) -> Iterator[SqliteConversationStore]:
        folder = prepare(self._data_dir)
        reason = StorageError(_READING, folder=str(folder.path))
        with ExitStack() as cleanup:
            try:
                db = connect_for_reading(folder, cleanup)
            except Error as error:
                raise database_error(error, folder.database) from error
            except OSError as error:
                raise folder_error(error, folder.path) from error
            file = HistoryFile(db, folder, read_only=reason)
            cleanup.callback(file.close)
            yield SqliteConversationStore(file)

    @contextmanager
    def _writing(self) -> Iterator[HistoryFile]:
        folder = prepare(self._data_dir)
        require_unlocked(folder.path)
        if not folder.is_writable():
            raise StorageError(_NO_IMPORT, folder=str(folder.path))
        try:
            file = HistoryFile(connect(folder.database, OpenMode.READ_WRITE), folder)
        except Error as error:
            raise database_error(error, folder.database) from error
        try:
            yield file
        finally:
            file.db.close()


def _chosen(
    store: SqliteConversationStore, request: ExportRequest, on_progress: Progress
) -> Iterator[Conversation]:
    """The conversations of a request, one at a time, cut to what it asks for."""
    ids = request.conversation_ids
    if ids is None:
        ids = tuple(s.id for s in store.list_conversations())
    for index, conversation_id in enumerate(ids):
        if request.cancel.is_cancelled:
            raise Cancelled
        conversation = store.load(conversation_id)
        messages = list(conversation.messages.values())
        if not request.has_all_branches:
            messages = list(conversation.active_path())
        if not request.has_thinking:
            messages = [replace(m, thinking="") for m in messages]
        yield replace(conversation, messages={m.id: m for m in messages})
        on_progress((index + 1) / len(ids))
