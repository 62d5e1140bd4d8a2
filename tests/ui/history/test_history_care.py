"""What the history says is told, and the daily backup is made."""

from __future__ import annotations

from pathlib import Path

from app.core.errors import StorageError
from app.storage.backup import FolderBackups
from app.storage.conversation_store import SqliteConversationStore, open_store
from app.storage.data_folder import DataFolder
from app.ui.history.care import HistoryCare, HistoryNoted
from tests.fixtures.scripted_engine import HELLO
from tests.ui.conftest import Chat, MakeChat
from tests.ui.window_rig import MakeWindow, make_window, theme

__all__ = ["make_window", "theme"]


class Told:
    """The care of a chat's history and what it has told."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.care = HistoryCare(chat.storage, lambda: FolderBackups(chat.data_dir))
        self.notes: list[str] = []
        self.care.noted.connect(self._on_noted)

    def _on_noted(self, event: HistoryNoted) -> None:
        self.notes.append(str(event.error))

    def look(self) -> None:
        with self.chat.qtbot.waitSignal(self.care.read_only_known):
            self.care.look()


def test_a_damaged_file_is_told_at_the_start_with_the_way_to_the_backups(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    DataFolder(tmp_path / "data").path.mkdir()
    DataFolder(tmp_path / "data").database.write_bytes(b"\0" * 8192)
    window = make_window(loads=False)
    window.widget.history.start()
    banners = window.widget.page.banners
    window.qtbot.waitUntil(lambda: bool(banners.texts()))
    assert banners.texts()[0].startswith("The file with your conversations was damaged.")


class Moved:
    """A store whose file another program has replaced."""

    def __init__(self, store: SqliteConversationStore) -> None:
        self._store = store
        self.is_moved = True

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def watch(self) -> None:
        if self.is_moved:
            raise StorageError("It was replaced.")


def test_one_problem_is_told_once_until_it_is_over(make_chat: MakeChat, tmp_path: Path) -> None:
    stores: list[Moved] = []

    def opener() -> Moved:
        stores.append(Moved(open_store(tmp_path / "data")))
        return stores[-1]

    told = Told(make_chat(HELLO, opener=opener).start())
    told.look()
    told.look()
    assert told.notes == ["It was replaced."]
    stores[0].is_moved = False
    told.look()
    stores[0].is_moved = True
    told.look()
    assert told.notes == ["It was replaced.", "It was replaced."]


class ReadOnly:
    """A store that nothing can be written to."""

    is_read_only = True
    read_only_reason = StorageError("Only reading here.")

    def __init__(self, store: SqliteConversationStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def test_a_read_only_history_says_why_in_a_banner_that_can_be_closed_for_good(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window(loads=False, opener=lambda: ReadOnly(open_store(tmp_path / "data")))
    banners, history = window.widget.page.banners, window.widget.history
    with window.qtbot.waitSignal(history.care.read_only_known):
        history.start()
    assert banners.texts() == ("Only reading here.",)
    banners.remove("read-only")
    with window.qtbot.waitSignal(history.care.read_only_known):
        history.care.look()
    assert banners.texts() == ()


def test_the_daily_backup_is_made_once(make_chat: MakeChat) -> None:
    chat = make_chat(HELLO).start()
    chat.ask("Hi")
    told = Told(chat)
    keeper = FolderBackups(chat.data_dir)
    told.care.back_up_when_due()
    told.care.back_up_when_due()
    told.care.stop()  # waits for both
    assert len(keeper.list_backups()) == 1
    assert told.notes == []
