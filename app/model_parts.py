"""Builds what the model page needs: library, hub, downloads. Made when it is first opened."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from app import __version__
from app.core.cancellation import CancelToken
from app.core.generation import EngineSettings
from app.core.machine import Device
from app.core.memory_plan import MemoryPlan, plan_load
from app.core.model_card import ModelCard
from app.core.resources import resource_path
from app.core.settings import Settings
from app.engine.gguf_header import read_model_card
from app.engine.gpu_backends import has_gpu_backend
from app.engine.hardware import read_machine
from app.engine.trial import list_devices
from app.hub.catalogue import load_catalogue
from app.hub.kit_places import kit_places, mounted_drives
from app.hub.library import LocalLibrary
from app.hub.model_hub import HuggingFaceHub, endpoint_from_environment
from app.hub.model_index import ModelIndex
from app.hub.offline_lock import OfflineLock
from app.hub.other_programs import Place, places_of_other_programs
from app.hub.token_store import TokenStore, system_keyring
from app.paths import AppPaths, own_program
from app.ui.model_manager import ModelManager
from app.workers.download_worker import DownloadThread
from app.workers.library_worker import LibraryThread

DOWNLOAD_STOP_MS = 3000


class ModelParts:
    """The model manager with its threads, from start to joined."""

    def __init__(
        self,
        paths: AppPaths,
        settings: Settings,
        gate: OfflineLock,
        current_settings: Callable[[], Settings],
    ) -> None:
        """`current_settings` is asked when a plan is made; from any thread."""
        catalogue = load_catalogue(resource_path("catalogue.json"))
        index = ModelIndex(paths.data_dir / "models.json")
        folder = Path(settings.models_dir) if settings.models_dir else paths.models_dir
        library = LocalLibrary(folder, index, CardReader(), catalogue, _places)
        endpoint = endpoint_from_environment()
        host = urlsplit(endpoint).hostname or ""
        self._hub = HuggingFaceHub(
            catalogue,
            gate,
            TokenStore(system_keyring(), host),
            endpoint=endpoint,
            version=__version__,
            known_sha256=index.known_sha256,
            on_verified=library.on_verified,
        )
        self._hub.set_limit(settings.download_limit_kib_s)
        self._library = LibraryThread(lambda: library)
        self._downloads = DownloadThread(self._hub)
        planner = Planner(lambda: current_settings().engine)
        self.manager = ModelManager(
            self._library,
            self._downloads,
            self._hub,
            gate,
            planner.plan,
            planner.devices,
            library.folder,
            shipped=resource_path(""),
        )

    def start(self, folders: tuple[Path, ...]) -> None:
        """Start the threads and look for models."""
        self._library.start()
        self._downloads.start()
        self.manager.start(folders)

    def stop(self) -> None:
        """Pause downloads, give up works, join."""
        self.manager.stop()
        self._hub.close()
        self._downloads.stop(DOWNLOAD_STOP_MS)
        self._library.stop()


def _places() -> tuple[Place, ...]:
    others = places_of_other_programs(Path.home(), os.environ, sys.platform)
    return (*kit_places(own_program(), mounted_drives()), *others)


class CardReader:
    """Reads headers strictly; one that was read is not read again until its file changes."""

    def __init__(self) -> None:
        self._cards: dict[tuple[Path, int, int], ModelCard] = {}

    def __call__(self, path: Path) -> ModelCard:
        """The card of a model.

        Raises:
            ModelFileError: it cannot be used.
        """
        try:
            found = path.stat()
        except OSError:
            return read_model_card(path)  # raises, with the sentence
        key = (path, found.st_size, found.st_mtime_ns)
        card = self._cards.get(key)
        if card is None or any(not p.is_file() for p in card.paths):
            card = self._cards[key] = read_model_card(path)
        return card


class Planner:
    """Says how a model would be loaded now. One thread."""

    def __init__(self, engine_settings: Callable[[], EngineSettings]) -> None:
        self._engine_settings = engine_settings
        self._devices: tuple[Device, ...] | None = None  # asked once: drivers are slow

    def plan(self, card: ModelCard) -> MemoryPlan:
        """With what is free at this moment."""
        settings = self._engine_settings()
        machine = read_machine(with_devices=False)
        if settings.n_gpu_layers != 0:
            machine = replace(machine, devices=self.devices())
        return plan_load(card, machine, settings)

    def devices(self) -> tuple[Device, ...]:
        """Graphics devices, asked for in a process of their own: drivers crash."""
        if self._devices is None:
            found = list_devices(CancelToken()) if has_gpu_backend() else ()
            self._devices = found or ()
        return self._devices
