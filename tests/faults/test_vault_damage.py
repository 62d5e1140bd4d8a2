"""Damaged pages of an encrypted history: what can be read is kept, the rest is told."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import StorageError
from app.storage.backup import FolderBackups
from app.storage.conversation_store import open_store
from app.storage.recovery import recover, set_aside
from app.storage.vault import FolderVault
from tests.faults.test_storage_damage import PAGE, fill, found_texts, kept_bytes

PASSPHRASE = "correcto caballo batería"
N_OVERWRITES = 6
N_OVERWRITES_FULL = 200


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """An encrypted history with a backup, and the texts in it."""
    data_dir = tmp_path_factory.mktemp("sound") / "data"
    texts = fill(data_dir)
    FolderVault(data_dir).turn_on(PASSPHRASE)
    open_store(data_dir).close()  # writes into the header that there may be a log
    FolderBackups(data_dir).back_up_now()
    yield data_dir, texts
    FolderVault(data_dir).lock()


def test_recovering_a_sound_encrypted_file_loses_nothing(
    sound: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(sound[0], data_dir)
    vault = FolderVault(data_dir)
    vault.unlock(PASSPHRASE)
    before = open_store(data_dir)
    chats = [before.load(s.id) for s in before.list_conversations()]
    rest = before.list_folders(), before.list_presets()
    before.close()
    folder = before.file.folder
    result = recover(folder, set_aside(folder))
    after = open_store(data_dir)
    assert [after.load(s.id) for s in after.list_conversations()] == chats
    assert (after.list_folders(), after.list_presets()) == rest
    assert (len(rest[0]), len(rest[1]), result.n_cut) == (3, 2, 0)
    after.close()
    vault.lock()


def _damage(database: Path, chance: random.Random) -> bytes:
    """One to three pages overwritten, never the first; the new content."""
    data = bytearray(database.read_bytes())
    for _ in range(chance.randint(1, 3)):
        at = PAGE * chance.randrange(1, len(data) // PAGE)
        data[at : at + PAGE] = chance.choice(
            [bytes(PAGE), chance.randbytes(PAGE), b"\xff" * PAGE]
        )
    database.write_bytes(data)
    return bytes(data)


def _overwrite_many(
    sound: tuple[Path, dict[str, str]], place: Path, n: int
) -> dict[str, object]:
    """Shares of the messages that were recovered; how often only a backup helps."""
    source, texts = sound
    chance = random.Random(n)
    shares: list[float] = []
    n_closed = 0
    for case in range(n):
        data_dir = place / str(case)
        shutil.copytree(source, data_dir)
        vault = FolderVault(data_dir)
        vault.unlock(PASSPHRASE)
        data = _damage(data_dir / "conversations.db", chance)
        try:
            store = open_store(data_dir)
        except StorageError as error:
            assert "Restore a backup" in str(error)
            assert (data_dir / "conversations.db").read_bytes() == data
            keeper = FolderBackups(data_dir)
            keeper.restore_closed(keeper.list_backups()[0])
            store = open_store(data_dir)
            n_closed += 1
        report = store.check_and_repair()
        found = found_texts(store)
        shares.append(sum(found.get(i) == text for i, text in texts.items()) / len(texts))
        assert not set(found) - set(texts) or report.n_cut
        assert data in kept_bytes(data_dir) or report.was_sound
        assert store.check_and_repair().was_sound
        store.close()
        vault.lock()
        shutil.rmtree(data_dir)
    shares.sort()
    return {
        "cases": n,
        "mean": round(sum(shares) / n, 4),
        "worst": round(shares[0], 4),
        "below 95 %": sum(share < 0.95 for share in shares),
        "from a backup": n_closed,
    }


@pytest.mark.timeout(300)
def test_damaged_pages_of_an_encrypted_history(
    sound: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    result = _overwrite_many(sound, tmp_path, N_OVERWRITES)
    print(json.dumps(result))
    assert float(str(result["mean"])) >= 0.9


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_200_damaged_encrypted_histories(
    sound: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    print(json.dumps(_overwrite_many(sound, tmp_path, N_OVERWRITES_FULL)))
