"""One conversation: header, notes, transcript or what stands in its place, composer."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QTimer, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.core.generation import LoadedModel
from app.core.message import ConversationId, FinishReason, Message, MessageId
from app.core.settings import Settings
from app.ui.answer_times import AnswerTimes
from app.ui.chat_events import Phase, PhaseChanged
from app.ui.composer import Composer
from app.ui.context_meter import ContextUse
from app.ui.empty_state import EmptyState
from app.ui.header import Header
from app.ui.models.path_model import PathModel
from app.ui.notifications import BannerArea, Toast
from app.ui.onboarding import Onboarding
from app.ui.theme import current_colors
from app.ui.transcript.actions import MessageAction
from app.ui.transcript.palette import TranscriptPalette
from app.ui.transcript.reading_places import ReadingPlaces
from app.workers.typed_signal import signal_of

if TYPE_CHECKING:
    from app.ui.transcript.transcript_view import TranscriptView

_PRELOAD_MS = 100  # after a model has begun to load
_PRELOAD_AT_REST_MS = 1000  # after the first paint, where none is loaded


class ChatPage(QWidget):
    """Shows the transcript as soon as there is a message; else examples or the first steps.

    The transcript and what it imports come while a model loads, soon after the first paint,
    or when first needed.
    """

    action_requested = signal_of(MessageAction)
    zoom_changed = signal_of(int)  # percent, changed over the transcript

    def __init__(self, path_model: PathModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chatPage")
        self._path_model = path_model
        self._phase = PhaseChanged(Phase.NO_MODEL)
        self._loaded: LoadedModel | None = None
        self._times = AnswerTimes()
        self._learned: set[MessageId] = set()  # answers that `_times` has taken in
        self.header = Header(self)
        self.banners = BannerArea(self)
        self._stack = QStackedWidget(self)
        self._transcript: TranscriptView | None = None
        self.places = ReadingPlaces()  # taken over when the transcript is made
        self._settings = Settings()
        self.empty_state = EmptyState(self._stack)
        self.onboarding = Onboarding(self._stack)
        for page in (self.empty_state, self.onboarding):
            self._stack.addWidget(page)
        self.composer = Composer(self)
        self.toast = Toast(self._stack)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.banners)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.composer)
        path_model.modelReset.connect(self._choose)
        path_model.rowsInserted.connect(self._choose)
        path_model.rowsRemoved.connect(self._choose)
        path_model.modelReset.connect(self._on_path_changed)
        path_model.rowsInserted.connect(self._on_path_changed)
        path_model.rowsRemoved.connect(self._on_path_changed)
        path_model.dataChanged.connect(self._on_path_data_changed)
        self._choose()

    @property
    def transcript(self) -> TranscriptView:
        """The conversation's view; made when it is first asked for."""
        if self._transcript is None:
            from app.ui.transcript.transcript_view import TranscriptView

            self._transcript = view = TranscriptView(
                self._path_model, transcript_palette(), self._stack, places=self.places
            )
            view.action_requested.connect(self.action_requested.emit)
            view.zoom_changed.connect(self.zoom_changed.emit)
            view.composer_requested.connect(self.composer.focus_input)
            self._stack.addWidget(view)
            # Made late, it would come last; it belongs between header and composer.
            QWidget.setTabOrder(self.header.privacy_button, view)
            self.apply_settings(self._settings)
        return self._transcript

    def edit_question(self, row: int) -> None:
        """Rewrite the question of a row in its place."""
        self.transcript.editing.begin(row)

    def end_editing(self) -> str:
        """Close the editor of a question; what stood in it changed, else ""."""
        overlay = self._transcript.editing.overlay if self._transcript is not None else None
        if self._transcript is None or overlay is None:
            return ""
        text = overlay.editor.toPlainText() if overlay.is_changed else ""
        self._transcript.editing.close()
        return text

    def apply_settings(self, settings: Settings) -> None:
        """Zoom, what is shown of an answer, and which key sends."""
        self._settings = settings
        self.composer.set_sends_with_ctrl_enter(settings.sends_with_ctrl_enter)
        if self._transcript is not None:
            self._transcript.set_zoom_percent(settings.zoom_percent)
            self._transcript.set_shows_thinking(settings.shows_thinking)
            self._transcript.set_shows_statistics(settings.shows_statistics)

    def apply_theme(self) -> None:
        """Take the transcript's colours from the theme in force."""
        if self._transcript is not None:
            self._transcript.set_palette_colors(transcript_palette())

    def save_places(self, known: Container[ConversationId]) -> None:
        """Remember where `known` conversations are read, for the next start."""
        if self._transcript is not None:
            self._transcript.bookmark.keep()
            self.places.save(known)

    def showEvent(self, event: QShowEvent) -> None:
        """The first conversation opens without waiting for what paints it."""
        super().showEvent(event)
        QTimer.singleShot(_PRELOAD_AT_REST_MS, self, self._preload)

    @Slot()
    def _preload(self) -> None:
        from app.ui.transcript import highlight

        if self._transcript is None:
            QTimer.singleShot(_PRELOAD_MS, self, self._rehearse)
        _ = self.transcript
        highlight.prepare()

    @Slot()
    def _rehearse(self) -> None:
        from app.ui.transcript.rehearsal import rehearse

        rehearse(self.transcript.scope())

    def set_phase(self, phase: PhaseChanged) -> None:
        """Tell the parts what the engine is doing."""
        self._phase = phase
        self.header.set_phase(phase)
        self.composer.set_phase(phase)
        self._choose()
        if self._transcript is None and phase.phase is not Phase.NO_MODEL:
            QTimer.singleShot(_PRELOAD_MS, self, self._preload)

    def set_temporary(self, is_temporary: bool) -> None:
        """Whether nothing of the open conversation is saved."""
        self.header.set_temporary(is_temporary)
        self.empty_state.set_temporary(is_temporary)

    def set_model(self, loaded: LoadedModel | None) -> None:
        """Tell the parts which model answers."""
        if loaded != self._loaded:
            self._times = AnswerTimes()
            self._learned.clear()
            self.composer.bar.reasoning_box.set_times(self._times)
        self._loaded = loaded
        self.header.set_model(loaded)
        self.empty_state.set_practice(loaded is not None and loaded.card.is_practice)
        self._on_path_changed()
        self._choose()

    @Slot(QModelIndex, QModelIndex, list)
    def _on_path_data_changed(
        self, _first: QModelIndex, _last: QModelIndex, roles: list[int]
    ) -> None:
        if not roles or PathModel.ROW_ROLE in roles:  # else: text of a running answer
            self._on_path_changed()

    @Slot()
    def _on_path_changed(self) -> None:
        """Learn from the newest answer: how long answers take, how full the context is."""
        answer = self._newest_answer()
        n_ctx = self._loaded.n_ctx if self._loaded is not None else 0
        if answer is None or answer.stats is None:
            self.composer.set_context_use(ContextUse(0, n_ctx))
            return
        stats = answer.stats
        # The analysis leaves the prompt as soon as its answer is there.
        n_used = stats.n_prompt + stats.n_final
        self.composer.set_context_use(ContextUse(n_used, n_ctx, stats.n_dropped))
        if self._can_learn_from(answer) and answer.reasoning is not None:
            self._learned.add(answer.id)
            self._times.learn(answer.reasoning, stats)
            self.composer.bar.reasoning_box.set_times(self._times)

    def _can_learn_from(self, answer: Message) -> bool:
        """Whole answers of the loaded model, each once."""
        return (
            self._loaded is not None
            and answer.model_name == self._loaded.card.name
            and answer.finish_reason is FinishReason.STOP
            and answer.id not in self._learned
        )

    def _newest_answer(self) -> Message | None:
        """The last finished answer that is shown."""
        model = self._path_model
        for row in range(model.rowCount() - 1, -1, -1):
            shown = model.row_at(row)
            if shown.message.is_answer and not shown.is_live:
                return shown.message
        return None

    @property
    def content(self) -> QWidget:
        """What stands between header and composer now."""
        return self._stack.currentWidget() or self._stack

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The toast stays at the bottom centre."""
        super().resizeEvent(event)
        self.toast.place()

    @Slot()
    def _choose(self) -> None:
        if self._path_model.rowCount() > 0:
            page: QWidget = self.transcript
        else:
            needs_model = self._loaded is None and self._phase.phase is Phase.NO_MODEL
            page = self.onboarding if needs_model else self.empty_state
        self.composer.set_explains(page is not self.onboarding)
        if page is not self._stack.currentWidget():
            has_focus = self._stack.isAncestorOf(self.focusWidget() or self)
            self._stack.setCurrentWidget(page)
            if has_focus:  # it would go to whatever comes next
                self.composer.focus_input()
            self.toast.raise_()


def transcript_palette() -> TranscriptPalette:
    """The transcript's colours that belong to the theme in force."""
    name = current_colors().name
    if name == "dark":
        return TranscriptPalette.dark()
    return (
        TranscriptPalette.high_contrast() if name == "contrast" else TranscriptPalette.light()
    )
