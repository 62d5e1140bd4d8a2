"""What a person does to keep order, as steps of a workload: each is there whole or not at all.

What is to be found afterwards is told as facts: a name and a value, None for what must not
be there.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from app.core.conversation import Conversation, ConversationStore, ConversationSummary
from app.core.generation import SamplingParams
from app.core.message import Message, ReasoningEffort, Role, new_message_id
from app.core.organisation import Folder, Preset, new_folder_id, new_preset_id
from app.ui.temporary_chats import Keeper, TemporaryChats
from app.workers.storage_worker import StorageThread

MARKER = "xylophone4711"  # of temporary chats: in no file, ever
PILE = 6  # conversations that come, go and come back together

Facts = dict[str, str | None]
OrderAct = tuple[str, Facts, Callable[[], None]]  # what it is, what is there afterwards
Changed = Callable[[ConversationSummary], ConversationSummary]


def place_of(summary: ConversationSummary) -> Facts:
    """Where a conversation is kept, how it is asked, and what stands unsent in it."""
    place = summary.folder_id, summary.is_archived, summary.is_pinned
    return {f"place of {summary.id}": repr((*place, summary.sampling, summary.draft))}


def _folder(folder: Folder) -> Facts:
    return {f"folder {folder.id}": f"{folder.name} {folder.is_folded}"}


def _preset(preset: Preset) -> Facts:
    return {f"preset {preset.id}": repr(replace(preset, is_default=False))}


def facts_of(store: ConversationStore) -> Facts:
    """All that the store holds."""
    facts: Facts = {}
    for summary in store.list_conversations():
        facts |= place_of(summary)
    for folder in store.list_folders():
        facts |= _folder(folder)
    defaults = []
    for preset in store.list_presets():
        facts |= _preset(preset)
        defaults += [preset.id] if preset.is_default else []
    return facts | {"default": " ".join(defaults) or None}


def has_marker(folder: Path) -> bool:
    """True when something of a temporary chat is in a file."""
    return any(MARKER.encode() in p.read_bytes() for p in folder.rglob("*") if p.is_file())


class _AtOnce:
    """Stands for the storage's thread: what is submitted is done when `submit` returns."""

    def __init__(self, store: ConversationStore) -> None:
        self._store = store

    def submit(self, operation: Callable[[ConversationStore], object], *_: object) -> None:
        operation(self._store)


@dataclass
class Organisation:
    """Folders, presets, bulk changes and temporary chats on a store."""

    store: ConversationStore
    random: random.Random
    chats: list[Conversation]  # shared with the workload, which changes them too
    folders: list[Folder] = field(default_factory=list)
    presets: list[Preset] = field(default_factory=list)
    pile: list[ConversationSummary] = field(default_factory=list)
    is_pile_gone: bool = False

    def acts(self) -> Iterator[OrderAct]:
        """One act; it must be run before the iterator is asked to go on."""
        kinds = [
            self._put_folder,
            self._delete_folder,
            self._move,
            self._archive,
            self._put_preset,
            self._delete_preset,
            self._heap,
            self._temporary,
        ]
        yield from self.random.choices(kinds, [3, 1, 4, 3, 2, 1, 3, 3])[0]()

    def _put_folder(self) -> Iterator[OrderAct]:
        folder = Folder(new_folder_id(), f"Año {len(self.folders)}")
        if self.folders and self.random.random() < 0.5:
            old = self.folders.pop(0)
            folder = replace(old, name=old.name + " x", is_folded=not old.is_folded)
        yield "folder", _folder(folder), lambda: self.store.save_folder(folder)
        self.folders.append(folder)

    def _delete_folder(self) -> Iterator[OrderAct]:
        if not self.folders:
            return
        folder = self.folders.pop()
        facts: Facts = {f"folder {folder.id}": None}
        for index, chat in enumerate(self.chats):
            if chat.summary.folder_id == folder.id:
                outside = replace(chat.summary, folder_id=None)
                self.chats[index] = chat.with_summary(outside)
                facts |= place_of(outside)
        yield "no folder", facts, lambda: self.store.delete_folder(folder.id)

    def _move(self) -> Iterator[OrderAct]:
        folder = self.random.choice([None, *self.folders])
        folder_id = None if folder is None else folder.id
        yield from self._change_many(
            lambda s: replace(s, folder_id=folder_id, is_archived=False, is_pinned=False)
        )

    def _archive(self) -> Iterator[OrderAct]:
        heat = self.random.choice([None, SamplingParams(temperature=self.random.random())])
        is_archived = self.random.random() < 0.5
        yield from self._change_many(
            lambda s: replace(s, is_archived=is_archived, sampling=heat)
        )

    def _change_many(self, change: Changed) -> Iterator[OrderAct]:
        n = self.random.randint(1, len(self.chats))
        indexes = self.random.sample(range(len(self.chats)), n)
        summaries = [change(self.chats[index].summary) for index in indexes]
        facts: Facts = {}
        for index, summary in zip(indexes, summaries, strict=True):
            self.chats[index] = self.chats[index].with_summary(summary)
            facts |= place_of(summary)
        yield "many", facts, lambda: self.store.save_summaries(summaries)

    def _put_preset(self) -> Iterator[OrderAct]:
        preset = Preset(
            new_preset_id(),
            f"Año {len(self.presets)}",
            "Be brief. " * self.random.randint(0, 900),
            self.random.choice([None, SamplingParams(top_k=3)]),
            self.random.choice([None, ReasoningEffort.HIGH]),
            is_default=True,
        )
        facts = {**_preset(preset), "default": str(preset.id)}
        yield "preset", facts, lambda: self.store.save_preset(preset)
        self.presets.append(preset)

    def _delete_preset(self) -> Iterator[OrderAct]:
        if not self.presets:
            return
        preset = self.presets.pop()  # the newest one is the default
        facts: Facts = {f"preset {preset.id}": None, "default": None}
        yield "no preset", facts, lambda: self.store.delete_preset(preset.id)
        if self.presets:
            other = self.presets[-1]
            facts = {**_preset(other), "default": str(other.id)}
            yield "preset", facts, lambda: self.store.save_preset(other)

    def _heap(self) -> Iterator[OrderAct]:
        """Several conversations made, deleted or taken back at once."""
        ids = [s.id for s in self.pile]
        facts: Facts = {}
        if not self.pile:
            pile = [Conversation.start(f"pile {n}").summary for n in range(PILE)]
            for summary in pile:
                facts |= place_of(summary)
            yield "pile", facts, lambda: self.store.save_summaries(pile)
            self.pile = pile
        elif self.is_pile_gone:
            for summary in self.pile:
                facts |= place_of(summary)
            yield "pile back", facts, lambda: self.store.restore_conversations(ids)
            self.is_pile_gone = False
        else:
            facts = {name: None for s in self.pile for name in place_of(s)}
            yield "pile gone", facts, lambda: self.store.delete_conversations(ids)
            self.is_pile_gone = True

    def _temporary(self) -> Iterator[OrderAct]:
        """A chat that is not kept, through what keeps it off the disk in the window."""
        chat = Conversation.start(MARKER)
        chat = chat.with_summary(replace(chat.summary, is_temporary=True, draft=MARKER))
        facts: Facts = dict.fromkeys(place_of(chat.summary))
        yield "temporary", facts, lambda: self._write_temporary(chat)

    def _write_temporary(self, chat: Conversation) -> None:
        temporary = TemporaryChats()
        temporary.put(chat)
        storage = cast("StorageThread", _AtOnce(self.store))
        keeper = Keeper(storage, temporary, chat.id)
        text = f"{MARKER} " * self.random.randint(1, 900)
        message = Message(new_message_id(), chat.id, Role.ASSISTANT, text)
        keeper.submit(lambda s: s.save_summary(chat.summary))
        keeper.submit(lambda s: s.add_message(message))
        keeper.submit(lambda s: s.journal(message.id, text, text))
        keeper.submit(lambda s: s.finish(message))
        self._refuse([replace(c.summary, title=MARKER) for c in self.chats] + [chat.summary])

    def _refuse(self, summaries: Sequence[ConversationSummary]) -> None:
        """One temporary chat among those that are to be written: none of them is."""
        try:
            self.store.save_summaries(summaries)
        except ValueError:
            return
        raise AssertionError("a temporary chat was written")
