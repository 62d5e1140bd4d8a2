"""The menu bar, where the platform expects one at the top of the screen."""

from __future__ import annotations

import sys

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar

from app.ui.shortcuts import COMMANDS, ActionTable, CommandGroup, CommandId

# macOS moves these into the program's own menu.
_ROLES = {
    CommandId.ABOUT: QAction.MenuRole.AboutRole,
    CommandId.SETTINGS: QAction.MenuRole.PreferencesRole,
    CommandId.QUIT: QAction.MenuRole.QuitRole,
}


def wants_menu_bar() -> bool:
    """True on macOS; elsewhere the menu at the foot of the sidebar has all of it."""
    return sys.platform == "darwin"


class MenuBar(QMenuBar):
    """One menu a group of the table of commands."""

    def __init__(self, window: QMainWindow, actions: ActionTable) -> None:
        super().__init__(window)
        self._menus: dict[CommandGroup, QMenu] = {}
        for group in CommandGroup:
            menu = self.addMenu(group.text)
            self._menus[group] = menu
            for command in COMMANDS:
                if command.group is group:
                    action = actions[command.id]
                    action.setMenuRole(_ROLES.get(command.id, QAction.MenuRole.NoRole))
                    menu.addAction(action)

    def retranslate(self) -> None:
        """Name the menus in the window's language."""
        for group, menu in self._menus.items():
            menu.setTitle(group.text)
