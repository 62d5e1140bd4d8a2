"""Loading and unloading models, one at a time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from app.core.generation import EngineSettings, LoadedModel, LoadRequest
from app.ui.chat_events import Phase
from app.workers.engine_worker import (
    EngineAborted,
    EngineThread,
    LoadEnded,
    LoadProgressed,
    Unloaded,
)
from app.workers.typed_signal import signal_of


class ModelLoader(QObject):
    """Knows which model is loaded and which is being loaded; passes on the newest load only."""

    load_progressed = signal_of(LoadProgressed)
    load_ended = signal_of(LoadEnded)
    unloaded = signal_of(Unloaded)

    def __init__(self, engine: EngineThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._loaded: LoadedModel | None = None
        self._request: LoadRequest | None = None
        self._asleep: Path | None = None
        engine.load_progressed.connect(self._on_load_progressed)
        engine.load_ended.connect(self._on_load_ended)
        engine.unloaded.connect(self._on_unloaded)
        engine.aborted.connect(self._on_aborted)

    @property
    def loaded(self) -> LoadedModel | None:
        """The model that answers now."""
        return self._loaded

    @property
    def is_loading(self) -> bool:
        """True from `load` to `load_ended`."""
        return self._request is not None

    @property
    def asleep(self) -> Path | None:
        """The model that was put to sleep and is loaded again when it is wanted."""
        return self._asleep

    @property
    def resting_phase(self) -> Phase:
        """What holds when nothing is loaded, unloaded or answered."""
        if self._loaded is not None:
            return Phase.READY
        return Phase.ASLEEP if self._asleep is not None else Phase.NO_MODEL

    def load(self, path: Path, settings: EngineSettings) -> None:
        """Load `path`; an earlier load is given up."""
        self.cancel()
        if path != self._asleep:
            self._asleep = None
        self._request = LoadRequest(path, settings)
        self.load_progressed.emit(LoadProgressed(self._request.id, 0.0))
        self._engine.load(self._request)

    def cancel(self) -> None:
        """Give up the running load."""
        if self._request is not None:
            self._request.cancel.cancel()

    def unload(self) -> None:
        """Free the model."""
        self.cancel()
        self._asleep = None
        self._engine.unload()

    def sleep(self) -> None:
        """Free the model's memory until it is wanted again.

        It counts as unloaded at once: a question must not be asked of what is being freed.
        """
        if self._loaded is not None and not self.is_loading:
            self._asleep = self._loaded.card.path
            self._loaded = None
            self._engine.unload()
            self.unloaded.emit(Unloaded())

    @Slot(object)
    def _on_load_progressed(self, event: LoadProgressed) -> None:
        if self._request is not None and event.request_id == self._request.id:
            self.load_progressed.emit(event)

    @Slot(object)
    def _on_load_ended(self, event: LoadEnded) -> None:
        if self._request is not None and event.request_id == self._request.id:
            self._request = None
            self._loaded = event.loaded
            if event.loaded is not None or event.error is not None:
                self._asleep = None  # a cancelled load leaves it asleep
            self.load_ended.emit(event)

    @Slot(object)
    def _on_unloaded(self, event: Unloaded) -> None:
        self._loaded = None
        self.unloaded.emit(event)

    @Slot(object)
    def _on_aborted(self, _: EngineAborted) -> None:
        self._request = None
        self._loaded = self._asleep = None
