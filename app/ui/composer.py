"""Where messages are written: field, reasoning level, send and stop."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent, QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.core.message import MessageId, ReasoningEffort
from app.ui.buttons import IconButton, TextButton
from app.ui.chat_events import Phase, PhaseChanged
from app.ui.composer_chips import ChipRow
from app.ui.composer_edit import LARGE_PASTE, ComposerEdit, FilesDropped, LargeTextPasted
from app.ui.reasoning_text import effort_name, effort_trade_off
from app.ui.shortcuts import CommandId, command_of
from app.workers.typed_signal import signal_of

MAX_WIDTH = 820  # logical pixels: the column of the conversation
_HINT_WIDTH = 560  # narrower composers leave the hint out
_SEND_SIZE = 36  # logical pixels


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message to be answered."""

    text: str
    effort: ReasoningEffort


@dataclass(frozen=True, slots=True)
class EditSent:
    """Another text for a message that was sent before."""

    message_id: MessageId
    text: str


@dataclass(frozen=True, slots=True)
class DraftChanged:
    """What stands unsent in the composer now, chips included."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningChosen:
    """The level of the next message."""

    effort: ReasoningEffort


class Composer(QWidget):
    """Typing is always possible; sending waits for a loaded model, with the reason shown."""

    message_sent = signal_of(MessageSent)
    edit_sent = signal_of(EditSent)
    draft_changed = signal_of(DraftChanged)
    reasoning_chosen = signal_of(ReasoningChosen)
    files_dropped = signal_of(FilesDropped)
    stop_requested = Signal()
    answer_now_requested = Signal()
    edit_last_requested = Signal()
    models_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phase = PhaseChanged(Phase.NO_MODEL)
        self._explains = True
        self._edited_id: MessageId | None = None
        self._draft_before_edit = ""
        self._is_setting = False
        self._frame = QFrame(self)
        self.edit = ComposerEdit(self._frame)
        self.chips = ChipRow(self._frame)
        self._edit_bar = QWidget(self._frame)
        self._edit_label = QLabel(self._edit_bar)
        self._cancel_edit_button = TextButton("quiet", self._edit_bar)
        self._reasoning_label = QLabel(self._frame)
        self.reasoning_box = QComboBox(self._frame)
        self._hint = QLabel(self._frame)
        self._answer_now_button = TextButton("", self._frame, icon_name="skip-forward")
        self.send_button = IconButton("arrow-up", self._frame, color_role="on_accent")
        self._reason = QLabel(self)
        self._models_button = TextButton("quiet", self._frame)
        self._build()
        self._connect()
        self._retranslate()
        self._show_phase()

    # -- building --------------------------------------------------------------------------
    def _build(self) -> None:
        self._frame.setObjectName("composerFrame")
        self._frame.setMaximumWidth(MAX_WIDTH)
        self.reasoning_box.setObjectName("reasoning")
        for effort in ReasoningEffort:
            self.reasoning_box.addItem("", effort)
        self.reasoning_box.setCurrentIndex(1)
        self._reasoning_label.setBuddy(self.reasoning_box)
        for label in (self._reasoning_label, self._hint, self._reason, self._edit_label):
            label.setProperty("kind", "muted")
        self._reason.setWordWrap(True)
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.send_button.setProperty("kind", "send")
        self.send_button.setFixedSize(_SEND_SIZE, _SEND_SIZE)
        edit_line = QHBoxLayout(self._edit_bar)
        edit_line.setContentsMargins(6, 0, 0, 0)
        edit_line.addWidget(self._edit_label, 1)
        edit_line.addWidget(self._cancel_edit_button)
        self._edit_bar.hide()
        bar = QHBoxLayout()
        bar.setSpacing(4)
        bar.addWidget(self._reasoning_label)
        bar.addWidget(self.reasoning_box)
        bar.addWidget(self._hint, 1)
        bar.addSpacing(6)
        bar.addWidget(self._models_button)
        bar.addWidget(self._answer_now_button)
        bar.addWidget(self.send_button)
        inner = QVBoxLayout(self._frame)
        inner.setContentsMargins(12, 8, 8, 8)
        inner.setSpacing(4)
        inner.addWidget(self._edit_bar)
        inner.addWidget(self.chips)
        inner.addWidget(self.edit)
        inner.addLayout(bar)
        self._lay_out()

    def _lay_out(self) -> None:
        self._reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        frame_line = QHBoxLayout()
        frame_line.addStretch(1)
        frame_line.addWidget(self._frame, 1000)
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
        self.reasoning_box.activated.connect(self._on_reasoning_activated)
        self.send_button.clicked.connect(self._on_send_clicked)
        self._answer_now_button.clicked.connect(self.answer_now_requested)
        self._cancel_edit_button.clicked.connect(self.cancel_edit)
        self._models_button.clicked.connect(self.models_requested)

    # -- what others set -------------------------------------------------------------------
    def set_phase(self, phase: PhaseChanged) -> None:
        """Send or Stop, what can be pressed, and why sending must wait."""
        was = self._phase
        self._phase = phase
        if was.phase is not phase.phase or phase.phase in {Phase.LOADING, Phase.READING}:
            self._show_phase()

    def set_explains(self, explains: bool) -> None:
        """Whether the reason why sending must wait is shown here; else it is elsewhere."""
        if explains != self._explains:
            self._explains = explains
            self._show_phase()

    def set_draft(self, text: str) -> None:
        """Show what was left unsent; ends editing. Tells nobody."""
        self._is_setting = True
        self._edited_id = None
        self._edit_bar.hide()
        self.chips.clear()
        if len(text) > LARGE_PASTE:
            self.chips.add_text(text)
            text = ""
        self.edit.setPlainText(text)
        self.edit.moveCursor(QTextCursor.MoveOperation.End)
        self._is_setting = False
        self._show_phase()

    def return_text(self, text: str) -> None:
        """Give back a message that could not be sent, before what was typed since."""
        typed = self.full_text()
        self.set_draft(f"{text}\n\n{typed}" if typed.strip() else text)
        self.draft_changed.emit(DraftChanged(self.full_text()))

    def full_text(self) -> str:
        """What would be sent now."""
        parts = [self.edit.toPlainText().strip("\n"), *self.chips.texts()]
        return "\n\n".join(part for part in parts if part)

    @property
    def reasoning(self) -> ReasoningEffort:
        """The level of the next message."""
        return ReasoningEffort(self.reasoning_box.currentData())

    def set_reasoning(self, effort: ReasoningEffort) -> None:
        """Show the level of this conversation. Tells nobody."""
        self.reasoning_box.setCurrentIndex(list(ReasoningEffort).index(effort))
        self._show_trade_off()

    def set_sends_with_ctrl_enter(self, is_on: bool) -> None:
        """Which key sends."""
        self.edit.sends_with_ctrl_enter = is_on
        self._retranslate()

    def begin_edit(self, message_id: MessageId, text: str) -> None:
        """Write another version of a message that was sent; Esc gives the draft back."""
        if self._edited_id is None:
            self._draft_before_edit = self.full_text()
        draft = self._draft_before_edit
        self.set_draft(text)
        self._draft_before_edit = draft
        self._edited_id = message_id
        self._edit_bar.show()
        self._show_phase()
        self.focus_input()

    @property
    def shown_reason(self) -> str:
        """Why sending must wait, as it stands under the field; empty: nothing is said."""
        return self._reason.text() if not self._reason.isHidden() else ""

    @property
    def offers_answer_now(self) -> bool:
        """True while the thinking can be ended."""
        return not self._answer_now_button.isHidden()

    @property
    def is_editing(self) -> bool:
        """True while a sent message is being written anew."""
        return self._edited_id is not None

    @Slot()
    def cancel_edit(self) -> None:
        """Leave the message as it was sent."""
        if self.is_editing:
            self.set_draft(self._draft_before_edit)
            self.focus_input()

    def focus_input(self) -> None:
        """Put the cursor into the field."""
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- what the person does --------------------------------------------------------------
    @Slot()
    def _on_send_clicked(self) -> None:
        if self._phase.phase.is_busy:
            self.stop_requested.emit()
        else:
            self._on_submitted()
        self.focus_input()

    @Slot()
    def _on_submitted(self) -> None:
        text = self.full_text()
        if self._phase.phase is not Phase.READY or not text.strip():
            return
        edited_id = self._edited_id
        if edited_id is not None:
            draft = self._draft_before_edit
            self.set_draft(draft)
            self.edit_sent.emit(EditSent(edited_id, text))
            return
        # Cleared first: a message that cannot be sent comes back at once by `return_text`.
        self.set_draft("")
        self.draft_changed.emit(DraftChanged(""))
        self.message_sent.emit(MessageSent(text, self.reasoning))

    @Slot()
    def _on_changed(self) -> None:
        if self._is_setting:
            return
        self._show_send()
        if not self.is_editing:
            self.draft_changed.emit(DraftChanged(self.full_text()))

    @Slot(object)
    def _on_large_text_pasted(self, event: LargeTextPasted) -> None:
        self.chips.add_text(event.text)

    @Slot(int)
    def _on_reasoning_activated(self, _index: int) -> None:
        self._show_trade_off()
        self.reasoning_chosen.emit(ReasoningChosen(self.reasoning))

    @Slot()
    def _on_focus_changed(self) -> None:
        self._frame.setProperty("hasFocus", self.edit.hasFocus())
        self._frame.style().unpolish(self._frame)
        self._frame.style().polish(self._frame)

    # -- looks -----------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the hint out where it has no room."""
        super().resizeEvent(event)
        is_wide = self.width() >= _HINT_WIDTH
        self._hint.setText(self._hint_text() if is_wide else "")
        self._reasoning_label.setVisible(self.width() >= _HINT_WIDTH // 2 + 100)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._show_phase()

    def _retranslate(self) -> None:
        self.edit.setAccessibleName(self.tr("Message"))
        self._edit_label.setText(self.tr("You are editing a message. Your draft is kept."))
        self._cancel_edit_button.setText(self.tr("Cancel"))
        self._reasoning_label.setText(self.tr("Reasoning"))
        self.reasoning_box.setAccessibleName(self.tr("Reasoning level"))
        for at, effort in enumerate(ReasoningEffort):
            self.reasoning_box.setItemText(at, effort_name(effort))
            self.reasoning_box.setItemData(
                at, effort_trade_off(effort), Qt.ItemDataRole.ToolTipRole
            )
        self._show_trade_off()
        self._hint.setText(self._hint_text() if self.width() >= _HINT_WIDTH else "")
        self._answer_now_button.setText(self.tr("Answer now"))
        self._answer_now_button.setToolTip(
            self.tr("End the thinking and begin the answer ({key})").replace(
                "{key}", command_of(CommandId.ANSWER_NOW).key_text
            )
        )
        self._models_button.setText(self.tr("Choose a model"))
        self._show_placeholder()

    def _hint_text(self) -> str:
        if self.edit.sends_with_ctrl_enter:
            return self.tr("Ctrl+Enter sends · Enter for a new line")
        return self.tr("Enter sends · Shift+Enter for a new line")

    def _show_placeholder(self) -> None:
        self.edit.setPlaceholderText(self.tr("Write a message"))

    def _show_trade_off(self) -> None:
        text = effort_trade_off(self.reasoning)
        self.reasoning_box.setToolTip(text)
        self.reasoning_box.setAccessibleDescription(text)

    def _show_phase(self) -> None:
        phase = self._phase.phase
        self._answer_now_button.setVisible(phase is Phase.THINKING)
        self._reason.setText(self._reason_text())
        self._reason.setVisible(self._explains and bool(self._reason.text()))
        self._models_button.setVisible(self._explains and phase is Phase.NO_MODEL)
        self._show_send()

    def _show_send(self) -> None:
        phase = self._phase.phase
        if phase.is_busy:
            self.send_button.set_icon_name("stop")
            self.send_button.name_it(
                self.tr("Stop the answer"), command_of(CommandId.STOP).key_text
            )
            self.send_button.setEnabled(phase is not Phase.STOPPING)
            return
        self.send_button.set_icon_name("arrow-up")
        self.send_button.name_it(self.tr("Send"), self._reason_text())
        has_text = not self.edit.document().isEmpty() or bool(self.chips.texts())
        self.send_button.setEnabled(phase is Phase.READY and has_text)

    def _reason_text(self) -> str:
        """Why sending must wait; empty: it need not."""
        phase, progress = self._phase.phase, self._phase.progress
        if phase is Phase.LOADING:
            percent = round(100 * (progress or 0.0))
            return self.tr("The model is loading, {percent} %. You can write already.").replace(
                "{percent}", str(percent)
            )
        if phase is Phase.NO_MODEL:
            return self.tr("No model is loaded, so nobody can answer yet.")
        if phase is Phase.ENGINE_STOPPED:
            return self.tr("The engine has stopped. Restart it to go on; your draft is kept.")
        return ""
