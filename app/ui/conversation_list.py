"""The list in the sidebar: choosing, opening, renaming, moving conversations and folders."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QMenu, QWidget

from app.core.conversation import ConversationSummary, Folder
from app.core.message import ConversationId
from app.ui.conversation_actions import (
    ConversationAction,
    ConversationActionKind,
    FolderAction,
    FolderActionKind,
)
from app.ui.conversation_menus import ConversationMenu, FolderMenu
from app.ui.long_list_view import LongListView
from app.ui.models.conversation_list_model import ConversationListModel
from app.ui.models.conversation_rows import Heading, Section
from app.ui.sidebar_delegate import ConversationDelegate
from app.workers.typed_signal import signal_of

MIME_TYPE = "application/x-lumbre-conversations"  # ids, one a line
_EDGE = 24  # logical pixels: dragging here scrolls
_ENTER_KEYS = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class ConversationList(LongListView):
    """The list itself: Enter and click open, F2 renames, Delete deletes, menu on each row.

    Several can be chosen with Ctrl, Shift and Ctrl+A; they stay chosen when the focus goes
    elsewhere, so that a command can be given, until one is opened or Esc is pressed.
    """

    action_requested = signal_of(ConversationAction)
    folder_action_requested = signal_of(FolderAction)
    choice_changed = Signal()
    pointer_left = Signal()
    left_downwards = Signal()  # Down in the last row

    def __init__(self, model: ConversationListModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = model
        self._delegate = ConversationDelegate(self)
        self._open_id: ConversationId | None = None
        self._folders: tuple[Folder, ...] = ()
        self._pressed = QPersistentModelIndex()
        self.setObjectName("conversationList")
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDropIndicatorShown(False)  # the delegate marks the place
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QFrame.Shape.NoFrame)
        model.modelReset.connect(self.show_open)

    # -- what is chosen --------------------------------------------------------------------
    def set_folders(self, folders: tuple[Folder, ...]) -> None:
        """Folders that a conversation can be moved to, in the order of the menu."""
        self._folders = folders

    def set_open(self, conversation_id: ConversationId | None) -> None:
        """Mark the conversation that is shown; another one than before ends choosing.

        Where a person is in the list with the keyboard, they stay.
        """
        if conversation_id != self._open_id:
            self._open_id = conversation_id
            self.clearSelection()
            self.show_open()
        elif not (self.hasFocus() and self.currentIndex().isValid()):
            self.show_open()

    @Slot()
    def show_open(self) -> None:
        """Select the conversation that is shown, unless several are chosen."""
        if len(self.selected()) > 1:
            return
        index = self._rows.index_of(self._open_id)
        if index.isValid():
            self.setCurrentIndex(index)
        else:
            self.setCurrentIndex(QModelIndex())
            self.clearSelection()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """What commands are for may be something else now."""
        super().selectionChanged(selected, deselected)
        self.choice_changed.emit()

    def selected(self) -> tuple[ConversationSummary, ...]:
        """The chosen conversations from top to bottom."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        found = (self.summary_at(self._rows.index(row)) for row in rows)
        return tuple(summary for summary in found if summary is not None)

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

    def heading_at(self, index: QModelIndex | QPersistentModelIndex) -> Heading | None:
        """The heading of a row; None for a conversation."""
        heading = index.data(ConversationListModel.HEADING_ROLE) if index.isValid() else None
        return heading if isinstance(heading, Heading) else None

    def select_first(self) -> None:
        """Make the first conversation current; nothing happens when there is none."""
        for row in range(self._rows.rowCount()):
            index = self._rows.index(row)
            if self.summary_at(index) is not None:
                self.setCurrentIndex(index)
                return

    def _targets(self, summary: ConversationSummary) -> tuple[ConversationSummary, ...]:
        """All chosen ones when this is one of them, else it alone."""
        chosen = tuple(s for s in self.selected() if not s.is_temporary)
        return chosen if len(chosen) > 1 and summary in chosen else (summary,)

    def request(
        self, kind: ConversationActionKind, summaries: tuple[ConversationSummary, ...]
    ) -> None:
        """Ask for `kind` on `summaries`."""
        self.action_requested.emit(ConversationAction(kind, tuple(s.id for s in summaries)))

    def set_folded(self, heading: Heading, is_folded: bool) -> None:
        """Fold or unfold a folder or the archive."""
        if heading.folder is not None:
            kind = FolderActionKind.FOLD if is_folded else FolderActionKind.UNFOLD
            self.folder_action_requested.emit(FolderAction(kind, heading.folder.id))
        elif heading.section is Section.ARCHIVED:
            self._rows.show_archived(not is_folded)

    # -- keys ------------------------------------------------------------------------------
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, F2 renames, Delete deletes; on a heading arrows fold and unfold."""
        index = self.currentIndex()
        summary, heading = self.summary_at(index), self.heading_at(index)
        is_last = index.row() == self._rows.rowCount() - 1
        if self.is_editing or not index.isValid():
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self._leave_choosing(event)
        elif event.key() == Qt.Key.Key_F2:
            self.edit(index)
        elif event.key() == Qt.Key.Key_Down and is_last and not event.modifiers():
            self.left_downwards.emit()
        elif heading is not None:
            self._press_on_heading(event, heading)
        elif summary is not None:
            self._press_on_conversation(event, summary)

    def _press_on_conversation(self, event: QKeyEvent, summary: ConversationSummary) -> None:
        if event.key() in _ENTER_KEYS:
            self.request(ConversationActionKind.OPEN, (summary,))
        elif event.key() == Qt.Key.Key_Delete:
            self.request(ConversationActionKind.DELETE, self._targets(summary))
        elif event.key() == Qt.Key.Key_Left:
            above = self._rows.heading_above(self.currentIndex())
            if above is not None and above.folder is not None:
                self.setCurrentIndex(self._rows.index_of_folder(above.folder.id))
        else:
            super().keyPressEvent(event)

    def _press_on_heading(self, event: QKeyEvent, heading: Heading) -> None:
        if event.key() in _ENTER_KEYS or event.key() == Qt.Key.Key_Space:
            self.set_folded(heading, not heading.is_folded)
        elif event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self.set_folded(heading, event.key() == Qt.Key.Key_Left)
        elif event.key() == Qt.Key.Key_Delete and heading.folder is not None:
            kind = FolderActionKind.DELETE
            self.folder_action_requested.emit(FolderAction(kind, heading.folder.id))
        else:
            super().keyPressEvent(event)

    def _leave_choosing(self, event: QKeyEvent) -> None:
        if len(self.selected()) > 1:
            self.clearSelection()
            self.show_open()
        else:
            event.ignore()

    # -- mouse -----------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click is press and release on the same row."""
        self._pressed = QPersistentModelIndex(self.indexAt(event.position().toPoint()))
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens or folds; on the "more" sign it shows the menu."""
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.button() != Qt.MouseButton.LeftButton or not is_plain:
            return
        summary, heading = self.summary_at(index), self.heading_at(index)
        if index != self._pressed or (heading is not None and not heading.can_fold):
            return
        target = self._delegate.menu_rect(self.visualRect(index))
        if target.contains(place) and (summary or (heading and heading.folder)):
            self.show_menu(index, self.viewport().mapToGlobal(target.bottomLeft()))
        elif summary is not None:
            self.request(ConversationActionKind.OPEN, (summary,))
        elif heading is not None:
            self.set_folded(heading, not heading.is_folded)

    # -- menus -----------------------------------------------------------------------------
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the row under the pointer or of the current one."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        at = event.globalPos()
        if not by_mouse:
            at = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        self.show_menu(index, at)

    def show_menu(self, index: QModelIndex, at: QPoint) -> None:
        """What can be done with the row of `index`; nothing for a heading of time."""
        menu = self.menu_for(index)
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(at)

    def menu_for(self, index: QModelIndex) -> QMenu | None:
        """The menu of a row, or of the place below all rows."""
        row = QPersistentModelIndex(index)
        heading = self.heading_at(index)
        if (summary := self.summary_at(index)) is not None:
            return ConversationMenu(
                self._targets(summary),
                self._folders,
                self.action_requested.emit,
                lambda: self._edit_row(row),
                self,
            )
        if heading is not None and not heading.can_fold:
            return None
        return FolderMenu(
            heading,
            self.folder_action_requested.emit,
            lambda: self._edit_row(row),
            lambda: self._toggle(row),
            self,
        )

    def _toggle(self, row: QPersistentModelIndex) -> None:
        if (heading := self.heading_at(row)) is not None:
            self.set_folded(heading, not heading.is_folded)

    def _edit_row(self, row: QPersistentModelIndex) -> None:
        if row.isValid():
            index = self._rows.index(row.row())
            self.setCurrentIndex(index)
            self.edit(index)

    # -- dragging --------------------------------------------------------------------------
    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the chosen conversations; they are moved where they are dropped."""
        ids = [s.id for s in self.selected() if not s.is_temporary]
        if ids:
            data = QMimeData()
            data.setData(MIME_TYPE, "\n".join(ids).encode())
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.exec(Qt.DropAction.MoveAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Only our own conversations; files are for the window."""
        if event.mimeData().hasFormat(MIME_TYPE):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Mark the folder under the pointer; scroll at the edges."""
        place = event.position().toPoint()
        bar = self.verticalScrollBar()
        if place.y() < _EDGE:
            bar.setValue(bar.value() - _EDGE)
        elif place.y() > self.viewport().height() - _EDGE:
            bar.setValue(bar.value() + _EDGE)
        index = self.indexAt(place)
        if event.mimeData().hasFormat(MIME_TYPE) and self._drop_action(index) is not None:
            self._mark(index)
            event.acceptProposedAction()
        else:
            self._mark(QModelIndex())
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing is marked any more."""
        self._mark(QModelIndex())
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Move them to the group of the row on which they were dropped."""
        self._mark(QModelIndex())
        action = self._drop_action(self.indexAt(event.position().toPoint()))
        data = event.mimeData().data(MIME_TYPE).data()
        ids = tuple(ConversationId(i) for i in bytes(data).decode().split("\n") if i)
        if action is None or not ids:
            event.ignore()
            return
        event.acceptProposedAction()
        kind, folder = action
        folder_id = folder.id if folder is not None else None
        self.action_requested.emit(ConversationAction(kind, ids, folder_id))

    def _drop_action(
        self, index: QModelIndex
    ) -> tuple[ConversationActionKind, Folder | None] | None:
        """What dropping on a row does; None: nothing. Below all rows is out of all folders."""
        heading = self._rows.heading_above(index) if index.isValid() else None
        section = heading.section if heading is not None else Section.TODAY
        if section is Section.TEMPORARY:
            return None
        kinds = {
            Section.PINNED: ConversationActionKind.PIN,
            Section.ARCHIVED: ConversationActionKind.ARCHIVE,
        }
        folder = heading.folder if heading is not None else None
        return kinds.get(section, ConversationActionKind.MOVE), folder

    def _mark(self, index: QModelIndex) -> None:
        heading = self._rows.heading_above(index) if index.isValid() else None
        self._delegate.set_drop_target(heading)
        self.viewport().update()

    # -- focus -----------------------------------------------------------------------------
    def focusInEvent(self, event: QFocusEvent) -> None:
        """There is always a row that shows the focus."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.select_first()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was only looked at is not selected any more."""
        super().focusOutEvent(event)
        if not self.is_editing:
            self.show_open()

    def leaveEvent(self, event: QEvent) -> None:
        """Rows may move again."""
        super().leaveEvent(event)
        self.pointer_left.emit()
