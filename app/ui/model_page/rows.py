"""The cards of the model page: a title, lines of text, buttons, perhaps a bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.ui.buttons import IconButton, TextButton

BAR_STEPS = 1000


@dataclass(frozen=True, slots=True)
class RowAction:
    """Something that can be done with what the card shows."""

    text: str
    run: Callable[[], None]
    is_primary: bool = False
    is_in_menu: bool = False  # behind the "more" button


@dataclass(frozen=True, slots=True)
class RowContent:
    """What a card shows; texts are translated."""

    title: str
    mark: str = ""  # short, beside the title: "Loaded", "Recommended"
    facts: str = ""  # one muted line
    text: str = ""  # a sentence or two
    problem: str = ""  # a sentence in the colour of problems
    fraction: float | None = None  # 0..1: a bar is shown
    actions: tuple[RowAction, ...] = ()


class ModelCardRow(QFrame):
    """One card. Its content is set again as often as it changes; the focus stays."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._title = QLabel(self)
        self._title.setObjectName("subheading")
        self._mark = QLabel(self)
        self._mark.setProperty("kind", "muted")
        self._facts = _wrapped("muted", self)
        self._text = _wrapped("", self)
        self._problem = _wrapped("danger", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, BAR_STEPS)
        self._buttons: list[TextButton] = []
        self._more = IconButton("ellipsis", self)
        self._more.name_it(self.tr("More"))
        self._more.clicked.connect(self._show_menu)
        self._actions: tuple[RowAction, ...] = ()
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addWidget(self._mark)
        head.addStretch(1)
        self._button_bar = QHBoxLayout()
        self._button_bar.addStretch(1)
        self._button_bar.addWidget(self._more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(4)
        layout.addLayout(head)
        for widget in (self._facts, self._text, self._problem, self._bar):
            layout.addWidget(widget)
        layout.addLayout(self._button_bar)

    def set_content(self, content: RowContent) -> None:
        """Show `content`."""
        self.setAccessibleName(content.title)
        self._title.setText(content.title)
        for label, text in (
            (self._mark, content.mark),
            (self._facts, content.facts),
            (self._text, content.text),
            (self._problem, content.problem),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self._bar.setVisible(content.fraction is not None)
        self._bar.setValue(round(BAR_STEPS * (content.fraction or 0.0)))
        self._bar.setAccessibleName(content.title)
        self._set_actions(content.actions)

    def _set_actions(self, actions: tuple[RowAction, ...]) -> None:
        shown = [a for a in actions if not a.is_in_menu]
        before = [a for a in self._actions if not a.is_in_menu]
        self._actions = actions
        self._more.setVisible(any(a.is_in_menu for a in actions))
        if [(a.text, a.is_primary) for a in shown] == [(a.text, a.is_primary) for a in before]:
            return  # the same buttons: keep them, one of them may have the focus
        for button in self._buttons:
            self._button_bar.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        for place, action in enumerate(shown):
            button = TextButton("primary" if action.is_primary else "", self)
            button.setText(action.text)
            button.setAccessibleName(f"{action.text}: {self._title.text()}")
            button.setProperty("place", place)
            button.clicked.connect(self._on_clicked)
            self._button_bar.insertWidget(place, button)
            self._buttons.append(button)

    def _on_clicked(self) -> None:
        place = self.sender().property("place")
        shown = [a for a in self._actions if not a.is_in_menu]
        if isinstance(place, int) and place < len(shown):
            shown[place].run()

    def _show_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self._actions:
            if action.is_in_menu:
                menu.addAction(action.text, action.run)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))


def _wrapped(kind: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if kind:
        label.setProperty("kind", kind)
    return label


class RowList(QWidget):
    """A heading with cards below it; the same card shows the same key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = QLabel(self)
        self._heading.setObjectName("section")
        self._empty = _wrapped("muted", self)
        self._rows: dict[object, ModelCardRow] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._layout.addWidget(self._heading)
        self._layout.addWidget(self._empty)

    def set_heading(self, text: str, empty: str) -> None:
        """`empty` is said when there is no card."""
        self._heading.setText(text)
        self._empty.setText(empty)

    def set_rows(self, contents: dict[object, RowContent]) -> None:
        """Show these cards in this order."""
        for key in [k for k in self._rows if k not in contents]:
            row = self._rows.pop(key)
            self._layout.removeWidget(row)
            row.deleteLater()
        for place, (key, content) in enumerate(contents.items()):
            row_or_none = self._rows.get(key)
            row = row_or_none if row_or_none is not None else ModelCardRow(self)
            self._rows[key] = row
            row.set_content(content)
            if self._layout.indexOf(row) != place + 2:
                self._layout.insertWidget(place + 2, row)
        self._empty.setVisible(not contents and bool(self._empty.text()))
        self.setVisible(bool(contents) or bool(self._empty.text()))
