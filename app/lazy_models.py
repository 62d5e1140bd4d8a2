"""The model manager, built when it is first wanted: most starts never open the model page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.settings import Settings
from app.paths import AppPaths

if TYPE_CHECKING:
    from app.hub.offline_lock import OfflineLock
    from app.model_parts import ModelParts
    from app.ui.model_manager import ModelManager


class LazyModels:
    """Makes `ModelParts` with its threads when the model page is first opened."""

    def __init__(
        self,
        paths: AppPaths,
        gate: OfflineLock,
        current_settings: Callable[[], Settings],
        on_made: Callable[[ModelManager], object] = lambda _: None,
    ) -> None:
        """Nothing is made yet; `on_made` is told of the manager before it starts."""
        self._paths = paths
        self._gate = gate
        self._current_settings = current_settings
        self._on_made = on_made
        self._parts: ModelParts | None = None

    def manager(self) -> ModelManager:
        """The model manager, started."""
        if self._parts is None:
            from app.model_parts import ModelParts

            settings = self._current_settings()
            self._parts = ModelParts(self._paths, settings, self._gate, self._current_settings)
            self._on_made(self._parts.manager)
            self._parts.start(tuple(map(Path, settings.model_folders)))
        return self._parts.manager

    def stop(self) -> None:
        """Join what was started."""
        if self._parts is not None:
            self._parts.stop()
            self._parts = None
