"""The conversations: which there are, which is open, and every change that needs no engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Slot

from app.core.attachment import Attachment
from app.core.conversation import (
    Conversation,
    ConversationStore,
    ConversationSummary,
    Folder,
)
from app.core.errors import LumbreError
from app.core.generation import SamplingParams
from app.core.message import ConversationId, Message, MessageId, ReasoningEffort
from app.ui.chat_events import (
    ConversationOpened,
    ConversationReplaced,
    ConversationsChanged,
    ErrorRaised,
    MessageReached,
    PromptChanged,
    UndoOffered,
)
from app.ui.draft_attachments import Attached, DraftAttachments
from app.ui.temporary_chats import Keeper, TemporaryChats, save_whole
from app.workers.storage_worker import StorageThread
from app.workers.typed_signal import signal_of

DRAFT_MS = 400  # a draft is saved when the typing pauses this long


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the store has now."""

    summaries: tuple[ConversationSummary, ...]
    folders: tuple[Folder, ...]
    conversation: Conversation | None  # the open one; None: gone, or not to be read
    attached: Attached  # to drafts


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
        self._folders: tuple[Folder, ...] = ()
        self.temporary = TemporaryChats()
        self.drafts = DraftAttachments(self.keeper, self.fail)
        self._current = Conversation.start()
        self.set_defaults(ReasoningEffort.MEDIUM, "")
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
        return tuple([s for s in self._summaries if s.title])

    @property
    def folders(self) -> tuple[Folder, ...]:
        """All folders, in the order in which they were made."""
        return self._folders

    def summary_of(self, conversation_id: ConversationId) -> ConversationSummary | None:
        """What the list says of a conversation; None when there is none."""
        if conversation_id == self._current.id:
            return self._current.summary
        return next((s for s in self._summaries if s.id == conversation_id), None)

    def keeper(self, conversation_id: ConversationId) -> Keeper:
        """Where to write what belongs to a conversation: nowhere while it is temporary."""
        return Keeper(self._storage, self.temporary, conversation_id)

    def set_defaults(
        self,
        reasoning: ReasoningEffort,
        instructions: str,
        sampling: SamplingParams | None = None,
    ) -> None:
        """What a new conversation begins with."""
        self._defaults = (reasoning, instructions, sampling)

    def start(self) -> None:
        """Read the list and open the blank conversation."""

        def read(store: ConversationStore) -> _Reading:
            folders, attached = store.list_folders(), store.draft_attachments()
            return _Reading(store.list_conversations(), folders, None, attached)

        def done(reading: _Reading) -> None:
            self._summaries, self._folders = reading.summaries, reading.folders
            self.drafts.take(reading.attached)
            self.open_blank()

        def failed(error: LumbreError) -> None:
            self.error_raised.emit(ErrorRaised(error))
            self.open_blank()

        self._storage.submit(read, done, failed)

    # -- opening ---------------------------------------------------------------------------
    def open_blank(self) -> None:
        """Show the conversation in which nothing was sent yet, with its draft."""
        self.flush_draft()
        blank = next((s for s in self._summaries if not (s.title or s.is_temporary)), None)
        self.show(Conversation(blank or self._new_summary()))

    def open_temporary(self) -> None:
        """Show a new conversation of which nothing is ever written to the disk."""
        self.flush_draft()
        conversation = Conversation(replace(self._new_summary(), is_temporary=True))
        self.temporary.put(conversation)
        self._summaries = (conversation.summary, *self._summaries)
        self.show(conversation)

    def _new_summary(self) -> ConversationSummary:
        reasoning, instructions, sampling = self._defaults
        return replace(
            Conversation.start().summary,
            reasoning=reasoning,
            instructions=instructions,
            sampling=sampling,
        )

    def open(self, conversation_id: ConversationId) -> None:
        """Read a conversation and show it; a later call overtakes an earlier one."""
        if conversation_id == self._current.id:
            return
        self.flush_draft()
        if (temporary := self.temporary.get(conversation_id)) is not None:
            self.show(temporary)
            return
        self._wanted_id = conversation_id

        def loaded(conversation: Conversation) -> None:
            if self._wanted_id == conversation.id:
                self.show(conversation)

        self._storage.submit(lambda store: store.load(conversation_id), loaded, self.fail)

    def open_at(self, conversation_id: ConversationId, message_id: MessageId) -> None:
        """Show a conversation on a branch that has this message; then `message_reached`."""

        def reach(conversation: Conversation) -> None:
            if self._wanted_id != conversation_id:
                return
            on_path = any(m.id == message_id for m in conversation.active_path())
            if message_id in conversation.messages and not on_path:
                leaf = conversation.newest_leaf(message_id)
                self.show(conversation.with_active_leaf(leaf))
                self.set_active_leaf(leaf)
            elif conversation is not self._current:
                self.show(conversation)
            self._wanted_id = None
            self.message_reached.emit(MessageReached(message_id))

        self.flush_draft()
        self._wanted_id = conversation_id
        if conversation_id == self._current.id:
            reach(self._current)
        else:
            self._storage.submit(lambda store: store.load(conversation_id), reach, self.fail)

    def read_again(self, *, keeps_open: bool) -> None:
        """The history was changed elsewhere, by an import or a backup: show what there is.

        Args:
            keeps_open: the open conversation is not read again, an answer is written in it.
        """
        open_id = self._current.id

        def read(store: ConversationStore) -> _Reading:
            summaries = store.list_conversations()
            wants = not keeps_open and any(s.id == open_id for s in summaries)
            opened = store.load(open_id) if wants else None
            attached = store.draft_attachments()
            return _Reading(summaries, store.list_folders(), opened, attached)

        def done(reading: _Reading) -> None:
            temporary = tuple(s for s in self._summaries if s.is_temporary)
            self._summaries = (*temporary, *reading.summaries)
            self._folders = reading.folders
            self.drafts.take(reading.attached)
            is_temporary = self._current.summary.is_temporary
            if self._current.id != open_id or keeps_open or is_temporary:
                self._announce()
            elif reading.conversation is not None:
                self.show(reading.conversation)
            elif self._current.messages:
                self.open_blank()
            else:
                self._announce()

        self._storage.submit(read, done, self.fail)

    def show(self, conversation: Conversation) -> None:
        """Open a conversation that was read, or that is in memory only."""
        self._wanted_id = None
        if self.temporary.leave(self._current.id, conversation.id):
            self._summaries = tuple(s for s in self._summaries if s.id != self._current.id)
        self._current = conversation
        self.conversation_replaced.emit(ConversationReplaced(conversation))
        is_new = not conversation.messages
        self.conversation_opened.emit(ConversationOpened(conversation.summary, is_new))
        self._announce()

    def replace_current(self, conversation: Conversation) -> None:
        """Take over a changed tree of the open conversation; the caller saves it."""
        self._set_current(conversation)
        self._put_summary(conversation.summary)

    def take_message(self, message: Message) -> bool:
        """Take over a message that was written on; True when its conversation is open."""
        if message.id in self._current.messages:
            self.replace_current(self._current.with_message(message))
            return True
        self.temporary.take_message(message)
        return False

    def replace_tree(self, conversation: Conversation) -> None:
        """Show another tree or branch of the open conversation; the caller saves it."""
        self._set_current(conversation)
        self.conversation_replaced.emit(ConversationReplaced(conversation))

    def keep(self, conversation_id: ConversationId) -> None:
        """Write a temporary conversation to the disk: from now on it is as any other."""
        before = self.temporary.release(conversation_id)
        if before is None:
            return
        kept = before.with_summary(replace(before.summary, is_temporary=False))

        def failed(error: LumbreError) -> None:
            self.temporary.put(before)
            self._take(before)
            self.fail(error)

        self._storage.submit(lambda store: save_whole(store, kept), on_failed=failed)
        self.drafts.save_again(kept.id)
        self._take(kept)

    def _take(self, conversation: Conversation) -> None:
        """Another value of a known conversation."""
        self._put_summary(conversation.summary)
        if self._current.id == conversation.id:
            self.show(conversation)

    def _set_current(self, conversation: Conversation) -> None:
        self._current = conversation
        self.temporary.update(conversation)

    def set_folders(self, folders: Sequence[Folder]) -> None:
        """Take over changed folders; the caller saves them."""
        self._folders = tuple(folders)
        self._announce()

    def _announce(self) -> None:
        self.conversations_changed.emit(
            ConversationsChanged(self.listed, self._current.id, self._folders)
        )

    def _put_summary(self, summary: ConversationSummary) -> None:
        others = [s for s in self._summaries if s.id != summary.id]
        self._summaries = (summary, *others)
        self._sort()
        self._announce()

    def fail(self, error: LumbreError) -> None:
        """Tell that something could not be read or saved."""
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
        self.change_all((conversation_id,), change, announce=announce)

    def change_all(
        self,
        conversation_ids: Sequence[ConversationId],
        change: Callable[[ConversationSummary], ConversationSummary],
        *,
        announce: bool = True,
    ) -> None:
        """Change the summaries of several conversations here and on disk: all or none."""
        wanted, summaries = set(conversation_ids), list(self._summaries)
        places = {s.id: at for at, s in enumerate(summaries) if s.id in wanted}
        changed = {i: change(summaries[at]) for i, at in places.items()}
        if self._current.id in wanted:  # newer than the list, or not yet in it
            summary = changed[self._current.id] = change(self._current.summary)
            self._set_current(self._current.with_summary(summary))
        if not changed:
            return
        summaries += [s for s in changed.values() if s.id not in places]
        for summary_id, at in places.items():
            summaries[at] = changed[summary_id]
        self._summaries = tuple(summaries)
        for summary in changed.values():
            self.temporary.take_summary(summary)
        if kept := tuple(s for s in changed.values() if not s.is_temporary):
            self._storage.submit(lambda store: store.save_summaries(kept), on_failed=self.fail)
        if announce:
            self._sort()
            self._announce()

    def _sort(self) -> None:
        everything = sorted(self._summaries, key=lambda s: (not s.is_pinned, -s.updated_at))
        self._summaries = tuple(everything)

    def save_draft(self, text: str, attachments: tuple[Attachment, ...] = ()) -> None:
        """Remember what stands in the composer; written when the typing pauses."""
        has_other = self.drafts.keep(self._current.id, attachments)
        if has_other or text != self._current.summary.draft:
            summary = replace(self._current.summary, draft=text)
            self._set_current(self._current.with_summary(summary))
            self._draft_timer.start()

    @Slot()
    def flush_draft(self) -> None:
        """Write the draft now."""
        if self._draft_timer.isActive():
            self._draft_timer.stop()
            draft = self._current.summary.draft
            self.change(self._current.id, lambda s: replace(s, draft=draft), announce=False)
            self.drafts.flush()

    def forget(self, conversation_ids: Sequence[ConversationId]) -> None:
        """They are in the trash now: take them off the list; the open one is left."""
        gone = set(conversation_ids)
        self._summaries = tuple(s for s in self._summaries if s.id not in gone)
        if self._current.id in gone:
            self._draft_timer.stop()
            self.open_blank()
        else:
            self._announce()

    def clear(self) -> None:
        """The history is closed: keep nothing of it, until `read_again`.

        Temporary conversations stay, in memory and unseen.
        """
        self.flush_draft()
        self.drafts.clear()
        before, self._summaries, self._folders = self._summaries, (), ()
        self.show(Conversation.start())
        self._summaries = tuple(s for s in before if self.temporary.get(s.id) is not None)

    def take_back(self, conversations: Sequence[Conversation]) -> None:
        """They are out of the trash: list them again; a single one is opened."""
        for conversation in conversations:
            self._put_summary(conversation.summary)
        if len(conversations) == 1:
            self.flush_draft()
            self.show(conversations[0])

    def set_active_leaf(self, leaf_id: MessageId | None) -> None:
        """Remember on disk which branch of the open conversation is shown."""
        conversation_id = self._current.id
        self.keeper(conversation_id).submit(
            lambda store: store.set_active_leaf(conversation_id, leaf_id),
            on_failed=self.fail,
        )

    def touch(self, conversation_id: ConversationId) -> None:
        """Move it to the top of the list: something was written in it."""
        self.change(conversation_id, lambda s: replace(s, updated_at=time.time()))
