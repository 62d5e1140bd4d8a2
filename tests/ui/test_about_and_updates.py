"""What the program says of itself, and how it asks for a newer version."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.component_versions import component_versions
from app.core.cancellation import CancelToken
from app.core.component_version import ComponentVersion
from app.core.errors import Cancelled, HubError, LumbreError
from app.core.release import Release
from app.ui.about_dialog import AboutDialog, licence_text
from app.ui.main_window import MainWindow
from app.ui.shortcuts import CommandId
from app.ui.theme import ThemeKeeper
from app.ui.transcript.link_dialog import LinkDialog
from app.ui.update_dialog import UpdateDialog
from tests.ui.conftest import MakeChat
from tests.ui.window_rig import theme

__all__ = ["theme"]

ADDRESS = "https://api.example.org/repos/someone/lumbre/releases/latest"
PAGE = "https://example.org/someone/lumbre/releases/tag/v9.0"


@dataclass
class ScriptedCheck:
    """Answers with what it is told to, after `may_answer`."""

    answer: Release | LumbreError | None = None
    is_locked: bool = False
    n_asked: int = 0
    address: str = ADDRESS
    may_answer: threading.Event = field(default_factory=threading.Event)

    def newest(self, cancel: CancelToken) -> Release | None:
        self.n_asked += 1
        while not self.may_answer.wait(0.01):
            if cancel.is_cancelled:
                raise Cancelled
        if isinstance(self.answer, LumbreError):
            raise self.answer
        return self.answer


class Updates:
    """The dialog over a scripted check; what it opens is kept."""

    def __init__(self, qtbot: QtBot, check: ScriptedCheck) -> None:
        self.qtbot, self.check = qtbot, check
        self.opened: list[str] = []
        self.dialog = UpdateDialog(check, opener=self._open, version="1.0")
        qtbot.addWidget(self.dialog)
        self.dialog.show()

    def _open(self, url: QUrl) -> None:
        self.opened.append(url.toString())

    def ask(self) -> None:
        before = self.dialog.text.text()
        self.check.may_answer.set()
        self.qtbot.mouseClick(self.dialog.ask_button, Qt.MouseButton.LeftButton)
        asking = self.dialog.text.text()
        assert asking != before
        self.qtbot.waitUntil(lambda: self.dialog.text.text() != asking)


@pytest.fixture
def updates(qtbot: QtBot) -> Iterator[Updates]:
    made = Updates(qtbot, ScriptedCheck(Release("2.0", "New things.", PAGE, "2026-11-21")))
    yield made
    made.dialog.close()


def test_the_address_is_shown_before_anything_is_sent(updates: Updates) -> None:
    assert ADDRESS in updates.dialog.text.text()
    assert updates.check.n_asked == 0


def test_a_newer_version_comes_with_notes_and_a_page(updates: Updates) -> None:
    updates.ask()
    dialog = updates.dialog
    assert dialog.text.text() == "Version 2.0 is there (2026-11-21). You have 1.0."
    assert dialog.notes.toPlainText() == "New things."
    assert dialog.page_button.isVisible()


def test_the_page_opens_only_after_its_host_was_shown(updates: Updates) -> None:
    updates.ask()
    updates.qtbot.mouseClick(updates.dialog.page_button, Qt.MouseButton.LeftButton)
    (question,) = updates.dialog.findChildren(LinkDialog)
    assert updates.opened == []
    assert "example.org" in {label.text() for label in question.findChildren(QLabel)}
    (box,) = question.findChildren(QDialogButtonBox)
    (accept,) = (
        button
        for button in box.buttons()
        if box.buttonRole(button) is QDialogButtonBox.ButtonRole.AcceptRole
    )
    updates.qtbot.mouseClick(accept, Qt.MouseButton.LeftButton)
    assert updates.opened == [PAGE]


def test_the_newest_version_is_said_to_be_so(updates: Updates) -> None:
    updates.check.answer = Release("1.0", "Old things.", PAGE)
    updates.ask()
    assert updates.dialog.text.text() == "You have the newest version, 1.0."
    assert not updates.dialog.page_button.isVisible()


def test_no_release_is_a_sentence(updates: Updates) -> None:
    updates.check.answer = None
    updates.ask()
    assert updates.dialog.text.text() == "No version has been published there yet."


def test_after_a_failure_it_can_be_asked_again(updates: Updates) -> None:
    updates.check.answer = HubError("{host} is not there.", host="example.org")
    updates.ask()
    assert updates.dialog.text.text() == "example.org is not there."
    updates.check.answer = Release("1.0", "", PAGE)
    updates.ask()
    assert updates.check.n_asked == 2


def test_with_the_offline_lock_nothing_can_be_asked(qtbot: QtBot) -> None:
    locked = Updates(qtbot, ScriptedCheck(is_locked=True))
    assert "offline lock" in locked.dialog.text.text()
    assert not locked.dialog.ask_button.isVisible()


def test_closing_ends_a_question_that_nobody_answers(updates: Updates) -> None:
    updates.qtbot.mouseClick(updates.dialog.ask_button, Qt.MouseButton.LeftButton)
    updates.qtbot.waitUntil(lambda: updates.check.n_asked == 1)
    updates.dialog.close()
    updates.dialog.begin()
    assert ADDRESS in updates.dialog.text.text()


def test_the_window_has_a_command_for_it(
    qtbot: QtBot, make_chat: MakeChat, theme: ThemeKeeper
) -> None:
    chat, check = make_chat(), ScriptedCheck()
    services = replace(chat.services, release_check=lambda: check)
    window = MainWindow(chat.controller, theme, services)
    qtbot.addWidget(window)
    window.show()
    chat.start()
    window.commands.actions[CommandId.UPDATES].trigger()
    (dialog,) = window.findChildren(UpdateDialog)
    assert dialog.isVisible()
    assert check.n_asked == 0


def test_versions_can_be_copied(qtbot: QtBot) -> None:
    dialog = AboutDialog([ComponentVersion("SQLite", "3.99.1")])
    qtbot.addWidget(dialog)
    dialog.show()
    assert "3.99.1" in {label.text() for label in dialog.findChildren(QLabel)}
    (copy,) = (
        b for b in dialog.findChildren(QPushButton) if b.text().strip() == "Copy versions"
    )
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "SQLite 3.99.1" in QGuiApplication.clipboard().text().splitlines()


def test_every_part_has_a_version() -> None:
    found = {item.name: item.version for item in component_versions()}
    assert {"Lumbre", "Python", "Qt", "SQLite", "llama.cpp", "GPU backend"} <= set(found)
    assert all(found.values())


def test_licences_name_what_is_shipped() -> None:
    text = licence_text()
    assert all(name in text for name in ("llama.cpp", "Qt", "SQLite", "PDFium", "Lucide"))
