"""Backups are whole, checked, rotated, and can be restored."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.core.errors import StorageError
from app.core.history import Backup, BackupKeeper, BackupReason
from app.storage.backup import N_DAYS, FolderBackups, kept
from app.storage.conversation_store import open_store

if TYPE_CHECKING:
    from tests.storage.conftest import Chat


@pytest.fixture
def keeper(data_dir: Path) -> BackupKeeper:
    return FolderBackups(data_dir)


def test_a_backup_holds_all_that_was_committed(chat: Chat, keeper: BackupKeeper) -> None:
    chat.say("hello")
    backup = keeper.back_up_now()
    with sqlite3.connect(f"file:{backup.path}?immutable=1", uri=True) as connection:
        assert connection.execute("SELECT text FROM messages").fetchall() == [("hello",)]
    connection.close()
    assert keeper.list_backups() == (backup,)
    assert backup.n_bytes == backup.path.stat().st_size
    assert [p for p in backup.path.parent.iterdir() if p != backup.path] == []


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean nothing there")
def test_nobody_else_can_read_a_backup(chat: Chat, keeper: BackupKeeper) -> None:
    path = keeper.back_up_now().path
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert chat.texts() == []


def test_the_daily_backup_is_made_once_a_day(chat: Chat, keeper: BackupKeeper) -> None:
    first = keeper.back_up_when_due()
    assert first is not None
    assert first.reason is BackupReason.DAILY
    assert keeper.back_up_when_due() is None
    yesterday = first.path.with_name("2020-01-01T120000.000000Z-daily.db")
    first.path.rename(yesterday)
    assert keeper.back_up_when_due() is not None
    assert chat.texts() == []


def test_a_folder_without_history_needs_no_backup(keeper: BackupKeeper) -> None:
    assert keeper.back_up_when_due() is None


def test_seven_days_and_four_weeks_are_kept() -> None:
    newest = datetime(2026, 5, 1, 12, tzinfo=UTC)
    backups = [
        Backup(
            Path(f"{n}"), (newest - timedelta(hours=12 * n)).timestamp(), BackupReason.DAILY, 1
        )
        for n in range(120)
    ]
    stay = sorted(int(p.name) for p in kept(backups, backups[0]))
    days = [b for b in backups if int(b.path.name) in stay[:N_DAYS]]
    assert len({datetime.fromtimestamp(b.made_at, UTC).date() for b in days}) == N_DAYS
    weeks = {datetime.fromtimestamp(backups[n].made_at, UTC).isocalendar()[:2] for n in stay}
    assert len(weeks) == 4
    assert len(stay) <= N_DAYS + 4


def test_what_somebody_asked_for_is_never_removed() -> None:
    backups = [Backup(Path(f"{n}"), float(n), BackupReason.MANUAL, 1) for n in range(50)]
    assert len(kept(backups, backups[-1])) == 50


def test_few_are_kept_of_those_before_a_migration() -> None:
    backups = [Backup(Path(f"{n}"), float(n), BackupReason.MIGRATION, 1) for n in range(9)]
    assert {p.name for p in kept(backups, backups[-1])} == {"6", "7", "8"}


def test_old_backups_are_removed_when_a_new_one_is_there(
    chat: Chat, keeper: BackupKeeper
) -> None:
    first = keeper.back_up_when_due()
    assert first is not None
    data = first.path.read_bytes()
    for day in range(1, 29):
        (first.path.parent / f"2020-02-{day:02}T120000.000000Z-daily.db").write_bytes(data)
    first.path.unlink()
    (first.path.parent / "mine.db").write_text("not a backup")
    assert keeper.back_up_when_due() is not None
    left = keeper.list_backups()
    assert len(left) <= N_DAYS + 4
    assert (first.path.parent / "mine.db").exists()
    assert chat.texts() == []


def test_a_restored_backup_is_the_history_again_and_the_old_one_a_backup(
    chat: Chat, keeper: BackupKeeper, data_dir: Path
) -> None:
    chat.say("before")
    backup = keeper.back_up_now()
    chat.say("after")
    chat.store.restore_backup(backup)
    assert chat.texts() == ["before"]
    (made,) = (b for b in keeper.list_backups() if b.reason is BackupReason.RESTORE)
    chat.store.restore_backup(made)
    assert chat.texts() == ["before", "after"]
    chat.say("later")
    chat.store.close()
    store = open_store(data_dir)
    loaded = store.load(chat.conversation.id)
    assert [m.text for m in loaded.active_path()] == ["before", "after", "later"]
    assert store.file.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "other", "newer"])
def test_a_bad_backup_is_refused_and_nothing_changes(
    chat: Chat, keeper: BackupKeeper, damage: str
) -> None:
    for n in range(30):
        chat.say(f"message {n} " * 50)
    backup = keeper.back_up_now()
    texts = chat.texts()
    if damage == "cut":
        os.truncate(backup.path, backup.n_bytes // 2)
    elif damage in {"text", "empty"}:
        backup.path.write_bytes(b"" if damage == "empty" else b"no database" * 1000)
    else:
        pragma = "application_id" if damage == "other" else "user_version"
        with sqlite3.connect(backup.path) as connection:
            connection.execute(f"PRAGMA {pragma} = 12345")
        connection.close()
    with pytest.raises(StorageError, match="Nothing was changed"):
        chat.store.restore_backup(backup)
    assert chat.texts() == texts
    chat.say("goes on")


def test_a_backup_is_made_while_a_change_is_under_way(chat: Chat, keeper: BackupKeeper) -> None:
    chat.say("committed")
    connection = chat.store.file.db.conn
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE messages SET text = 'not committed'")
    backup = keeper.back_up_now()
    connection.execute("ROLLBACK")
    with sqlite3.connect(backup.path) as copy:
        assert copy.execute("SELECT text FROM messages").fetchall() == [("committed",)]
    copy.close()


def test_a_folder_that_cannot_be_written_gets_no_backup(
    chat: Chat, keeper: BackupKeeper, write_protected: Callable[[], None]
) -> None:
    chat.store.close()
    write_protected()
    assert keeper.back_up_when_due() is None
    with pytest.raises(StorageError, match=r"may not write|cannot be opened"):
        keeper.back_up_now()
