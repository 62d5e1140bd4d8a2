"""How questions are asked: instructions, sampling and level, alone and as presets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from app.core.conversation import ConversationSummary, Preset
from app.core.errors import LumbreError
from app.core.generation import SamplingParams
from app.core.message import ReasoningEffort
from app.core.organisation import PresetId, clean_name, new_preset_id
from app.core.settings import Settings
from app.ui.chat_events import PromptChanged
from app.ui.conversation_book import ConversationBook
from app.workers.storage_worker import StorageThread
from app.workers.typed_signal import signal_of


@dataclass(frozen=True, slots=True)
class PresetsChanged:
    """The person's own presets, in the order in which they were made."""

    presets: tuple[Preset, ...]


@dataclass(frozen=True, slots=True)
class HowAsked:
    """How the questions of a conversation are asked."""

    instructions: str
    sampling: SamplingParams | None  # None: as the settings say
    reasoning: ReasoningEffort

    @classmethod
    def of(cls, summary: ConversationSummary) -> HowAsked:
        """As the summary says."""
        return cls(summary.instructions, summary.sampling, summary.reasoning)

    def with_preset(self, preset: Preset) -> HowAsked:
        """As the preset says; a preset without a level leaves the level."""
        return HowAsked(
            preset.instructions, preset.sampling, preset.reasoning or self.reasoning
        )


class Asking(QObject):
    """Keeps the presets and tells the book what a new conversation begins with."""

    presets_changed = signal_of(PresetsChanged)

    def __init__(
        self, storage: StorageThread, book: ConversationBook, settings: Settings
    ) -> None:
        super().__init__(book)
        self._storage = storage
        self._book = book
        self._settings = settings
        self._presets: tuple[Preset, ...] = ()
        self._tell_book()

    @property
    def presets(self) -> tuple[Preset, ...]:
        """The person's own presets, in the order in which they were made."""
        return self._presets

    def read(self) -> None:
        """Read the presets; the window need not wait for them."""
        self._storage.submit(lambda store: store.list_presets(), self._set, self._book.fail)

    def clear(self) -> None:
        """Forget them, until they are read again."""
        self._set(())

    def set_settings(self, settings: Settings) -> None:
        """Settings are what holds where no preset is the default."""
        self._settings = settings
        self._tell_book()

    # -- the open conversation -------------------------------------------------------------
    def set_reasoning(self, reasoning: ReasoningEffort) -> None:
        """Level of the next message of the open conversation."""
        if reasoning is not self._book.current.summary.reasoning:
            self._change(replace(HowAsked.of(self._book.current.summary), reasoning=reasoning))

    def set_how(self, how: HowAsked) -> None:
        """How the next questions of the open conversation are asked."""
        if how != HowAsked.of(self._book.current.summary):
            self._change(how)

    def _change(self, how: HowAsked) -> None:
        self._book.change(
            self._book.current.id,
            lambda s: replace(
                s,
                instructions=how.instructions,
                sampling=how.sampling,
                reasoning=how.reasoning,
            ),
            announce=False,
        )
        self._book.prompt_changed.emit(PromptChanged(self._book.current.summary))

    # -- presets ---------------------------------------------------------------------------
    def save(self, name: str, how: HowAsked) -> PresetId | None:
        """Make a preset, or change the one of that name; None: the name is empty."""
        wanted = clean_name(name)
        if not wanted:
            return None
        known = self.named(wanted)
        preset = Preset(
            known.id if known is not None else new_preset_id(),
            wanted,
            how.instructions,
            how.sampling,
            how.reasoning,
            known is not None and known.is_default,
        )
        self._put(preset)
        return preset.id

    def named(self, name: str) -> Preset | None:
        """The preset of this name, whatever its case."""
        wanted = clean_name(name).casefold()
        return next((p for p in self._presets if p.name.casefold() == wanted), None)

    def rename(self, preset_id: PresetId, name: str) -> bool:
        """Give it another name; False: the name is empty or taken."""
        preset, wanted = self._find(preset_id), clean_name(name)
        taken = self.named(wanted)
        if preset is None or not wanted or (taken is not None and taken.id != preset_id):
            return False
        self._put(replace(preset, name=wanted))
        return True

    def set_default(self, preset_id: PresetId | None) -> None:
        """New conversations begin with this one; None: with what the settings say."""
        for preset in self._presets:
            if preset.is_default != (preset.id == preset_id):
                self._put(replace(preset, is_default=preset.id == preset_id))

    def delete(self, preset_id: PresetId) -> None:
        """Delete it; the conversations that were asked with it stay as they are."""
        self._set(tuple(p for p in self._presets if p.id != preset_id))
        self._storage.submit(
            lambda store: store.delete_preset(preset_id), on_failed=self._failed
        )

    def put_back(self, preset: Preset) -> None:
        """Take a deletion back; what has become the default since then stays it."""
        has_default = any(p.is_default for p in self._presets)
        self._put(replace(preset, is_default=preset.is_default and not has_default))

    def _find(self, preset_id: PresetId) -> Preset | None:
        return next((p for p in self._presets if p.id == preset_id), None)

    def _put(self, preset: Preset) -> None:
        if self._find(preset.id) is None:
            self._set((*self._presets, preset))
        else:
            self._set(tuple(preset if p.id == preset.id else p for p in self._presets))
        self._storage.submit(lambda store: store.save_preset(preset), on_failed=self._failed)

    def _failed(self, error: LumbreError) -> None:
        """Not saved: show what is."""
        self._book.fail(error)
        self.read()

    def _set(self, presets: tuple[Preset, ...]) -> None:
        self._presets = presets
        self._tell_book()
        self.presets_changed.emit(PresetsChanged(presets))

    def _tell_book(self) -> None:
        settings = self._settings
        default = next((p for p in self._presets if p.is_default), None)
        if default is None:
            self._book.set_defaults(settings.reasoning, settings.instructions)
        else:
            self._book.set_defaults(
                default.reasoning or settings.reasoning,
                default.instructions,
                default.sampling,
            )
