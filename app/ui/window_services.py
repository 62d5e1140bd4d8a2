"""What the window is handed besides the controller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.core.component_version import ComponentVersion
from app.core.history import BackupKeeper, HistorySearch
from app.core.machine import Machine
from app.core.machine_report import MachineReport
from app.core.power import PowerState
from app.core.process_memory import ProcessMemory
from app.core.release import ReleaseCheck
from app.core.transfer import Transfer
from app.core.tuning import Tuner
from app.core.vault import Vault
from app.ui.model_manager import ModelManager
from app.ui.speeds import SpeedBook
from app.ui.transcript.reading_places import ReadingPlaces
from app.workers.engine_worker import EngineThread
from app.workers.storage_worker import StorageThread


@dataclass(frozen=True, slots=True)
class HistoryServices:
    """The thread of the history, and what works beside it.

    The next four are made in the threads that will own them, when they are first needed; the
    last two are quick and may be called in the GUI thread.
    """

    storage: StorageThread
    open_search: Callable[[], HistorySearch]
    keep_backups: Callable[[], BackupKeeper]
    make_transfer: Callable[[], Transfer]
    make_vault: Callable[[], Vault]
    is_encrypted: Callable[[], bool]
    is_locked: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class SpeedServices:
    """The thread of the engine, and facts of this process and its computer."""

    engine: EngineThread
    read_power: Callable[[], PowerState]
    read_process_memory: Callable[[], ProcessMemory]
    engine_build: Callable[[], str]  # which llama.cpp
    make_tuner: Callable[[], Tuner]  # called in the thread that measures


def no_count(_: str) -> None:
    """Nothing is known of tokens while no model is loaded."""


@dataclass(frozen=True, slots=True)
class WindowServices:
    """All but `history` and `speed` are quick and may be called in the GUI thread."""

    model_manager: Callable[[], ModelManager]  # made at the first call
    speeds: SpeedBook
    machine_report: Callable[[], MachineReport]
    read_machine: Callable[[], Machine]
    history: HistoryServices
    speed: SpeedServices
    places: ReadingPlaces = field(default_factory=ReadingPlaces)
    count_tokens: Callable[[str], int | None] = no_count  # not for the GUI thread
    versions: Callable[[], tuple[ComponentVersion, ...]] = tuple  # the first call: 0.1 s
    release_check: Callable[[], ReleaseCheck] | None = None  # None: there is nobody to ask
