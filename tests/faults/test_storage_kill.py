"""kill -9 at random moments: nothing that was acknowledged is lost, nothing is corrupt."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from app.core.cancellation import CancelToken
from app.core.conversation import Conversation
from app.storage.backup import FolderBackups
from app.storage.conversation_store import SqliteConversationStore, open_store
from app.storage.sqlite import transaction
from app.storage.transfer import FolderTransfer
from tests.faults.organisation_workload import MARKER, has_marker
from tests.faults.storage_workload import Expected, Workload
from tests.storage.old_schema import as_first_release

if sys.platform == "win32":
    CONTEXT = multiprocessing.get_context("spawn")
else:
    CONTEXT = multiprocessing.get_context("forkserver")
    CONTEXT.set_forkserver_preload(["app.storage.transfer", "app.ui.temporary_chats"])
N_KILLS = 20
N_KILLS_FULL = 500
KILLS_PER_FOLDER = 100  # after so many a new history is begun: judging a large one takes long
LONGEST_LIFE_S = 0.25


def _live(data_dir: Path, seed: int, telling: Connection) -> None:
    """The child: works until it is killed."""
    store = open_store(data_dir)
    store.mark_interrupted()
    telling.send("open")
    for step, act in Workload(store, seed).acts():
        telling.send(step)
        act()
        telling.send("done")


def check_files(store: SqliteConversationStore) -> None:
    connection = store.file.db.conn
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    for index in (
        "messages_fts",
        "titles_fts",
        "attachments_fts",
    ):  # raises when it does not match its table
        with transaction(connection):
            connection.execute(
                f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)"
            )


def _one_life(data_dir: Path, seed: int, life_s: float, expected: Expected) -> None:
    """Start a child, kill it after `life_s` seconds of work, take down what it told."""
    listening, telling = CONTEXT.Pipe(duplex=False)
    child = CONTEXT.Process(target=_live, args=(data_dir, seed, telling))
    child.start()
    telling.close()
    try:
        assert listening.recv() == "open"
        deadline = time.monotonic() + life_s
        while listening.poll(max(0.0, deadline - time.monotonic())):
            _hear(listening.recv(), expected)
            if time.monotonic() >= deadline:
                break
        child.kill()
        with pytest.raises((EOFError, OSError)):
            while True:
                _hear(listening.recv(), expected)
    finally:
        child.kill()
        child.join()
        listening.close()


def _hear(word: object, expected: Expected) -> None:
    if word == "done":
        expected.acknowledge()
    else:
        expected.announce(word)  # type: ignore[arg-type]


def _kill_many(place: Path, n_kills: int) -> dict[str, int]:
    chance = random.Random(20260501)
    n_acknowledged = 0
    worst_open_s = 0.0
    for seed in range(n_kills):
        data_dir = place / str(seed // KILLS_PER_FOLDER)
        expected = Expected()
        before = None
        if data_dir.exists():
            store = open_store(data_dir)
            expected.forget_unfinished(store)
            before = len(expected.texts)
            store.close()
        _one_life(data_dir, seed, chance.uniform(0, LONGEST_LIFE_S), expected)
        started = time.monotonic()
        store = open_store(data_dir)
        store.mark_interrupted()
        worst_open_s = max(worst_open_s, time.monotonic() - started)
        assert not store.take_notices()
        check_files(store)
        assert expected.losses(store) == [], f"kill {seed}, {before} messages before"
        assert not has_marker(data_dir)
        store.close()
        assert not has_marker(data_dir)
        n_acknowledged += expected.n_acknowledged
    return {
        "kills": n_kills,
        "acknowledged": n_acknowledged,
        "worst_open_ms": round(worst_open_s * 1000),
    }


def test_the_judge_notices_what_is_lost(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data")
    expected = Expected()
    acts = Workload(store, seed=1).acts()
    while sum(step.is_final for step in expected.texts.values()) < 3:
        step, act = next(acts)
        expected.announce(step)
        act()
        expected.acknowledge()
    store.mark_interrupted()
    assert expected.losses(store) == []
    lost, changed, *_ = (i for i, s in expected.texts.items() if i not in expected.gone)
    connection = store.file.db.conn
    connection.execute("UPDATE messages SET text = 'other' WHERE uuid = ?", (changed,))
    connection.execute("UPDATE messages SET trashed_at = 1 WHERE uuid = ?", (lost,))
    assert set(expected.losses(store)) == {f"message {lost}", f"text of {changed}"}
    store.close()


def test_the_judge_notices_lost_order(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data")
    expected = Expected()
    acts = Workload(store, seed=2).acts()
    many = None
    while many is None or not store.list_folders() or not store.list_presets():
        step, act = next(acts)
        expected.announce(step)
        act()
        expected.acknowledge()
        many = step if step.kind == "many" and len(step.facts) > 2 else many
    assert expected.losses(store) == []
    assert not has_marker(tmp_path)
    folder, preset = store.list_folders()[0], store.list_presets()[0]
    store.delete_folder(folder.id)
    store.delete_preset(preset.id)
    assert {f"folder {folder.id}", f"preset {preset.id}"} <= set(expected.losses(store))
    store.save_summaries([replace(s, is_pinned=True) for s in store.list_conversations()[1:]])
    expected.announce(many)
    assert f"a part of {sorted(dict(many.facts))}" in expected.losses(store)
    store.save_summary(Conversation.start(MARKER).summary)
    store.close()
    assert has_marker(tmp_path)


def _import(data_dir: Path, path: Path, telling: Connection) -> None:
    """The child: opens the history and imports until it is killed."""
    store = open_store(data_dir)
    telling.send("open")
    result = FolderTransfer(data_dir).run_import(path, CancelToken())
    telling.send(result.n_messages)
    store.close()


def _open(data_dir: Path, telling: Connection) -> None:
    """The child: opens, and so migrates, the history until it is killed."""
    telling.send("open")
    open_store(data_dir).close()
    telling.send("done")


def _kill_after(life_s: float, target: Callable[..., None], *arguments: object) -> bool:
    """Run `target` in a child, kill it `life_s` seconds after "open"; True when it was done."""
    listening, telling = CONTEXT.Pipe(duplex=False)
    child = CONTEXT.Process(target=target, args=(*arguments, telling))
    child.start()
    telling.close()
    try:
        assert listening.recv() == "open"
        if listening.poll(life_s):
            listening.recv()
            return True
        return False
    finally:
        child.kill()
        child.join()
        listening.close()


def _many_chats(n: int) -> list[dict[str, object]]:
    return [
        {
            "id": f"chat{i}",
            "title": f"title {i}",
            "messages": [
                {"id": f"m{i}-{j}", "role": "user", "text": f"imported {j} " * 20}
                for j in range(10)
            ],
        }
        for i in range(n)
    ]


def _kill_imports(place: Path, n_kills: int) -> dict[str, int]:
    chance = random.Random(5)
    path = place / "import.json"
    document = {"format": "lumbre-conversations", "version": 1}
    path.write_text(json.dumps({**document, "conversations": _many_chats(600)}))
    outcomes: list[int] = []
    for case in range(n_kills):
        data_dir = place / str(case)
        open_store(data_dir).close()
        was_done = _kill_after(chance.uniform(0, 1.2), _import, data_dir, path)
        store = open_store(data_dir)
        n_messages = store.file.read("SELECT count(*) FROM messages")[0][0]
        assert n_messages in ({6000} if was_done else {0, 6000})
        check_files(store)
        store.close()
        shutil.rmtree(data_dir)
        outcomes.append(n_messages)
    return {"kills": n_kills, "whole": sum(map(bool, outcomes))}


def _kill_migrations(place: Path, n_kills: int) -> dict[str, int]:
    chance = random.Random(6)
    old = place / "old"
    path = place / "import.json"
    path.write_text(json.dumps(_many_chats(600)))
    store = open_store(old)
    FolderTransfer(old).run_import(path, CancelToken())
    as_first_release(store)
    n_migrated = 0
    for case in range(n_kills):
        data_dir = place / str(case)
        shutil.copytree(old, data_dir)
        n_migrated += _kill_after(chance.uniform(0, 0.4), _open, data_dir)
        store = open_store(data_dir)
        assert store.file.read("SELECT count(*) FROM messages") == [(6000,)]
        assert len(store.file.read("SELECT rowid FROM messages_fts('imported')")) == 6000
        assert FolderBackups(data_dir).list_backups()
        check_files(store)
        store.close()
        shutil.rmtree(data_dir)
    return {"kills": n_kills, "migrated before": n_migrated}


def test_an_import_that_is_killed_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    print(json.dumps(_kill_imports(tmp_path, 3)))


def test_a_migration_that_is_killed_is_done_by_the_next_start(tmp_path: Path) -> None:
    print(json.dumps(_kill_migrations(tmp_path, 3)))


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_100_imports_and_100_migrations_are_killed(tmp_path: Path) -> None:
    print(json.dumps(_kill_imports(tmp_path, 100)))
    print(json.dumps(_kill_migrations(tmp_path, 100)))


def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path) -> None:
    result = _kill_many(tmp_path, N_KILLS)
    assert result["acknowledged"] > N_KILLS
    print(json.dumps(result))


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_nothing_acknowledged_is_lost_by_500_kills(tmp_path: Path) -> None:
    print(json.dumps(_kill_many(tmp_path, N_KILLS_FULL)))
