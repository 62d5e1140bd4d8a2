"""How a row of the sidebar is painted and renamed."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.core.conversation import ConversationSummary
from app.ui.icons import icon
from app.ui.models.conversation_list_model import ConversationListModel
from app.ui.theme import current_colors

AnyIndex = QModelIndex | QPersistentModelIndex

MENU_WIDTH = 30  # logical pixels of the "more" target at the end of a row
_PADDING = 12
_MARGIN = 6
_RADIUS = 8
_MAX_TITLE = 200  # characters that a person can give a title


class ConversationDelegate(QStyledItemDelegate):
    """Paints headings and conversations; the "more" sign shows under pointer or focus."""

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
        rect: QRect = option.rect
        if isinstance(summary, ConversationSummary):
            self._paint_conversation(painter, option, rect, index, summary)
        else:
            self._paint_heading(painter, option, rect, index)
        painter.restore()

    @staticmethod
    def _paint_heading(
        painter: QPainter, option: QStyleOptionViewItem, rect: QRect, index: AnyIndex
    ) -> None:
        font = option.font
        font.setPointSizeF(font.pointSizeF() * 0.88)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(current_colors().muted))
        text_rect = rect.adjusted(_MARGIN + _PADDING, 0, -_MARGIN, -5)
        flags = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeading
        painter.drawText(text_rect, flags, str(index.data()))

    def _paint_conversation(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        rect: QRect,
        index: AnyIndex,
        summary: ConversationSummary,
    ) -> None:
        colors = current_colors()
        state: QStyle.StateFlag = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        inner = rect.adjusted(_MARGIN, 1, -_MARGIN, -1)
        if is_selected or is_hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.selected if is_selected else colors.hover))
            painter.drawRoundedRect(inner, _RADIUS, _RADIUS)
        if has_focus:
            painter.setPen(QPen(QColor(colors.focus), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inner.adjusted(1, 1, -1, -1), _RADIUS - 1, _RADIUS - 1)
        shows_menu = is_hovered or has_focus
        end = MENU_WIDTH if shows_menu or summary.is_pinned else _PADDING
        text_rect = inner.adjusted(_PADDING, 0, -end, 0)
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
        elif summary.is_pinned:
            icon("pin", colors.muted).paint(painter, self._icon_rect(rect))

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
        editor.setMaxLength(_MAX_TITLE)
        editor.setAccessibleName(self.tr("Title of the conversation"))
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
