"""Between window, engine and storage: what happens when the person does something."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from app.core.conversation import (
    Conversation,
    ConversationId,
    ConversationStore,
    ConversationSummary,
    title_from,
)
from app.core.errors import LumbreError
from app.core.generation import GenerationRequest, LoadedModel, budget_for
from app.core.message import (
    FinishReason,
    Message,
    MessageId,
    MessageState,
    ReasoningEffort,
    Role,
    new_message_id,
)
from app.core.prompt import prompt_for
from app.core.settings import Settings
from app.ui.answer_run import AnswerRun, RunDelta, RunEnded, RunPhase
from app.ui.chat_events import (
    ConversationOpened,
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
from app.ui.conversation_book import ConversationBook, ConversationReplaced
from app.ui.model_loader import ModelLoader
from app.ui.models.path_model import PathModel
from app.ui.path_rows import live_status, path_rows
from app.workers.engine_worker import (
    EngineAborted,
    EngineThread,
    LoadEnded,
    LoadProgressed,
    Unloaded,
)
from app.workers.storage_worker import StorageFailed, StorageThread
from app.workers.typed_signal import signal_of

logger = logging.getLogger(__name__)


class ChatController(QObject):
    """Everything a person can do in a chat. GUI thread only.

    One answer is written at a time; it goes on while another conversation is shown.
    """

    phase_changed = signal_of(PhaseChanged)
    conversations_changed = signal_of(ConversationsChanged)
    conversation_opened = signal_of(ConversationOpened)
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
        self._run: AnswerRun | None = None
        self._errors: dict[MessageId, LumbreError] = {}
        self.path_model = PathModel(self)
        self.book = book = ConversationBook(storage, self)
        book.set_defaults(settings.reasoning, settings.instructions)
        book.conversations_changed.connect(self.conversations_changed.emit)
        book.conversation_opened.connect(self.conversation_opened.emit)
        book.undo_offered.connect(self.undo_offered.emit)
        book.error_raised.connect(self.error_raised.emit)
        book.conversation_replaced.connect(self._on_conversation_replaced)
        self._models = models = ModelLoader(engine, self)
        models.load_progressed.connect(self._on_load_progressed)
        models.load_ended.connect(self._on_load_ended)
        models.unloaded.connect(self._on_unloaded)
        engine.aborted.connect(self._on_aborted)
        storage.failed.connect(self._on_storage_failed)
        self.rename_conversation = book.rename
        self.set_pinned = book.set_pinned
        self.delete_message = self._delete_message
        self.set_reasoning = book.set_reasoning
        self.set_instructions = book.set_instructions
        self.save_draft = book.save_draft
        self.open_conversation = book.open
        self.new_conversation = book.open_blank

    # -- what there is ---------------------------------------------------------------------
    @property
    def phase(self) -> Phase:
        """What the engine is doing."""
        return self._phase

    @property
    def loaded(self) -> LoadedModel | None:
        """The model that answers now."""
        return self._models.loaded

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
        return self._run.answer.id if self._run is not None else None

    def start(self) -> None:
        """Read the conversations and load the model that was used last."""
        self.book.start()
        path = Path(self._settings.model_path) if self._settings.model_path else None
        if path is not None and path.is_file():
            self.load_model(path)

    # -- asking ----------------------------------------------------------------------------
    def send(self, text: str, effort: ReasoningEffort) -> None:
        """Add a question to the open branch and answer it. Blank texts are ignored."""
        if text.strip():
            self._ask(text, effort, parent_id=self.book.current.active_leaf_id)

    def edit_message(self, message_id: MessageId, text: str) -> None:
        """Ask something else in the place of a question; the old branch stays."""
        message = self.book.current.messages.get(message_id)
        if message is not None and message.role is Role.USER and text.strip():
            effort = message.reasoning or self.current.reasoning
            self._ask(text, effort, parent_id=message.parent_id)

    def regenerate(self, message_id: MessageId, effort: ReasoningEffort | None = None) -> None:
        """Answer a question again, at another level if given; the old answer stays."""
        message = self.book.current.messages.get(message_id)
        if message is None or not self._is_ready():
            return
        question_id = message.parent_id if message.is_answer else message.id
        question = self.book.current.messages.get(question_id) if question_id else None
        if question is None:
            return
        level = effort or message.reasoning or question.reasoning or self.current.reasoning
        self._answer(question, level, saves_question=False)

    def continue_answer(self, message_id: MessageId) -> None:
        """Go on with an answer that ended early, in the same message."""
        message = self.book.current.messages.get(message_id)
        if message is None or not message.can_continue or not self._is_ready():
            return
        if not (message.text or message.thinking):
            self.regenerate(message_id)
            return
        going_on = replace(
            message, state=MessageState.STREAMING, finish_reason=None, model_name=self._model()
        )
        level = message.reasoning or self.current.reasoning
        self._begin(going_on, level, (), continues=message)

    def stop(self) -> None:
        """Stop the running answer; what has come stays."""
        if self._run is not None:
            self._run.stop()
        else:
            self._models.cancel()

    def answer_now(self) -> None:
        """End the thinking of the running answer."""
        if self._run is not None:
            self._run.answer_now()

    def _is_ready(self) -> bool:
        return self._phase is Phase.READY and self._run is None

    def _model(self) -> str:
        return self.loaded.card.name if self.loaded is not None else ""

    def _ask(self, text: str, effort: ReasoningEffort, parent_id: MessageId | None) -> None:
        if not self._is_ready():
            self.text_returned.emit(TextReturned(text))
            return
        question = Message(
            id=new_message_id(),
            conversation_id=self.book.current.id,
            role=Role.USER,
            text=text,
            parent_id=parent_id,
            reasoning=effort,
        )
        self._answer(question, effort, saves_question=True)

    def _answer(
        self, question: Message, effort: ReasoningEffort, *, saves_question: bool
    ) -> None:
        answer = Message(
            id=new_message_id(),
            conversation_id=question.conversation_id,
            role=Role.ASSISTANT,
            text="",
            parent_id=question.id,
            state=MessageState.STREAMING,
            reasoning=effort,
            model_name=self._model(),
        )
        new = (question, answer) if saves_question else (answer,)
        self._begin(answer, effort, new, continues=None)

    def _begin(
        self,
        answer: Message,
        effort: ReasoningEffort,
        new: Sequence[Message],
        continues: Message | None,
    ) -> None:
        """Show, save and only then generate: a crash can lose nothing that was shown."""
        before = self.book.current
        title = before.summary.title or title_from(new[0].text if new else answer.text)
        summary = replace(
            before.summary,
            title=title,
            draft="",
            reasoning=effort,
            updated_at=answer.created_at,
        )
        conversation = before.with_summary(summary)
        for message in new or (answer,):
            conversation = conversation.with_message(message)
        question_path = conversation.path_to(answer.parent_id)
        prompt = prompt_for(
            question_path,
            effort,
            instructions=summary.instructions,
            current_date=self._today(),
            continues=continues,
        )
        request = GenerationRequest(
            prompt,
            sampling=self._settings.sampling,
            budget=budget_for(effort),
            conversation_id=conversation.id,
        )
        self._run = run = AnswerRun(self._engine, self._storage, request, answer, self)
        run.delta_appended.connect(self._on_run_delta)
        run.phase_changed.connect(self._on_run_phase)
        run.ended.connect(self._on_run_ended)
        self._errors.pop(answer.id, None)
        self.book.replace_current(conversation)
        self._show_path(conversation)
        self._set_phase(Phase.READING)

        def save(store: ConversationStore) -> None:
            store.save_summary(summary)
            for message in new:
                store.add_message(message)
            if continues is not None:
                store.journal(answer.id, answer.text, answer.thinking)

        def failed(error: LumbreError) -> None:
            self._take_back(before, run, new, error)

        self._storage.submit(save, lambda _: run.start(), failed)

    def _take_back(
        self, before: Conversation, run: AnswerRun, new: Sequence[Message], error: LumbreError
    ) -> None:
        """The question could not be saved: show what is on disk, give the text back."""
        if self._run is run:
            self._run = None
            run.deleteLater()
        if self.book.current.id == before.id:
            self.book.replace_current(before)
            self._show_path(before)
            if len(new) > 1:
                self.text_returned.emit(TextReturned(new[0].text))
        self._set_idle_phase()
        self.error_raised.emit(ErrorRaised(error))

    def _today(self) -> str | None:
        return datetime.date.today().isoformat() if self._settings.tells_date else None

    # -- the running answer ----------------------------------------------------------------
    @Slot(object)
    def _on_run_delta(self, delta: RunDelta) -> None:
        if delta.message.conversation_id == self.book.current.id:
            self.path_model.append_delta(delta.message.id, delta.channel, delta.text)

    @Slot(object)
    def _on_run_phase(self, event: RunPhase) -> None:
        self._set_phase(event.phase, event.progress)
        run = self._run
        if run is not None and (at := self.path_model.row_of(run.answer.id)) is not None:
            row = self.path_model.row_at(at)
            status = live_status(event.phase, event.progress)
            if row.status != status:
                self.path_model.update_row(replace(row, status=status))

    @Slot(object)
    def _on_run_ended(self, event: RunEnded) -> None:
        message = event.message
        run, self._run = self._run, None
        if run is not None:
            run.deleteLater()
        if event.error is not None:
            self._errors[message.id] = event.error
        if self.book.current.id == message.conversation_id:
            conversation = self.book.current
            if message.id in conversation.messages:
                self.book.replace_current(conversation.with_message(message))
                self._show_path(self.book.current)
        self._storage.submit(lambda store: store.finish(message))
        self.book.touch(message.conversation_id)
        self._set_idle_phase()

    def _delete_message(self, message_id: MessageId) -> None:
        """Move a message and what follows it to the trash; a running answer in it stops."""
        running = self.running_message_id
        if running is not None:
            ids = {m.id for m in self.book.current.path_to(running)}
            if message_id in ids:
                self.stop()
                return
        self.book.delete_message(message_id)

    def delete_conversation(self, conversation_id: ConversationId) -> None:
        """Move a conversation to the trash; an answer that is being written in it stops."""
        if self._run is not None and self._run.answer.conversation_id == conversation_id:
            self._run.stop()
        self.book.delete(conversation_id)

    def show_version(self, message_id: MessageId, step: int) -> None:
        """Show another version of a message: -1 is the one before, +1 the next."""
        if message_id in self.book.current.messages:
            self.book.show_version(message_id, step)

    # -- the shown path --------------------------------------------------------------------
    @Slot(object)
    def _on_conversation_replaced(self, event: ConversationReplaced) -> None:
        conversation = event.conversation
        run = self._run
        if run is not None and run.answer.id in conversation.messages:
            conversation = conversation.with_message(run.answer)
            self.book.replace_current(conversation)
        self._show_path(conversation)

    def _show_path(self, conversation: Conversation) -> None:
        run = self._run
        live = (run.answer.id, run.phase) if run is not None else None
        self.path_model.set_rows(path_rows(conversation, self._errors, live))

    # -- the model -------------------------------------------------------------------------
    def load_model(self, path: Path) -> None:
        """Load a model in the background; an earlier load is given up."""
        if self._phase is not Phase.ENGINE_STOPPED:
            if self._run is not None:
                self._run.stop()
            self._models.load(path, self._settings.engine)

    def unload_model(self) -> None:
        """Free the model's memory; it is not loaded at the next start either."""
        self.stop()
        self.change_settings(replace(self._settings, model_path=""))
        self._models.unload()

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
        self.book.set_defaults(settings.reasoning, settings.instructions)
        self.settings_changed.emit(SettingsChanged(settings))
        try:
            self._save_settings(settings)
        except LumbreError as error:
            self.error_raised.emit(ErrorRaised(error))

    def restore_conversation(self, conversation_id: ConversationId) -> None:
        """Take a conversation out of the trash and open it."""
        self.book.restore(conversation_id)

    def close(self) -> None:
        """Save the draft and end the running answer; the threads are stopped after this."""
        self.book.flush_draft()
        if self._run is not None:
            self._finish_now(self._run)

    def _finish_now(self, run: AnswerRun) -> None:
        """Quitting mid-answer: commit what has come without waiting for the engine."""
        run.stop()
        message = replace(
            run.answer, state=MessageState.COMPLETE, finish_reason=FinishReason.INTERRUPTED
        )
        self._storage.submit(lambda store: store.finish(message))

    def _set_idle_phase(self) -> None:
        """What holds when no answer is being written."""
        if self._models.is_loading:
            self._set_phase(Phase.LOADING)
        elif self._run is None:
            self._set_phase(Phase.READY if self.loaded is not None else Phase.NO_MODEL)

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
