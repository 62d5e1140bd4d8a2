"""The lock: nothing to read before the passphrase, nothing left after locking, all back."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation, ConversationSummary
from app.core.message import Message, ReasoningEffort
from app.core.settings import Settings
from app.storage.backup import FolderBackups
from app.storage.conversation_store import open_store
from app.storage.vault import FolderVault
from app.ui.history.history_dialog import HistoryDialog
from app.ui.history.history_lock import LockState
from app.ui.history.lock_page import LockPage
from app.ui.history.recovery_key_dialog import RecoveryKeyDialog
from app.ui.history.secret_dialog import SecretDialog
from app.ui.main_window import MainWindow
from app.ui.shortcuts import CommandId
from app.ui.theme import ThemeKeeper
from app.ui.window_services import HistoryServices
from tests.fixtures.scripted_engine import Pause, Step, said
from tests.storage.conftest import Chat as StoredChat
from tests.ui.conftest import Chat, MakeChat
from tests.ui.window_rig import theme

__all__ = ["theme"]

PASSPHRASE = "correcto caballo batería"
WORD = "unmistakable"
D = TypeVar("D", bound=QDialog)


class LockedWindow:
    """A window that starts with what the folder has, as the program starts it."""

    def __init__(self, qtbot: QtBot, chat: Chat, theme: ThemeKeeper) -> None:
        self.qtbot = qtbot
        self.chat = chat
        self.widget = MainWindow(chat.controller, theme, chat.services)
        qtbot.addWidget(self.widget)
        self.widget.resize(1000, 700)
        self.lock = self.widget.history.lock
        self.lock.begin()
        self.widget.show()
        chat.engine_thread.start()
        chat.storage.start()
        chat.controller.start()
        self.widget.history.start()

    @property
    def page(self) -> LockPage:
        assert self.lock.page is not None
        return self.lock.page

    def wait_until(self, state: LockState) -> None:
        self.chat.wait_for(lambda: self.lock.history.state is state)

    def enter(self, secret: str) -> None:
        self.chat.wait_for(self.page.field.isEnabled)
        self.page.field.edit.setText(secret)
        self.qtbot.keyClick(self.page.field.edit, Qt.Key.Key_Return)

    def unlock(self, secret: str = PASSPHRASE) -> None:
        self.wait_until(LockState.LOCKED)
        self.enter(secret)
        self.chat.wait_for(lambda: not self.page.isVisible())
        done: list[object] = []
        self.chat.storage.submit(lambda _: None, done.append, done.append)
        self.chat.wait_for(lambda: bool(done))

    def lock_now(self) -> None:
        self.widget.commands.actions[CommandId.LOCK].trigger()
        self.wait_until(LockState.LOCKED)

    def seen(self) -> str:
        """All words in the widgets, shown or not, and in the list models."""
        texts: list[str] = [self.widget.windowTitle()]
        for part in self.widget.findChildren(QWidget):
            texts += [part.accessibleName(), part.toolTip(), part.windowTitle()]
            if isinstance(part, QLabel | QLineEdit):
                texts.append(part.text())
            elif isinstance(part, QPlainTextEdit):
                texts.append(part.toPlainText())
        model = self.widget.sidebar.model
        texts += [str(model.index(row, 0).data()) for row in range(model.rowCount())]
        return "\n".join([*texts, *self.chat.shown])

    @property
    def services(self) -> HistoryServices:
        return self.chat.services.history

    def dialog(self, kind: type[D]) -> D:
        """The visible dialog of this kind, waited for."""

        def visible() -> list[D]:
            return [d for d in self.widget.findChildren(kind) if d.isVisible()]

        self.chat.wait_for(lambda: bool(visible()))
        return visible()[0]

    def give(self, *, current: str = "", new: str = "") -> SecretDialog:
        dialog = self.dialog(SecretDialog)
        dialog.current.edit.setText(current)
        dialog.new.edit.setText(new)
        dialog.again.edit.setText(new)
        dialog.ok_button.click()
        return dialog

    @property
    def titles(self) -> list[str]:
        return [s.title for s in self.chat.controller.book.listed]


MakeWindow = Callable[..., LockedWindow]


@pytest.fixture
def make_locked(
    qtbot: QtBot, make_chat: MakeChat, theme: ThemeKeeper, data_dir: Path
) -> Iterator[MakeWindow]:
    windows: list[LockedWindow] = []

    def make(*scripts: tuple[Step, ...], **options) -> LockedWindow:
        windows.append(LockedWindow(qtbot, make_chat(*scripts, **options), theme))
        return windows[-1]

    yield make
    for window in windows:
        window.widget.history.stop()
    FolderVault(data_dir).lock()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def word(tmp_path: Path) -> str:
    """A word of this test alone: earlier tests may leave theirs in memory."""
    return f"{WORD}-{tmp_path.name}"


@pytest.fixture
def encrypted(data_dir: Path, word: str) -> Path:
    """A folder with an encrypted conversation, locked."""
    store = open_store(data_dir)
    chat = StoredChat(store, f"Title {WORD}")
    chat.say(f"The {word} question")
    chat.say(f"An {word} answer", thinking=f"{word} thoughts")
    store.close()
    vault = FolderVault(data_dir)
    vault.turn_on(PASSPHRASE)
    vault.lock()
    return data_dir


def values_with(word: str) -> list[str]:
    """What the program's own values still hold of the conversation."""
    gc.collect()
    values = (Message, Conversation, ConversationSummary)
    things = [thing for thing in gc.get_objects() if isinstance(thing, values)]
    return [type(thing).__name__ for thing in things if word in repr(thing)]


@pytest.mark.usefixtures("encrypted")
def test_nothing_of_an_encrypted_history_is_seen_before_the_passphrase(
    make_locked: MakeWindow,
) -> None:
    window = make_locked()
    assert window.page.isVisible()
    assert WORD not in window.seen()
    assert not window.widget.page.isVisible()
    assert not window.widget.sidebar.isVisible()
    enabled = {c.id for c, _ in window.widget.commands.actions.available()}
    assert enabled == {CommandId.QUIT, CommandId.ABOUT}
    window.unlock()
    assert window.titles == [f"Title {WORD}"]
    assert window.widget.page.isVisible()
    assert window.widget.commands.actions[CommandId.LOCK].isEnabled()


@pytest.mark.usefixtures("encrypted")
def test_a_wrong_passphrase_gets_a_sentence_and_another_try(make_locked: MakeWindow) -> None:
    window = make_locked()
    window.enter("wrong horse")
    window.chat.wait_for(lambda: bool(window.page.problem_text))
    assert "neither the passphrase" in window.page.problem_text
    assert WORD not in window.seen()
    window.unlock()
    assert window.titles == [f"Title {WORD}"]


@pytest.mark.usefixtures("encrypted")
def test_the_model_can_load_while_the_history_is_locked(make_locked: MakeWindow) -> None:
    window = make_locked()
    window.chat.controller.load_model(window.chat.model)
    window.chat.wait_for(lambda: window.chat.controller.loaded is not None)
    assert window.page.isVisible()


@pytest.mark.usefixtures("encrypted")
def test_locking_leaves_nothing_and_unlocking_brings_the_same_conversation_back(
    make_locked: MakeWindow, word: str
) -> None:
    window = make_locked()
    window.unlock()
    book = window.chat.controller.book
    book.open(book.listed[0].id)
    window.chat.drain()
    window.chat.wait_for(lambda: len(window.chat.shown) == 2)
    shown, open_id = window.chat.shown, book.current.id
    window.widget.page.composer.edit.setPlainText(f"{word} draft")
    window.widget.history.show_history()
    window.lock_now()
    assert window.page.isVisible()
    assert WORD not in window.seen()
    assert not any(d.isVisible() for d in window.widget.findChildren(QDialog))
    assert values_with(word) == []
    assert FolderVault(window.chat.data_dir).is_locked()
    window.unlock()
    window.chat.wait_for(lambda: window.chat.shown == shown)
    assert book.current.id == open_id
    assert window.widget.page.composer.edit.toPlainText() == f"{word} draft"


@pytest.mark.usefixtures("encrypted")
def test_locking_stops_an_answer_and_keeps_what_has_come(make_locked: MakeWindow) -> None:
    window = make_locked((said("first words"), Pause()))
    window.unlock()
    chat = window.chat
    chat.controller.load_model(chat.model)
    chat.wait_for(lambda: chat.controller.loaded is not None)
    chat.controller.send("Go on for ever", ReasoningEffort.LOW)
    chat.wait_for(lambda: chat.controller.running_message_id is not None)
    window.lock_now()
    assert chat.shown == []
    window.unlock()
    chat.wait_for(lambda: bool(chat.shown) and chat.shown[0] == "Go on for ever")


@pytest.mark.usefixtures("encrypted")
def test_it_locks_by_itself_when_nobody_is_there(make_locked: MakeWindow) -> None:
    window = make_locked(settings=Settings(auto_lock_minutes=1))
    window.unlock()
    window.lock.idle_watch.idle.emit()
    window.wait_until(LockState.LOCKED)
    assert window.page.isVisible()


def test_without_a_passphrase_nothing_locks(make_locked: MakeWindow) -> None:
    window = make_locked()
    window.chat.drain()
    assert window.lock.page is None
    assert not window.widget.commands.actions[CommandId.LOCK].isEnabled()
    window.lock.lock_now()
    assert window.lock.history.state is LockState.OPEN


@pytest.mark.usefixtures("encrypted")
def test_the_window_closes_while_it_is_locked(make_locked: MakeWindow) -> None:
    window = make_locked()
    window.page.quit_button.click()
    assert not window.widget.isVisible()


@pytest.mark.usefixtures("encrypted")
def test_a_damaged_encrypted_history_is_replaced_by_a_backup_in_the_window(
    make_locked: MakeWindow, data_dir: Path
) -> None:
    vault = FolderVault(data_dir)
    vault.unlock(PASSPHRASE)
    FolderBackups(data_dir).back_up_now()
    vault.lock()
    database = data_dir / "conversations.db"
    database.write_bytes(b"\x07" * 4096 + database.read_bytes()[4096:])
    window = make_locked()
    window.unlock()
    assert any("Restore a backup" in text for text in window.chat.errors)
    window.widget.history.show_history()
    dialog = window.widget.findChild(HistoryDialog)
    assert dialog is not None
    page = dialog.pages[0]
    window.chat.wait_for(lambda: page.table.rowCount() == 1)
    page.restore_button.click()
    window.chat.wait_for(lambda: window.titles == [f"Title {WORD}"])
    window.chat.wait_for(lambda: "kept as it was" in page.status_text)


@pytest.mark.usefixtures("encrypted")
def test_after_unlocking_what_cannot_be_read_does_not_keep_the_page_up(
    make_locked: MakeWindow, data_dir: Path
) -> None:
    window = make_locked()
    window.unlock()
    window.lock_now()
    (data_dir / "conversations.db").write_bytes(b"\x07" * 8192)
    window.unlock()
    assert any("Restore a backup" in text for text in window.chat.errors)


def test_the_passphrase_is_set_changed_and_turned_off_in_the_window(
    make_locked: MakeWindow, data_dir: Path
) -> None:
    window = make_locked()
    window.chat.drain()
    window.widget.commands.actions[CommandId.LOCKING].trigger()
    page = window.dialog(HistoryDialog).pages[-1]
    page.on_button.click()
    window.give(new=PASSPHRASE)
    window.chat.wait_for(lambda: "encrypted from now on" in page.status_text)
    keys = window.dialog(RecoveryKeyDialog)
    recovery_key = keys.key_field.text()
    assert not keys.close_button.isEnabled()
    keys.reject()
    assert keys.isVisible()
    keys.save_to(data_dir.parent / "key.txt")
    assert recovery_key in (data_dir.parent / "key.txt").read_text("utf-8")
    keys.kept_box.setChecked(True)
    keys.close_button.click()
    assert window.services.is_encrypted()
    page.change_button.click()
    dialog = window.give(current="wrong horse", new="another good one")
    window.chat.wait_for(lambda: "neither" in dialog.problem_text)
    window.give(current=recovery_key, new="another good one")
    window.chat.wait_for(lambda: "is changed" in page.status_text)
    page.off_button.click()
    window.give(current="another good one")
    window.chat.wait_for(lambda: "not encrypted any more" in page.status_text)
    assert not window.services.is_encrypted()
    window.chat.drain()
    assert window.chat.errors == []
