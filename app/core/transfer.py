"""Taking conversations away and bringing them along: what is asked, what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NewType, Protocol

from app.core.cancellation import CancelToken
from app.core.errors import UserError
from app.core.message import ConversationId

ImportId = NewType("ImportId", int)

Progress = Callable[[float], None]  # 0..1, called in the thread that does the work


def no_progress(_: float) -> None:
    """For whoever does not want to know."""


class ExportFormat(StrEnum):
    """What an export is written as; a PDF is the HTML one, printed by the window."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"  # docs/export-format.md; importing it again loses nothing


@dataclass(frozen=True, slots=True)
class ExportLabels:
    """The words of an export for people; the window passes them in its language."""

    you: str = "You"
    model: str = "Model"
    tool: str = "Tool"
    thinking: str = "Thinking"
    untitled: str = "Conversation"
    version: str = "Version {number} of {count}"
    other_branch: str = "Another branch, after: {excerpt}"
    interrupted: str = "This answer was not finished."
    attachment: str = "Attachment: {name}"
    pasted: str = "Pasted text"
    characters: str = "{n} characters"
    only_beginning: str = "only the beginning"


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Which conversations go into which file."""

    path: Path  # is replaced at the end, whole or not at all
    format: ExportFormat
    conversation_ids: tuple[ConversationId, ...] | None = None  # None: all but the trash
    has_all_branches: bool = True  # False: only the shown branch
    has_thinking: bool = True
    labels: ExportLabels = ExportLabels()
    cancel: CancelToken = field(default_factory=CancelToken)


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written."""

    path: Path
    n_conversations: int
    n_messages: int


class ImportSource(StrEnum):
    """Which program wrote a file that is imported."""

    LUMBRE = "lumbre"
    CHATGPT = "chatgpt"
    OPEN_WEBUI = "open-webui"
    LM_STUDIO = "lm-studio"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A conversation, or the rest of a file, that cannot be imported."""

    name: str  # title, or where it stands in the file
    reason: UserError


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import of a file would bring; nothing has been changed."""

    path: Path
    source: ImportSource
    n_conversations: int  # new ones
    n_messages: int  # new ones, also in conversations that are known
    n_known: int  # conversations that bring nothing new
    titles: tuple[str, ...]  # of new conversations, the first 200
    left_out: tuple[LeftOut, ...]  # the first 200
    n_left_out: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import brought."""

    id: ImportId  # for `undo_import`
    source: ImportSource
    n_conversations: int
    n_messages: int
    n_known: int
    left_out: tuple[LeftOut, ...]  # the first 200
    n_left_out: int


class Transfer(Protocol):
    """Export and import, on connections of their own: every call may run in any one thread.

    Raises `StorageError` with a sentence, or `Cancelled`, from every method.
    """

    def export(
        self, request: ExportRequest, on_progress: Progress = no_progress
    ) -> ExportResult:
        """Write a file."""
        ...

    def preview_import(
        self, path: Path, cancel: CancelToken, on_progress: Progress = no_progress
    ) -> ImportPreview:
        """Read a file (JSON, ChatGPT's zip) or a folder of files; change nothing."""
        ...

    def run_import(
        self, path: Path, cancel: CancelToken, on_progress: Progress = no_progress
    ) -> ImportResult:
        """Bring in what is new. Cancelled or failed, nothing of it stays."""
        ...

    def undo_import(self, import_id: ImportId) -> int:
        """Put what an import brought into the trash; how many conversations and branches."""
        ...
