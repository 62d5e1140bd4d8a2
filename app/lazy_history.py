"""What works on the history beside its thread, imported when it is first needed."""

from __future__ import annotations

from functools import partial

from app.core.history import BackupKeeper, HistorySearch
from app.core.transfer import Transfer
from app.core.vault import Vault
from app.paths import AppPaths
from app.storage.locking import is_encrypted, is_locked
from app.ui.window_services import HistoryServices
from app.workers.storage_worker import StorageThread


def history_services(paths: AppPaths, storage: StorageThread) -> HistoryServices:
    """Search, backups, transfers and the vault of the data folder that `storage` works on."""
    folder = paths.data_dir.absolute()

    def open_search() -> HistorySearch:
        from app.storage.search import FolderSearch

        return FolderSearch(paths.data_dir)

    def keep_backups() -> BackupKeeper:
        from app.storage.backup import FolderBackups

        return FolderBackups(paths.data_dir)

    def make_transfer() -> Transfer:
        from app.storage.transfer import FolderTransfer

        return FolderTransfer(paths.data_dir)

    def make_vault() -> Vault:
        from app.storage.vault import FolderVault

        return FolderVault(folder)

    return HistoryServices(
        storage,
        open_search,
        keep_backups,
        make_transfer,
        make_vault,
        partial(is_encrypted, folder),
        partial(is_locked, folder),
    )
