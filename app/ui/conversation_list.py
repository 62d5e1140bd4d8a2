"""The list in the sidebar: opening, renaming, pinning and deleting conversations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QWidget

from app.core.conversation import ConversationSummary
from app.core.message import ConversationId
from app.ui.icons import icon
from app.ui.models.conversation_list_model import ConversationListModel
from app.ui.sidebar_delegate import ConversationDelegate
from app.ui.theme import current_colors
from app.workers.typed_signal import signal_of


class ConversationActionKind(Enum):
    """What a person wants done with a conversation."""

    OPEN = auto()
    PIN = auto()
    UNPIN = auto()
    DELETE = auto()


@dataclass(frozen=True, slots=True)
class ConversationAction:
    """Something to be done with one conversation of the list."""

    kind: ConversationActionKind
    conversation_id: ConversationId


class ConversationList(QListView):
    """The list itself: Enter and click open, F2 renames, Delete deletes, menu on each row."""

    action_requested = signal_of(ConversationAction)
    pointer_left = Signal()
    left_downwards = Signal()  # Down in the last row

    def __init__(self, model: ConversationListModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._delegate = ConversationDelegate(self)
        self._open_id: ConversationId | None = None
        self.setObjectName("conversationList")
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QFrame.Shape.NoFrame)
        model.modelReset.connect(self.show_open)

    def set_open(self, conversation_id: ConversationId | None) -> None:
        """Mark the conversation that is shown."""
        self._open_id = conversation_id
        self.show_open()

    @Slot()
    def show_open(self) -> None:
        """Select the conversation that is shown."""
        model = self.model()
        if not isinstance(model, ConversationListModel):
            return
        index = model.index_of(self._open_id)
        if index.isValid():
            self.setCurrentIndex(index)
        else:
            self.setCurrentIndex(QModelIndex())
            self.clearSelection()

    @property
    def is_editing(self) -> bool:
        """True while a title is being edited in place."""
        return self.state() == QAbstractItemView.State.EditingState

    def summary_at(
        self, index: QModelIndex | QPersistentModelIndex
    ) -> ConversationSummary | None:
        """The conversation of a row; None for a heading."""
        summary = index.data(ConversationListModel.SUMMARY_ROLE) if index.isValid() else None
        return summary if isinstance(summary, ConversationSummary) else None

    def request(self, kind: ConversationActionKind, summary: ConversationSummary) -> None:
        """Ask for `kind` on `summary`."""
        self.action_requested.emit(ConversationAction(kind, summary.id))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, F2 renames, Delete deletes."""
        index = self.currentIndex()
        summary = self.summary_at(index)
        if summary is None or self.is_editing:
            super().keyPressEvent(event)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.request(ConversationActionKind.OPEN, summary)
        elif event.key() == Qt.Key.Key_F2:
            self.edit(index)
        elif event.key() == Qt.Key.Key_Delete:
            self.request(ConversationActionKind.DELETE, summary)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        elif event.key() == Qt.Key.Key_Down and index.row() == self.model().rowCount() - 1:
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens; on the "more" sign it shows the menu."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        summary = self.summary_at(index)
        if event.button() != Qt.MouseButton.LeftButton or summary is None:
            return
        target = self._delegate.menu_rect(self.visualRect(index))
        if target.contains(event.position().toPoint()):
            self.show_menu(index, self.viewport().mapToGlobal(target.bottomLeft()))
        else:
            self.request(ConversationActionKind.OPEN, summary)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the row under the pointer or of the current one."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        at = event.globalPos()
        if not by_mouse:
            at = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        self.show_menu(index, at)

    def show_menu(self, index: QModelIndex, at: QPoint) -> None:
        """What can be done with the conversation of `index`; nothing for a heading."""
        if (summary := self.summary_at(index)) is not None:
            menu = self.menu_for(index, summary)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(at)

    def menu_for(self, index: QModelIndex, summary: ConversationSummary) -> QMenu:
        """The menu of one conversation."""
        menu = QMenu(self)
        color = current_colors().text
        row = QPersistentModelIndex(index)
        kind = ConversationActionKind.UNPIN if summary.is_pinned else ConversationActionKind.PIN
        pin_text = self.tr("Unpin") if summary.is_pinned else self.tr("Pin")
        rename = menu.addAction(icon("pencil", color), self.tr("Rename"))
        rename.triggered.connect(lambda: self._edit_row(row))
        pin = menu.addAction(icon("pin-off" if summary.is_pinned else "pin", color), pin_text)
        pin.triggered.connect(lambda: self.request(kind, summary))
        menu.addSeparator()
        delete: QAction = menu.addAction(icon("trash-2", color), self.tr("Delete"))
        delete.triggered.connect(lambda: self.request(ConversationActionKind.DELETE, summary))
        return menu

    def _edit_row(self, row: QPersistentModelIndex) -> None:
        if row.isValid():
            index = self.model().index(row.row(), 0)
            self.setCurrentIndex(index)
            self.edit(index)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """There is always a row that shows the focus."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.select_first()

    def select_first(self) -> None:
        """Make the first conversation current; nothing happens when there is none."""
        for row in range(self.model().rowCount()):
            index = self.model().index(row, 0)
            if self.summary_at(index) is not None:
                self.setCurrentIndex(index)
                return

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was only looked at is not selected any more."""
        super().focusOutEvent(event)
        if not self.is_editing:
            self.show_open()

    def leaveEvent(self, event: QEvent) -> None:
        """Rows may move again."""
        super().leaveEvent(event)
        self.pointer_left.emit()
