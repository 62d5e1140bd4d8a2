"""The trash lists, expires, and erases for good."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.message import MessageState
from app.storage.backup import FolderBackups
from app.storage.conversation_store import SqliteConversationStore

if TYPE_CHECKING:
    from tests.storage.conftest import Chat


def test_the_trash_lists_conversations_and_branches(
    store: SqliteConversationStore, new_chat: type[Chat]
) -> None:
    one, other = new_chat(store, "one"), new_chat(store, "other")
    one.say("question")
    answer = one.say("a long answer " * 50)
    one.say("follow-up")
    other.say("hello")
    store.delete_message(answer.id)
    store.delete_conversation(other.conversation.id)
    whole, branch = store.list_trash()
    assert (whole.title, whole.message_id, whole.n_messages) == ("other", None, 1)
    assert (branch.title, branch.message_id, branch.n_messages) == ("one", answer.id, 2)
    assert answer.text.startswith(branch.excerpt)
    assert 0 < len(branch.excerpt) <= 120
    assert abs(whole.trashed_at - time.time()) < 3600


def test_what_was_deleted_over_thirty_days_ago_is_purged(
    store: SqliteConversationStore, new_chat: type[Chat]
) -> None:
    old, new = new_chat(store, "old"), new_chat(store, "new")
    kept = old.say("kept")
    gone = old.say("gone")
    old.say("gone too")
    store.delete_message(gone.id)
    store.delete_conversation(new.conversation.id)
    store.file.db.conn.execute("UPDATE messages SET trashed_at = trashed_at - 31 * 86400")
    assert store.purge_expired() == 1
    assert store.purge_expired() == 0
    assert [e.title for e in store.list_trash()] == ["new"]
    assert list(store.load(old.conversation.id).messages) == [kept.id]
    assert store.file.read("SELECT count(*) FROM messages") == [(1,)]


def test_emptying_the_trash_erases_the_text_from_every_file(
    store: SqliteConversationStore, new_chat: type[Chat], data_dir: Path
) -> None:
    chance = random.Random(7)
    kept = new_chat(store, "staying")
    doomed = new_chat(store, "GoneForGoodTitle")
    for n in range(60):
        size = chance.choice([5, 200, 9000])
        kept.say(f"KeptForEver{n} " * size)
        message = doomed.put(
            doomed.conversation.active_leaf_id,
            f"Vanished{n} " * size,
            thinking=f"Thoughtgone{n} " * size,
            state=MessageState.STREAMING,
        )
        for part in range(3):
            store.journal(message.id, f"Journalgone{n}_{part} " * size, "")
        store.finish(message)
    branch = kept.say("Branchgone " * 300)
    backups = FolderBackups(data_dir)
    backups.back_up_now()
    store.delete_message(branch.id)
    store.delete_conversation(doomed.conversation.id)
    backups.back_up_now()
    assert store.empty_trash() == 2
    for path in [p for p in data_dir.rglob("*") if p.is_file()]:
        data = path.read_bytes().lower()
        for word in (b"vanished", b"thoughtgone", b"journalgone", b"branchgone", b"gonefor"):
            assert word not in data, f"{word!r} in {path.name}"
    assert store.list_trash() == ()
    assert len(kept.texts()) == 60
    restored = backups.list_backups()[-1]
    store.restore_backup(restored)
    assert len(kept.texts()) == 60
    assert [s.title for s in store.list_conversations()] == ["staying"]
    assert store.file.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_files_that_were_set_aside_are_named_when_the_trash_is_emptied(
    chat: Chat, data_dir: Path
) -> None:
    (data_dir / "set-aside").mkdir()
    (data_dir / "set-aside" / "old.db").write_text("old")
    chat.store.delete_conversation(chat.conversation.id)
    assert chat.store.empty_trash() == 1
    (notice,) = chat.store.take_notices()
    assert "set aside" in str(notice)


def test_an_empty_trash_can_be_emptied(store: SqliteConversationStore) -> None:
    assert store.empty_trash() == 0
    assert store.purge_expired() == 0


def test_an_answer_to_a_deleted_question_brings_it_back(chat: Chat) -> None:
    question = chat.say("question")
    chat.store.delete_message(question.id)
    answer = chat.say("answer", after=question)
    chat.store.purge_expired()
    assert [m.id for m in chat.store.load(chat.conversation.id).active_path()] == [
        question.id,
        answer.id,
    ]


def test_a_check_counts_nothing_of_the_trash(
    store: SqliteConversationStore, new_chat: type[Chat]
) -> None:
    gone, kept = new_chat(store, "gone"), new_chat(store, "kept")
    gone.say("Gone")
    kept.say("Kept")
    store.delete_conversation(gone.conversation.id)
    report = store.check_and_repair()
    assert (report.n_conversations, report.n_messages) == (1, 1)
