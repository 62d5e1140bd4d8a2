"""Encryption at rest: on, off, a new passphrase, the recovery key; and nothing is lost."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.core.cancellation import CancelToken
from app.core.errors import StorageError
from app.core.history import SearchQuery
from app.core.transfer import ExportFormat, ExportRequest
from app.core.vault import Vault
from app.storage.backup import FolderBackups
from app.storage.conversation_store import open_store
from app.storage.search import FolderSearch
from app.storage.transfer import FolderTransfer
from app.storage.vault import FolderVault

if TYPE_CHECKING:
    from tests.storage.conftest import Chat

PASSPHRASE = "correcto caballo batería"
WORD = b"unmistakable"


@pytest.fixture
def vault(data_dir: Path) -> Iterator[Vault]:
    vault = FolderVault(data_dir)
    yield vault
    vault.lock()


@pytest.fixture
def closed_chat(chat: Chat) -> Chat:
    """A conversation with a tell-tale word, and the history closed."""
    chat.say("The Unmistakable question " * 50)
    chat.say("An unmistakable answer", thinking="unmistakable thoughts " * 300)
    chat.store.close()
    return chat


def readable_files(data_dir: Path) -> list[str]:
    """Files in which the word can be read."""
    files = [p for p in data_dir.rglob("*") if p.is_file()]
    return [p.name for p in files if WORD in p.read_bytes().lower()]


def test_without_passphrase_nothing_is_encrypted(chat: Chat, vault: Vault) -> None:
    assert not vault.is_encrypted()
    assert not vault.is_locked()
    assert chat.texts() == []


def test_an_encrypted_history_can_be_read_only_when_unlocked(
    closed_chat: Chat, vault: Vault, data_dir: Path
) -> None:
    FolderBackups(data_dir).back_up_now()
    change = vault.turn_on(PASSPHRASE)
    assert change.unchanged == ()
    assert readable_files(data_dir) == []
    store = open_store(data_dir)
    before = store.load(closed_chat.conversation.id)
    assert len(before.active_path()) == 2
    store.close()
    vault.lock()
    assert vault.is_locked()
    with pytest.raises(StorageError, match="encrypted"):
        open_store(data_dir)
    with pytest.raises(StorageError, match="neither the passphrase"):
        vault.unlock("wrong horse")
    assert vault.is_locked()
    for secret in (
        PASSPHRASE,
        change.recovery_key,
        change.recovery_key.lower().replace("-", " "),
    ):
        vault.unlock(secret)
        store = open_store(data_dir)
        assert store.load(closed_chat.conversation.id) == before
        store.close()
        vault.lock()
    assert not (data_dir / "set-aside").exists()


def test_all_works_on_an_encrypted_history_and_leaves_nothing_readable(
    closed_chat: Chat, vault: Vault, data_dir: Path, tmp_path: Path
) -> None:
    vault.turn_on(PASSPHRASE)
    store = open_store(data_dir)
    chat = type(closed_chat)(store, "Second unmistakable title")
    doomed = chat.say("unmistakable and doomed")
    backups = FolderBackups(data_dir)
    backup = backups.back_up_now()
    search = FolderSearch(data_dir)
    assert len(search.search(SearchQuery("unmistakable"))) == 4
    transfer = FolderTransfer(data_dir)
    transfer.export(ExportRequest(tmp_path / "all.json", ExportFormat.JSON))
    store.delete_conversation(chat.conversation.id)
    assert store.empty_trash() == 1
    assert len(search.search(SearchQuery("unmistakable"))) == 2
    transfer.run_import(tmp_path / "all.json", CancelToken())
    assert len(search.search(SearchQuery("doomed"))) == 1
    store.restore_backup(backup)
    assert len(store.list_conversations()) == 1
    assert store.check_and_repair().was_sound
    search.close()
    store.close()
    assert doomed.text
    assert readable_files(data_dir) == []


def test_a_new_passphrase_replaces_the_old_one(
    closed_chat: Chat, vault: Vault, data_dir: Path
) -> None:
    change = vault.turn_on(PASSPHRASE)
    vault.change_passphrase(PASSPHRASE, "another good one")
    vault.lock()
    with pytest.raises(StorageError, match="neither"):
        vault.unlock(PASSPHRASE)
    vault.unlock("another good one")
    vault.lock()
    vault.unlock(change.recovery_key)
    store = open_store(data_dir)
    assert len(store.load(closed_chat.conversation.id).messages) == 2
    store.close()


def test_turning_it_off_makes_everything_readable_again(
    closed_chat: Chat, vault: Vault, data_dir: Path
) -> None:
    vault.turn_on(PASSPHRASE)
    backups = FolderBackups(data_dir)
    backup = backups.back_up_now()
    with pytest.raises(StorageError, match="neither"):
        vault.turn_off("wrong horse")
    assert vault.turn_off(PASSPHRASE).unchanged == ()
    assert not vault.is_encrypted()
    assert [p.name for p in data_dir.rglob("*key*")] == []
    store = open_store(data_dir)
    assert len(store.load(closed_chat.conversation.id).messages) == 2
    store.restore_backup(backup)
    assert store.file.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()
    assert len(readable_files(data_dir)) == 3  # history, backup, backup before the restore


def test_a_short_passphrase_is_refused(closed_chat: Chat, vault: Vault, data_dir: Path) -> None:
    with pytest.raises(StorageError, match="at least 8"):
        vault.turn_on("short")
    assert not vault.is_encrypted()
    assert closed_chat.conversation.messages
    assert not (data_dir / "history.key.json").exists()


def test_an_empty_folder_cannot_be_encrypted(vault: Vault, data_dir: Path) -> None:
    with pytest.raises(StorageError, match="no conversations"):
        vault.turn_on(PASSPHRASE)
    assert not (data_dir / "history.key.json").exists()


def test_a_history_that_is_open_is_not_converted(chat: Chat, vault: Vault) -> None:
    chat.say("still open")
    connection = chat.store.file.db.conn
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM messages").fetchall()
    other = open_store(chat.store.file.folder.path)
    type(chat)(other, "newer")
    other.close()
    with pytest.raises(StorageError, match="in use"):
        vault.turn_on(PASSPHRASE)
    connection.execute("ROLLBACK")
    assert chat.texts() == ["still open"]
    assert not vault.is_encrypted()


def test_a_damaged_key_file_has_a_copy(closed_chat: Chat, vault: Vault, data_dir: Path) -> None:
    vault.turn_on(PASSPHRASE)
    vault.lock()
    (data_dir / "history.key.json").write_text('{"passphrase": 1}')
    vault.unlock(PASSPHRASE)
    vault.lock()
    (data_dir / "backups" / "history.key.json").write_bytes(b"\xff\xfe")
    assert vault.is_locked()
    with pytest.raises(StorageError, match="key file"):
        vault.unlock(PASSPHRASE)
    assert len(closed_chat.conversation.messages) == 2


@pytest.mark.parametrize("field", ["n", "salt", "wrapped", "tag"])
def test_a_hostile_key_file_gets_a_sentence(
    closed_chat: Chat, vault: Vault, data_dir: Path, field: str
) -> None:
    vault.turn_on(PASSPHRASE)
    vault.lock()
    for path in data_dir.rglob("history.key.json"):
        raw = json.loads(path.read_text())
        raw["passphrase"][field] = 1 << 40 if field == "n" else "00"
        raw["recovery"][field] = 3 if field == "n" else "00"
        path.write_text(json.dumps(raw))
    with pytest.raises(StorageError):
        vault.unlock(PASSPHRASE)
    assert vault.is_locked()
    assert len(closed_chat.conversation.messages) == 2


def test_a_plain_backup_is_encrypted_when_the_history_is_unlocked(
    closed_chat: Chat, vault: Vault, data_dir: Path
) -> None:
    backup = FolderBackups(data_dir).back_up_now()
    plain = backup.path.read_bytes()
    vault.turn_on(PASSPHRASE)
    backup.path.write_bytes(plain)  # as if the program had ended before it was converted
    vault.lock()
    vault.unlock(PASSPHRASE)
    assert readable_files(data_dir) == []
    assert len(closed_chat.conversation.messages) == 2


def test_a_damaged_encrypted_history_is_read_as_far_as_it_can_be(
    chat: Chat, vault: Vault, data_dir: Path
) -> None:
    for n in range(300):
        chat.say(f"message {n} " * 60)
    chat.store.close()
    vault.turn_on(PASSPHRASE)
    open_store(data_dir).close()  # writes into the header that there may be a log
    database = data_dir / "conversations.db"
    data = bytearray(database.read_bytes())
    chance = random.Random(4)
    n_pages = len(data) // 4096
    for _ in range(3):
        at = 4096 * chance.randrange(n_pages // 2, n_pages)
        data[at : at + 4096] = chance.randbytes(4096)
    database.write_bytes(data)
    store = open_store(data_dir)
    report = store.check_and_repair()
    assert not report.was_sound
    assert report.set_aside is not None
    assert (report.set_aside / "conversations.db").read_bytes() == bytes(data)
    assert report.n_messages > 200
    assert store.check_and_repair().was_sound
    store.close()
    assert b"message" not in database.read_bytes()
