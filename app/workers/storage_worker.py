"""The history in its own thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.core.history import History
from app.workers.job_thread import JobFailed, JobThread

StorageFailed = JobFailed


class StorageThread(JobThread[History]):
    """Opens the store with the first job, closes it after the last one."""

    def __init__(
        self, open_store: Callable[[], History], parent: QObject | None = None
    ) -> None:
        super().__init__("storage", open_store, lambda store: store.close(), parent)
