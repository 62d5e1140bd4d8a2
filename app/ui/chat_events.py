"""What the chat controller tells the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from app.core.attachment import Attachment
from app.core.conversation import Conversation, ConversationSummary, Folder
from app.core.errors import LumbreError
from app.core.generation import LoadedModel
from app.core.message import ConversationId, MessageId
from app.core.settings import Settings


class Phase(Enum):
    """What the engine is doing."""

    NO_MODEL = "no_model"
    LOADING = "loading"
    ASLEEP = "asleep"  # unloaded to give its memory back; loaded again when it is wanted
    READY = "ready"
    READING = "reading"  # the prompt
    THINKING = "thinking"
    ANSWERING = "answering"
    STOPPING = "stopping"
    ENGINE_STOPPED = "engine_stopped"  # for good: only a restart helps

    @property
    def takes_questions(self) -> bool:
        """True when a question can be sent; a model that sleeps is loaded for it first."""
        return self in {Phase.READY, Phase.ASLEEP}

    @property
    def is_busy(self) -> bool:
        """True while an answer is being written."""
        return self in {Phase.READING, Phase.THINKING, Phase.ANSWERING, Phase.STOPPING}


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """`progress` is 0..1 while LOADING and READING, None when it is not known."""

    phase: Phase
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class ConversationReplaced:
    """The open conversation has another tree or branch than before."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class PromptChanged:
    """The open conversation has another level or other instructions than before."""

    summary: ConversationSummary


@dataclass(frozen=True, slots=True)
class MessageReached:
    """A message that was looked for is on the shown branch now."""

    message_id: MessageId


@dataclass(frozen=True, slots=True)
class ConversationsChanged:
    """The sidebar's rows; the unsent blank conversation is not among them."""

    conversations: tuple[ConversationSummary, ...]
    current_id: ConversationId | None
    folders: tuple[Folder, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationOpened:
    """Another conversation is shown; `is_new` when nothing was sent in it yet."""

    summary: ConversationSummary
    is_new: bool


@dataclass(frozen=True, slots=True)
class ModelChanged:
    """What is loaded now."""

    loaded: LoadedModel | None


@dataclass(frozen=True, slots=True)
class ErrorRaised:
    """Something did not work; the error's sentence is for the person."""

    error: LumbreError


@dataclass(frozen=True, slots=True)
class TextReturned:
    """A message could not be saved: its text belongs back into the composer."""

    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class UndoOffered:
    """Something was deleted and can be taken back by calling `undo`."""

    text: str  # translated
    undo: Callable[[], None]


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """The settings in force."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class RestartRequested:
    """The person asked for a fresh process; everything is saved."""
