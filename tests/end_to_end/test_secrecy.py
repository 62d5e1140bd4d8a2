"""With a passphrase, nothing that was said can be read in the files of the program."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.application import build_engine, build_gate, store_opener
from app.core.message import ReasoningEffort
from app.core.resources import resource_path
from app.core.settings import Settings
from app.paths import PRACTICE_MODEL, app_paths, make_private
from app.storage.backup import FolderBackups
from app.storage.conversation_store import open_store
from app.storage.vault import FolderVault
from app.ui.chat_events import Phase
from app.ui.history.history_lock import LockState
from app.window_program import WindowProgram
from tests.storage.conftest import Chat

PASSPHRASE = "correcto caballo batería"
WORD = "unmistakable"
PATIENCE_MS = 100_000


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An encrypted folder in which something was said, with a backup."""
    folder = tmp_path / "data"
    make_private(folder)
    store = open_store(folder)
    Chat(store, f"An {WORD} title").say(f"Something {WORD}")
    store.close()
    FolderBackups(folder).back_up_now()
    vault = FolderVault(folder)
    vault.turn_on(PASSPHRASE)
    vault.lock()
    return folder


@pytest.fixture
def log_to() -> Iterator[Callable[[Path], None]]:
    """Write all that is logged to a file, down to the smallest."""
    handlers: list[logging.Handler] = []
    root = logging.getLogger()
    level = root.level

    def begin(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.FileHandler(path, encoding="utf-8"))
        root.addHandler(handlers[-1])
        root.setLevel(logging.DEBUG)

    yield begin
    root.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)
        handler.close()


def readable_files(data_dir: Path) -> list[str]:
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    return [path.name for path in files if WORD.encode() in path.read_bytes().lower()]


def test_after_a_chat_no_file_has_a_word_of_it(
    qtbot: QtBot, data_dir: Path, log_to: Callable[[Path], None]
) -> None:
    paths = app_paths(data_dir)
    log_to(paths.log_file)
    settings = Settings(language="en", model_path=str(resource_path(PRACTICE_MODEL)))
    gate = build_gate(paths, settings)
    program = WindowProgram(paths, settings, build_engine(paths), store_opener(paths), gate)
    try:
        program.start()
        controller, lock = program.controller, program.window.history.lock
        lock.history.unlock(PASSPHRASE)
        qtbot.waitUntil(lambda: controller.phase is Phase.READY, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: bool(controller.book.listed), timeout=PATIENCE_MS)
        for question in (f"Is {WORD} a word?", f"What is {WORD}?"):
            controller.send(question, ReasoningEffort.LOW)
            qtbot.waitUntil(lambda: controller.phase.is_busy, timeout=PATIENCE_MS)
            qtbot.waitUntil(lambda: controller.phase is Phase.READY, timeout=PATIENCE_MS)
        program.window.page.composer.edit.setPlainText(f"An {WORD} draft")
        assert readable_files(data_dir) == []
        lock.lock_now()
        qtbot.waitUntil(lambda: lock.history.state is LockState.LOCKED, timeout=PATIENCE_MS)
        assert readable_files(data_dir) == []
    finally:
        program.shut_down()
        FolderVault(data_dir).lock()
    assert readable_files(data_dir) == []
    for path in (data_dir / "conversations.db", *(data_dir / "states").glob("*")):
        data = path.read_bytes()
        assert len(zlib.compress(data)) > 0.99 * len(data), f"{path.name} has a pattern"
