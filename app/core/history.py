"""What the window asks of the history besides conversations: copies, checks, the trash."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.core.cancellation import CancelToken
from app.core.conversation import ConversationStore
from app.core.errors import StorageError
from app.core.message import ConversationId, MessageId, Role


class BackupReason(StrEnum):
    """Why a backup was made."""

    DAILY = "daily"  # rotates: 7 days, then 4 weeks
    MIGRATION = "migration"  # before the file was changed for a newer program
    RESTORE = "restore"  # before an older backup took its place
    MANUAL = "manual"  # asked for; never removed by the program


@dataclass(frozen=True, slots=True)
class Backup:
    """A whole, checked copy of the history."""

    path: Path
    made_at: float  # seconds since 1970, UTC
    reason: BackupReason
    n_bytes: int


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What "Check and repair" found and did."""

    findings: tuple[str, ...]  # SQLite's words, for the log and the curious; empty: all is well
    n_conversations: int  # there now, without the trash
    n_messages: int
    set_aside: Path | None = None  # where the damaged file is kept, as it was
    n_cut: int = 0  # messages whose end could not be read

    @property
    def was_sound(self) -> bool:
        """True when nothing had to be done."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class TrashEntry:
    """A deleted conversation, or a deleted message with all that followed it."""

    conversation_id: ConversationId
    message_id: MessageId | None  # None: the whole conversation
    title: str  # of the conversation
    excerpt: str  # beginning of the message; "" for a conversation
    trashed_at: float  # seconds since 1970, UTC
    n_messages: int  # that come back with it


class History(ConversationStore, Protocol):
    """The conversation store with its trash and its care; one owner thread, as there.

    All methods raise `StorageError`.
    """

    @property
    def is_read_only(self) -> bool:
        """True when every change raises `StorageError`."""
        ...

    @property
    def read_only_reason(self) -> StorageError | None:
        """The sentence that says why nothing can be changed; None when it can."""
        ...

    def take_notices(self) -> tuple[StorageError, ...]:
        """Sentences about what went well but needs attention, since the last call."""
        ...

    def watch(self) -> None:
        """To be called every half minute."""
        ...

    def list_trash(self) -> tuple[TrashEntry, ...]:
        """What is in the trash, newest deletion first."""
        ...

    def purge_expired(self) -> int:
        """Delete for good what has been in the trash for over 30 days; how many entries."""
        ...

    def empty_trash(self) -> int:
        """Erase all that is in the trash from the file and the backups; how many entries."""
        ...

    def check_and_repair(self) -> RepairReport:
        """Check the whole file and repair it when it is damaged; may take minutes."""
        ...

    def restore_backup(self, backup: Backup) -> None:
        """Go back to a backup; what is there now becomes a backup first."""
        ...


class BackupKeeper(Protocol):
    """Makes and rotates backups; has its own connection, so it may work in any one thread.

    All methods raise `StorageError`.
    """

    def list_backups(self) -> tuple[Backup, ...]:
        """All that are there, newest first."""
        ...

    def back_up_when_due(self) -> Backup | None:
        """Make the daily backup unless there is one of the last 24 hours; rotate."""
        ...

    def back_up_now(self) -> Backup:
        """Make a backup that is kept until somebody deletes it."""
        ...

    def restore_closed(self, backup: Backup) -> Path:
        """Put a backup in the place of a history that cannot be opened.

        Returns:
            The folder in which the old file is kept as it was.

        Raises:
            StorageError: it can be opened, or the backup is unsound; nothing was changed.
        """
        ...


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is looked for, as it was typed.

    Words are all to be there, whatever their case and accents; the last one may be the
    beginning of a word, as every one with a `*` may. "Several words" in quotes are a phrase.
    `from:me` (`de:mí`), `from:model` (`de:modelo`), `before:2026-05` (`antes:`) and
    `after:2026-05-01` (`desde:`) narrow it; a date is a year, month or day in local time.
    """

    text: str
    includes_thinking: bool = False
    n_hits: int = 50  # at most
    cancel: CancelToken = field(default_factory=CancelToken)


@dataclass(frozen=True, slots=True)
class SnippetPart:
    """A piece of an excerpt."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A title or a message that was found."""

    conversation_id: ConversationId
    title: str  # of the conversation
    message_id: MessageId | None  # None: the title was found
    role: Role | None  # None for a title
    created_at: float  # of the message, or of the conversation's last change
    snippet: tuple[SnippetPart, ...]  # of the message or its attachment, or the marked title
    attachment_name: str = ""  # of the attachment that was found; "" also for a pasted one
    is_archived: bool = False  # the conversation


class HistorySearch(Protocol):
    """Full-text search with its own connection; one owner thread."""

    def search(self, query: SearchQuery) -> tuple[SearchHit, ...]:
        """Titles first, then messages, newest first; empty when nothing can be looked for.

        `query.cancel` ends it from any thread, within milliseconds.

        Raises:
            Cancelled: by `query.cancel`.
            StorageError: with a sentence.
        """
        ...

    def close(self) -> None:
        """Close; the last call."""
        ...
