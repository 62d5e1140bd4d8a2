"""What a person asks of a message; carried out by the controller."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from app.core.message import MessageId, ReasoningEffort
from app.ui.transcript.controls import ControlKind


class ActionKind(Enum):
    """Kinds of requests."""

    EDIT = auto()  # a new version of a question with `MessageAction.text`
    REGENERATE = auto()  # another answer; `reasoning` None: the same level
    CONTINUE = auto()
    DELETE = auto()
    PREVIOUS_VERSION = auto()
    NEXT_VERSION = auto()
    ANSWER_NOW = auto()  # end the thinking
    RETRY = auto()  # after an error
    QUOTE = auto()  # put `text`, already marked as a quotation, into the composer


@dataclass(frozen=True, slots=True)
class MessageAction:
    """One request."""

    kind: ActionKind
    message_id: MessageId
    reasoning: ReasoningEffort | None = None  # REGENERATE: another level
    text: str = ""  # EDIT: the edited text; QUOTE: the quotation


ACTION_OF_CONTROL = {
    ControlKind.REGENERATE: ActionKind.REGENERATE,
    ControlKind.CONTINUE: ActionKind.CONTINUE,
    ControlKind.DELETE: ActionKind.DELETE,
    ControlKind.PREVIOUS_VERSION: ActionKind.PREVIOUS_VERSION,
    ControlKind.NEXT_VERSION: ActionKind.NEXT_VERSION,
    ControlKind.ANSWER_NOW: ActionKind.ANSWER_NOW,
    ControlKind.RETRY: ActionKind.RETRY,
}
