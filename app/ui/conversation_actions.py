"""What a person asks for in the list of conversations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from app.core.conversation import FolderId
from app.core.message import ConversationId


class ConversationActionKind(Enum):
    """What a person wants done with conversations."""

    OPEN = auto()
    PIN = auto()
    UNPIN = auto()
    MOVE = auto()  # to `folder_id`
    MOVE_TO_NEW = auto()  # to a folder whose name is to be asked
    ARCHIVE = auto()
    UNARCHIVE = auto()
    EXPORT = auto()
    KEEP = auto()  # a temporary one
    DELETE = auto()


@dataclass(frozen=True, slots=True)
class ConversationAction:
    """Something to be done with one or several conversations of the list."""

    kind: ConversationActionKind
    conversation_ids: tuple[ConversationId, ...]
    folder_id: FolderId | None = None  # of MOVE; None: out of all folders


class FolderActionKind(Enum):
    """What a person wants done with a folder."""

    NEW = auto()
    FOLD = auto()
    UNFOLD = auto()
    DELETE = auto()


@dataclass(frozen=True, slots=True)
class FolderAction:
    """Something to be done with a folder."""

    kind: FolderActionKind
    folder_id: FolderId | None = None  # of all but NEW
