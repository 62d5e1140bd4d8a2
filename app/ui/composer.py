"""Where messages are written: field, reasoning level, send and stop."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.core.attachment import MAX_TEXT_CHARACTERS, Attachment, AttachmentKind, shares
from app.core.message import ReasoningEffort
from app.ui.attachment_words import cut_warning
from app.ui.chat_events import Phase, PhaseChanged
from app.ui.composer_bar import ComposerBar
from app.ui.composer_chips import ChipRow
from app.ui.composer_edit import LARGE_PASTE, ComposerEdit, FilesDropped, LargeTextPasted
from app.ui.context_meter import ContextUse
from app.workers.typed_signal import signal_of

MAX_WIDTH = 700  # logical pixels: a little wider than the column of the conversation


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message to be answered."""

    text: str
    effort: ReasoningEffort
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftChanged:
    """What stands unsent in the composer now."""

    text: str
    attachments: tuple[Attachment, ...] = ()


class Composer(QWidget):
    """Typing is always possible; sending waits for a loaded model, with the reason shown."""

    message_sent = signal_of(MessageSent)
    draft_changed = signal_of(DraftChanged)
    files_dropped = signal_of(FilesDropped)
    paste_refused = Signal()  # the text is larger than any context
    chip_refused = Signal()  # there are as many as may be
    wake_requested = Signal()  # there is something to send and the model sleeps
    stop_requested = Signal()
    edit_last_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phase = PhaseChanged(Phase.NO_MODEL)
        self._explains = True
        self._use = ContextUse(0, 0)
        self._is_setting = False
        self._is_waking = False  # the model is being loaded again
        self._sends_when_awake = False
        self._frame = QFrame(self)
        self.chips = ChipRow(self._frame)
        self.edit = ComposerEdit(self._frame)
        self.bar = ComposerBar(self._frame)
        self._reason = QLabel(self)
        self._build()
        self._connect()
        self._retranslate()
        self._show_phase()

    # -- building --------------------------------------------------------------------------
    def _build(self) -> None:
        self._frame.setObjectName("composerFrame")
        self._frame.setMaximumWidth(MAX_WIDTH)
        self._reason.setProperty("kind", "muted")
        self._reason.setWordWrap(True)
        self._reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inner = QVBoxLayout(self._frame)
        inner.setContentsMargins(12, 8, 8, 8)
        inner.setSpacing(4)
        inner.addWidget(self.chips)
        inner.addWidget(self.edit)
        inner.addWidget(self.bar)
        frame_line = QHBoxLayout()
        frame_line.addStretch(1)
        frame_line.addWidget(self._frame, MAX_WIDTH)
        frame_line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 10)
        layout.setSpacing(4)
        layout.addLayout(frame_line)
        layout.addWidget(self._reason)

    def _connect(self) -> None:
        self.edit.submitted.connect(self._on_submitted)
        self.edit.edit_last_requested.connect(self.edit_last_requested)
        self.edit.focus_changed.connect(self._on_focus_changed)
        self.edit.large_text_pasted.connect(self._on_large_text_pasted)
        self.edit.files_dropped.connect(self.files_dropped.emit)
        self.edit.textChanged.connect(self._on_changed)
        self.chips.changed.connect(self._on_changed)
        self.chips.emptied.connect(self.focus_input)
        self.bar.send_requested.connect(self._on_submitted)
        self.bar.stop_requested.connect(self.stop_requested)

    # -- what others set -------------------------------------------------------------------
    def set_phase(self, phase: PhaseChanged) -> None:
        """Send or Stop, what can be pressed, and why sending must wait."""
        was, self._phase = self._phase, phase
        if was.phase is not phase.phase or phase.phase is Phase.LOADING:
            self._follow_waking(was.phase)
            self._show_phase()

    def _follow_waking(self, before: Phase) -> None:
        """Send what waited for the model; when it does not come, the text just stays here."""
        now = self._phase.phase
        is_loading = now is Phase.LOADING
        self._is_waking = is_loading and (before is Phase.ASLEEP or self._is_waking)
        if before is Phase.LOADING and not is_loading and self._sends_when_awake:
            self._sends_when_awake = False
            if now is Phase.READY:
                self._on_submitted()

    def set_explains(self, explains: bool) -> None:
        """Whether the reason why sending must wait is shown here; else it is elsewhere."""
        if explains != self._explains:
            self._explains = explains
            self._show_phase()

    def set_context_use(self, use: ContextUse) -> None:
        """How full the context is without what stands here unsent."""
        self._use = use
        self._show_use()

    def set_draft(self, text: str, attachments: tuple[Attachment, ...] = ()) -> None:
        """Show what was left unsent. Tells nobody."""
        self._is_setting = True
        self._sends_when_awake = False
        if len(text) > LARGE_PASTE:
            attachments = (*attachments, Attachment(text, kind=AttachmentKind.PASTE))
            text = ""
        self.chips.set_attachments(attachments)
        self.edit.setPlainText(text)
        self.edit.moveCursor(QTextCursor.MoveOperation.End)
        self._is_setting = False
        self._show_phase()

    def return_text(self, text: str, attachments: tuple[Attachment, ...] = ()) -> None:
        """Give back a message that could not be sent, before what was typed since."""
        typed = self.full_text()
        attachments = (*attachments, *self.chips.attachments())
        self.set_draft(
            f"{text}\n\n{typed}" if text and typed.strip() else text or typed, attachments
        )
        self.draft_changed.emit(self._draft())

    def attach(self, attachment: Attachment) -> None:
        """Send this text with the next message."""
        if not self.chips.add(attachment):
            self.chip_refused.emit()
        self.focus_input()

    def show_drop_target(self, is_target: bool) -> None:
        """Mark the place where files that hang at the pointer will go."""
        self._frame.setProperty("isDropTarget", is_target)
        self._polish_frame()

    def insert_text(self, text: str) -> None:
        """Put `text`, a quotation, before what stands here, and the cursor behind it."""
        typed = self.edit.toPlainText()
        cursor = self.edit.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        cursor.insertText(text.rstrip() + "\n\n")
        if typed:
            cursor.movePosition(QTextCursor.MoveOperation.End)
        self.edit.setTextCursor(cursor)
        self.focus_input()

    def set_reasoning(self, effort: ReasoningEffort) -> None:
        """Show the level of this conversation. Tells nobody."""
        self.bar.reasoning_box.set_effort(effort)

    def set_sends_with_ctrl_enter(self, is_on: bool) -> None:
        """Which key sends."""
        self.edit.sends_with_ctrl_enter = is_on
        self.bar.set_sends_with_ctrl_enter(is_on)

    def focus_input(self) -> None:
        """Put the cursor into the field."""
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- what it holds ---------------------------------------------------------------------
    def full_text(self) -> str:
        """The words that would be sent now."""
        return self.edit.toPlainText().strip("\n")

    def _draft(self) -> DraftChanged:
        return DraftChanged(self.full_text(), self.chips.attachments())

    @property
    def reasoning(self) -> ReasoningEffort:
        """The level of the next message."""
        return self.bar.reasoning_box.effort

    @property
    def _can_send(self) -> bool:
        """True when Enter sends, if need be as soon as the model is awake."""
        return self._phase.phase.takes_questions or self._is_waking

    @property
    def shown_reason(self) -> str:
        """What stands under the field: why sending must wait, or that the context is full."""
        return self._reason.text() if not self._reason.isHidden() else ""

    @property
    def offers_answer_now(self) -> bool:
        """True while the thinking can be ended."""
        return not self.bar.answer_now_button.isHidden()

    # -- what the person does --------------------------------------------------------------
    @Slot()
    def _on_submitted(self) -> None:
        text, attachments = self.full_text(), self.chips.attachments()
        if not self._can_send or not (text.strip() or attachments):
            return
        if self.chips.names_being_read:  # it would go without them
            return
        if self._phase.phase is not Phase.READY:  # asleep: it stays here, safe, until it wakes
            self._sends_when_awake = True
            self.wake_requested.emit()
            self._show_phase()
            return
        # Cleared first: what cannot be sent comes back at once by `return_text`.
        self.set_draft("")
        self.draft_changed.emit(DraftChanged(""))
        self.message_sent.emit(MessageSent(text, self.reasoning, attachments))
        self.focus_input()

    @Slot()
    def _on_changed(self) -> None:
        if self._is_setting:
            return
        self._show_send()
        self._show_use()
        self.draft_changed.emit(self._draft())

    @Slot(object)
    def _on_large_text_pasted(self, event: LargeTextPasted) -> None:
        if len(event.text) > MAX_TEXT_CHARACTERS:
            self.paste_refused.emit()
        else:
            self.attach(Attachment(event.text, kind=AttachmentKind.PASTE))

    @Slot()
    def _on_focus_changed(self) -> None:
        self._frame.setProperty("hasFocus", self.edit.hasFocus())
        self._polish_frame()

    def _polish_frame(self) -> None:
        self._frame.style().unpolish(self._frame)
        self._frame.style().polish(self._frame)

    # -- looks -----------------------------------------------------------------------------
    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._show_phase()

    def _retranslate(self) -> None:
        self.edit.setAccessibleName(self.tr("Message"))
        self.edit.setPlaceholderText(self.tr("Write a message"))

    def _show_phase(self) -> None:
        self.bar.set_phase(self._phase, self._waiting_reason(), explains=self._explains)
        self._show_send()
        self._show_use()

    def _show_send(self) -> None:
        has_text = not self.edit.document().isEmpty() or bool(self.chips.attachments())
        self.bar.show_send(has_text=has_text, can_send=self._can_send)

    def _show_use(self) -> None:
        use = self._use.with_draft(self.edit.document().characterCount())
        attachments = self.chips.attachments()
        sizes = [a.estimated_tokens for a in attachments]
        given = shares(sizes, use.room_for_attachments()) if use.n_ctx else tuple(sizes)
        self.bar.meter.set_use(use.with_attachments(sum(given)))
        reason = (
            self._waiting_reason()
            or self._reading_words()
            or _cut_words(attachments, sizes, given)
            or self.bar.meter.warning()
        )
        self._reason.setText(reason)
        self._reason.setVisible(self._explains and bool(reason))

    def _reading_words(self) -> str:
        """That a file has to be read before the message can be sent; empty: none has."""
        if not self.chips.names_being_read:
            return ""
        return self.tr("A file is being read. The message can be sent as soon as it is there.")

    def _waiting_reason(self) -> str:
        """Why sending must wait; empty: it need not."""
        phase, progress = self._phase.phase, self._phase.progress
        if phase is Phase.LOADING:
            percent = round(100 * (progress or 0.0))
            if self._is_waking:
                text = self.tr("The model is waking up, {percent} %.")
                if self._sends_when_awake:
                    text = self.tr("The model is waking up, {percent} %. Then this is sent.")
                return text.replace("{percent}", str(percent))
            return self.tr("The model is loading, {percent} %. You can write already.").replace(
                "{percent}", str(percent)
            )
        if phase is Phase.NO_MODEL:
            return self.tr("No model is loaded, so nobody can answer yet.")
        if phase is Phase.ENGINE_STOPPED:
            return self.tr("The engine has stopped. Restart it to go on; your draft is kept.")
        return ""


def _cut_words(
    attachments: tuple[Attachment, ...], sizes: list[int], given: tuple[int, ...]
) -> str:
    """That some of the attachments will be cut for the prompt; empty: none will be."""
    cut = [i for i, size in enumerate(sizes) if given[i] < size]
    if not cut:
        return ""
    least = min(cut, key=lambda i: given[i] / sizes[i])
    percent = round(100 * given[least] / sizes[least])
    return cut_warning(attachments[least], percent, len(cut))
