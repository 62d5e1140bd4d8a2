"""All commands of the window in one table: shortcuts, palette, sheet and menus come from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.core.errors import QT_TRANSLATE_NOOP


class CommandGroup(Enum):
    """Headings of the sheet."""

    CONVERSATION = QT_TRANSLATE_NOOP("commands", "Conversation")
    ANSWER = QT_TRANSLATE_NOOP("commands", "Answer")
    VIEW = QT_TRANSLATE_NOOP("commands", "View")
    PROGRAM = QT_TRANSLATE_NOOP("commands", "Program")

    @property
    def text(self) -> str:
        """Translated heading."""
        return QCoreApplication.translate("commands", self.value)


class CommandId(StrEnum):
    """What can be done from anywhere in the window."""

    NEW_CHAT = "new_chat"
    NEW_TEMPORARY = "new_temporary"
    KEEP = "keep"
    SEARCH = "search"
    RENAME = "rename"
    PIN = "pin"
    ARCHIVE = "archive"
    MOVE = "move"
    NEW_FOLDER = "new_folder"
    DELETE = "delete"
    INSTRUCTIONS = "instructions"
    EXPORT = "export"
    IMPORT = "import"
    HISTORY = "history"
    FOCUS_COMPOSER = "focus_composer"
    STOP = "stop"
    ANSWER_NOW = "answer_now"
    REGENERATE = "regenerate"
    EDIT_LAST = "edit_last"
    COPY_ANSWER = "copy_answer"
    COPY_CODE = "copy_code"
    REASONING_LOW = "reasoning_low"
    REASONING_MEDIUM = "reasoning_medium"
    REASONING_HIGH = "reasoning_high"
    FIND = "find"
    JUMP_TO_END = "jump_to_end"
    TOGGLE_SIDEBAR = "toggle_sidebar"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"
    ZOOM_RESET = "zoom_reset"
    NEXT_PANE = "next_pane"
    PREVIOUS_PANE = "previous_pane"
    PALETTE = "palette"
    SHORTCUTS = "shortcuts"
    MODELS = "models"
    SETTINGS = "settings"
    PERFORMANCE = "performance"
    TUNE = "tune"
    LOCKING = "locking"
    LOCK = "lock"
    UPDATES = "updates"
    ABOUT = "about"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table."""

    id: CommandId
    group: CommandGroup
    template: str  # English, marked for translators
    keys: tuple[str, ...] = ()  # portable names; Ctrl is the command key on macOS

    @property
    def text(self) -> str:
        """What it does, translated."""
        return QCoreApplication.translate("commands", self.template)

    @property
    def key_text(self) -> str:
        """The first shortcut as the platform writes it; empty: none."""
        if not self.keys:
            return ""
        return QKeySequence(self.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)


_CONVERSATION, _ANSWER = CommandGroup.CONVERSATION, CommandGroup.ANSWER
_VIEW, _PROGRAM = CommandGroup.VIEW, CommandGroup.PROGRAM

COMMANDS: tuple[Command, ...] = (
    Command(
        CommandId.NEW_CHAT,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "New chat"),
        ("Ctrl+N",),
    ),
    Command(
        CommandId.NEW_TEMPORARY,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "New temporary chat, which is never saved"),
        ("Ctrl+Shift+N",),
    ),
    Command(
        CommandId.KEEP,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "Keep this temporary chat"),
    ),
    Command(
        CommandId.SEARCH,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "Search conversations"),
        ("Ctrl+K",),
    ),
    Command(
        CommandId.FIND,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "Find in this conversation"),
        ("Ctrl+F",),
    ),
    Command(
        CommandId.RENAME,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "Rename this conversation"),
        ("F2",),
    ),
    Command(
        CommandId.PIN,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "Pin or unpin this conversation"),
        ("Ctrl+Shift+D",),
    ),
    Command(
        CommandId.MOVE,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "Move to a folder…"),
        ("Ctrl+Shift+F",),
    ),
    Command(CommandId.NEW_FOLDER, _CONVERSATION, QT_TRANSLATE_NOOP("commands", "New folder…")),
    Command(
        CommandId.ARCHIVE,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "Archive, or take out of the archive"),
        ("Ctrl+Shift+A",),
    ),
    Command(
        CommandId.DELETE,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "Delete this conversation"),
        ("Ctrl+Shift+Backspace",),
    ),
    Command(
        CommandId.INSTRUCTIONS,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "Instructions and sampling…"),
        ("Ctrl+I",),
    ),
    Command(
        CommandId.EXPORT,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "Export conversations…"),
        ("Ctrl+Shift+S",),
    ),
    Command(
        CommandId.IMPORT, _CONVERSATION, QT_TRANSLATE_NOOP("commands", "Import conversations…")
    ),
    Command(
        CommandId.HISTORY,
        _CONVERSATION,
        QT_TRANSLATE_NOOP("commands", "Backups, trash, repair…"),
        ("Ctrl+H",),
    ),
    Command(
        CommandId.FOCUS_COMPOSER,
        _ANSWER,
        QT_TRANSLATE_NOOP("commands", "Write a message"),
        ("Ctrl+L",),
    ),
    Command(
        CommandId.EDIT_LAST,
        _ANSWER,
        QT_TRANSLATE_NOOP("commands", "Edit your last message"),
        ("Ctrl+Shift+E",),
    ),
    Command(
        CommandId.STOP, _ANSWER, QT_TRANSLATE_NOOP("commands", "Stop the answer"), ("Esc",)
    ),
    Command(
        CommandId.ANSWER_NOW,
        _ANSWER,
        QT_TRANSLATE_NOOP("commands", "Answer now, without more thinking"),
        ("Alt+Return",),
    ),
    Command(
        CommandId.REGENERATE,
        _ANSWER,
        QT_TRANSLATE_NOOP("commands", "Answer again"),
        ("Ctrl+R",),
    ),
    Command(
        CommandId.COPY_ANSWER,
        _ANSWER,
        QT_TRANSLATE_NOOP("commands", "Copy the last answer"),
        ("Ctrl+Shift+C",),
    ),
    Command(
        CommandId.COPY_CODE,
        _ANSWER,
        QT_TRANSLATE_NOOP("commands", "Copy the last code block"),
        ("Ctrl+Shift+;",),
    ),
    Command(
        CommandId.REASONING_LOW,
        _ANSWER,
        QT_TRANSLATE_NOOP("commands", "Reasoning: Low"),
        ("Ctrl+Alt+1",),
    ),
    Command(
        CommandId.REASONING_MEDIUM,
        _ANSWER,
        QT_TRANSLATE_NOOP("commands", "Reasoning: Medium"),
        ("Ctrl+Alt+2",),
    ),
    Command(
        CommandId.REASONING_HIGH,
        _ANSWER,
        QT_TRANSLATE_NOOP("commands", "Reasoning: High"),
        ("Ctrl+Alt+3",),
    ),
    Command(
        CommandId.JUMP_TO_END,
        _VIEW,
        QT_TRANSLATE_NOOP("commands", "Jump to the latest message"),
        ("Ctrl+End",),
    ),
    Command(
        CommandId.TOGGLE_SIDEBAR,
        _VIEW,
        QT_TRANSLATE_NOOP("commands", "Show or hide the sidebar"),
        ("Ctrl+B",),
    ),
    Command(
        CommandId.ZOOM_IN,
        _VIEW,
        QT_TRANSLATE_NOOP("commands", "Zoom in"),
        ("Ctrl++", "Ctrl+="),
    ),
    Command(
        CommandId.ZOOM_OUT,
        _VIEW,
        QT_TRANSLATE_NOOP("commands", "Zoom out"),
        ("Ctrl+-",),
    ),
    Command(
        CommandId.ZOOM_RESET,
        _VIEW,
        QT_TRANSLATE_NOOP("commands", "Zoom to normal size"),
        ("Ctrl+0",),
    ),
    Command(
        CommandId.NEXT_PANE,
        _VIEW,
        QT_TRANSLATE_NOOP("commands", "Go to the next part of the window"),
        ("F6",),
    ),
    Command(
        CommandId.PREVIOUS_PANE,
        _VIEW,
        QT_TRANSLATE_NOOP("commands", "Go to the previous part of the window"),
        ("Shift+F6",),
    ),
    Command(
        CommandId.PALETTE,
        _PROGRAM,
        QT_TRANSLATE_NOOP("commands", "All commands"),
        ("Ctrl+Shift+P",),
    ),
    Command(
        CommandId.SHORTCUTS,
        _PROGRAM,
        QT_TRANSLATE_NOOP("commands", "Keyboard shortcuts"),
        ("Ctrl+/",),
    ),
    Command(
        CommandId.MODELS,
        _PROGRAM,
        QT_TRANSLATE_NOOP("commands", "Models"),
        ("Ctrl+Shift+M",),
    ),
    Command(
        CommandId.SETTINGS,
        _PROGRAM,
        QT_TRANSLATE_NOOP("commands", "Settings"),
        ("Ctrl+,",),
    ),
    Command(
        CommandId.PERFORMANCE,
        _PROGRAM,
        QT_TRANSLATE_NOOP("commands", "Performance"),
        ("Ctrl+Shift+Y",),
    ),
    Command(
        CommandId.LOCKING, _PROGRAM, QT_TRANSLATE_NOOP("commands", "Passphrase and locking")
    ),
    Command(
        CommandId.LOCK,
        _PROGRAM,
        QT_TRANSLATE_NOOP("commands", "Lock the conversations now"),
        ("Ctrl+Shift+L",),
    ),
    Command(CommandId.TUNE, _PROGRAM, QT_TRANSLATE_NOOP("commands", "Measure this computer…")),
    Command(CommandId.UPDATES, _PROGRAM, QT_TRANSLATE_NOOP("commands", "Check for updates…")),
    Command(CommandId.ABOUT, _PROGRAM, QT_TRANSLATE_NOOP("commands", "About Lumbre")),
    Command(CommandId.QUIT, _PROGRAM, QT_TRANSLATE_NOOP("commands", "Quit"), ("Ctrl+Q",)),
)

# Listed in the sheet, but no shortcut of the window: menus, fields and the transcript need
# Esc first; the window takes it when they leave it.
LOCAL_KEYS: frozenset[CommandId] = frozenset({CommandId.STOP})


class ActionTable(QObject):
    """The commands as QActions of one window."""

    def __init__(
        self, window: QWidget, handlers: Mapping[CommandId, Callable[[], None]]
    ) -> None:
        """`handlers` has one slot for each command.

        Raises:
            KeyError: a command has no handler.
        """
        super().__init__(window)
        self._actions: dict[CommandId, QAction] = {}
        for command in COMMANDS:
            action = QAction(self)
            action.setObjectName(command.id.value)
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            if command.id not in LOCAL_KEYS:
                action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.triggered.connect(handlers[command.id])
            window.addAction(action)
            self._actions[command.id] = action
        self.retranslate()

    def __getitem__(self, command_id: CommandId) -> QAction:
        return self._actions[command_id]

    def retranslate(self) -> None:
        """Name the actions in the window's language."""
        for command in COMMANDS:
            self._actions[command.id].setText(command.text)

    def available(self) -> Iterator[tuple[Command, QAction]]:
        """What can be done right now, in the table's order."""
        for command in COMMANDS:
            action = self._actions[command.id]
            if action.isEnabled():
                yield command, action


def command_of(command_id: CommandId) -> Command:
    """The table's row for `command_id`."""
    return next(c for c in COMMANDS if c.id is command_id)
