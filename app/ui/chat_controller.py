"""Between window, engine and storage: what happens when the person does something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from app.core.attachment import Attachment
from app.core.conversation import ConversationSummary
from app.core.errors import LumbreError
from app.core.generation import LoadedModel
from app.core.message import ConversationId, MessageId, ReasoningEffort, Role
from app.core.settings import Settings
from app.ui.answer_desk import AnswerDesk, RunOver, Wanted
from app.ui.answer_run import RunEnded, RunPhase
from app.ui.asking import Asking, HowAsked
from app.ui.branch_changes import BranchChanges
from app.ui.chat_events import (
    ConversationOpened,
    ConversationReplaced,
    ConversationsChanged,
    ErrorRaised,
    ModelChanged,
    Phase,
    PhaseChanged,
    RestartRequested,
    SettingsChanged,
    TextReturned,
    UndoOffered,
)
from app.ui.conversation_book import ConversationBook
from app.ui.model_loader import ModelLoader
from app.ui.models.path_model import PathModel
from app.ui.organiser import Organiser
from app.workers.engine_worker import (
    EngineAborted,
    EngineThread,
    LoadEnded,
    LoadProgressed,
    Unloaded,
)
from app.workers.storage_worker import StorageFailed, StorageThread
from app.workers.typed_signal import signal_of


class ChatController(QObject):
    """Everything a person can do in a chat. GUI thread only.

    One answer is written at a time; it goes on while another conversation is shown.
    """

    phase_changed = signal_of(PhaseChanged)
    conversations_changed = signal_of(ConversationsChanged)
    conversation_opened = signal_of(ConversationOpened)
    answer_finished = signal_of(RunEnded)
    model_changed = signal_of(ModelChanged)
    settings_changed = signal_of(SettingsChanged)
    error_raised = signal_of(ErrorRaised)
    text_returned = signal_of(TextReturned)
    undo_offered = signal_of(UndoOffered)
    restart_requested = signal_of(RestartRequested)

    def __init__(
        self,
        engine: EngineThread,
        storage: StorageThread,
        settings: Settings,
        save_settings: Callable[[Settings], None],
        parent: QObject | None = None,
    ) -> None:
        """`save_settings` writes them to disk; it may raise `StorageError`."""
        super().__init__(parent)
        self._engine = engine
        self._storage = storage
        self._settings = settings
        self._save_settings = save_settings
        self._phase = Phase.NO_MODEL
        self.path_model = PathModel(self)
        self.book = book = ConversationBook(storage, self)
        self.organiser = Organiser(storage, book)
        self.asking = Asking(storage, book, settings)
        self._branches = BranchChanges(book)
        book.conversations_changed.connect(self.conversations_changed.emit)
        book.conversation_opened.connect(self.conversation_opened.emit)
        book.undo_offered.connect(self.undo_offered.emit)
        book.error_raised.connect(self.error_raised.emit)
        book.conversation_replaced.connect(self._on_conversation_replaced)
        self.models = models = ModelLoader(engine, self)
        models.load_progressed.connect(self._on_load_progressed)
        models.load_ended.connect(self._on_load_ended)
        models.unloaded.connect(self._on_unloaded)
        engine.aborted.connect(self._on_aborted)
        storage.failed.connect(self._on_storage_failed)
        self._desk = desk = AnswerDesk(engine, book, self.path_model, self)
        desk.phase_changed.connect(self._on_run_phase)
        desk.answer_finished.connect(self.answer_finished.emit)
        desk.run_over.connect(self._on_run_over)
        desk.error_raised.connect(self.error_raised.emit)
        desk.text_returned.connect(self.text_returned.emit)

    # -- what there is ---------------------------------------------------------------------
    @property
    def phase(self) -> Phase:
        """What the engine is doing."""
        return self._phase

    @property
    def loaded(self) -> LoadedModel | None:
        """The model that answers now."""
        return self.models.loaded

    @property
    def current(self) -> ConversationSummary:
        """The open conversation."""
        return self.book.current.summary

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._settings

    @property
    def running_message_id(self) -> MessageId | None:
        """The answer that is being written, shown or not."""
        return self._desk.running.id if self._desk.running is not None else None

    def start(self) -> None:
        """Read the conversations and load the model that was used last."""
        self.asking.read()
        self.book.start()
        path = Path(self._settings.model_path) if self._settings.model_path else None
        if path is not None and path.is_file():
            self.load_model(path)

    def forget_history(self) -> None:
        """The history is being locked: save the draft, then keep nothing of it."""
        self.book.clear()
        self.asking.clear()

    def read_history_again(self) -> None:
        """The history is unlocked: read the list and the presets."""
        self.asking.read()
        self.book.read_again(keeps_open=False)

    # -- asking ----------------------------------------------------------------------------
    def send(
        self, text: str, effort: ReasoningEffort, attachments: tuple[Attachment, ...] = ()
    ) -> None:
        """Add a question to the open branch and answer it; nothing at all is ignored."""
        if text.strip() or attachments:
            self._ask(text, effort, self.book.current.active_leaf_id, attachments)

    def edit_message(
        self, message_id: MessageId, text: str, attached: tuple[Attachment, ...] | None = None
    ) -> None:
        """Ask something else in the place of a question; the old branch stays.

        `attached` None: what was attached to the question.
        """
        message = self.book.current.messages.get(message_id)
        if message is None or message.role is not Role.USER:
            return
        kept = message.attachments if attached is None else attached
        if text.strip() or kept:
            level = message.reasoning or self.current.reasoning
            self._ask(text, level, message.parent_id, kept)

    def regenerate(self, message_id: MessageId, effort: ReasoningEffort | None = None) -> None:
        """Answer a question again, at another level if given; the old answer stays."""
        messages = self.book.current.messages
        message = messages.get(message_id)
        if message is None or self._phase is not Phase.READY:
            return
        question = message
        if message.is_answer:
            if message.parent_id is None or message.parent_id not in messages:
                return
            question = messages[message.parent_id]
        level = effort or message.reasoning or question.reasoning or self.current.reasoning
        self._desk.answer_again(question, self._wanted(level))

    def continue_answer(self, message_id: MessageId) -> None:
        """Go on with an answer that ended early, in the same message."""
        message = self.book.current.messages.get(message_id)
        if message is None or not message.can_continue or self._phase is not Phase.READY:
            return
        if message.text or message.thinking:
            level = message.reasoning or self.current.reasoning
            self._desk.go_on(message, self._wanted(level))
        else:
            self.regenerate(message_id)

    def stop(self) -> None:
        """Stop the running answer or the running load; what has come stays."""
        if self._desk.running is not None:
            self._desk.stop()
        else:
            self.models.cancel()

    def answer_now(self) -> None:
        """End the thinking of the running answer."""
        self._desk.answer_now()

    def _ask(
        self,
        text: str,
        effort: ReasoningEffort,
        parent_id: MessageId | None,
        attachments: tuple[Attachment, ...],
    ) -> None:
        if self._phase is Phase.READY:
            self._desk.ask(text, parent_id, self._wanted(effort), attachments)
        else:
            self.text_returned.emit(TextReturned(text, attachments))

    def _wanted(self, effort: ReasoningEffort) -> Wanted:
        name = self.loaded.card.name if self.loaded is not None else ""
        return Wanted(effort, self._settings, name)

    @Slot(object)
    def _on_run_phase(self, event: RunPhase) -> None:
        self._set_phase(event.phase, event.progress)

    @Slot(object)
    def _on_run_over(self, _: RunOver) -> None:
        self._set_idle_phase()

    # -- conversations ---------------------------------------------------------------------
    def new_conversation(self) -> None:
        """Show the conversation in which nothing was sent yet."""
        self.book.open_blank()

    def new_temporary_conversation(self) -> None:
        """Show a new conversation of which nothing is written to the disk."""
        self.book.open_temporary()

    def keep_conversation(self) -> None:
        """Write the open temporary conversation to the disk."""
        self.book.keep(self.current.id)

    def open_conversation(self, conversation_id: ConversationId) -> None:
        """Show another conversation; a running answer goes on."""
        self.book.open(conversation_id)

    def rename_conversation(self, conversation_id: ConversationId, title: str) -> None:
        """Give it a title; an empty one changes nothing."""
        self.organiser.rename(conversation_id, title)

    def set_pinned(self, conversation_id: ConversationId, is_pinned: bool) -> None:
        """Keep it at the top, or not."""
        self.organiser.set_pinned((conversation_id,), is_pinned)

    def delete_conversation(self, conversation_id: ConversationId) -> None:
        """Move it to the trash and offer to undo that; an answer in it stops."""
        self.delete_conversations((conversation_id,))

    def delete_conversations(self, conversation_ids: Sequence[ConversationId]) -> None:
        """Move several to the trash and offer to undo that at once."""
        running = self._desk.running
        if running is not None and running.conversation_id in conversation_ids:
            self._desk.stop()
        self.organiser.delete(conversation_ids)

    def restore_conversation(self, conversation_id: ConversationId) -> None:
        """Take a conversation out of the trash and open it."""
        self.organiser.restore((conversation_id,))

    def delete_message(self, message_id: MessageId) -> None:
        """Move a message and what follows it to the trash and offer to undo that.

        While an answer is being written below it, this only stops that answer.
        """
        running = self._desk.running
        if running is not None and any(
            m.id == message_id for m in self.book.current.path_to(running.id)
        ):
            self._desk.stop()
        else:
            self._branches.delete(message_id)

    def show_version(self, message_id: MessageId, step: int) -> None:
        """Show another version of a message: -1 is the one before, +1 the next."""
        if message_id in self.book.current.messages:
            self._branches.show_version(message_id, step)

    def set_reasoning(self, effort: ReasoningEffort) -> None:
        """Level of the next message of the open conversation."""
        self.asking.set_reasoning(effort)

    def set_instructions(self, text: str) -> None:
        """The person's own instructions for the open conversation."""
        self.asking.set_how(replace(HowAsked.of(self.current), instructions=text))

    def save_draft(self, text: str, attachments: tuple[Attachment, ...] = ()) -> None:
        """Remember what stands in the composer."""
        self.book.save_draft(text, attachments)

    @Slot(object)
    def _on_conversation_replaced(self, _: ConversationReplaced) -> None:
        self._desk.show_path()

    # -- the model -------------------------------------------------------------------------
    def load_model(self, path: Path) -> None:
        """Load a model in the background; an earlier load is given up."""
        if self._phase is not Phase.ENGINE_STOPPED:
            self._desk.stop()
            self.models.load(path, self._settings.engine)

    def unload_model(self) -> None:
        """Free the model's memory; it is not loaded at the next start either."""
        self.stop()
        self.change_settings(replace(self._settings, model_path=""))
        self.models.unload()

    @Slot(object)
    def _on_load_progressed(self, event: LoadProgressed) -> None:
        self._set_phase(Phase.LOADING, event.fraction)

    @Slot(object)
    def _on_load_ended(self, event: LoadEnded) -> None:
        self.model_changed.emit(ModelChanged(event.loaded))
        self._set_idle_phase()
        if event.loaded is not None:
            path = str(event.loaded.card.path)
            self.change_settings(replace(self._settings, model_path=path))
        elif event.error is not None:
            self.error_raised.emit(ErrorRaised(event.error))

    @Slot(object)
    def _on_unloaded(self, _: Unloaded) -> None:
        self.model_changed.emit(ModelChanged(None))
        self._set_idle_phase()

    @Slot(object)
    def _on_aborted(self, _: EngineAborted) -> None:
        self._set_phase(Phase.ENGINE_STOPPED)
        self.model_changed.emit(ModelChanged(None))

    def restart_engine(self) -> None:
        """Ask for a fresh process: the parked thread's memory cannot be given back."""
        self.book.flush_draft()
        self.restart_requested.emit(RestartRequested())

    # -- the rest --------------------------------------------------------------------------
    def change_settings(self, settings: Settings) -> None:
        """Take over and save; settings of the engine hold from the next load on."""
        if settings == self._settings:
            return
        self._settings = settings
        self.asking.set_settings(settings)
        self.settings_changed.emit(SettingsChanged(settings))
        try:
            self._save_settings(settings)
        except LumbreError as error:
            self.error_raised.emit(ErrorRaised(error))

    def close(self) -> None:
        """Save the draft and the running answer; the threads are stopped after this."""
        self.book.flush_draft()
        self._desk.interrupt()

    def _set_idle_phase(self) -> None:
        """What holds when no answer is being written."""
        if self.models.is_loading:
            self._set_phase(Phase.LOADING)
        elif self._desk.running is None:
            self._set_phase(self.models.resting_phase)

    def _set_phase(self, phase: Phase, progress: float | None = None) -> None:
        if self._phase is Phase.ENGINE_STOPPED:
            return
        self._phase = phase
        self.phase_changed.emit(PhaseChanged(phase, progress))

    @Slot(object)
    def _on_storage_failed(self, event: StorageFailed) -> None:
        self.error_raised.emit(ErrorRaised(event.error))


__all__ = [
    "ChatController",
    "ConversationOpened",
    "ConversationsChanged",
    "ErrorRaised",
    "ModelChanged",
    "Phase",
    "PhaseChanged",
    "RestartRequested",
    "SettingsChanged",
    "TextReturned",
    "UndoOffered",
]
