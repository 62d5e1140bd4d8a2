"""Shows the editor over a question and keeps it in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from app.core.message import MessageId
from app.ui.transcript.actions import ActionKind
from app.ui.transcript.edit_overlay import EditedText, EditOverlay
from app.ui.transcript.message_item import Part
from app.ui.transcript.palette import TranscriptPalette

if TYPE_CHECKING:
    from app.ui.transcript.transcript_view import TranscriptView


class Editing(QObject):
    """At most one question is edited at a time."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view)
        self._view = view
        self._overlay: EditOverlay | None = None
        self._came_from: QWidget | None = None  # had the focus before

    @property
    def overlay(self) -> EditOverlay | None:
        """The editor while one is open."""
        return self._overlay

    def begin(self, row: int) -> None:
        """Open the editor over a question."""
        item = self._view.item(row)
        if not item.is_question or item.row.is_live:
            return
        self.close()
        self._came_from = QApplication.focusWidget()
        message = item.row.message
        overlay = EditOverlay(
            message.id, message.text, self._view.style_of_text, self._view.viewport()
        )
        overlay.set_palette_colors(self._view.palette_colors)
        overlay.saved.connect(self._on_saved)
        overlay.cancelled.connect(self.close)
        overlay.height_changed.connect(
            self._on_height_changed, Qt.ConnectionType.QueuedConnection
        )
        self._overlay = overlay
        self._resize(row)
        overlay.show()
        overlay.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        overlay.editor.moveCursor(overlay.editor.textCursor().MoveOperation.End)
        self._view.bring_into_view(row, None)

    @Slot()
    def close(self) -> None:
        """Leave without a change."""
        overlay, self._overlay = self._overlay, None
        if overlay is None:
            return
        had_focus = overlay.editor.hasFocus()
        overlay.hide()
        overlay.deleteLater()
        row = self._row(overlay.message_id)
        if row is not None:
            self._view.item(row).editor_height = 0.0
            self._view.relayout()
        came_from, self._came_from = self._came_from, None
        if had_focus:
            is_there = came_from is not None and isValid(came_from) and came_from.isVisible()
            target = came_from if came_from is not None and is_there else self._view
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_removed(self) -> None:
        """Leave when the edited message is no longer shown."""
        if self._overlay is not None and self._row(self._overlay.message_id) is None:
            self.close()

    def set_palette_colors(self, palette: TranscriptPalette) -> None:
        """Follow another theme."""
        if self._overlay is not None:
            self._overlay.set_palette_colors(palette)

    def place(self) -> None:
        """Move the editor with its message."""
        if self._overlay is None:
            return
        row = self._row(self._overlay.message_id)
        if row is None:
            return
        item = self._view.item(row)
        place = item.place_of(Part.EDITOR)
        if place is not None:
            column = self._view.column
            y = self._view.conversation.top(row) + place.y
            self._overlay.move(QPoint(int(column.x()), int(y)))
            self._overlay.resize(int(column.width()), int(place.height) - 4)

    def _resize(self, row: int) -> None:
        if self._overlay is not None:
            self._view.item(row).editor_height = self._overlay.sizeHint().height() + 4
            self._view.relayout()

    def _row(self, message_id: MessageId) -> int | None:
        row = self._view.model.row_of(message_id)
        return row if row is not None and row < len(self._view.conversation.items) else None

    @Slot()
    def _on_height_changed(self) -> None:
        if self._overlay is not None:
            row = self._row(self._overlay.message_id)
            if row is not None:
                self._resize(row)

    @Slot(object)
    def _on_saved(self, edited: EditedText) -> None:
        row = self._row(edited.message_id)
        is_changed = row is not None and self._view.item(row).row.message.text != edited.text
        self.close()
        if row is not None and is_changed:
            self._view.request(ActionKind.EDIT, row, text=edited.text)
