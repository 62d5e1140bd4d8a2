"""An engine that is made with the first model: until then it costs the window no memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.core.errors import BugError
from app.core.generation import (
    Engine,
    GenerationEvent,
    GenerationRequest,
    LoadedModel,
    LoadRequest,
    PrefillProgress,
    PrefillRequest,
)


class LazyEngine:
    """Satisfies `app.core.generation.Engine`; hands everything to the one that it makes."""

    def __init__(self, make: Callable[[], Engine]) -> None:
        """`make` is called once, in the thread of the first `load`."""
        self._make = make
        self._engine: Engine | None = None
        self._saves_energy = False

    @property
    def loaded(self) -> LoadedModel | None:
        """The loaded model."""
        return self._engine.loaded if self._engine is not None else None

    @property
    def abort_reason(self) -> str | None:
        """llama.cpp's own words when it gave up for good; None while all is well."""
        return self._engine.abort_reason if self._engine is not None else None

    def load(
        self, request: LoadRequest, on_progress: Callable[[float], None] = lambda _: None
    ) -> LoadedModel:
        """Load a model; see `Engine.load`."""
        if self._engine is None:
            self._engine = self._make()
            self._engine.save_energy(self._saves_energy)
        return self._engine.load(request, on_progress)

    def unload(self) -> None:
        """Free the model; nothing happens when none is loaded."""
        if self._engine is not None:
            self._engine.unload()

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        """Answer; see `Engine.generate`."""
        if self._engine is None:
            raise BugError("no model is loaded")
        return self._engine.generate(request)

    def prefill(self, request: PrefillRequest) -> Iterator[PrefillProgress]:
        """Read a prompt ahead; see `Engine.prefill`."""
        if self._engine is None:
            raise BugError("no model is loaded")
        return self._engine.prefill(request)

    def n_to_read(self, request: PrefillRequest) -> int:
        """Tokens that would have to be read for a prompt; see `Engine.n_to_read`."""
        if self._engine is None:
            raise BugError("no model is loaded")
        return self._engine.n_to_read(request)

    def save_energy(self, is_on: bool) -> None:
        """Compute with half the threads, or with all; see `Engine.save_energy`."""
        self._saves_energy = is_on
        if self._engine is not None:
            self._engine.save_energy(is_on)

    def count_tokens(self, text: str) -> int:
        """Tokens of plain text in this model's vocabulary."""
        if self._engine is None:
            raise BugError("no model is loaded")
        return self._engine.count_tokens(text)

    def close(self) -> None:
        """Unload and free all; the last call."""
        if self._engine is not None:
            self._engine.close()
