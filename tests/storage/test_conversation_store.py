"""What is written comes back, in its order, after every way of ending."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.conversation import (
    Conversation,
    ConversationStore,
    ConversationSummary,
    Folder,
    FolderId,
)
from app.core.errors import StorageError
from app.core.generation import SamplingParams
from app.core.message import (
    ConversationId,
    FinishReason,
    GenerationStats,
    Message,
    MessageId,
    MessageState,
    ReasoningEffort,
    Role,
    new_message_id,
)
from app.storage.conversation_store import SqliteConversationStore, open_store
from app.storage.sqlite import OpenMode, connect

if TYPE_CHECKING:
    from tests.storage.conftest import Chat

Reopen = Callable[[], SqliteConversationStore]


def test_the_store_satisfies_the_protocol(store: SqliteConversationStore) -> None:
    as_protocol: ConversationStore = store
    assert as_protocol.list_conversations() == ()


def test_everything_of_a_message_comes_back_after_a_restart(chat: Chat, reopen: Reopen) -> None:
    question = chat.say("¿Qué es Lumbre?")
    answer = Message(
        id=new_message_id(),
        conversation_id=chat.conversation.id,
        role=Role.ASSISTANT,
        text="A program.\nWith lines, a \0 and 🔥.",
        parent_id=question.id,
        thinking="They ask what it is.",
        created_at=1234.5,
        reasoning=ReasoningEffort.HIGH,
        finish_reason=FinishReason.LENGTH,
        model_name="gpt-oss-20b",
        stats=GenerationStats(n_prompt=7, n_analysis=3, decode_tps=12.5, total_ms=99.0),
    )
    chat.store.add_message(answer)
    loaded = reopen().load(chat.conversation.id)
    assert loaded.active_path() == (question, answer)
    assert loaded.active_leaf_id == answer.id


def test_everything_of_a_summary_comes_back(
    store: SqliteConversationStore, reopen: Reopen
) -> None:
    summary = ConversationSummary(
        ConversationId("c1"),
        "Título",
        1.0,
        2.0,
        True,
        "half a thou",
        ReasoningEffort.LOW,
        "be brief",
        FolderId("f1"),
        True,
        SamplingParams(temperature=0.5, seed=7),
    )
    store.save_folder(Folder(FolderId("f1"), "Work"))
    store.save_summary(summary)
    assert reopen().list_conversations() == (summary,)


def test_a_listed_conversation_is_a_frozen_value_as_any_other(chat: Chat) -> None:
    (listed,) = chat.store.list_conversations()
    assert type(listed) is ConversationSummary
    assert listed == chat.conversation.summary
    assert hash(listed) == hash(chat.conversation.summary)
    assert replace(listed, title="Other").title == "Other"
    with pytest.raises(FrozenInstanceError):
        listed.title = "Other"  # type: ignore[misc]


def test_saving_a_summary_again_keeps_the_messages(chat: Chat) -> None:
    chat.say("hello")
    chat.store.save_summary(replace(chat.conversation.summary, title="Other", draft="x"))
    assert chat.texts() == ["hello"]
    assert chat.store.list_conversations()[0].title == "Other"


def test_the_list_has_pinned_first_then_the_newest_change(
    store: SqliteConversationStore, new_chat: type[Chat]
) -> None:
    chats = [new_chat(store, title) for title in ("a", "b", "c")]
    chats[0].say("a changed last")
    store.save_summary(replace(chats[1].conversation.summary, is_pinned=True))
    assert [s.title for s in store.list_conversations()] == ["b", "a", "c"]


def test_the_list_does_not_follow_a_clock_that_is_set_back(
    store: SqliteConversationStore,
) -> None:
    for title, now in (("first", 4e9), ("second", 1.0), ("third", 0.0)):
        store.save_summary(ConversationSummary(ConversationId(title), title, now, now))
    assert [s.title for s in store.list_conversations()] == ["third", "second", "first"]


def test_messages_keep_their_order_when_the_clock_is_set_back(chat: Chat) -> None:
    texts = [f"message {n}" for n in range(20)]
    parent: MessageId | None = None
    for n, text in enumerate(texts):
        message = replace(
            chat.put(parent, "x"), id=new_message_id(), text=text, created_at=1e9 - n * 86_400
        )
        chat.store.add_message(message)
        parent = chat.conversation.active_leaf_id
    loaded = [m.text for m in chat.store.load(chat.conversation.id).messages.values()]
    assert [t for t in loaded if t != "x"] == texts


def test_branches_and_the_shown_one_come_back(chat: Chat, reopen: Reopen) -> None:
    root = chat.say("question")
    first = chat.say("first answer", after=root)
    chat.say("second answer", after=root)
    assert chat.texts() == ["question", "second answer"]
    chat.store.set_active_leaf(chat.conversation.id, first.id)
    loaded = reopen().load(chat.conversation.id)
    assert [m.text for m in loaded.active_path()] == ["question", "first answer"]
    assert [m.text for m in loaded.children(root.id)] == ["first answer", "second answer"]


def test_a_journalled_answer_is_interrupted_after_a_crash(chat: Chat, data_dir: Path) -> None:
    question = chat.say("question")
    answer = chat.put(question.id, "", state=MessageState.STREAMING)
    chat.store.journal(answer.id, "Hel", "thinking so far")
    # The store is not closed: the next start finds the files as a crash leaves them.
    second = open_store(data_dir)
    assert second.mark_interrupted() == 1
    assert second.mark_interrupted() == 0
    (found,) = (m for m in second.load(chat.conversation.id).messages.values() if m.is_answer)
    assert (found.text, found.thinking) == ("Hel", "thinking so far")
    assert found.state is MessageState.COMPLETE
    assert found.finish_reason is FinishReason.INTERRUPTED
    assert found.can_continue
    second.close()


def test_finish_ends_an_answer_and_a_late_journal_changes_nothing(chat: Chat) -> None:
    question = chat.say("question")
    answer = chat.put(question.id, "", state=MessageState.STREAMING)
    chat.store.finish(replace(answer, text="whole", finish_reason=FinishReason.STOP))
    chat.store.journal(answer.id, "who", "")
    loaded = chat.store.load(chat.conversation.id).messages[answer.id]
    assert (loaded.text, loaded.state) == ("whole", MessageState.COMPLETE)
    assert chat.store.mark_interrupted() == 0


def test_an_answer_that_could_not_be_added_is_added_when_it_ends(chat: Chat) -> None:
    question = chat.say("question")
    answer = Message(
        new_message_id(),
        chat.conversation.id,
        Role.ASSISTANT,
        "late",
        parent_id=question.id,
        state=MessageState.STREAMING,
    )
    chat.store.finish(answer)
    assert chat.texts() == ["question", "late"]


def test_adding_a_message_again_does_not_double_it(chat: Chat) -> None:
    message = chat.say("once")
    chat.store.add_message(message)
    assert chat.texts() == ["once"]


def test_a_message_is_not_taken_into_another_conversation(
    store: SqliteConversationStore, new_chat: type[Chat]
) -> None:
    one, other = new_chat(store), new_chat(store)
    message = one.say("mine")
    with pytest.raises(StorageError, match="no longer there"):
        store.add_message(replace(message, conversation_id=other.conversation.id))
    with pytest.raises(StorageError, match="no longer there"):
        store.set_active_leaf(other.conversation.id, message.id)
    assert one.texts() == ["mine"]
    assert other.texts() == []


def test_what_does_not_exist_is_said_in_a_sentence(store: SqliteConversationStore) -> None:
    nowhere = ConversationId("nowhere")
    for call in (
        lambda: store.load(nowhere),
        lambda: store.delete_conversation(nowhere),
        lambda: store.restore_conversation(nowhere),
        lambda: store.delete_message(MessageId("none")),
        lambda: store.restore_message(MessageId("none")),
        lambda: store.add_message(Message(MessageId("m"), nowhere, Role.USER, "x")),
    ):
        with pytest.raises(StorageError, match="no longer there"):
            call()


def test_a_deleted_conversation_can_be_restored(chat: Chat, reopen: Reopen) -> None:
    chat.say("hello")
    chat.store.delete_conversation(chat.conversation.id)
    store = reopen()
    assert store.list_conversations() == ()
    store.restore_conversation(chat.conversation.id)
    assert [s.id for s in store.list_conversations()] == [chat.conversation.id]
    assert len(store.load(chat.conversation.id).messages) == 1


def test_a_deleted_message_takes_what_follows_and_comes_back_with_it(chat: Chat) -> None:
    chat.say("question")
    answer = chat.say("answer")
    chat.say("next question")
    chat.store.delete_message(answer.id)
    assert chat.texts() == ["question"]
    chat.store.restore_message(answer.id)
    assert chat.texts() == ["question", "answer", "next question"]


def test_restoring_does_not_bring_back_what_was_deleted_before(chat: Chat) -> None:
    root = chat.say("question")
    answer = chat.say("answer")
    follow_up = chat.say("follow-up")
    chat.store.delete_message(follow_up.id)
    chat.store.delete_message(root.id)
    assert chat.texts() == []
    chat.store.restore_message(root.id)
    assert chat.texts() == ["question", "answer"]
    chat.store.restore_message(follow_up.id)
    assert answer.id in chat.store.load(chat.conversation.id).messages
    assert follow_up.id in chat.store.load(chat.conversation.id).messages


def test_restoring_a_message_brings_back_what_it_answers(chat: Chat) -> None:
    root = chat.say("question")
    answer = chat.say("answer")
    chat.store.delete_message(answer.id)
    chat.store.delete_message(root.id)
    chat.store.restore_message(answer.id)
    assert chat.texts() == ["question", "answer"]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(codec=None), max_size=50), st.floats())
def test_any_text_and_any_clock_can_be_saved(chat: Chat, text: str, created_at: float) -> None:
    message = Message(
        new_message_id(), chat.conversation.id, Role.USER, text, None, text, created_at
    )
    chat.store.add_message(message)
    loaded = chat.store.load(chat.conversation.id).messages[message.id]
    clean = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert (loaded.text, loaded.thinking) == (clean, clean)
    assert 0 <= loaded.created_at < 2.6e11


def test_one_mebibyte_of_text_comes_back(chat: Chat) -> None:
    text = "línea 🔥\n" * 100_000
    chat.say(text)
    assert chat.texts() == [text]


def test_a_closed_store_says_so_and_closes_twice(data_dir: Path) -> None:
    store = open_store(data_dir)
    store.close()
    store.close()
    with pytest.raises(StorageError):
        store.list_conversations()
    with pytest.raises(StorageError):
        store.save_summary(Conversation.start().summary)


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean nothing there")
def test_nobody_else_can_read_the_folder_or_its_files(chat: Chat, data_dir: Path) -> None:
    chat.say("private")
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in data_dir.iterdir()}
    assert set(modes.values()) == {0o600}
    assert "conversations.db-wal" in modes


def test_every_commit_is_synced_to_the_disk(store: SqliteConversationStore) -> None:
    connection = store.file.db.conn
    values = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "mmap_size")
    }
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "mmap_size": 0,
    }


def test_a_writer_waits_for_another_program_and_then_says_so(
    chat: Chat, data_dir: Path
) -> None:
    chat.store.file.db.conn.execute("PRAGMA busy_timeout = 50")
    # Not Python's sqlite3: two SQLite libraries in one process do not see each other's locks.
    other = connect(data_dir / "conversations.db", OpenMode.READ_WRITE).conn
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="Another program is using") as caught:
        chat.say("not now")
    assert str(data_dir) in str(caught.value)
    other.execute("ROLLBACK")
    other.close()
    chat.say("now")
    assert chat.texts() == ["now"]


def test_a_damaged_tree_still_loads(chat: Chat) -> None:
    root = chat.say("question")
    chat.say("answer")
    connection = chat.store.file.db.conn
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute(
        "UPDATE messages SET role = 'narrator', stats = '{' WHERE parent IS NULL"
    )
    connection.execute("UPDATE conversations SET active_leaf = 12345, reasoning = 'extreme'")
    loaded = chat.store.load(chat.conversation.id)
    assert [m.text for m in loaded.active_path()] == ["question", "answer"]
    assert loaded.messages[root.id].stats is None
    assert loaded.summary.reasoning is ReasoningEffort.MEDIUM


def test_a_long_conversation_loads_whole(chat: Chat) -> None:
    parent = chat.say("first")
    for n in range(999):
        message = replace(parent, id=new_message_id(), text=str(n), parent_id=parent.id)
        chat.store.add_message(message)
        parent = message
    assert chat.texts() == ["first", *map(str, range(999))]
