"""Asking the engine: a question becomes an answer in tree, database and transcript."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Slot

from app.core.attachment import Attachment
from app.core.conversation import TITLE_LENGTH, Conversation, ConversationStore, title_from
from app.core.errors import LumbreError
from app.core.generation import GenerationRequest, budget_for
from app.core.harmony import Prompt
from app.core.message import (
    FinishReason,
    Message,
    MessageId,
    MessageState,
    ReasoningEffort,
    Role,
    new_message_id,
)
from app.core.prompt import prompt_for, shown_date
from app.core.settings import Settings
from app.ui.answer_run import AnswerRun, RunDelta, RunEnded, RunPhase
from app.ui.chat_events import ErrorRaised, TextReturned
from app.ui.conversation_book import ConversationBook
from app.ui.models.path_model import PathModel
from app.ui.path_rows import live_status, path_rows
from app.workers.engine_worker import EngineThread
from app.workers.typed_signal import signal_of


@dataclass(frozen=True, slots=True)
class RunOver:
    """No answer is being written any more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an answer is to be made with."""

    reasoning: ReasoningEffort
    settings: Settings
    model_name: str


class AnswerDesk(QObject):
    """Writes one answer at a time into the open conversation. GUI thread only.

    Nothing is generated before the question is committed, so a crash can lose nothing that
    was shown.
    """

    phase_changed = signal_of(RunPhase)
    answer_finished = signal_of(RunEnded)
    run_over = signal_of(RunOver)
    error_raised = signal_of(ErrorRaised)
    text_returned = signal_of(TextReturned)

    def __init__(
        self,
        engine: EngineThread,
        book: ConversationBook,
        path_model: PathModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._book = book
        self._path_model = path_model
        self._run: AnswerRun | None = None
        self._errors: dict[MessageId, LumbreError] = {}

    @property
    def running(self) -> Message | None:
        """The answer that is being written, with its text so far."""
        return self._run.answer if self._run is not None else None

    # -- asking ----------------------------------------------------------------------------
    def ask(
        self,
        text: str,
        parent_id: MessageId | None,
        wanted: Wanted,
        attachments: tuple[Attachment, ...] = (),
    ) -> None:
        """Add a question below `parent_id` and answer it."""
        question = Message(
            id=new_message_id(),
            conversation_id=self._book.current.id,
            role=Role.USER,
            text=text,
            parent_id=parent_id,
            reasoning=wanted.reasoning,
            attachments=attachments,
        )
        answer = self._new_answer(question, wanted)
        self._begin(answer, wanted, (question, answer))

    def answer_again(self, question: Message, wanted: Wanted) -> None:
        """Another version of the answer to `question`."""
        answer = self._new_answer(question, wanted)
        self._begin(answer, wanted, (answer,))

    def go_on(self, message: Message, wanted: Wanted) -> None:
        """Continue an answer that ended early, in the same message."""
        answer = replace(
            message,
            state=MessageState.STREAMING,
            finish_reason=None,
            model_name=wanted.model_name,
        )
        self._begin(answer, wanted, (), continues=message)

    def stop(self) -> None:
        """Stop the running answer; what has come stays."""
        if self._run is not None:
            self._run.stop()

    def answer_now(self) -> None:
        """End the thinking of the running answer."""
        if self._run is not None:
            self._run.answer_now()

    def interrupt(self) -> None:
        """Quitting mid-answer: commit what has come without waiting for the engine."""
        if self._run is not None:
            self._run.stop()
            message = replace(
                self._run.answer,
                state=MessageState.COMPLETE,
                finish_reason=FinishReason.INTERRUPTED,
            )
            self._book.keeper(message.conversation_id).submit(
                lambda store: store.finish(message)
            )

    def _new_answer(self, question: Message, wanted: Wanted) -> Message:
        return Message(
            id=new_message_id(),
            conversation_id=question.conversation_id,
            role=Role.ASSISTANT,
            text="",
            parent_id=question.id,
            state=MessageState.STREAMING,
            reasoning=wanted.reasoning,
            model_name=wanted.model_name,
        )

    def _begin(
        self,
        answer: Message,
        wanted: Wanted,
        new: Sequence[Message],
        continues: Message | None = None,
    ) -> None:
        before = self._book.current
        conversation = _with_new(before, answer, new, wanted.reasoning)
        summary = conversation.summary
        request = GenerationRequest(
            prompt_of(
                conversation,
                conversation.path_to(answer.parent_id),
                wanted.reasoning,
                wanted.settings,
                continues,
            ),
            sampling=summary.sampling or wanted.settings.sampling,
            budget=budget_for(wanted.reasoning),
            conversation_id=None if summary.is_temporary else conversation.id,
        )
        keeper = self._book.keeper(conversation.id)
        self._run = run = AnswerRun(self._engine, keeper, request, answer, self)
        run.delta_appended.connect(self._on_run_delta)
        run.phase_changed.connect(self._on_run_phase)
        run.ended.connect(self._on_run_ended)
        self._errors.pop(answer.id, None)
        self._book.replace_current(conversation)
        self.show_path()
        self.phase_changed.emit(RunPhase(run.phase))

        def save(store: ConversationStore) -> None:
            store.save_summary(summary)
            for message in new:
                store.add_message(message)
            if continues is not None:
                store.journal(answer.id, answer.text, answer.thinking)

        def failed(error: LumbreError) -> None:
            self._take_back(before, run, new, error)

        keeper.submit(save, lambda _: run.start(), failed)

    def _take_back(
        self, before: Conversation, run: AnswerRun, new: Sequence[Message], error: LumbreError
    ) -> None:
        """The question could not be saved: show what is on disk, give the text back."""
        if self._run is run:
            self._run = None
            run.deleteLater()
        if self._book.current.id == before.id:
            self._book.replace_current(before)
            self.show_path()
            if new and new[0].role is Role.USER:
                self.text_returned.emit(TextReturned(new[0].text, new[0].attachments))
        self.run_over.emit(RunOver())
        self.error_raised.emit(ErrorRaised(error))

    # -- the running answer ----------------------------------------------------------------
    @Slot(object)
    def _on_run_delta(self, delta: RunDelta) -> None:
        if delta.message.conversation_id == self._book.current.id:
            self._path_model.append_delta(delta.message.id, delta.channel, delta.text)

    @Slot(object)
    def _on_run_phase(self, event: RunPhase) -> None:
        self.phase_changed.emit(event)
        answer = self.running
        if answer is None or (at := self._path_model.row_of(answer.id)) is None:
            return
        row = self._path_model.row_at(at)
        status = live_status(event.phase, event.progress)
        if row.status != status:
            self._path_model.update_row(replace(row, status=status))

    @Slot(object)
    def _on_run_ended(self, event: RunEnded) -> None:
        message = event.message
        run, self._run = self._run, None
        if run is not None:
            run.deleteLater()
        if event.error is not None:
            self._errors[message.id] = event.error
        if self._book.take_message(message):
            self.show_path()
        self._book.keeper(message.conversation_id).submit(lambda store: store.finish(message))
        self._book.touch(message.conversation_id)
        self.answer_finished.emit(event)
        self.run_over.emit(RunOver())

    def show_path(self) -> None:
        """Bring the rows of the transcript up to date with the open conversation."""
        conversation = self._book.current
        run = self._run
        if run is not None and run.answer.id in conversation.messages:
            conversation = conversation.with_message(run.answer)
            self._book.replace_current(conversation)
        live = (run.answer.id, run.phase) if run is not None else None
        self._path_model.set_rows(path_rows(conversation, self._errors, live))


def prompt_of(
    conversation: Conversation,
    path: Sequence[Message],
    reasoning: ReasoningEffort,
    settings: Settings,
    continues: Message | None = None,
) -> Prompt:
    """What the model reads for an answer to the last message of `path`, a branch of it."""
    now = datetime.datetime.now().astimezone()
    return prompt_for(
        path,
        reasoning,
        instructions=conversation.summary.instructions,
        current_date=shown_date(path, now) if settings.tells_date else None,
        continues=continues,
    )


def _with_new(
    before: Conversation, answer: Message, new: Sequence[Message], reasoning: ReasoningEffort
) -> Conversation:
    """The open conversation with the new messages, its title, its level and no draft."""
    summary = before.summary
    conversation = before.with_summary(
        replace(
            summary,
            title=summary.title or title_from(_first_words((*new, answer)[0])),
            draft="",
            reasoning=reasoning,
            is_archived=False,
            updated_at=max(answer.created_at, summary.updated_at),
        )
    )
    for message in new or (answer,):
        conversation = conversation.with_message(message)
    return conversation


def _first_words(message: Message) -> str:
    """What a conversation is named after: the words, else what is attached."""
    if message.text.strip():
        return message.text
    names = [a.name or a.text[: TITLE_LENGTH * 2] for a in message.attachments]
    return ", ".join(name for name in names if name.strip())
