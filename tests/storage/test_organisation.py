"""Folders, the archive and presets on the disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.conversation import Conversation, Folder, FolderId, Preset, PresetId
from app.core.errors import StorageError
from app.core.generation import SamplingParams
from app.core.message import ConversationId, ReasoningEffort
from app.core.transfer import ExportFormat, ExportRequest
from app.storage.conversation_store import SqliteConversationStore, open_store
from app.storage.transfer import FolderTransfer
from tests.storage.conftest import Chat
from tests.storage.old_schema import as_first_release

Reopen = Callable[[], SqliteConversationStore]
WORK = Folder(FolderId("f1"), "Work")


def test_folders_come_back_in_the_order_in_which_they_were_made(
    store: SqliteConversationStore, reopen: Reopen
) -> None:
    other = Folder(FolderId("f2"), "A house", is_folded=True)
    store.save_folder(WORK)
    store.save_folder(other)
    renamed = replace(WORK, name="Office")
    store.save_folder(renamed)
    assert reopen().list_folders() == (renamed, other)


def test_deleting_a_folder_keeps_its_conversations(chat: Chat, reopen: Reopen) -> None:
    chat.say("hello")
    chat.store.save_folder(WORK)
    chat.store.save_summary(replace(chat.conversation.summary, folder_id=WORK.id))
    chat.store.delete_folder(WORK.id)
    store = reopen()
    assert store.list_folders() == ()
    (summary,) = store.list_conversations()
    assert summary.folder_id is None
    assert [m.text for m in store.load(summary.id).active_path()] == ["hello"]


def test_a_folder_that_is_not_there_is_no_folder(chat: Chat) -> None:
    summary = replace(chat.conversation.summary, folder_id=FolderId("gone"))
    chat.store.save_summary(summary)
    assert chat.store.list_conversations()[0].folder_id is None


def test_several_conversations_are_saved_or_none(
    store: SqliteConversationStore, new_chat: type[Chat]
) -> None:
    one, two = (new_chat(store, title).conversation.summary for title in ("a", "b"))
    store.save_summaries([replace(one, is_archived=True), replace(two, is_archived=True)])
    assert all(s.is_archived for s in store.list_conversations())
    bad = replace(two, is_archived=False, is_temporary=True)
    with pytest.raises(ValueError, match="temporary"):
        store.save_summaries([replace(one, is_archived=False), bad])
    assert all(s.is_archived for s in store.list_conversations())


def test_several_conversations_go_to_the_trash_or_none(
    store: SqliteConversationStore, new_chat: type[Chat]
) -> None:
    ids = [new_chat(store, title).conversation.id for title in ("a", "b")]
    with pytest.raises(StorageError):
        store.delete_conversations([*ids, ConversationId("missing")])
    assert len(store.list_conversations()) == 2
    store.delete_conversations(ids)
    assert store.list_conversations() == ()
    store.restore_conversations(ids)
    assert len(store.list_conversations()) == 2


def test_presets_come_back_with_all_that_they_say(
    store: SqliteConversationStore, reopen: Reopen
) -> None:
    brief = Preset(PresetId("p1"), "Brief", "Be brief.", None, ReasoningEffort.LOW)
    odd = Preset(PresetId("p2"), "Odd", "", SamplingParams(temperature=2.0, seed=1))
    store.save_preset(brief)
    store.save_preset(odd)
    assert reopen().list_presets() == (brief, odd)


def test_one_preset_at_most_is_the_default(store: SqliteConversationStore) -> None:
    for name in ("p1", "p2"):
        store.save_preset(Preset(PresetId(name), name, is_default=True))
    assert [p.is_default for p in store.list_presets()] == [False, True]
    store.delete_preset(PresetId("p2"))
    assert [p.is_default for p in store.list_presets()] == [False]


def test_sampling_values_that_nobody_can_use_are_left_out(
    store: SqliteConversationStore,
) -> None:
    conversation = Conversation.start("t")
    store.save_summary(conversation.summary)
    store.file.db.conn.execute(
        "UPDATE conversations SET sampling = ?",
        ('{"temperature": -1, "top_k": 7, "top_p": "x", "seed": 1e400, "new": 3}',),
    )
    assert store.load(conversation.id).summary.sampling == SamplingParams(top_k=7)
    store.file.db.conn.execute("UPDATE conversations SET sampling = 'no JSON'")
    assert store.load(conversation.id).summary.sampling is None


def test_an_older_database_is_exported_without_being_changed(
    chat: Chat, data_dir: Path, tmp_path: Path
) -> None:
    chat.say("written long ago")
    as_first_release(chat.store)
    before = (data_dir / "conversations.db").read_bytes()
    target = tmp_path / "all.json"
    FolderTransfer(data_dir).export(ExportRequest(target, ExportFormat.JSON))
    assert "written long ago" in target.read_text("utf-8")
    assert (data_dir / "conversations.db").read_bytes() == before


def test_an_older_database_that_cannot_be_written_is_read(
    chat: Chat, data_dir: Path, write_protected: Callable[[], None]
) -> None:
    chat.say("written long ago")
    as_first_release(chat.store)
    write_protected()
    store = open_store(data_dir)
    assert store.is_read_only
    assert [s.title for s in store.list_conversations()] == ["A title"]
    store.close()
