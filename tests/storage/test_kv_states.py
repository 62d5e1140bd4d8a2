"""KV states on the disk: given back byte for byte, or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.kv_state import KvState, KvWindow, StateKey
from app.core.message import ConversationId
from app.storage import keys
from app.storage.conversation_store import SqliteConversationStore, open_store
from app.storage.data_folder import DataFolder
from app.storage.kv_states import FolderKvStates, state_name
from app.storage.sqlite import OpenMode, connect
from app.storage.state_files import FolderStates

if TYPE_CHECKING:
    from tests.storage.conftest import Chat

IDENTITY = "this model"
MIB = 1 << 20


def state(n: int = 100, n_bytes: int = 5000, seed: int = 1) -> KvState:
    sequence = (bytes(range(seed, 200)) * (n_bytes // 100))[:n_bytes]
    windows = (KvWindow(n // 2, b"first window"), KvWindow(n - 1, b"second window"))
    return KvState(tuple(range(n)), sequence, windows, time.time())


def key_of(chat: Chat, beginning: str = "0a") -> StateKey:
    return StateKey(chat.conversation.id, beginning)


def always(*_: object) -> bool:
    return True


@pytest.fixture
def states(data_dir: Path) -> FolderKvStates:
    return FolderKvStates(data_dir, FolderStates(data_dir), lambda: 10 * MIB)


def equal(a: KvState | None, b: KvState) -> bool:
    return (
        a is not None
        and (a.ids, bytes(a.sequence), a.made_at) == (b.ids, bytes(b.sequence), b.made_at)
        and [(w.n_tokens, bytes(w.data)) for w in a.windows]
        == [(w.n_tokens, bytes(w.data)) for w in b.windows]
    )


def test_a_state_comes_back_as_it_was(chat: Chat, states: FolderKvStates) -> None:
    saved = state(n=3000, n_bytes=6 * MIB)
    assert states.save(key_of(chat), IDENTITY, saved)
    assert equal(states.load(key_of(chat), IDENTITY, always), saved)


def test_a_newer_state_takes_the_place_of_the_older_one(
    chat: Chat, states: FolderKvStates, data_dir: Path
) -> None:
    states.save(key_of(chat), IDENTITY, state(seed=1))
    newer = state(seed=2, n=200)
    states.save(key_of(chat), IDENTITY, newer)
    assert equal(states.load(key_of(chat), IDENTITY, always), newer)
    assert len(list((data_dir / "states").iterdir())) == 1


def test_each_beginning_of_a_conversation_has_its_own(
    chat: Chat, states: FolderKvStates
) -> None:
    one, other = state(seed=1), state(seed=2)
    states.save(key_of(chat, "01"), IDENTITY, one)
    states.save(key_of(chat, "02"), IDENTITY, other)
    assert equal(states.load(key_of(chat, "01"), IDENTITY, always), one)
    assert equal(states.load(key_of(chat, "02"), IDENTITY, always), other)


def test_ids_and_places_are_shown_before_the_rest_is_read(
    chat: Chat, states: FolderKvStates
) -> None:
    shown: list[tuple[list[int], list[int]]] = []

    def refuse(ids: object, places: object) -> bool:
        shown.append((list(ids), list(places)))  # type: ignore[call-overload]
        return False

    states.save(key_of(chat), IDENTITY, state(n=100))
    assert states.load(key_of(chat), IDENTITY, refuse) is None
    assert shown == [(list(range(100)), [50, 99, 100])]
    assert states.load(key_of(chat), IDENTITY, always) is not None


def test_a_state_of_something_else_is_removed(
    chat: Chat, states: FolderKvStates, data_dir: Path
) -> None:
    states.save(key_of(chat), IDENTITY, state())
    assert states.load(key_of(chat), "another model", always) is None
    assert states.load(key_of(chat), IDENTITY, always) is None
    assert list((data_dir / "states").iterdir()) == []


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_changed_byte_anywhere_is_noticed(
    chat: Chat, states: FolderKvStates, data_dir: Path, data: st.DataObject
) -> None:
    saved = replace(state(n=40, n_bytes=300), made_at=2e9)  # always as many bytes
    assert states.save(key_of(chat), IDENTITY, saved)
    path = data_dir / "states" / state_name(key_of(chat))
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    assert states.load(key_of(chat), IDENTITY, always) is None
    assert not path.exists()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 700), st.binary(max_size=20))
def test_a_cut_or_lengthened_file_is_noticed(
    chat: Chat, states: FolderKvStates, data_dir: Path, n_left: int, added: bytes
) -> None:
    assert states.save(key_of(chat), IDENTITY, state(n=40, n_bytes=300))
    path = data_dir / "states" / state_name(key_of(chat))
    whole = path.read_bytes()
    path.write_bytes(whole[:n_left] + added if n_left < len(whole) else whole + b"x" + added)
    assert states.load(key_of(chat), IDENTITY, always) is None


@pytest.mark.parametrize(
    ("column", "value"),
    [("sha256", "0" * 64), ("n_bytes", 10), ("identity", "x"), ("name", "missing.kv")],
)
def test_a_changed_row_is_noticed(
    chat: Chat, states: FolderKvStates, column: str, value: object
) -> None:
    states.save(key_of(chat), IDENTITY, state())
    chat.store.file.write(lambda c: c.execute(f"UPDATE kv_states SET {column} = ?", (value,)))
    assert states.load(key_of(chat), IDENTITY, always) is None


def test_a_missing_file_is_no_state(chat: Chat, states: FolderKvStates, data_dir: Path) -> None:
    states.save(key_of(chat), IDENTITY, state())
    (data_dir / "states" / state_name(key_of(chat))).unlink()
    assert states.load(key_of(chat), IDENTITY, always) is None
    assert states.save(key_of(chat), IDENTITY, state())


def test_the_least_recently_used_go_when_there_is_no_room(
    store: SqliteConversationStore, new_chat: type[Chat], data_dir: Path
) -> None:
    states = FolderKvStates(data_dir, FolderStates(data_dir), lambda: 25_000)
    chats = [new_chat(store, f"chat {i}") for i in range(4)]
    for chat in chats[:3]:
        assert states.save(key_of(chat), IDENTITY, state(n_bytes=8000 - 800))
    states.touch(key_of(chats[0]))
    assert states.save(key_of(chats[3]), IDENTITY, state(n_bytes=8000 - 800))
    kept = [states.load(key_of(chat), IDENTITY, always) is not None for chat in chats]
    assert kept == [True, False, True, True]
    assert len(list((data_dir / "states").iterdir())) == 3


def test_without_a_budget_nothing_is_kept(chat: Chat, data_dir: Path) -> None:
    budget = [MIB]
    states = FolderKvStates(data_dir, FolderStates(data_dir), lambda: budget[0])
    states.save(key_of(chat), IDENTITY, state())
    budget[0] = 0
    assert states.room_bytes() == 0
    assert not states.save(key_of(chat), IDENTITY, state())
    states.trim()
    assert list((data_dir / "states").iterdir()) == []


def test_a_conversation_that_was_never_stored_is_not_kept(
    chat: Chat, states: FolderKvStates, data_dir: Path
) -> None:
    key = StateKey(ConversationId("nobody's"), "01")
    assert not states.save(key, IDENTITY, state())
    assert not (data_dir / "states").exists()


def test_a_deleted_conversation_takes_its_states_along(
    chat: Chat, states: FolderKvStates, data_dir: Path
) -> None:
    states.save(key_of(chat, "01"), IDENTITY, state())
    states.save(key_of(chat, "02"), IDENTITY, state())
    chat.store.delete_conversation(chat.conversation.id)
    assert list((data_dir / "states").iterdir()) == []
    assert not states.save(key_of(chat), IDENTITY, state())
    chat.store.restore_conversation(chat.conversation.id)
    assert states.load(key_of(chat, "01"), IDENTITY, always) is None
    assert states.save(key_of(chat), IDENTITY, state())


def test_erased_text_is_in_no_state(
    chat: Chat, new_chat: type[Chat], states: FolderKvStates
) -> None:
    other = new_chat(chat.store, "unconcerned")
    chat.say("question")
    answer = chat.say("an answer that is to vanish")
    before = state()
    states.save(key_of(chat), IDENTITY, before)
    states.save(key_of(other), IDENTITY, state())
    chat.store.delete_message(answer.id)
    chat.store.empty_trash()
    assert states.load(key_of(chat), IDENTITY, always) is None
    assert states.load(key_of(other), IDENTITY, always) is not None
    assert not states.save(key_of(chat), IDENTITY, before)  # was in memory meanwhile
    assert states.save(key_of(chat), IDENTITY, replace(before, made_at=time.time()))


def test_files_that_no_row_knows_are_removed(
    chat: Chat, states: FolderKvStates, data_dir: Path
) -> None:
    states.save(key_of(chat), IDENTITY, state())
    stray = data_dir / "states" / "0123.kv"
    stray.write_bytes(b"left by a crash")
    half = stray.with_name("4567.kv.part")
    half.write_bytes(b"left by a power cut")
    states.trim()
    assert not stray.exists()
    assert not half.exists()
    assert states.load(key_of(chat), IDENTITY, always) is not None


def test_a_full_disk_loses_only_the_state(chat: Chat, data_dir: Path) -> None:
    class Full(FolderStates):
        def write(self, name: str, pieces: object) -> None:
            next(iter(pieces))  # type: ignore[call-overload]
            raise OSError(28, "No space left on device")

    states = FolderKvStates(data_dir, Full(data_dir), lambda: 10 * MIB)
    assert not states.save(key_of(chat), IDENTITY, state())
    assert states.load(key_of(chat), IDENTITY, always) is None
    chat.say("goes on")


def test_without_a_database_there_is_no_state(data_dir: Path) -> None:
    states = FolderKvStates(data_dir, FolderStates(data_dir), lambda: 10 * MIB)
    key = StateKey(ConversationId("x"), "01")
    assert states.load(key, IDENTITY, always) is None
    assert not states.save(key, IDENTITY, state())
    states.touch(key)
    states.delete(key)
    states.trim()


def test_a_database_of_a_newer_program_is_left_alone(
    chat: Chat, states: FolderKvStates, data_dir: Path
) -> None:
    chat.store.close()
    db = connect(data_dir / "conversations.db", OpenMode.READ_WRITE)
    db.conn.execute("PRAGMA user_version = 999")
    db.close()
    assert not states.save(key_of(chat), IDENTITY, state())
    assert not (data_dir / "states").exists()


def test_states_of_an_encrypted_history_are_encrypted(
    data_dir: Path, new_chat: type[Chat], states: FolderKvStates
) -> None:
    from app.storage.vault import FolderVault

    open_store(data_dir).close()
    FolderVault(data_dir).turn_on("a long passphrase")
    store = open_store(data_dir)
    chat = new_chat(store)
    saved = state()
    assert states.save(key_of(chat), IDENTITY, saved)
    content = (data_dir / "states" / state_name(key_of(chat))).read_bytes()
    assert bytes(saved.sequence[:50]) not in content
    assert b"window" not in content
    assert equal(states.load(key_of(chat), IDENTITY, always), saved)
    store.close()
    keys.forget(DataFolder(data_dir.absolute()).path)
    assert states.load(key_of(chat), IDENTITY, always) is None


def test_many_states_do_not_slow_looking_one_up(store: SqliteConversationStore) -> None:
    plan = store.file.read(
        "EXPLAIN QUERY PLAN SELECT s.name FROM kv_states s JOIN conversations c "
        "ON c.id = s.conversation WHERE c.uuid = 'x' AND s.beginning = 'y'"
    )
    assert all("SEARCH" in str(row[-1]) for row in plan)


def test_token_ids_of_an_answer_are_kept(
    chat: Chat, reopen: Callable[[], SqliteConversationStore]
) -> None:
    chat.say("question")
    answer = replace(chat.say("answer"), token_ids=(0, 199_997, 12))
    chat.store.finish(answer)
    loaded = reopen().load(chat.conversation.id)
    assert loaded.messages[answer.id].token_ids == (0, 199_997, 12)
    assert loaded.active_path()[0].token_ids == ()


@pytest.mark.parametrize("damage", [b"", b"\x01", b"\x01\x02\x03\x04", "text"])
def test_damaged_token_ids_are_none(chat: Chat, damage: object) -> None:
    question = chat.say("question")
    chat.store.file.write(
        lambda c: c.execute("UPDATE messages SET token_ids = CAST(? AS BLOB)", (damage,))
    )
    loaded = chat.store.load(chat.conversation.id).messages[question.id]
    assert all(i < 1 << 24 for i in loaded.token_ids)
    assert loaded.text == "question"
