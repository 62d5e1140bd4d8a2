"""Leaves a mark in the conversation that goes, and opens the one that comes at its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.core.message import ConversationId
from app.ui.transcript.reading_places import ReadingPlace, ReadingPlaces

if TYPE_CHECKING:
    from app.ui.transcript.transcript_view import TranscriptView


class Bookmark(QObject):
    """Between a view and the places. A conversation left at its end opens at its end."""

    def __init__(self, view: TranscriptView, places: ReadingPlaces) -> None:
        super().__init__(view)
        self._view = view
        self._places = places
        self._left: tuple[ConversationId, float] | None = None  # and its offset
        self._awaits_size: ReadingPlace | None = None
        view.model.modelAboutToBeReset.connect(self.keep)

    @Slot()
    def keep(self) -> None:
        """Remember where the shown conversation is read."""
        self._left = None
        shown = self._shown()
        if shown is not None and self._awaits_size is None:
            self._places.put(shown, self._view.reading_place())
            self._left = (shown, self._view.conversation.offset)

    def go_back(self) -> None:
        """Another conversation, or another branch from its first message on, is in the view."""
        left, self._left = self._left, None
        self._awaits_size = None
        shown, view = self._shown(), self._view
        view.conversation.pin()
        if shown is None:
            return
        place = self._places.of(shown)
        is_known = place is not None and view.model.row_of(place.message_id) is not None
        if place is not None and is_known:
            if view.isVisible():
                view.go_to_place(place)
            else:
                self._awaits_size = place
        elif (
            place is not None and left is not None and left[0] == shown and not self._is_live()
        ):
            view.conversation.scroll_to(left[1])  # another version of the first message

    def on_shown(self) -> None:
        """The view has its size now."""
        place, self._awaits_size = self._awaits_size, None
        if place is not None and self._view.conversation.is_pinned:
            self._view.go_to_place(place)

    def _shown(self) -> ConversationId | None:
        """The conversation in the model; None: it is empty."""
        model = self._view.model
        return model.row_at(0).message.conversation_id if model.rowCount() else None

    def _is_live(self) -> bool:
        model = self._view.model
        return model.row_at(model.rowCount() - 1).is_live
