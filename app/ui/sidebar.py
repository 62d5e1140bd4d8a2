"""The list of conversations with its search field and the ways to models and settings."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QPoint,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.core.conversation import ConversationSummary, Folder
from app.core.history import SearchHit
from app.core.message import ConversationId
from app.ui.buttons import IconButton
from app.ui.conversation_actions import ConversationAction, FolderAction
from app.ui.conversation_list import ConversationList
from app.ui.models.conversation_list_model import ConversationListModel
from app.ui.search_results import SearchResults
from app.ui.shortcuts import CommandId, command_of
from app.workers.typed_signal import signal_of

SIDEBAR_WIDTH = 272  # logical pixels
_QT_MAX = 16_777_215  # logical pixels: Qt's "as high as there is room"
_DAY_CHECK_MS = 60_000
_LIST_SHARE = 0.4  # of the height that fitting titles take at most, above fitting messages


@dataclass(frozen=True, slots=True)
class SearchTyped:
    """What stands in the search field now; `Sidebar.show_hits` is the answer."""

    text: str
    includes_thinking: bool = False


@dataclass(frozen=True, slots=True)
class ThinkingSearched:
    """Whether words of the thinking are to be found, too."""

    is_on: bool


class Sidebar(QFrame):
    """New chat, search, conversations, models, settings.

    While something stands in the search field the list shows the fitting titles, and under
    it what was found in the messages.
    """

    search_typed = signal_of(SearchTyped)
    thinking_searched = signal_of(ThinkingSearched)
    action_requested = signal_of(ConversationAction)
    folder_action_requested = signal_of(FolderAction)
    new_chat_requested = Signal()
    temporary_requested = Signal()
    hide_requested = Signal()
    models_requested = Signal()
    settings_requested = Signal()
    menu_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setFixedWidth(SIDEBAR_WIDTH)
        self._pending: tuple[ConversationSummary, ...] | None = None
        self._folders: tuple[Folder, ...] = ()
        self._is_awaiting = False  # the answer to what is in the search field
        self.model = ConversationListModel(self)
        self.list = ConversationList(self.model, self)
        self.results = SearchResults(self)
        self._results_label = QLabel(self)
        self.search_field = QLineEdit(self)
        self.thinking_box = QCheckBox(self)
        self.thinking_box.hide()
        self._new_button = _wide_button("square-pen", self)
        self._temporary_button = IconButton("hourglass", self)
        self._hide_button = IconButton("panel-left", self)
        self._empty_label = QLabel(self)
        self._models_button = _wide_button("cpu", self)
        self._settings_button = _wide_button("settings", self)
        self._menu_button = IconButton("ellipsis", self)
        self._build()
        self._connect()
        self._retranslate()

    def _build(self) -> None:
        self.search_field.setProperty("kind", "search")
        self.search_field.setClearButtonEnabled(True)
        self._empty_label.setProperty("kind", "muted")
        self._empty_label.setWordWrap(True)
        self._empty_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._empty_label.setContentsMargins(16, 12, 16, 0)
        self._empty_label.hide()
        self._results_label.setProperty("kind", "muted")
        self._results_label.setContentsMargins(18, 6, 16, 0)
        self._results_label.hide()
        self.results.hide()
        top = QHBoxLayout()
        top.addWidget(self._new_button, 1)
        top.addWidget(self._temporary_button)
        top.addWidget(self._hide_button)
        bottom = QHBoxLayout()
        bottom.addWidget(self._settings_button, 1)
        bottom.addWidget(self._menu_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.search_field)
        layout.addWidget(self.thinking_box)
        layout.addWidget(self._empty_label)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._results_label)
        layout.addWidget(self.results, 1)
        layout.addSpacing(2)
        layout.addWidget(self._models_button)
        layout.addLayout(bottom)

    def _connect(self) -> None:
        self.list.action_requested.connect(self.action_requested.emit)
        self.list.folder_action_requested.connect(self.folder_action_requested.emit)
        self.list.pointer_left.connect(self._on_pointer_left)
        self._new_button.clicked.connect(self.new_chat_requested)
        self._temporary_button.clicked.connect(self.temporary_requested)
        self._hide_button.clicked.connect(self.hide_requested)
        self._models_button.clicked.connect(self.models_requested)
        self._settings_button.clicked.connect(self.settings_requested)
        self._menu_button.clicked.connect(self.menu_requested)
        self.search_field.textChanged.connect(self._on_search_changed)
        self.thinking_box.toggled.connect(self._on_thinking_toggled)
        self.search_field.returnPressed.connect(self._focus_first)
        self.list.left_downwards.connect(self._on_list_left)
        self.results.left_upwards.connect(self._on_results_left)
        self.results.escaped.connect(self.focus_search)
        day_timer = QTimer(self)
        day_timer.setInterval(_DAY_CHECK_MS)
        day_timer.timeout.connect(self.model.refresh_headings)
        day_timer.start()

    @property
    def menu_position(self) -> QPoint:
        """Where the program's menu opens, in screen coordinates: above its button."""
        return self._menu_button.mapToGlobal(QPoint(0, 0))

    @property
    def empty_text(self) -> str:
        """Why the list is empty; "" when it is not."""
        return "" if self._empty_label.isHidden() else self._empty_label.text()

    def buttons(self) -> tuple[IconButton, ...]:
        """All buttons, from top to bottom."""
        return (
            self._new_button,
            self._temporary_button,
            self._hide_button,
            self._models_button,
            self._settings_button,
            self._menu_button,
        )

    @property
    def typed(self) -> SearchTyped:
        """What is looked for now."""
        return SearchTyped(self.search_field.text(), self.thinking_box.isChecked())

    def set_searches_thinking(self, is_on: bool) -> None:
        """As the settings say. Tells nobody."""
        was_blocked = self.thinking_box.blockSignals(True)
        self.thinking_box.setChecked(is_on)
        self.thinking_box.blockSignals(was_blocked)

    def set_conversations(
        self,
        summaries: tuple[ConversationSummary, ...],
        open_id: ConversationId | None,
        folders: tuple[Folder, ...] = (),
    ) -> None:
        """Show these; rows do not change places while the pointer is over the list."""
        is_watched = self.list.viewport().underMouse()
        self._pending = summaries if is_watched else None
        self._folders = folders
        self.model.set_conversations(summaries, folders, keeps_order=is_watched)
        self.list.set_folders(self.model.folders)
        self.list.set_open(open_id)
        self._say_when_empty()

    def show_hits(self, text: str, hits: tuple[SearchHit, ...]) -> None:
        """List what was found for `text`; nothing happens when it is not in the field now.

        Found titles that stand in the list above are not repeated.
        """
        if text != self.search_field.text():
            return
        hits = tuple(
            hit
            for hit in hits
            if hit.message_id or not self.model.index_of(hit.conversation_id).isValid()
        )
        self._is_awaiting = False
        self.results.set_hits(hits)
        self.results.setVisible(bool(hits))
        self._results_label.setVisible(bool(hits))
        self._say_when_empty()
        self._share_height()

    @Slot()
    def focus_search(self) -> None:
        """Put the cursor into the search field."""
        self.search_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search_field.selectAll()

    def rename(self, conversation_id: ConversationId) -> None:
        """Edit the title in place: of the row that has the focus, else of this one."""
        index = self.model.index_of(conversation_id)
        if self.list.hasFocus() and self.list.summary_at(self.list.currentIndex()):
            index = self.list.currentIndex()
        if index.isValid():
            self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.list.setCurrentIndex(index)
            self.list.edit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc in the search field empties it first; Down goes to the list."""
        if self.focusWidget() is self.search_field:
            if event.key() == Qt.Key.Key_Escape and self.search_field.text():
                self.search_field.clear()
                return
            if event.key() == Qt.Key.Key_Down:
                self._focus_first()
                return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.model.refresh_headings()

    def _retranslate(self) -> None:
        self._new_button.set_label(self.tr("New chat"))
        self._new_button.name_it(self.tr("New chat"), command_of(CommandId.NEW_CHAT).key_text)
        self._temporary_button.name_it(
            self.tr("New temporary chat"), command_of(CommandId.NEW_TEMPORARY).key_text
        )
        self._hide_button.name_it(
            self.tr("Hide the sidebar"), command_of(CommandId.TOGGLE_SIDEBAR).key_text
        )
        self._models_button.set_label(self.tr("Models"))
        self._models_button.name_it(self.tr("Models"), command_of(CommandId.MODELS).key_text)
        self._settings_button.set_label(self.tr("Settings"))
        self._settings_button.name_it(
            self.tr("Settings"), command_of(CommandId.SETTINGS).key_text
        )
        self._menu_button.name_it(self.tr("Help and more"))
        self.search_field.setPlaceholderText(self.tr("Search"))
        self.search_field.setAccessibleName(self.tr("Search conversations"))
        hint = self.tr(
            'Also: "words in quotes", from:me, from:model, before:2026-05, after:2026-05-01'
        )
        self.search_field.setToolTip(hint)
        self.search_field.setAccessibleDescription(hint)
        self.thinking_box.setText(self.tr("Also in the thinking"))
        self._results_label.setText(self.tr("In messages"))
        self.results.setAccessibleName(self.tr("Found in messages"))
        self.list.setAccessibleName(self.tr("Conversations"))
        self._say_when_empty()

    def _say_when_empty(self) -> None:
        is_empty = self.model.rowCount() == 0 and not self.results.n_hits
        if self.search_field.text().strip():
            self._empty_label.setText(self.tr("No conversation contains these words."))
            is_empty = is_empty and not self._is_awaiting
        else:
            self._empty_label.setText(self.tr("Your conversations will be listed here."))
        self._empty_label.setVisible(is_empty)

    def _share_height(self) -> None:
        """Fitting titles take no more room than they need, the messages get the rest."""
        if self.results.isHidden():
            self.list.setMaximumHeight(_QT_MAX)
            self.list.show()
            return
        n_rows = self.model.rowCount()
        needed = self.list.sizeHintForRow(0) * n_rows if n_rows else 0
        self.list.setVisible(n_rows > 0)
        self.list.setMaximumHeight(min(needed, int(self.height() * _LIST_SHARE)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height anew."""
        super().resizeEvent(event)
        self._share_height()

    @Slot(str)
    def _on_search_changed(self, text: str) -> None:
        self.model.set_filter(text)
        self.list.show_open()
        self._is_awaiting = bool(text.strip())
        self.thinking_box.setVisible(bool(text))
        self._say_when_empty()
        self._share_height()
        self.search_typed.emit(self.typed)

    @Slot(bool)
    def _on_thinking_toggled(self, is_on: bool) -> None:
        self.thinking_searched.emit(ThinkingSearched(is_on))
        self.search_typed.emit(self.typed)

    @Slot()
    def _focus_first(self) -> None:
        if self.model.rowCount() == 0 and self.results.n_hits:
            self.results.select_first()
            return
        self.list.setFocus(Qt.FocusReason.TabFocusReason)
        self.list.select_first()

    @Slot()
    def _on_list_left(self) -> None:
        if self.results.n_hits:
            self.results.select_first()

    @Slot()
    def _on_results_left(self) -> None:
        if self.model.rowCount():
            self.list.setFocus(Qt.FocusReason.BacktabFocusReason)
            self.list.setCurrentIndex(self.model.index(self.model.rowCount() - 1))
        else:
            self.focus_search()

    @Slot()
    def _on_pointer_left(self) -> None:
        if self._pending is not None:
            self.model.set_conversations(self._pending, self._folders)
            self._pending = None


def _wide_button(icon_name: str, parent: QWidget) -> IconButton:
    """A flat button with icon and text that fills its row."""
    button = IconButton(icon_name, parent)
    button.setProperty("kind", "wide")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    policy = button.sizePolicy()
    policy.setHorizontalPolicy(policy.Policy.Expanding)
    button.setSizePolicy(policy)
    return button
