"""Messages and their parts."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NewType

from app.core.attachment import Attachment

MessageId = NewType("MessageId", str)
ConversationId = NewType("ConversationId", str)


def new_message_id() -> MessageId:
    """A random id (UUID 4 as 32 hex digits): stable across export, import and merge."""
    return MessageId(uuid.uuid4().hex)


class Role(StrEnum):
    """Who speaks, in Harmony's words."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class Channel(StrEnum):
    """Where the model speaks, in Harmony's words."""

    ANALYSIS = "analysis"  # its reasoning: shown folded, never sent back
    COMMENTARY = "commentary"  # calls to tools
    FINAL = "final"  # the answer


class ReasoningEffort(StrEnum):
    """The level written into the system message."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class FinishReason(StrEnum):
    """Why an answer ended."""

    STOP = "stop"  # the model said it is done
    CANCELLED = "cancelled"  # the person pressed Stop
    LENGTH = "length"  # the answer's budget or the context was used up
    REPETITION = "repetition"  # the loop guard closed it
    INTERRUPTED = "interrupted"  # the program ended while it was being written
    ERROR = "error"  # the engine failed; the text so far is kept


class MessageState(StrEnum):
    """What is on disk for a message."""

    STREAMING = "streaming"  # journalled, more may come
    COMPLETE = "complete"  # committed for good, whatever its finish reason


@dataclass(frozen=True, slots=True)
class GenerationStats:
    """What one answer cost. Times in milliseconds, speeds in tokens per second."""

    n_prompt: int = 0  # tokens of the prompt
    n_reused: int = 0  # of these, found in the KV cache
    n_analysis: int = 0
    n_final: int = 0
    prefill_tps: float = 0.0  # 0 when nothing had to be read
    decode_tps: float = 0.0
    ttft_ms: float = 0.0  # request to first generated token
    thinking_ms: float = 0.0  # first analysis token to the end of the analysis
    total_ms: float = 0.0
    n_dropped: int = 0  # oldest messages that no longer fitted the context

    @property
    def n_generated(self) -> int:
        """Tokens of both channels."""
        return self.n_analysis + self.n_final


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation's tree: what a person wrote or what the model answered."""

    id: MessageId
    conversation_id: ConversationId
    role: Role
    text: str  # what the person wrote; the final channel of an answer
    parent_id: MessageId | None = None  # None: the first message of a branch
    thinking: str = ""  # the analysis channel
    created_at: float = field(default_factory=time.time)  # seconds since 1970, UTC
    state: MessageState = MessageState.COMPLETE
    reasoning: ReasoningEffort | None = None  # asked for; on questions and answers alike
    finish_reason: FinishReason | None = None  # answers only
    model_name: str = ""  # answers only
    stats: GenerationStats | None = None  # answers only
    attachments: tuple[Attachment, ...] = ()  # questions only; read before the text
    token_ids: tuple[int, ...] = ()  # of an answer's text, as the model wrote it; not exported

    @property
    def is_answer(self) -> bool:
        """True for what the model wrote."""
        return self.role is Role.ASSISTANT

    @property
    def can_continue(self) -> bool:
        """True for an answer that ended before the model said it was done."""
        return self.is_answer and self.finish_reason in {
            FinishReason.CANCELLED,
            FinishReason.LENGTH,
            FinishReason.REPETITION,
            FinishReason.INTERRUPTED,
            FinishReason.ERROR,
        }

    def with_text(self, text: str, thinking: str) -> Message:
        """The same message with what has come so far."""
        return replace(self, text=text, thinking=thinking)
