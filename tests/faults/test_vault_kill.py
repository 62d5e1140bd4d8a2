"""kill -9 while the history is encrypted or decrypted: it is the old one or the new one."""

from __future__ import annotations

import json
import random
import shutil
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from app.core.cancellation import CancelToken
from app.storage.backup import FolderBackups, list_backups, open_backup
from app.storage.conversation_store import open_store
from app.storage.data_folder import DataFolder
from app.storage.transfer import FolderTransfer
from app.storage.vault import FolderVault
from tests.faults.test_storage_kill import CONTEXT, check_files

PASSPHRASE = "correcto caballo batería"
N_KILLS = 6
N_KILLS_FULL = 200
N_CHATS, N_MESSAGES = 100, 2_000
WORD = b"unmistakable"


def _turn(data_dir: Path, on: bool, telling: Connection) -> None:
    """The child: converts until it is killed."""
    telling.send("begin")
    vault = FolderVault(data_dir)
    if on:
        vault.turn_on(PASSPHRASE)
    else:
        vault.turn_off(PASSPHRASE)
    telling.send("done")


def _run(data_dir: Path, *, on: bool, life_s: float) -> bool:
    """Convert in a child that lives so long; True when it was done by then."""
    listening, telling = CONTEXT.Pipe(duplex=False)
    child = CONTEXT.Process(target=_turn, args=(data_dir, on, telling))
    child.start()
    telling.close()
    try:
        assert listening.recv() == "begin"
        return listening.poll(life_s) and listening.recv() == "done"
    finally:
        child.kill()
        child.join()
        listening.close()


def _make(place: Path) -> Path:
    """A plain history with two backups."""
    path, data_dir = place / "import.json", place / "plain"
    chats = [
        {
            "id": f"chat{i}",
            "title": f"{WORD.decode()} title {i}",
            "messages": [
                {"id": f"m{i}-{j}", "role": "user", "text": f"{WORD.decode()} {j} " * 30}
                for j in range(N_MESSAGES // N_CHATS)
            ],
        }
        for i in range(N_CHATS)
    ]
    document = {"format": "lumbre-conversations", "version": 1, "conversations": chats}
    path.write_text(json.dumps(document), encoding="utf-8")
    open_store(data_dir).close()
    FolderTransfer(data_dir).run_import(path, CancelToken())
    for _ in range(2):
        FolderBackups(data_dir).back_up_now()
    return data_dir


def _judge(data_dir: Path) -> bool:
    """Everything is there and sound; True when it is encrypted."""
    vault = FolderVault(data_dir)
    is_encrypted = vault.is_encrypted()
    if is_encrypted:
        vault.unlock(PASSPHRASE)
        vault.tidy()
        assert _readable(data_dir) == []
    store = open_store(data_dir)
    assert not store.take_notices()
    assert store.file.read("SELECT count(*) FROM messages") == [(N_MESSAGES,)]
    found = store.file.read("SELECT count(*) FROM messages_fts('unmistakable')")
    assert found == [(N_MESSAGES,)]
    check_files(store)
    store.close()
    backups = list_backups(DataFolder(data_dir))
    assert len(backups) == 2
    for backup in backups:
        open_backup(backup.path).close()
    vault.lock()
    return is_encrypted


def _readable(data_dir: Path) -> list[Path]:
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    return [path for path in files if WORD in path.read_bytes()]


def _kill_many(place: Path, n_kills: int) -> dict[str, int]:
    chance = random.Random(8)
    plain = _make(place)
    encrypted = place / "encrypted"
    shutil.copytree(plain, encrypted)
    started = time.monotonic()
    assert _run(encrypted, on=True, life_s=600.0)
    longest_s = time.monotonic() - started
    assert _judge(encrypted)
    outcomes = {True: 0, False: 0}
    for case in range(n_kills):
        on = case % 2 == 0
        data_dir = place / str(case)
        shutil.copytree(plain if on else encrypted, data_dir)
        _run(data_dir, on=on, life_s=chance.uniform(0.0, longest_s))
        outcomes[_judge(data_dir)] += 1
        shutil.rmtree(data_dir)
    return {"kills": n_kills, "encrypted": outcomes[True], "plain": outcomes[False]}


@pytest.mark.timeout(300)
def test_a_conversion_that_is_killed_leaves_the_old_or_the_new_history(tmp_path: Path) -> None:
    print(json.dumps(_kill_many(tmp_path, N_KILLS)))


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_200_conversions_are_killed(tmp_path: Path) -> None:
    print(json.dumps(_kill_many(tmp_path, N_KILLS_FULL)))
