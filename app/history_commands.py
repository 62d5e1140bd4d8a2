"""`lumbre --export` and `lumbre --import`: the history without the window."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.core.transfer import (
    ExportFormat,
    ExportRequest,
    ExportResult,
    ImportResult,
    Transfer,
    no_progress,
)
from app.paths import AppPaths, make_private

PDF = ".pdf"
FORMATS = {
    ".md": ExportFormat.MARKDOWN,
    ".markdown": ExportFormat.MARKDOWN,
    ".html": ExportFormat.HTML,
    ".htm": ExportFormat.HTML,
    ".json": ExportFormat.JSON,
    PDF: ExportFormat.HTML,  # printed
}

_NO_HISTORY = QT_TRANSLATE_NOOP(
    "errors",
    "There are no conversations in {folder}. Nothing was written. Choose the folder with "
    "--data-dir.",
)
_IS_OPEN = QT_TRANSLATE_NOOP(
    "errors",
    "Lumbre is open with the folder {folder}. Nothing was imported. Import in its window, or "
    "close it first.",
)


def export_history(paths: AppPaths, target: Path) -> int:
    """Write all conversations to `target`, in the format of its suffix; the exit code.

    Raises:
        StorageError: nothing was written.
    """
    from app.storage.data_folder import DataFolder
    from app.storage.transfer import FolderTransfer

    if not DataFolder(paths.data_dir.absolute()).database.exists():
        raise StorageError(_NO_HISTORY, folder=str(paths.data_dir))
    suffix = target.suffix.lower()
    request = ExportRequest(target.expanduser().absolute(), FORMATS[suffix])
    transfer = FolderTransfer(paths.data_dir)
    export = _export_pdf if suffix == PDF else FolderTransfer.export
    result = export(transfer, request)
    _say(f"Written to {result.path}")
    _say(f"Conversations: {result.n_conversations}, messages: {result.n_messages}")
    return 0


def _export_pdf(transfer: Transfer, request: ExportRequest) -> ExportResult:
    from app.application import has_display

    if not has_display():  # fonts are needed, a screen is not
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    from app.ui.history.pdf import export_pdf

    _ = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    return export_pdf(transfer, request, no_progress)


def import_history(paths: AppPaths, source: Path) -> int:
    """Bring in the conversations of `source` and print what came; the exit code.

    Raises:
        StorageError: nothing was imported.
    """
    from app.storage.conversation_store import open_store
    from app.storage.instance_lock import acquire
    from app.storage.transfer import FolderTransfer

    make_private(paths.data_dir)
    lock = acquire(paths.data_dir)
    if lock is None:
        raise StorageError(_IS_OPEN, folder=str(paths.data_dir))
    try:
        store = open_store(paths.data_dir)  # makes a missing database, migrates an old one
        notices = store.take_notices()
        store.close()
        transfer = FolderTransfer(paths.data_dir)
        result = transfer.run_import(source.expanduser(), CancelToken(), no_progress)
    finally:
        lock.release()
    for notice in notices:
        _say(str(notice))
    _print_import(result)
    return 0


def _print_import(result: ImportResult) -> None:
    _say(f"New conversations: {result.n_conversations}, new messages: {result.n_messages}")
    if result.n_known:
        _say(f"Already here: {result.n_known}")
    if result.n_left_out:
        _say(f"Left out: {result.n_left_out}")
    for entry in result.left_out:
        _say(f"  {entry.name}: {entry.reason}")
    if result.n_left_out > len(result.left_out):
        _say(f"  and {result.n_left_out - len(result.left_out)} more")


def _say(text: str) -> None:
    print(text)  # noqa: T201
