"""Encryption at rest: on, off, a new passphrase, the recovery key; and nothing is lost."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.core.attachment import Attachment
from app.core.cancellation import CancelToken
from app.core.errors import Cancelled, LockedError, StorageError
from app.core.history import SearchQuery
from app.core.transfer import ExportFormat, ExportRequest
from app.core.vault import Conversion, Vault
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


def test_what_a_crash_left_readable_is_encrypted_or_erased(
    closed_chat: Chat, vault: Vault, data_dir: Path
) -> None:
    backup = FolderBackups(data_dir).back_up_now()
    plain = backup.path.read_bytes()
    vault.turn_on(PASSPHRASE)
    backup.path.write_bytes(plain)  # as if the program had ended before it was converted
    (data_dir / "converted.db").write_bytes(plain)
    (data_dir / "backups" / "x.db.part").write_bytes(plain)
    vault.lock()
    vault.tidy()
    assert len(readable_files(data_dir)) == 3
    vault.unlock(PASSPHRASE)
    vault.tidy()
    assert readable_files(data_dir) == []
    assert len(closed_chat.conversation.messages) == 2


def test_a_damaged_encrypted_history_is_read_as_far_as_it_can_be(
    chat: Chat, vault: Vault, data_dir: Path
) -> None:
    attached = Attachment("attached words " * 900, "a.txt", n_tokens=1)
    first = replace(chat.say("first"), attachments=(attached,))
    chat.store.add_message(first)
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
    found = [store.load(s.id).messages.get(first.id) for s in store.list_conversations()]
    assert [m.attachments for m in found if m is not None] == [(attached,)]
    store.close()
    assert b"message" not in database.read_bytes()


def test_cancelled_on_the_way_the_history_is_as_it_was(
    closed_chat: Chat, vault: Vault, data_dir: Path
) -> None:
    FolderBackups(data_dir).back_up_now()
    before = (data_dir / "conversations.db").read_bytes()
    for fraction in (0.0, 0.2, 0.4):
        cancel = CancelToken()

        def look(
            state: Conversion, limit: float = fraction, token: CancelToken = cancel
        ) -> None:
            if state.fraction >= limit and state.can_cancel:
                token.cancel()

        with pytest.raises(Cancelled):
            vault.turn_on(PASSPHRASE, cancel, look)
        assert not vault.is_encrypted()
        assert (data_dir / "conversations.db").read_bytes() == before
        assert [p.name for p in data_dir.rglob("*key*")] == []
    vault.turn_on(PASSPHRASE)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        vault.turn_off(PASSPHRASE, cancel)
    assert vault.is_encrypted()
    assert readable_files(data_dir) == []
    assert len(closed_chat.conversation.messages) == 2


def test_progress_rises_to_the_end_and_says_when_there_is_no_way_back(
    closed_chat: Chat, vault: Vault, data_dir: Path
) -> None:
    FolderBackups(data_dir).back_up_now()
    told: list[Conversion] = []
    vault.turn_on(PASSPHRASE, on_progress=told.append)
    fractions = [state.fraction for state in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert told[0].can_cancel
    assert not told[-1].can_cancel
    assert closed_chat.conversation.messages


def test_a_new_recovery_key_replaces_the_old_one(closed_chat: Chat, vault: Vault) -> None:
    change = vault.turn_on(PASSPHRASE)
    recovery_key = vault.new_recovery_key(PASSPHRASE)
    vault.lock()
    with pytest.raises(LockedError):
        vault.unlock(change.recovery_key)
    vault.unlock(recovery_key)
    vault.lock()
    vault.unlock(PASSPHRASE)
    assert closed_chat.conversation.messages


def test_what_could_not_be_encrypted_is_named_and_can_be_erased(
    closed_chat: Chat, vault: Vault, data_dir: Path
) -> None:
    backup = FolderBackups(data_dir).back_up_now()
    damaged = bytearray(backup.path.read_bytes())
    damaged[4096:12288] = b"\xff" * 8192
    backup.path.write_bytes(damaged)
    aside = data_dir / "set-aside" / "older" / "conversations.db"
    aside.parent.mkdir(parents=True)
    aside.write_bytes(WORD)
    change = vault.turn_on(PASSPHRASE)
    assert set(change.unchanged) == {backup.path, aside}
    vault.erase((*change.unchanged, data_dir / "conversations.db"))
    assert not backup.path.exists()
    assert not aside.parent.exists()
    assert vault.is_encrypted()
    assert closed_chat.conversation.messages


def test_an_encrypted_history_that_vanished_does_not_begin_anew_unencrypted(
    closed_chat: Chat, vault: Vault, data_dir: Path
) -> None:
    vault.turn_on(PASSPHRASE)
    backup = FolderBackups(data_dir).back_up_now()
    vault.lock()
    (data_dir / "conversations.db").unlink()
    with pytest.raises(LockedError):
        open_store(data_dir)
    vault.unlock(PASSPHRASE)
    store = open_store(data_dir)
    new = type(closed_chat)(store, "unmistakable new title")
    store.restore_backup(backup)
    assert len(store.list_conversations()) == 1
    store.close()
    assert new.conversation.id != closed_chat.conversation.id
    assert readable_files(data_dir) == []


def test_search_backup_and_transfer_say_that_it_is_locked(
    closed_chat: Chat, vault: Vault, data_dir: Path, tmp_path: Path
) -> None:
    vault.turn_on(PASSPHRASE)
    vault.lock()
    transfer = FolderTransfer(data_dir)
    for work in (
        lambda: FolderSearch(data_dir).search(SearchQuery("unmistakable")),
        lambda: FolderBackups(data_dir).back_up_now(),
        lambda: transfer.export(ExportRequest(tmp_path / "all.json", ExportFormat.JSON)),
        lambda: transfer.run_import(tmp_path / "all.json", CancelToken()),
    ):
        with pytest.raises(LockedError):
            work()
    assert closed_chat.conversation.messages


def test_a_backup_replaces_an_encrypted_history_that_cannot_be_opened(
    closed_chat: Chat, vault: Vault, data_dir: Path
) -> None:
    vault.turn_on(PASSPHRASE)
    keeper = FolderBackups(data_dir)
    backup = keeper.back_up_now()
    with pytest.raises(StorageError, match="can be opened"):
        keeper.restore_closed(backup)
    database = data_dir / "conversations.db"
    damaged = bytearray(database.read_bytes())
    damaged[:2048] = random.Random(5).randbytes(2048)
    database.write_bytes(damaged)
    with pytest.raises(StorageError, match="Restore a backup"):
        open_store(data_dir)
    assert database.read_bytes() == bytes(damaged)
    aside = keeper.restore_closed(backup)
    assert (aside / "conversations.db").read_bytes() == bytes(damaged)
    store = open_store(data_dir)
    assert len(store.load(closed_chat.conversation.id).messages) == 2
    store.close()
    assert readable_files(data_dir) == []
