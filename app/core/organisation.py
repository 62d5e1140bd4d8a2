"""Folders of conversations, and presets of how questions are asked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import NewType

from app.core.generation import SamplingParams
from app.core.message import ReasoningEffort

FolderId = NewType("FolderId", str)
PresetId = NewType("PresetId", str)

MAX_NAME = 80  # characters of the name of a folder or a preset


def new_folder_id() -> FolderId:
    """A random id (UUID 4 as 32 hex digits)."""
    return FolderId(uuid.uuid4().hex)


def new_preset_id() -> PresetId:
    """A random id (UUID 4 as 32 hex digits)."""
    return PresetId(uuid.uuid4().hex)


def clean_name(text: str) -> str:
    """`text` as a name: one line of at most `MAX_NAME` characters; may be empty."""
    return " ".join(text.split())[:MAX_NAME].rstrip()


@dataclass(frozen=True, slots=True)
class Folder:
    """A group of conversations in the sidebar; folders do not nest."""

    id: FolderId
    name: str
    is_folded: bool = False  # its conversations are not listed


@dataclass(frozen=True, slots=True)
class Preset:
    """How questions are asked, under a name. Its instructions are private text."""

    id: PresetId
    name: str
    instructions: str = ""  # the person's own developer message
    sampling: SamplingParams | None = None  # None: as the settings say
    reasoning: ReasoningEffort | None = None  # None: the conversation's level stays
    is_default: bool = False  # new conversations begin with it; true of one at most
