"""The message tree of one conversation, and the port to where conversations are kept."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Protocol

from app.core.attachment import Attachment
from app.core.generation import SamplingParams
from app.core.message import (
    ConversationId,
    FinishReason,
    Message,
    MessageId,
    MessageState,
    ReasoningEffort,
    Role,
)
from app.core.organisation import Folder, FolderId, Preset, PresetId

TITLE_LENGTH = 60  # characters of a title made from the first question


def new_conversation_id() -> ConversationId:
    """A random id (UUID 4 as 32 hex digits)."""
    return ConversationId(uuid.uuid4().hex)


def title_from(text: str) -> str:
    """A one-line title of at most `TITLE_LENGTH` characters from a first question."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[: TITLE_LENGTH - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > TITLE_LENGTH // 2 else cut).rstrip(" ,.;:") + "…"


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A row of the sidebar."""

    id: ConversationId
    title: str
    created_at: float  # seconds since 1970, UTC
    updated_at: float
    is_pinned: bool = False
    draft: str = ""  # what stands unsent in the composer
    reasoning: ReasoningEffort = ReasoningEffort.MEDIUM  # level of the next message
    instructions: str = ""  # the person's own developer message
    folder_id: FolderId | None = None  # None: in no folder
    is_archived: bool = False  # kept, but out of the way
    sampling: SamplingParams | None = None  # None: as the settings say
    is_temporary: bool = False  # lives in memory only: must never be stored


@dataclass(frozen=True)
class Conversation:
    """A tree of messages and the branch that is shown. A change is a new value."""

    summary: ConversationSummary
    messages: Mapping[MessageId, Message] = field(default_factory=dict)
    active_leaf_id: MessageId | None = None  # None: empty

    def __post_init__(self) -> None:
        object.__setattr__(self, "messages", MappingProxyType(dict(self.messages)))
        if self.active_leaf_id is not None and self.active_leaf_id not in self.messages:
            raise ValueError("the active leaf is not a message of this conversation")

    @classmethod
    def start(cls, title: str = "") -> Conversation:
        """An empty conversation, made now."""
        now = time.time()
        return cls(ConversationSummary(new_conversation_id(), title, now, now))

    @cached_property
    def _children(self) -> Mapping[MessageId | None, Sequence[Message]]:
        children: dict[MessageId | None, list[Message]] = {}
        for message in self.messages.values():
            children.setdefault(message.parent_id, []).append(message)
        return children

    @property
    def id(self) -> ConversationId:
        """The conversation's id."""
        return self.summary.id

    def active_path(self) -> tuple[Message, ...]:
        """The shown branch, oldest first."""
        return self.path_to(self.active_leaf_id)

    def path_to(self, message_id: MessageId | None) -> tuple[Message, ...]:
        """From the root to `message_id`, both included; a damaged tree ends the walk early."""
        path: list[Message] = []
        seen: set[MessageId] = set()
        current = message_id
        while current is not None and current in self.messages and current not in seen:
            seen.add(current)
            path.append(self.messages[current])
            current = self.messages[current].parent_id
        return tuple(reversed(path))

    def children(self, message_id: MessageId | None) -> tuple[Message, ...]:
        """Messages that follow `message_id` directly, in the order in which they were made."""
        return tuple(self._children.get(message_id, ()))

    def versions(self, message_id: MessageId) -> tuple[Message, ...]:
        """`message_id` and its siblings of the same role: what ‹ 2/3 › walks through."""
        me = self.messages[message_id]
        return tuple(m for m in self.children(me.parent_id) if m.role is me.role)

    def newest_leaf(self, message_id: MessageId) -> MessageId:
        """The leaf reached from `message_id` by always taking the newest child."""
        current = message_id
        while following := self.children(current):
            current = following[-1].id
        return current

    def with_message(self, message: Message) -> Conversation:
        """Add or replace `message`; a new one becomes the active leaf."""
        if message.conversation_id != self.id:
            raise ValueError("the message belongs to another conversation")
        if message.parent_id is not None and message.parent_id not in self.messages:
            raise ValueError("the parent is not a message of this conversation")
        leaf = self.active_leaf_id if message.id in self.messages else message.id
        return replace(
            self, messages={**self.messages, message.id: message}, active_leaf_id=leaf
        )

    def with_active_leaf(self, message_id: MessageId | None) -> Conversation:
        """Show the branch that ends in `message_id`."""
        return replace(self, active_leaf_id=message_id)

    def with_summary(self, summary: ConversationSummary) -> Conversation:
        """The same tree under another title, pin, draft or level."""
        return replace(self, summary=summary)

    def without(self, message_id: MessageId) -> Conversation:
        """Remove `message_id` and all that follows it."""
        gone = {message_id}
        for message in self.messages.values():  # insertion order: parents come first
            if message.parent_id in gone:
                gone.add(message.id)
        kept = {k: m for k, m in self.messages.items() if k not in gone}
        leaf = self.active_leaf_id
        if leaf in gone:
            parent = self.messages[message_id].parent_id
            leaf = parent
        return replace(self, messages=kept, active_leaf_id=leaf)

    def last_question(self) -> Message | None:
        """The newest message of the person on the active branch."""
        return next((m for m in reversed(self.active_path()) if m.role is Role.USER), None)


class ConversationStore(Protocol):
    """Where conversations live. One owner thread; every change is durable when it returns.

    Raises `StorageError` with a sentence, from every method.
    """

    def list_conversations(self) -> tuple[ConversationSummary, ...]:
        """All that are not in the trash: pinned first, then newest change first."""
        ...

    def load(self, conversation_id: ConversationId) -> Conversation:
        """One conversation with its whole tree."""
        ...

    def save_summary(self, summary: ConversationSummary) -> None:
        """Create the conversation, or change what its summary says.

        A folder that is not there is no folder.
        """
        ...

    def save_summaries(self, summaries: Sequence[ConversationSummary]) -> None:
        """`save_summary` for several: all or none."""
        ...

    def add_message(self, message: Message) -> None:
        """Commit a new message with its attachments and make it the active leaf.

        The conversation must exist.
        """
        ...

    def draft_attachments(self) -> Mapping[ConversationId, tuple[Attachment, ...]]:
        """What is attached to unsent drafts, by conversation; those without are left out."""
        ...

    def save_draft_attachments(
        self, conversation_id: ConversationId, attached: Sequence[Attachment]
    ) -> None:
        """Remember what is attached to an unsent draft; the conversation must exist."""
        ...

    def journal(self, message_id: MessageId, text: str, thinking: str) -> None:
        """Commit what has come so far of a streaming answer."""
        ...

    def finish(self, message: Message) -> None:
        """Commit the end of an answer: text, finish reason, statistics; state COMPLETE."""
        ...

    def set_active_leaf(
        self, conversation_id: ConversationId, message_id: MessageId | None
    ) -> None:
        """Remember which branch is shown."""
        ...

    def delete_conversation(self, conversation_id: ConversationId) -> None:
        """Move it to the trash."""
        ...

    def delete_conversations(self, conversation_ids: Sequence[ConversationId]) -> None:
        """Move them to the trash: all or none."""
        ...

    def restore_conversation(self, conversation_id: ConversationId) -> None:
        """Take it out of the trash."""
        ...

    def restore_conversations(self, conversation_ids: Sequence[ConversationId]) -> None:
        """Take them out of the trash: all or none."""
        ...

    def delete_message(self, message_id: MessageId) -> None:
        """Move the message and all that follows it to the trash."""
        ...

    def restore_message(self, message_id: MessageId) -> None:
        """Take the message and what was deleted with it out of the trash."""
        ...

    def list_folders(self) -> tuple[Folder, ...]:
        """All folders, in the order in which they were made."""
        ...

    def save_folder(self, folder: Folder) -> None:
        """Make a folder, or change its name and whether it is folded."""
        ...

    def delete_folder(self, folder_id: FolderId) -> None:
        """Delete a folder; the conversations in it stay, in no folder."""
        ...

    def list_presets(self) -> tuple[Preset, ...]:
        """All presets that the person has saved, in the order in which they were made."""
        ...

    def save_preset(self, preset: Preset) -> None:
        """Make a preset or change it; a default one takes that from any other."""
        ...

    def delete_preset(self, preset_id: PresetId) -> None:
        """Delete a preset; what it was applied to stays as it is."""
        ...

    def mark_interrupted(self) -> int:
        """At start: every STREAMING answer becomes COMPLETE with INTERRUPTED; how many."""
        ...

    def close(self) -> None:
        """Checkpoint and close; further calls raise `StorageError`."""
        ...


def ordered(messages: Iterable[Message]) -> dict[MessageId, Message]:
    """Messages by id, keeping the given order (the order in which they were stored)."""
    return {m.id: m for m in messages}


__all__ = [
    "TITLE_LENGTH",
    "Conversation",
    "ConversationId",
    "ConversationStore",
    "ConversationSummary",
    "FinishReason",
    "Folder",
    "FolderId",
    "Message",
    "MessageId",
    "MessageState",
    "Preset",
    "PresetId",
    "new_conversation_id",
    "ordered",
    "title_from",
]
