"""Files that are not, or no longer, databases are kept as they are and read, where possible."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.attachment import Attachment
from app.core.conversation import Conversation, ConversationSummary
from app.core.errors import StorageError
from app.core.generation import SamplingParams
from app.core.message import Message, MessageState, ReasoningEffort, Role, new_message_id
from app.core.organisation import Folder, Preset, new_folder_id, new_preset_id
from app.storage.backup import FolderBackups
from app.storage.conversation_store import SqliteConversationStore, open_store
from app.storage.pages import read_rows
from app.storage.recovery import recover, set_aside
from tests.storage.old_schema import as_first_release

PAGE = 4096
N_OVERWRITES = 12
N_OVERWRITES_FULL = 200
N_CUTS_FULL = 200


def fill(data_dir: Path, n_chats: int = 20, n_messages: int = 40) -> dict[str, str]:
    """A history of many sizes of text; the text of each message by its id."""
    chance = random.Random(1)
    store = open_store(data_dir)
    texts: dict[str, str] = {}
    attached = (Attachment("an attached text " * 900, "año.txt", n_tokens=5), Attachment("x"))
    folders = fill_organisation(store)
    for number in range(n_chats):
        chat = Conversation.start("A title")
        store.save_summary(organised(chat.summary, number, folders))
        parent = None
        for n in range(n_messages):
            size = chance.choice([1, 5, 40, 40, 400])
            message = Message(
                new_message_id(),
                chat.id,
                Role.ASSISTANT if n % 2 else Role.USER,
                " ".join(chance.choices(["año", "word", "thinking", "🔥", str(n)], k=size)),
                parent_id=parent,
                attachments=attached if n % 10 == 0 else (),
            )
            store.add_message(message)
            texts[message.id] = message.text
            parent = message.id
    store.close()
    return texts


def fill_organisation(store: SqliteConversationStore) -> list[Folder]:
    """Folders and presets, each of another kind; the folders."""
    folders = [Folder(new_folder_id(), name, name == "Año") for name in ("Año", "Work", "")]
    for folder in folders:
        store.save_folder(folder)
    sampling = SamplingParams(temperature=0.25, seed=7)
    low = ReasoningEffort.LOW
    for preset in (
        Preset(new_preset_id(), "Plain"),
        Preset(new_preset_id(), "Año", "Be brief. " * 700, sampling, low, is_default=True),
    ):
        store.save_preset(preset)
    return folders


def organised(
    summary: ConversationSummary, number: int, folders: list[Folder]
) -> ConversationSummary:
    """Every other one in a folder, some archived, some with sampling of their own."""
    return replace(
        summary,
        folder_id=folders[number % 3].id if number % 2 else None,
        is_archived=number % 5 == 0,
        sampling=SamplingParams(temperature=number / 10) if number % 3 else None,
    )


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    data_dir = tmp_path_factory.mktemp("sound") / "data"
    return data_dir, fill(data_dir)


def found_texts(store: SqliteConversationStore) -> dict[str, str]:
    return {
        m.id: m.text
        for s in store.list_conversations()
        for m in store.load(s.id).messages.values()
    }


def kept_bytes(data_dir: Path) -> list[bytes]:
    return [p.read_bytes() for p in (data_dir / "set-aside").glob("*-damaged/conversations.db")]


def test_every_row_of_a_sound_file_is_read_from_its_pages(
    sound: tuple[Path, dict[str, str]],
) -> None:
    data_dir, texts = sound
    rows = list(read_rows(data_dir / "conversations.db"))
    read = {
        r.values[1]: r.values[5] for r in rows if r.values[4:5] and r.values[4] in set(Role)
    }
    assert read == texts
    assert all(r.is_whole for r in rows)


def test_commits_in_the_log_are_read_too(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data")
    chat = Conversation.start("in the log")
    store.save_summary(chat.summary)
    message = Message(new_message_id(), chat.id, Role.USER, "newest " * 3000)
    store.add_message(message)
    crashed = tmp_path / "crashed"
    shutil.copytree(tmp_path / "data", crashed)
    store.close()
    rows = read_rows(crashed / "conversations.db", crashed / "conversations.db-wal")
    assert message.text in [r.values[5] for r in rows if len(r.values) >= 16]
    torn = crashed / "conversations.db-wal"
    torn.write_bytes(torn.read_bytes()[:-100])
    rows = read_rows(crashed / "conversations.db", torn)
    assert message.text not in [r.values[5] for r in rows if len(r.values) >= 16]


def test_recovering_a_sound_file_loses_nothing(
    sound: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(sound[0], data_dir)
    before = open_store(data_dir)
    chat_id = before.list_conversations()[0].id
    state = MessageState.STREAMING
    before.add_message(Message(new_message_id(), chat_id, Role.ASSISTANT, "", state=state))
    exact = Message(new_message_id(), chat_id, Role.ASSISTANT, "x", token_ids=(200_005, 7))
    before.add_message(exact)
    before.delete_conversation(before.list_conversations()[-1].id)
    all_before = [before.load(s.id) for s in before.list_conversations()]
    rest_before = before.list_trash(), before.list_folders(), before.list_presets()
    before.close()
    folder = before.file.folder
    result = recover(folder, set_aside(folder))
    after = open_store(data_dir)
    assert [after.load(s.id) for s in after.list_conversations()] == all_before
    assert (after.list_trash(), after.list_folders(), after.list_presets()) == rest_before
    assert (len(after.list_folders()), len(after.list_presets())) == (3, 2)
    assert (result.n_messages, result.n_cut) == (len(sound[1]) + 2, 0)
    after.close()


def test_conversations_of_a_lost_folder_are_in_no_folder(
    sound: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(sound[0], data_dir)
    store = open_store(data_dir)
    before = {s.id: s for s in store.list_conversations()}
    presets = store.list_presets()
    ((page,),) = store.file.read("SELECT rootpage FROM sqlite_schema WHERE name = 'folders'")
    store.close()
    with open(data_dir / "conversations.db", "r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)
    folder = store.file.folder
    recover(folder, set_aside(folder))
    store = open_store(data_dir)
    assert store.list_folders() == ()
    assert store.list_presets() == presets
    found = {s.id: s for s in store.list_conversations()}
    assert found == {i: replace(s, folder_id=None) for i, s in before.items()}
    assert store.check_and_repair().was_sound
    store.close()


def test_a_file_of_the_first_release_is_recovered(
    sound: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(sound[0], data_dir)
    store = open_store(data_dir)
    n_chats = len(store.list_conversations())
    as_first_release(store)
    folder = store.file.folder
    recover(folder, set_aside(folder))
    store = open_store(data_dir)
    found = store.list_conversations()
    assert found_texts(store) == sound[1]
    assert len(found) == n_chats
    assert not any(s.folder_id or s.is_archived or s.sampling for s in found)
    store.close()


def _overwrite_many(sound: tuple[Path, dict[str, str]], place: Path, n: int) -> list[float]:
    source, texts = sound
    chance = random.Random(n)
    shares = []
    for case in range(n):
        data_dir = place / str(case)
        shutil.copytree(source, data_dir)
        database = data_dir / "conversations.db"
        data = bytearray(database.read_bytes())
        for _ in range(chance.randint(1, 3)):
            at = PAGE * chance.randrange(len(data) // PAGE)
            data[at : at + PAGE] = chance.choice(
                [bytes(PAGE), chance.randbytes(PAGE), b"\xff" * PAGE]
            )
        database.write_bytes(data)
        store = open_store(data_dir)
        report = store.check_and_repair()
        found = found_texts(store)
        assert set(found) <= set(texts)
        shares.append(sum(found.get(i) == t for i, t in texts.items()) / len(texts))
        assert kept_bytes(data_dir) in ([bytes(data)], []), f"case {case}"
        notices = " ".join(map(str, store.take_notices()))
        was_repaired = "kept as it was" in notices or not report.was_sound
        assert bool(kept_bytes(data_dir)) == was_repaired
        assert store.check_and_repair().was_sound
        store.save_summary(Conversation.start("goes on").summary)
        store.close()
        shutil.rmtree(data_dir)
    return shares


def test_overwritten_pages_cost_only_what_was_on_them(
    sound: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    shares = _overwrite_many(sound, tmp_path, N_OVERWRITES)
    assert sum(shares) / len(shares) >= 0.95


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_200_files_with_overwritten_pages(
    sound: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    shares = _overwrite_many(sound, tmp_path, N_OVERWRITES_FULL)
    print(
        json.dumps(
            {"cases": len(shares), "mean": sum(shares) / len(shares), "worst": min(shares)}
        )
    )
    assert sum(shares) / len(shares) >= 0.95


@pytest.mark.parametrize(
    "n_cuts", [pytest.param(6), pytest.param(N_CUTS_FULL, marks=pytest.mark.full)]
)
def test_a_file_that_was_cut_off_is_kept_and_read(
    sound: tuple[Path, dict[str, str]], tmp_path: Path, n_cuts: int
) -> None:
    source, texts = sound
    size = (source / "conversations.db").stat().st_size
    chance = random.Random(3)
    for case in range(n_cuts):
        data_dir = tmp_path / str(case)
        shutil.copytree(source, data_dir)
        database = data_dir / "conversations.db"
        with open(database, "r+b") as file:
            file.truncate(chance.randrange(1, size) if case else size // 2)
        data = database.read_bytes()
        store = open_store(data_dir)
        store.check_and_repair()
        found = found_texts(store)
        assert all(texts[i].startswith(t) for i, t in found.items())
        # A cut through the unused end of the last page takes nothing away.
        assert kept_bytes(data_dir) == [data] or (found == texts and case > 0)
        assert store.check_and_repair().was_sound
        store.close()
        shutil.rmtree(data_dir)


@pytest.mark.parametrize("content", [b"no database\n" * 5000, bytes(100_000), b"x"])
def test_what_is_not_a_database_is_kept_and_a_new_one_begun(
    tmp_path: Path, content: bytes
) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "conversations.db").write_bytes(content)
    store = open_store(data_dir)
    assert store.list_conversations() == ()
    assert kept_bytes(data_dir) == [content]
    (notice,) = store.take_notices()
    assert "kept as it was" in str(notice)
    assert "set-aside" in str(notice)
    store.close()


def test_an_empty_file_with_a_backup_beside_offers_it(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    texts = fill(data_dir, n_chats=2, n_messages=4)
    keeper = FolderBackups(data_dir)
    keeper.back_up_now()
    (data_dir / "conversations.db").write_bytes(b"")
    store = open_store(data_dir)
    (notice,) = store.take_notices()
    assert "backup" in str(notice)
    store.restore_backup(keeper.list_backups()[-1])
    assert found_texts(store) == texts
    store.close()


def test_a_damaged_index_is_built_anew_and_nothing_is_lost(
    sound: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(sound[0], data_dir)
    store = open_store(data_dir)
    connection = store.file.db.conn
    connection.execute("DELETE FROM messages_fts_data WHERE id > 10")
    report = store.check_and_repair()
    assert not report.was_sound
    assert report.set_aside is not None
    assert report.n_messages == len(sound[1])
    assert found_texts(store) == sound[1]
    assert store.file.read("SELECT count(*) FROM messages_fts('thinking')")[0][0] > 0
    assert store.check_and_repair().was_sound
    store.close()


def test_damage_beside_the_conversations_does_not_keep_them_closed(
    sound: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(sound[0], data_dir)
    store = open_store(data_dir)
    ((page,),) = store.file.read("SELECT rootpage FROM sqlite_schema WHERE name = 'imports'")
    store.close()
    with open(data_dir / "conversations.db", "r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)
    store = open_store(data_dir)
    (notice,) = store.take_notices()
    assert "Check and repair" in str(notice)
    assert found_texts(store) == sound[1]
    assert not store.check_and_repair().was_sound
    assert found_texts(store) == sound[1]
    assert store.take_notices() == ()
    store.close()


def test_a_backup_of_a_damaged_history_is_refused(
    sound: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(sound[0], data_dir)
    with open(data_dir / "conversations.db", "r+b") as file:
        file.seek(20 * PAGE)
        file.write(b"\xff" * 40 * PAGE)
    with pytest.raises(StorageError, match="backup was not made"):
        FolderBackups(data_dir).back_up_now()
    assert FolderBackups(data_dir).list_backups() == ()
