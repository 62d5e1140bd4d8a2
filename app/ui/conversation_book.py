"""The conversations: which there are, which is open, and every change that needs no engine."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Slot

from app.core.conversation import Conversation, ConversationStore, ConversationSummary
from app.core.errors import LumbreError
from app.core.message import ConversationId, MessageId, ReasoningEffort
from app.ui.chat_events import (
    ConversationOpened,
    ConversationsChanged,
    ErrorRaised,
    UndoOffered,
)
from app.workers.storage_worker import StorageThread
from app.workers.typed_signal import signal_of

logger = logging.getLogger(__name__)

DRAFT_MS = 400  # a draft is saved when the typing pauses this long


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
class _Reading:
    """What the store has now."""

    summaries: tuple[ConversationSummary, ...]
    conversation: Conversation | None  # the open one; None: gone, or not to be read


class ConversationBook(QObject):
    """Keeps the open conversation as a value and every change of it on disk.

    One conversation without a title is kept for what is not sent yet; it is not listed.
    """

    conversations_changed = signal_of(ConversationsChanged)
    conversation_opened = signal_of(ConversationOpened)
    conversation_replaced = signal_of(ConversationReplaced)
    prompt_changed = signal_of(PromptChanged)
    message_reached = signal_of(MessageReached)
    undo_offered = signal_of(UndoOffered)
    error_raised = signal_of(ErrorRaised)

    def __init__(self, storage: StorageThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._storage = storage
        self._summaries: tuple[ConversationSummary, ...] = ()
        self._current = Conversation.start()
        self._default_reasoning = ReasoningEffort.MEDIUM
        self._default_instructions = ""
        self._wanted_id: ConversationId | None = None
        self._draft_timer = QTimer(self)
        self._draft_timer.setSingleShot(True)
        self._draft_timer.setInterval(DRAFT_MS)
        self._draft_timer.timeout.connect(self.flush_draft)

    @property
    def current(self) -> Conversation:
        """The open conversation."""
        return self._current

    @property
    def listed(self) -> tuple[ConversationSummary, ...]:
        """The sidebar's rows."""
        return tuple(s for s in self._summaries if s.title)

    def set_defaults(self, reasoning: ReasoningEffort, instructions: str) -> None:
        """What a new conversation begins with."""
        self._default_reasoning = reasoning
        self._default_instructions = instructions

    def start(self) -> None:
        """Read the list and open the blank conversation."""

        def listed(summaries: tuple[ConversationSummary, ...]) -> None:
            self._summaries = summaries
            self.open_blank()

        def failed(error: LumbreError) -> None:
            self.error_raised.emit(ErrorRaised(error))
            self.open_blank()

        self._storage.submit(lambda store: store.list_conversations(), listed, failed)

    # -- opening ---------------------------------------------------------------------------
    def open_blank(self) -> None:
        """Show the conversation in which nothing was sent yet, with its draft."""
        self.flush_draft()
        blank = next((s for s in self._summaries if not s.title), None)
        if blank is None:
            conversation = Conversation.start()
            summary = replace(
                conversation.summary,
                reasoning=self._default_reasoning,
                instructions=self._default_instructions,
            )
        else:
            summary = blank
        self._show(Conversation(summary))

    def open(self, conversation_id: ConversationId) -> None:
        """Read a conversation and show it; a later call overtakes an earlier one."""
        if conversation_id == self._current.id:
            return
        self.flush_draft()
        self._wanted_id = conversation_id

        def loaded(conversation: Conversation) -> None:
            if self._wanted_id == conversation.id:
                self._show(conversation)

        self._storage.submit(lambda store: store.load(conversation_id), loaded, self._fail)

    def open_at(self, conversation_id: ConversationId, message_id: MessageId) -> None:
        """Show a conversation on a branch that has this message; then `message_reached`."""

        def reach(conversation: Conversation) -> None:
            if self._wanted_id != conversation_id:
                return
            on_path = any(m.id == message_id for m in conversation.active_path())
            if message_id in conversation.messages and not on_path:
                leaf = conversation.newest_leaf(message_id)
                self._show(conversation.with_active_leaf(leaf))
                self.set_active_leaf(leaf)
            elif conversation is not self._current:
                self._show(conversation)
            self._wanted_id = None
            self.message_reached.emit(MessageReached(message_id))

        self.flush_draft()
        self._wanted_id = conversation_id
        if conversation_id == self._current.id:
            reach(self._current)
        else:
            self._storage.submit(lambda store: store.load(conversation_id), reach, self._fail)

    def read_again(self, *, keeps_open: bool) -> None:
        """The history was changed elsewhere, by an import or a backup: show what there is.

        Args:
            keeps_open: the open conversation is not read again, an answer is written in it.
        """
        open_id = self._current.id

        def read(store: ConversationStore) -> _Reading:
            summaries = store.list_conversations()
            wants = not keeps_open and any(s.id == open_id for s in summaries)
            return _Reading(summaries, store.load(open_id) if wants else None)

        def done(reading: _Reading) -> None:
            self._summaries = reading.summaries
            if self._current.id != open_id or keeps_open:
                self._announce()
            elif reading.conversation is not None:
                self._show(reading.conversation)
            elif self._current.messages:
                self.open_blank()
            else:
                self._announce()

        self._storage.submit(read, done, self._fail)

    def _show(self, conversation: Conversation) -> None:
        self._wanted_id = None
        self._current = conversation
        self.conversation_replaced.emit(ConversationReplaced(conversation))
        is_new = not conversation.messages
        self.conversation_opened.emit(ConversationOpened(conversation.summary, is_new))
        self._announce()

    def replace_current(self, conversation: Conversation) -> None:
        """Take over a changed tree of the open conversation; the caller saves it."""
        self._current = conversation
        self._put_summary(conversation.summary)

    def _announce(self) -> None:
        self.conversations_changed.emit(ConversationsChanged(self.listed, self._current.id))

    def _put_summary(self, summary: ConversationSummary) -> None:
        others = [s for s in self._summaries if s.id != summary.id]
        everything = [summary, *others]
        everything.sort(key=lambda s: (not s.is_pinned, -s.updated_at))
        self._summaries = tuple(everything)
        self._announce()

    def _fail(self, error: LumbreError) -> None:
        self.error_raised.emit(ErrorRaised(error))

    # -- changing --------------------------------------------------------------------------
    def change(
        self,
        conversation_id: ConversationId,
        change: Callable[[ConversationSummary], ConversationSummary],
        *,
        announce: bool = True,
    ) -> None:
        """Change a conversation's summary here and on disk."""
        if conversation_id == self._current.id:
            summary = change(self._current.summary)
            self._current = self._current.with_summary(summary)
        else:
            found = next((s for s in self._summaries if s.id == conversation_id), None)
            if found is None:
                return
            summary = change(found)
        self._summaries = tuple(summary if s.id == summary.id else s for s in self._summaries)
        if all(s.id != summary.id for s in self._summaries):
            self._summaries = (*self._summaries, summary)
        self._storage.submit(lambda store: store.save_summary(summary), on_failed=self._fail)
        if announce:
            self._put_summary(summary)

    def rename(self, conversation_id: ConversationId, title: str) -> None:
        """Give it a title; an empty one changes nothing."""
        if wanted := " ".join(title.split()):
            self.change(conversation_id, lambda s: replace(s, title=wanted))

    def set_pinned(self, conversation_id: ConversationId, is_pinned: bool) -> None:
        """Keep it at the top, or not."""
        self.change(conversation_id, lambda s: replace(s, is_pinned=is_pinned))

    def set_reasoning(self, reasoning: ReasoningEffort) -> None:
        """Level of the next message of the open conversation."""
        if reasoning is not self._current.summary.reasoning:
            self.change(
                self._current.id, lambda s: replace(s, reasoning=reasoning), announce=False
            )
            self.prompt_changed.emit(PromptChanged(self._current.summary))

    def set_instructions(self, instructions: str) -> None:
        """The person's own instructions for the open conversation."""
        self.change(
            self._current.id, lambda s: replace(s, instructions=instructions), announce=False
        )
        self.prompt_changed.emit(PromptChanged(self._current.summary))

    def save_draft(self, text: str) -> None:
        """Remember what stands in the composer; written when the typing pauses."""
        if text != self._current.summary.draft:
            summary = replace(self._current.summary, draft=text)
            self._current = self._current.with_summary(summary)
            self._draft_timer.start()

    @Slot()
    def flush_draft(self) -> None:
        """Write the draft now."""
        if self._draft_timer.isActive():
            self._draft_timer.stop()
            draft = self._current.summary.draft
            self.change(self._current.id, lambda s: replace(s, draft=draft), announce=False)

    def delete(self, conversation_id: ConversationId) -> None:
        """Move it to the trash and offer to take it back."""
        summary = next((s for s in self._summaries if s.id == conversation_id), None)
        if summary is None:
            return

        def undo() -> None:
            self.restore(conversation_id)

        def deleted(_: None) -> None:
            self._summaries = tuple(s for s in self._summaries if s.id != conversation_id)
            if self._current.id == conversation_id:
                self._draft_timer.stop()
                self.open_blank()
            else:
                self._announce()
            text = self.tr('"{title}" is in the trash.').format(title=summary.title)
            self.undo_offered.emit(UndoOffered(text, undo))

        self._storage.submit(
            lambda store: store.delete_conversation(conversation_id), deleted, self._fail
        )

    def restore(self, conversation_id: ConversationId) -> None:
        """Take a conversation out of the trash and open it."""

        def restore(store: ConversationStore) -> Conversation:
            store.restore_conversation(conversation_id)
            return store.load(conversation_id)

        def restored(conversation: Conversation) -> None:
            self._put_summary(conversation.summary)
            self.flush_draft()
            self._show(conversation)

        self._storage.submit(restore, restored, self._fail)

    def delete_message(self, message_id: MessageId) -> None:
        """Move a message and what follows it to the trash and offer to take it back."""
        before = self._current
        if message_id not in before.messages:
            return

        def undo() -> None:
            def reloaded(conversation: Conversation) -> None:
                if conversation.id == self._current.id:
                    self._show(conversation)

            def restore(store: ConversationStore) -> Conversation:
                store.restore_message(message_id)
                store.set_active_leaf(before.id, before.active_leaf_id)
                return store.load(before.id)

            self._storage.submit(restore, reloaded, self._fail)

        def deleted(_: None) -> None:
            if self._current.id == before.id:
                changed = self._current.without(message_id)
                siblings = changed.children(before.messages[message_id].parent_id)
                if siblings and changed.active_leaf_id == before.messages[message_id].parent_id:
                    changed = changed.with_active_leaf(changed.newest_leaf(siblings[-1].id))
                    self.set_active_leaf(changed.active_leaf_id)
                self._current = changed
                self.conversation_replaced.emit(ConversationReplaced(changed))
            self.undo_offered.emit(UndoOffered(self.tr("The message is in the trash."), undo))

        self._storage.submit(
            lambda store: store.delete_message(message_id), deleted, self._fail
        )

    def set_active_leaf(self, leaf_id: MessageId | None) -> None:
        """Remember on disk which branch of the open conversation is shown."""
        conversation_id = self._current.id
        self._storage.submit(
            lambda store: store.set_active_leaf(conversation_id, leaf_id),
            on_failed=self._fail,
        )

    def show_version(self, message_id: MessageId, step: int) -> None:
        """Show another version of a message: `step` -1 is the one before, +1 the next."""
        versions = self._current.versions(message_id)
        place = next(i for i, m in enumerate(versions) if m.id == message_id) + step
        if 0 <= place < len(versions):
            leaf = self._current.newest_leaf(versions[place].id)
            self._current = self._current.with_active_leaf(leaf)
            self.set_active_leaf(leaf)
            self.conversation_replaced.emit(ConversationReplaced(self._current))

    def touch(self, conversation_id: ConversationId) -> None:
        """Move it to the top of the list: something was written in it."""
        self.change(conversation_id, lambda s: replace(s, updated_at=time.time()))
