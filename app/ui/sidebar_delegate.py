"""How a row of the sidebar is painted and renamed."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.core.conversation import ConversationSummary, FolderId
from app.core.organisation import MAX_NAME
from app.ui.icons import icon
from app.ui.models.conversation_list_model import ConversationListModel
from app.ui.models.conversation_rows import Heading, Section, section_of
from app.ui.size_words import number_text
from app.ui.theme import current_colors

AnyIndex = QModelIndex | QPersistentModelIndex

MENU_WIDTH = 30  # logical pixels of the "more" target at the end of a row
_PADDING = 12
_MARGIN = 6
_RADIUS = 8
_FOLDER_TEXT = 48  # logical pixels before the name of a folder, and what is in it
_MAX_TITLE = 200  # characters that a person can give a title


class ConversationDelegate(QStyledItemDelegate):
    """Paints headings and conversations; the "more" sign shows under pointer or focus."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._drop_target: tuple[Section, FolderId | None] | None = None

    def menu_rect(self, row_rect: QRect) -> QRect:
        """Where the "more" target of a row is, in the row's coordinates."""
        inner = row_rect.adjusted(_MARGIN, 1, -_MARGIN, -1)
        return QRect(inner.right() - MENU_WIDTH, inner.top(), MENU_WIDTH, inner.height())

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """One height for all rows, so that the view need not ask for each."""
        metrics: QFontMetrics = option.fontMetrics
        return QSize(120, max(34, metrics.height() + 16))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one row in the colours of the theme."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        summary = index.data(ConversationListModel.SUMMARY_ROLE)
        heading = index.data(ConversationListModel.HEADING_ROLE)
        rect: QRect = option.rect
        if isinstance(summary, ConversationSummary):
            self._paint_conversation(painter, option, rect, index, summary)
        elif isinstance(heading, Heading):
            self._paint_heading(painter, option, rect, heading)
        painter.restore()

    def set_drop_target(self, heading: Heading | None) -> None:
        """Mark the heading under which something would be dropped; None: none."""
        self._drop_target = heading.key if heading is not None else None

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, heading: Heading
    ) -> None:
        colors = current_colors()
        inner = rect.adjusted(_MARGIN, 1, -_MARGIN, -1)
        if heading.key == self._drop_target:
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.setBrush(QColor(colors.accent_soft))
            painter.drawRoundedRect(inner.adjusted(1, 1, -1, -1), _RADIUS - 1, _RADIUS - 1)
        elif heading.can_fold:
            paint_row_state(painter, option, inner)
        if heading.folder is not None:
            self._paint_folder(painter, option, rect, heading)
            return
        font = option.font
        font.setPointSizeF(font.pointSizeF() * 0.88)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colors.muted))
        if heading.can_fold:
            chevron = QRect(inner.left() + 8, inner.center().y() - 6, 14, 14)
            name = "chevron-right" if heading.is_folded else "chevron-down"
            icon(name, colors.muted).paint(painter, chevron)
            text_rect = inner.adjusted(26, 0, -_PADDING, 0)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
            text = f"{heading.text} ({heading.n_conversations})"
            painter.drawText(text_rect, flags, text)
            return
        text_rect = rect.adjusted(_MARGIN + _PADDING, 0, -_MARGIN, -5)
        flags = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeading
        painter.drawText(text_rect, flags, heading.text)

    def _paint_folder(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, heading: Heading
    ) -> None:
        colors = current_colors()
        inner = rect.adjusted(_MARGIN, 1, -_MARGIN, -1)
        name = "chevron-right" if heading.is_folded else "chevron-down"
        middle = inner.center().y()
        icon(name, colors.muted).paint(painter, QRect(inner.left() + 8, middle - 6, 14, 14))
        picture = "folder" if heading.is_folded else "folder-open"
        icon(picture, colors.muted).paint(painter, QRect(inner.left() + 26, middle - 7, 16, 16))
        text_rect = inner.adjusted(_FOLDER_TEXT, 0, -MENU_WIDTH, 0)
        painter.setPen(QColor(colors.text))
        painter.setFont(option.font)
        metrics: QFontMetrics = option.fontMetrics
        title = metrics.elidedText(heading.text, Qt.TextElideMode.ElideRight, text_rect.width())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.drawText(text_rect, flags, title)
        if _shows_menu(option):
            icon("ellipsis", colors.text).paint(painter, self._icon_rect(rect))
        else:
            painter.setPen(QColor(colors.muted))
            painter.drawText(
                self.menu_rect(rect),
                Qt.AlignmentFlag.AlignCenter,
                number_text(heading.n_conversations),
            )

    def _paint_conversation(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        rect: QRect,
        index: AnyIndex,
        summary: ConversationSummary,
    ) -> None:
        colors = current_colors()
        inner = rect.adjusted(_MARGIN, 1, -_MARGIN, -1)
        paint_row_state(painter, option, inner)
        shows_menu = _shows_menu(option)
        mark = _mark_of(summary)
        end = MENU_WIDTH if shows_menu or mark else _PADDING
        start = _FOLDER_TEXT if section_of(summary, ()) is Section.FOLDER else _PADDING
        text_rect = inner.adjusted(start, 0, -end, 0)
        painter.setPen(QColor(colors.text))
        painter.setFont(option.font)
        metrics: QFontMetrics = option.fontMetrics
        title = metrics.elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, text_rect.width()
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.drawText(text_rect, flags, title)
        if shows_menu:
            icon("ellipsis", colors.text).paint(painter, self._icon_rect(rect))
        elif mark:
            icon(mark, colors.muted).paint(painter, self._icon_rect(rect))

    def _icon_rect(self, row_rect: QRect) -> QRect:
        target = self.menu_rect(row_rect)
        result = QRect(0, 0, 16, 16)
        result.moveCenter(target.center())
        return result

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: AnyIndex
    ) -> QWidget:
        """A field for another title."""
        editor = QLineEdit(parent)
        is_folder = index.data(ConversationListModel.HEADING_ROLE) is not None
        editor.setMaxLength(MAX_NAME if is_folder else _MAX_TITLE)
        name = self.tr("Name of the folder") if is_folder else None
        editor.setAccessibleName(name or self.tr("Title of the conversation"))
        return editor

    def setEditorData(self, editor: QWidget, index: AnyIndex) -> None:
        """Begin with the present title, selected."""
        field = cast("QLineEdit", editor)
        field.setText(str(index.data(Qt.ItemDataRole.EditRole)))
        field.selectAll()

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: AnyIndex
    ) -> None:
        """The field covers the row."""
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(_MARGIN, 1, -_MARGIN, -1))


def paint_row_state(painter: QPainter, option: QStyleOptionViewItem, inner: QRect) -> None:
    """Background and frame of a row that is chosen, under the pointer, or has the focus."""
    colors = current_colors()
    state: QStyle.StateFlag = option.state
    is_selected = bool(state & QStyle.StateFlag.State_Selected)
    if is_selected or state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.selected if is_selected else colors.hover))
        painter.drawRoundedRect(inner, _RADIUS, _RADIUS)
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(QColor(colors.focus), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(inner.adjusted(1, 1, -1, -1), _RADIUS - 1, _RADIUS - 1)


def _shows_menu(option: QStyleOptionViewItem) -> bool:
    state: QStyle.StateFlag = option.state
    return bool(state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus))


def _mark_of(summary: ConversationSummary) -> str:
    """The icon at the end of a row; empty: none."""
    if summary.is_temporary:
        return "hourglass"
    return "pin" if summary.is_pinned and not summary.is_archived else ""
