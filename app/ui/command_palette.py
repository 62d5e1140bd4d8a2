"""The command palette and the sheet of shortcuts, both made from the one table."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui.models.conversation_rows import folded
from app.ui.shortcuts import COMMANDS, ActionTable, CommandGroup

_ACTION_ROLE = Qt.ItemDataRole.UserRole + 1
_NAME_ROLE = Qt.ItemDataRole.UserRole + 2
_FOLDED_ROLE = Qt.ItemDataRole.UserRole + 3  # for finding it
_N_ROWS = 9  # rows of the palette that are seen at once
_LIST_KEYS = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class CommandPalette(QDialog):
    """Type a few letters, Enter runs the command. Closes when it loses the focus."""

    def __init__(self, actions: ActionTable, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setWindowTitle(self.tr("All commands"))
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Type a command"))
        self.field.setAccessibleName(self.tr("Type a command"))
        self.field.setClearButtonEnabled(True)
        self._list = QListWidget(self)
        self._list.setObjectName("plainList")
        self._list.setAccessibleName(self.tr("Commands"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.field)
        layout.addWidget(self._list)
        for command, action in actions.available():
            self._add_row(command.text, command.key_text, action)
        self.field.textChanged.connect(self._on_text_changed)
        self.field.returnPressed.connect(self._run_current)
        self._list.itemActivated.connect(self._run_current)
        self._list.itemClicked.connect(self._run_current)
        self.field.installEventFilter(self)
        self._on_text_changed("")
        self._place(parent)

    def shown_names(self) -> list[str]:
        """The commands that fit what was typed, in the table's order."""
        items = [self._list.item(at) for at in range(self._list.count())]
        return [str(item.data(_NAME_ROLE)) for item in items if not item.isHidden()]

    def _add_row(self, text: str, key_text: str, action: QAction) -> None:
        item = QListWidgetItem(self._list)
        item.setData(_ACTION_ROLE, action)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{text} {key_text}".strip())
        item.setData(_NAME_ROLE, text)
        item.setData(_FOLDED_ROLE, folded(text))
        row = QWidget(self._list)
        row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        line = QHBoxLayout(row)
        line.setContentsMargins(10, 5, 10, 5)
        line.addWidget(QLabel(text, row), 1)
        keys = QLabel(key_text, row)
        keys.setProperty("kind", "muted")
        line.addWidget(keys)
        item.setSizeHint(row.sizeHint())
        self._list.setItemWidget(item, row)

    def _place(self, window: QWidget) -> None:
        width = min(520, window.width() - 32)
        height = self._list.sizeHintForRow(0) * _N_ROWS + 64
        top_left = window.mapToGlobal(window.rect().topLeft())
        self.setGeometry(
            top_left.x() + (window.width() - width) // 2,
            top_left.y() + min(72, window.height() // 8),
            width,
            min(height, window.height() - 96),
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys in the field move in the list."""
        if (
            watched is self.field
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in _LIST_KEYS
        ):
            self._list.event(event)
            return True
        return bool(super().eventFilter(watched, event))

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        words = folded(text).split()
        first: QListWidgetItem | None = None
        for at in range(self._list.count()):
            item = self._list.item(at)
            name = item.data(_FOLDED_ROLE)
            fits = all(word in name for word in words)
            item.setHidden(not fits)
            if fits and first is None:
                first = item
        self._list.setCurrentItem(first)  # type: ignore[arg-type]  # None clears it

    @Slot()
    def _run_current(self) -> None:
        item = self._list.currentItem()
        if item is None:
            return
        action: QAction = item.data(_ACTION_ROLE)
        self.close()
        action.trigger()


class ShortcutSheet(QDialog):
    """All shortcuts by group."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        body = QWidget()
        body.setObjectName("pageBody")
        grid = QGridLayout(body)
        grid.setContentsMargins(24, 16, 24, 20)
        grid.setHorizontalSpacing(32)
        grid.setColumnStretch(0, 1)
        for group in CommandGroup:
            self._add_group(grid, group)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self.resize(min(560, parent.width() - 24), min(640, parent.height() - 24))

    def texts(self) -> list[str]:
        """What the sheet says, row by row."""
        return [label.text() for label in self.findChildren(QLabel)]

    def _add_group(self, grid: QGridLayout, group: CommandGroup) -> None:
        heading = QLabel(group.text)
        heading.setObjectName("subheading")
        heading.setContentsMargins(0, 10, 0, 2)
        grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
        for command in COMMANDS:
            if command.group is group and command.keys:
                row = grid.rowCount()
                name = QLabel(command.text)
                name.setWordWrap(True)
                keys = QLabel(command.key_text)
                keys.setProperty("kind", "muted")
                grid.addWidget(name, row, 0)
                grid.addWidget(keys, row, 1, Qt.AlignmentFlag.AlignRight)
