"""Has the engine read what will probably be asked, while nothing else is wanted of it.

Prefill is the slow part of a long conversation on a processor. So the engine reads the
conversation's final form after an answer, what is opened, and what is being typed, and the
next answer has only the rest to read. Whatever a person asks for ends the reading at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Slot

from app.core.attachment import Attachment, attachment_room, shares
from app.core.context_window import answer_reserve
from app.core.conversation import Conversation
from app.core.generation import LoadedModel, PrefillRequest
from app.core.harmony import Prompt
from app.core.message import Message, ReasoningEffort, Role, new_message_id
from app.ui.answer_desk import prompt_of
from app.ui.chat_controller import ChatController
from app.ui.chat_events import (
    ConversationReplaced,
    ModelChanged,
    Phase,
    PhaseChanged,
    PromptChanged,
    SettingsChanged,
)
from app.ui.composer import DraftChanged
from app.ui.power_watch import PowerChanged, PowerWatch
from app.workers.engine_worker import EngineThread, ReadAheadEnded, ReadAheadProgressed
from app.workers.typed_signal import signal_of

SETTLE_MS = 300  # after an answer, after a conversation is opened: quick switching skips it
CHOOSE_MS = 1000  # after another level: people step through the list
DRAFT_MS = 1500  # a pause in typing
SHOWN_AFTER_MS = 400  # shorter readings are not worth a word
# A blank conversation is not worth pushing another one out of the KV cache, unless its
# instructions are long.
LONG_INSTRUCTIONS = 500  # characters, about what the engine keeps a checkpoint for
_CHARACTERS_PER_TOKEN = 3.0  # of text that was never counted; low, to be on the safe side


@dataclass(frozen=True, slots=True)
class ReadAheadChanged:
    """Reading ahead has begun or is over, for the window to say so."""

    is_reading: bool


@dataclass(frozen=True, slots=True)
class PromptRead:
    """A prompt is in the KV cache as a whole now."""

    level: ReasoningEffort
    ended: ReadAheadEnded


class ReadAhead(QObject):
    """Decides what is read ahead, and when. GUI thread only."""

    changed = signal_of(ReadAheadChanged)
    read = signal_of(PromptRead)

    def __init__(
        self,
        engine: EngineThread,
        controller: ChatController,
        power: PowerWatch,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._controller = controller
        self._power = power
        self._settings = controller.settings
        self._request: PrefillRequest | None = None  # what the engine has not ended yet
        self._last: Prompt | None = None  # what was read last, if nothing came between
        self._attached: tuple[Attachment, ...] = ()  # to the draft
        self._is_shown = False
        self._timer = self._one_shot(self.begin)
        self._draft_timer = self._one_shot(self.begin)
        self._draft_timer.setInterval(DRAFT_MS)
        self._show_timer = self._one_shot(self._show)
        self._show_timer.setInterval(SHOWN_AFTER_MS)
        controller.phase_changed.connect(self._on_phase_changed)
        controller.model_changed.connect(self._on_model_changed)
        controller.settings_changed.connect(self._on_settings_changed)
        controller.book.conversation_replaced.connect(self._on_conversation_replaced)
        controller.book.prompt_changed.connect(self._on_prompt_changed)
        power.changed.connect(self._on_power_changed)
        engine.read_ahead_progressed.connect(self._on_progressed)
        engine.read_ahead_ended.connect(self._on_ended)

    def _one_shot(self, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(slot)
        return timer

    @property
    def is_reading(self) -> bool:
        """True while the engine reads ahead."""
        return self._request is not None

    # -- what happens ----------------------------------------------------------------------
    @Slot(object)
    def on_draft_changed(self, event: DraftChanged) -> None:
        """Something was typed, pasted or attached; it is in the open conversation's draft."""
        if event.attachments and event.attachments != self._attached:
            self._timer.start(SETTLE_MS)  # long, and finished: it need not wait for the words
        self._attached = event.attachments
        self._draft_timer.start()

    @Slot(object)
    def _on_phase_changed(self, event: PhaseChanged) -> None:
        """An answer has begun or is over; with it, its final form can be read."""
        if event.phase is Phase.READY:
            self._timer.start(SETTLE_MS)
        else:
            self._pause()

    @Slot(object)
    def _on_model_changed(self, event: ModelChanged) -> None:
        self._last = None
        if event.loaded is not None:
            self._timer.start(SETTLE_MS)

    @Slot(object)
    def _on_conversation_replaced(self, _: ConversationReplaced) -> None:
        self._last = None
        self._engine.stop_reading_ahead()  # the person is elsewhere
        self._timer.start(SETTLE_MS)

    @Slot(object)
    def _on_prompt_changed(self, _: PromptChanged) -> None:
        self._timer.start(CHOOSE_MS)

    @Slot(object)
    def _on_settings_changed(self, event: SettingsChanged) -> None:
        self._settings = event.settings
        if self._is_allowed():
            self._timer.start(CHOOSE_MS)
        else:
            self._pause()

    @Slot(object)
    def _on_power_changed(self, _: PowerChanged) -> None:
        if self._is_allowed():
            self._timer.start(SETTLE_MS)
        else:
            self._pause()

    def _pause(self) -> None:
        self._last = None
        self._timer.stop()
        self._draft_timer.stop()
        self._engine.stop_reading_ahead()

    # -- reading ---------------------------------------------------------------------------
    @Slot()
    def begin(self) -> None:
        """Read now what is worth it; nothing happens when it is not, or may not be."""
        loaded = self._controller.loaded
        if loaded is None or self._controller.phase is not Phase.READY:
            return  # the end of what is going on will come back here
        if not self._is_allowed():
            return
        conversation = self._controller.book.current
        attached = self._controller.book.drafts.of(conversation.id)
        path = worth_reading(conversation, attached)
        if path is None or would_drop(path, loaded):
            return
        reasoning = conversation.summary.reasoning
        prompt = prompt_of(conversation, path, reasoning, self._settings)
        if prompt == self._last:
            return
        self._last = prompt
        kept_id = None if conversation.summary.is_temporary else conversation.id
        self._request = PrefillRequest(prompt, conversation_id=kept_id)
        self._engine.read_ahead(self._request)

    def _is_allowed(self) -> bool:
        settings = self._settings
        is_saving = self._power.is_on_battery and not settings.reads_ahead_on_battery
        return settings.reads_ahead and not is_saving

    @Slot(object)
    def _on_progressed(self, event: ReadAheadProgressed) -> None:
        if self._request is None or event.request_id != self._request.id:
            return
        progress = event.progress
        if progress.n_done < progress.n_total and not self._show_timer.isActive():
            self._show_timer.start()

    @Slot(object)
    def _on_ended(self, event: ReadAheadEnded) -> None:
        if self._request is None or event.request_id != self._request.id:
            return
        request, self._request = self._request, None
        if event.is_complete:
            self.read.emit(PromptRead(request.prompt.system.reasoning, event))
        else:
            self._last = None
        self._show_timer.stop()
        self._say(False)

    @Slot()
    def _show(self) -> None:
        self._say(self.is_reading)

    def _say(self, is_reading: bool) -> None:
        if is_reading is not self._is_shown:
            self._is_shown = is_reading
            self.changed.emit(ReadAheadChanged(is_reading))


def worth_reading(
    conversation: Conversation, attached: tuple[Attachment, ...] = ()
) -> tuple[Message, ...] | None:
    """The shown branch and the full lines of the draft; None: nothing is worth reading.

    What is attached to the draft stands before its words, so all of it can be read.

    An answer that was cut off and can go on stays as it is in the KV cache: reading its final
    form would make going on with it slower. A new question decides it.
    """
    path = conversation.active_path()
    draft = full_lines(conversation.summary.draft)
    if draft or attached:
        question = Message(
            new_message_id(), conversation.id, Role.USER, draft, attachments=attached
        )
        return (*path, question)
    if path:
        return None if path[-1].can_continue else path
    return path if len(conversation.summary.instructions) >= LONG_INSTRUCTIONS else None


def full_lines(draft: str) -> str:
    """The draft up to its last line that is complete; what follows may still change."""
    text, end_of_line, _ = draft.rpartition("\n")
    return text if end_of_line and text.strip() else ""


def would_drop(path: Sequence[Message], loaded: LoadedModel) -> bool:
    """True when the prompt of `path` is probably too long to be sent as a whole.

    What is left out changes with the next message, so nothing of it is worth reading.
    """
    n_tokens = 0.0
    for message in reversed(path):
        if message.is_answer and message.stats is not None:
            if message.stats.n_dropped:
                return True
            n_tokens += message.stats.n_prompt + message.stats.n_final
            break
        n_text = len(message.text) / _CHARACTERS_PER_TOKEN
        sizes = [a.estimated_tokens for a in message.attachments]
        room = attachment_room(loaded.n_ctx, round(n_text))
        n_tokens += n_text + sum(shares(sizes, room))
    return n_tokens > loaded.n_ctx - answer_reserve(loaded.n_ctx)
