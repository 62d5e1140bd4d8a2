"""A window over the real controller, store and threads; its fixtures."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.ui import translations
from app.ui.chat_events import Phase
from app.ui.composer import Composer
from app.ui.main_window import MainWindow
from app.ui.shortcuts import CommandId
from app.ui.theme import ThemeKeeper
from tests.fixtures.scripted_engine import Step
from tests.ui.conftest import Chat, MakeChat


class Window:
    """A window and the chat under it."""

    def __init__(self, qtbot: QtBot, chat: Chat, theme: ThemeKeeper) -> None:
        self.qtbot = qtbot
        self.chat = chat
        self.theme = theme
        self.widget = MainWindow(chat.controller, theme, chat.services)
        qtbot.addWidget(self.widget)
        self.widget.resize(1000, 700)
        self.widget.show()

    @property
    def composer(self) -> Composer:
        return self.widget.page.composer

    def act(self, command_id: CommandId) -> QAction:
        action = self.widget.commands.actions[command_id]
        action.trigger()
        return action

    def ask(self, text: str) -> None:
        self.composer.edit.setPlainText(text)
        self.qtbot.keyClick(self.composer.edit, Qt.Key.Key_Return)

    def ask_and_wait(self, text: str) -> None:
        self.ask(text)
        self.chat.wait_until(Phase.READY)
        self.chat.drain()

    def label_texts(self) -> set[str]:
        return {label.text() for label in self.widget.findChildren(QLabel)}

    def press_escape(self) -> None:
        self.qtbot.keyClick(self.composer.edit, Qt.Key.Key_Escape)


MakeWindow = Callable[..., Window]


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[ThemeKeeper]:
    keeper = ThemeKeeper(qapp, "light")
    yield keeper
    keeper.choose("light")
    keeper.deleteLater()


@pytest.fixture
def make_window(
    qtbot: QtBot, qapp: QApplication, make_chat: MakeChat, theme: ThemeKeeper
) -> Iterator[MakeWindow]:
    before = QLocale()

    def make(*scripts: tuple[Step, ...], loads: bool = True, **options) -> Window:
        chat = make_chat(*scripts, **options)
        window = Window(qtbot, chat, theme)
        chat.start(loads=loads)
        return window

    yield make
    translations.install(qapp, "en")
    QLocale.setDefault(before)
