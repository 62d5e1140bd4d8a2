"""Folders and files that are not as they should be."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.core.errors import StorageError
from app.core.message import FinishReason, MessageState
from app.storage.conversation_store import SqliteConversationStore, open_store
from app.storage.instance_lock import acquire
from app.storage.migrations import NEWEST_VERSION

if TYPE_CHECKING:
    from tests.storage.conftest import Chat

DATABASE = "conversations.db"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_in_place_of_the_folder_is_named_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_text("mine")
    with pytest.raises(StorageError, match="a file is in its place") as caught:
        open_store(path)
    assert str(path) in str(caught.value)
    with pytest.raises(StorageError, match="a file is in its place"):
        acquire(path)
    with pytest.raises(StorageError, match="a file is in its place"):
        open_store(path / "below")
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    "name",
    ["with spaces", "emoji 🔥 ñ", "100%#?&'\"", "x" * 200],
    ids=["space", "emoji", "signs", "long"],
)
def test_any_folder_name_will_do(tmp_path: Path, name: str, new_chat: type[Chat]) -> None:
    if sys.platform == "win32" and "?" in name:
        pytest.skip("not a name there")
    store = open_store(tmp_path / name)
    chat = new_chat(store)
    chat.say("here")
    store.close()
    assert (tmp_path / name / DATABASE).stat().st_size > 0
    again = open_store(tmp_path / name)
    assert len(again.list_conversations()) == 1
    again.close()


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text elsewhere")
def test_a_folder_name_need_not_be_utf8(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    store = open_store(path)
    assert store.list_conversations() == ()
    store.close()


def test_a_write_protected_folder_is_opened_for_reading(
    chat: Chat, data_dir: Path, write_protected: Callable[[], None]
) -> None:
    chat.say("hello")
    chat.store.close()
    write_protected()
    store = open_store(data_dir)
    assert store.is_read_only
    assert store.read_only_reason is not None
    assert str(data_dir) in str(store.read_only_reason)
    assert [m.text for m in store.load(chat.conversation.id).active_path()] == ["hello"]
    with pytest.raises(StorageError, match="cannot be written"):
        store.save_summary(chat.conversation.summary)
    assert store.mark_interrupted() == 0
    store.close()


def test_commits_that_are_only_in_the_wal_are_read_from_a_write_protected_folder(
    chat: Chat, tmp_path: Path, data_dir: Path, write_protected: Callable[[], None]
) -> None:
    question = chat.say("newest")
    chat.put(question.id, "half an ans", state=MessageState.STREAMING)
    crashed = tmp_path / "crashed"
    shutil.copytree(data_dir, crashed)  # as a crash leaves it: with a -wal
    chat.store.close()
    shutil.rmtree(data_dir)
    crashed.rename(data_dir)
    write_protected()
    store = open_store(data_dir)
    loaded = store.load(chat.conversation.id)
    assert [m.text for m in loaded.active_path()] == ["newest", "half an ans"]
    assert loaded.active_path()[-1].finish_reason is FinishReason.INTERRUPTED
    store.close()


def test_a_write_protected_folder_without_conversations_is_refused(
    data_dir: Path, write_protected: Callable[[], None]
) -> None:
    data_dir.mkdir()
    write_protected()
    with pytest.raises(StorageError, match="there are no conversations in it"):
        open_store(data_dir)
    lock = acquire(data_dir)
    assert lock is not None
    lock.release()


def test_a_folder_that_may_not_be_entered_is_named(
    data_dir: Path, write_protected: Callable[[], None]
) -> None:
    data_dir.mkdir()
    (data_dir / "inner").mkdir(mode=0o000)
    write_protected()
    with pytest.raises(StorageError, match=r"may not write|cannot be written"):
        open_store(data_dir / "inner" / "data")


def test_a_database_of_a_newer_program_is_read_and_not_touched(
    chat: Chat, data_dir: Path
) -> None:
    chat.say("hello")
    chat.store.close()
    with sqlite3.connect(data_dir / DATABASE) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(f"PRAGMA user_version = {NEWEST_VERSION + 10}")
        connection.execute("ALTER TABLE messages ADD COLUMN mood TEXT")
    connection.close()
    before = _digest(data_dir / DATABASE)
    store = open_store(data_dir)
    assert "newer version" in str(store.read_only_reason)
    assert [m.text for m in store.load(chat.conversation.id).active_path()] == ["hello"]
    with pytest.raises(StorageError, match="newer version"):
        store.delete_conversation(chat.conversation.id)
    store.close()
    assert _digest(data_dir / DATABASE) == before


def test_a_database_of_another_program_is_refused_and_not_touched(data_dir: Path) -> None:
    data_dir.mkdir()
    with sqlite3.connect(data_dir / DATABASE) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    connection.close()
    before = _digest(data_dir / DATABASE)
    with pytest.raises(StorageError, match="not a database of Lumbre"):
        open_store(data_dir)
    assert _digest(data_dir / DATABASE) == before


def test_a_missing_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    store: SqliteConversationStore = open_store(tmp_path / "a" / "b" / "c")
    assert not store.is_read_only
    store.close()
