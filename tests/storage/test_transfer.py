"""Export and import: what is taken away comes back, and nothing is left half done."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.attachment import Attachment, AttachmentKind
from app.core.cancellation import CancelToken
from app.core.conversation import Conversation, ConversationSummary, Folder, FolderId
from app.core.errors import Cancelled, StorageError
from app.core.generation import SamplingParams
from app.core.history import SearchQuery
from app.core.message import (
    ConversationId,
    FinishReason,
    GenerationStats,
    Message,
    MessageId,
    ReasoningEffort,
    Role,
)
from app.core.organisation import new_folder_id
from app.core.transfer import (
    ExportFormat,
    ExportLabels,
    ExportRequest,
    ImportResult,
    ImportSource,
    Transfer,
)
from app.storage.conversation_store import SqliteConversationStore, open_store
from app.storage.search import FolderSearch
from app.storage.transfer import FolderTransfer

if TYPE_CHECKING:
    from tests.storage.conftest import Chat

Load = dict[str, Any]


@pytest.fixture
def transfer(data_dir: Path) -> Transfer:
    return FolderTransfer(data_dir)


def all_of(store: SqliteConversationStore) -> list[Conversation]:
    return [store.load(s.id) for s in store.list_conversations()]


def bring(transfer: Transfer, path: Path) -> ImportResult:
    return transfer.run_import(path, CancelToken())


def exported(
    transfer: Transfer, path: Path, kind: ExportFormat = ExportFormat.JSON, **options: Any
) -> str:
    result = transfer.export(ExportRequest(path, kind, **options))
    assert result.path == path
    return path.read_text("utf-8")


texts = st.text(st.characters(codec="utf-8"), max_size=30)
times = st.floats(0, 2e9)
stats = st.builds(
    GenerationStats,
    n_prompt=st.integers(0, 2**40),
    decode_tps=st.floats(0, 1e6),
    total_ms=st.floats(0, 1e9),
)


samplings = st.builds(
    SamplingParams,
    temperature=st.floats(0, 5),
    top_k=st.integers(0, 1000),
    top_p=st.floats(0.01, 1),
    min_p=st.floats(0, 0.99),
    repeat_penalty=st.floats(1, 2),
    seed=st.none() | st.integers(0, 2**32 - 2),
)
FOLDERS = (Folder(FolderId("f1"), "Work"), Folder(FolderId("f2"), "Casa y jardín"))

attached = st.builds(
    Attachment,
    texts,
    texts,
    st.sampled_from(AttachmentKind),
    st.none() | st.integers(0, 2**40),
    st.booleans(),
)


@st.composite
def conversations(draw: st.DrawFn, number: int) -> Conversation:
    home = ConversationId(f"conversation{number}")
    messages: dict[MessageId, Message] = {}
    for n in range(draw(st.integers(1, 8))):
        role = draw(st.sampled_from(Role))
        message = Message(
            id=MessageId(f"message{number}-{n}"),
            conversation_id=home,
            role=role,
            text=draw(texts),
            parent_id=draw(st.sampled_from([None, *messages])),
            thinking=draw(texts),
            created_at=draw(times),
            reasoning=draw(st.none() | st.sampled_from(ReasoningEffort)),
            finish_reason=draw(st.none() | st.sampled_from(FinishReason)),
            model_name=draw(texts),
            stats=draw(st.none() | stats),
            attachments=tuple(draw(st.lists(attached, max_size=3))),
        )
        messages[message.id] = message
    summary = ConversationSummary(
        home,
        draw(texts),
        draw(times),
        draw(times),
        draw(st.booleans()),
        draw(texts),
        draw(st.sampled_from(ReasoningEffort)),
        draw(texts),
        draw(st.none() | st.sampled_from([f.id for f in FOLDERS])),
        draw(st.booleans()),
        draw(st.none() | samplings),
    )
    return Conversation(summary, messages, draw(st.sampled_from(list(messages))))


def with_folder_names(store: SqliteConversationStore) -> list[Conversation]:
    """All conversations by id; the id of a folder, which an import makes anew, is its name."""
    names = {f.id: FolderId(f.name) for f in store.list_folders()}
    return [
        c.with_summary(
            replace(c.summary, folder_id=c.summary.folder_id and names[c.summary.folder_id])
        )
        for c in sorted(all_of(store), key=lambda c: c.id)
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_our_own_json_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("round")
    written = [data.draw(conversations(n)) for n in range(data.draw(st.integers(1, 3)))]
    store = open_store(folder / "a")
    for made in FOLDERS:
        store.save_folder(made)
    for conversation in written:
        store.save_summary(conversation.summary)
        for message in conversation.messages.values():
            store.add_message(message)
        store.set_active_leaf(conversation.id, conversation.active_leaf_id)
        store.save_summary(conversation.summary)
    before = with_folder_names(store)
    store.close()
    exported(FolderTransfer(folder / "a"), folder / "all.json")
    other = open_store(folder / "b")
    result = bring(FolderTransfer(folder / "b"), folder / "all.json")
    assert with_folder_names(other) == before
    assert (result.n_conversations, result.n_left_out) == (len(written), 0)
    assert result.n_messages == sum(len(c.messages) for c in written)
    other.close()


def test_importing_twice_brings_nothing_twice(
    chat: Chat, transfer: Transfer, tmp_path: Path
) -> None:
    chat.say("question")
    exported(transfer, tmp_path / "all.json")
    before = all_of(chat.store)
    preview = transfer.preview_import(tmp_path / "all.json", CancelToken())
    assert (preview.n_conversations, preview.n_messages, preview.n_known) == (0, 0, 1)
    result = bring(transfer, tmp_path / "all.json")
    assert (result.n_conversations, result.n_messages, result.n_known) == (0, 0, 1)
    assert all_of(chat.store) == before


def test_an_import_adds_what_a_known_conversation_lacks(
    chat: Chat, transfer: Transfer, tmp_path: Path
) -> None:
    chat.say("question")
    answer = chat.say("answer")
    exported(transfer, tmp_path / "all.json")
    chat.store.delete_message(answer.id)
    chat.store.file.db.conn.execute("DELETE FROM messages WHERE uuid = ?", (answer.id,))
    result = bring(transfer, tmp_path / "all.json")
    assert (result.n_conversations, result.n_messages, result.n_known) == (0, 1, 0)
    assert chat.store.load(chat.conversation.id).messages[answer.id] == answer
    assert transfer.undo_import(result.id) == 1
    assert chat.texts() == ["question"]


def test_an_import_brings_a_conversation_back_from_the_trash(
    chat: Chat, transfer: Transfer, tmp_path: Path
) -> None:
    chat.say("question")
    exported(transfer, tmp_path / "all.json")
    chat.store.delete_conversation(chat.conversation.id)
    bring(transfer, tmp_path / "all.json")
    assert chat.texts() == ["question"]
    assert len(chat.store.list_conversations()) == 1


def test_an_import_is_undone_into_the_trash(
    store: SqliteConversationStore, transfer: Transfer, tmp_path: Path
) -> None:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([chatgpt("one"), chatgpt("two")]))
    result = bring(transfer, path)
    assert {s.title for s in store.list_conversations()} == {"one", "two"}
    assert transfer.undo_import(result.id) == 2
    assert store.list_conversations() == ()
    assert len(store.list_trash()) == 2


def in_folder(store: SqliteConversationStore, chat: Chat, name: str) -> None:
    folder = Folder(new_folder_id(), name)
    store.save_folder(folder)
    store.save_summary(replace(chat.conversation.summary, folder_id=folder.id))


def test_an_import_uses_the_folder_of_that_name_and_makes_one_only_when_there_is_none(
    chat: Chat, transfer: Transfer, tmp_path: Path
) -> None:
    chat.say("question")
    in_folder(chat.store, chat, "Work")
    exported(transfer, tmp_path / "one.json")
    other = open_store(tmp_path / "other")
    there = FolderTransfer(tmp_path / "other")
    result = bring(there, tmp_path / "one.json")
    (made,) = other.list_folders()
    assert made.name == "Work"
    assert other.list_conversations()[0].folder_id == made.id
    there.undo_import(result.id)
    assert other.list_folders() == ()
    own = Folder(new_folder_id(), "Work")
    other.save_folder(own)
    again = exported(transfer, tmp_path / "two.json").replace(chat.conversation.id, "another")
    (tmp_path / "two.json").write_text(again, "utf-8")
    there.undo_import(bring(there, tmp_path / "two.json").id)
    assert other.list_folders() == (own,)
    other.close()


def test_imported_messages_count_as_older_than_those_written_here(
    chat: Chat, transfer: Transfer, tmp_path: Path, data_dir: Path
) -> None:
    chat.say("fire here")
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([chatgpt("imported", "fire there")]))
    bring(transfer, path)
    chat.say("fire again")
    search = FolderSearch(data_dir)
    hits = search.search(SearchQuery("fire"))
    search.close()
    assert [h.title for h in hits] == ["A title", "A title", "imported", "imported"]
    connection = chat.store.file.db.conn
    connection.execute(
        "INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 1)"
    )
    assert [s.title for s in chat.store.list_conversations()] == ["A title", "imported"]


def chatgpt(title: str | None, question: str = "hello", **more: Any) -> Load:
    """A conversation as ChatGPT exports it."""
    return {
        "title": title,
        "create_time": 1700000000.5,
        "update_time": 1700000100.0,
        "conversation_id": f"id of {title}",
        "current_node": "n2",
        "mapping": {
            "root": {"id": "root", "message": None, "parent": None, "children": ["n1"]},
            "n1": node("n1", "root", "user", question),
            "n2": node("n2", "n1", "assistant", f"About {question}", model_slug="gpt-5"),
        },
        **more,
    }


def node(id_: str, parent: str, role: str, text: str, **metadata: Any) -> Load:
    content = {"content_type": "text", "parts": [text]}
    return raw_node(id_, parent, role, content, **metadata)


def raw_node(id_: str, parent: str, role: str, content: Load, **metadata: Any) -> Load:
    return {
        "id": id_,
        "parent": parent,
        "children": [],
        "message": {
            "id": id_,
            "author": {"role": role},
            "create_time": 1700000001.0,
            "content": content,
            "metadata": metadata,
            "recipient": "all",
        },
    }


def only(store: SqliteConversationStore) -> Conversation:
    (summary,) = store.list_conversations()
    return store.load(summary.id)


def test_chatgpt_trees_dates_titles_thoughts_and_code_are_imported(
    store: SqliteConversationStore, transfer: Transfer, tmp_path: Path
) -> None:
    mapping = {
        "root": {"id": "root", "message": None, "parent": None},
        "sys": node(
            "sys", "root", "system", "hidden", is_visually_hidden_from_conversation=True
        ),
        "q": node("q", "sys", "user", "How?"),
        "think": raw_node(
            "think",
            "q",
            "assistant",
            {
                "content_type": "thoughts",
                "thoughts": [{"summary": "Plan", "content": "Think."}],
            },
        ),
        "recap": raw_node(
            "recap", "think", "assistant", {"content_type": "reasoning_recap", "content": "8 s"}
        ),
        "call": raw_node(
            "call",
            "recap",
            "assistant",
            {"content_type": "code", "language": "python", "text": "1+1"},
        ),
        "out": raw_node(
            "out", "call", "tool", {"content_type": "execution_output", "text": "2"}
        ),
        "a": node("a", "out", "assistant", "Two.\ue200cite\ue202x\ue201", model_slug="gpt-5"),
        "other": node("other", "q", "assistant", "Three."),
        "q2": raw_node(
            "q2",
            "a",
            "user",
            {
                "content_type": "multimodal_text",
                "parts": [{"content_type": "image_asset_pointer"}, "Sure?"],
            },
            attachments=[{"name": "sheet.csv"}],
        ),
    }
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([chatgpt("Sums", mapping=mapping, current_node="q2")]))
    preview = transfer.preview_import(path, CancelToken())
    assert (preview.source, preview.titles) == (ImportSource.CHATGPT, ("Sums",))
    assert (preview.n_conversations, preview.n_messages) == (1, 4)
    assert store.list_conversations() == ()
    bring(transfer, path)
    loaded = only(store)
    assert loaded.summary.created_at == 1700000000.5
    question, answer, second = loaded.active_path()
    assert (question.role, question.text) == (Role.USER, "How?")
    assert answer.thinking == "Plan\n\nThink."
    assert answer.text == "```python\n1+1\n```\n\n```\n2\n```\n\nTwo."
    assert (answer.model_name, answer.finish_reason) == ("gpt-5", FinishReason.STOP)
    assert second.text == "[sheet.csv]\n\n[image]\n\nSure?"
    assert [m.text for m in loaded.versions(answer.id)] == [answer.text, "Three."]


def test_a_chatgpt_zip_is_read_as_it_is(
    store: SqliteConversationStore, transfer: Transfer, tmp_path: Path
) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("user.json", '{"email": "me"}')
        archive.writestr("conversations-000.json", json.dumps([chatgpt("one")]))
        archive.writestr("conversations-001.json", json.dumps([chatgpt("two")]))
    result = bring(transfer, path)
    assert (result.source, result.n_conversations, result.n_left_out) == (
        ImportSource.CHATGPT,
        2,
        0,
    )
    assert len(store.list_conversations()) == 2


def test_open_webui_chats_are_imported(
    store: SqliteConversationStore, transfer: Transfer, tmp_path: Path
) -> None:
    thought = (
        '<details type="reasoning" done="true">\n<summary>Thought</summary>\n'
        "&gt; Let me\n&gt; see.\n</details>\nIt is 4."
    )
    chat = {
        "id": "abc",
        "title": "Four",
        "created_at": 1700000000,
        "updated_at": 1700000500,
        "pinned": True,
        "chat": {
            "params": {"system": "Be brief."},
            "history": {
                "currentId": "a1",
                "messages": {
                    "q": {
                        "id": "q",
                        "parentId": None,
                        "role": "user",
                        "content": "2+2?",
                        "timestamp": 1700000001,
                    },
                    "a1": {
                        "id": "a1",
                        "parentId": "q",
                        "role": "assistant",
                        "content": thought,
                        "model": "oss",
                    },
                    "a2": {
                        "id": "a2",
                        "parentId": "q",
                        "role": "assistant",
                        "content": "Four.",
                    },
                },
            },
        },
    }
    path = tmp_path / "chat-export.json"
    path.write_text(json.dumps([chat]))
    assert bring(transfer, path).source is ImportSource.OPEN_WEBUI
    loaded = only(store)
    question, answer = loaded.active_path()
    assert (question.text, question.created_at) == ("2+2?", 1700000001)
    assert (answer.text, answer.thinking, answer.model_name) == (
        "It is 4.",
        "Let me\nsee.",
        "oss",
    )
    assert (loaded.summary.instructions, loaded.summary.is_pinned) == ("Be brief.", True)
    assert len(loaded.messages) == 3


def test_lm_studio_conversations_are_imported_from_their_folder(
    store: SqliteConversationStore, transfer: Transfer, tmp_path: Path
) -> None:
    def said(text: str) -> Load:
        return {
            "type": "singleStep",
            "role": "user",
            "content": [{"type": "text", "text": text}],
        }

    def answered(text: str) -> Load:
        thought = {
            "type": "contentBlock",
            "style": {"type": "thinking"},
            "content": [{"type": "text", "text": "Hm."}],
        }
        block = {"type": "contentBlock", "content": [{"type": "text", "text": text}]}
        return {
            "type": "multiStep",
            "role": "assistant",
            "senderInfo": {"senderName": "gpt-oss-20b"},
            "steps": [thought, block, {"type": "debugInfoBlock"}],
        }

    conversation = {
        "name": "Greetings",
        "createdAt": 1700000000000,
        "systemPrompt": "Be kind.",
        "messages": [
            {"versions": [said("Hi")], "currentlySelected": 0},
            {"versions": [answered("Hello"), answered("Good day")], "currentlySelected": 1},
            {"versions": [said("Bye")], "currentlySelected": 0},
        ],
    }
    folder = tmp_path / "conversations" / "work"
    folder.mkdir(parents=True)
    (folder / "1.conversation.json").write_text(json.dumps(conversation))
    (folder / "2.conversation.json").write_text(json.dumps({**conversation, "createdAt": 5}))
    result = bring(transfer, tmp_path / "conversations")
    assert (result.source, result.n_conversations) == (ImportSource.LM_STUDIO, 2)
    loaded = store.load(store.list_conversations()[0].id)
    assert [m.text for m in loaded.active_path()] == ["Hi", "Good day", "Bye"]
    answer = loaded.active_path()[1]
    assert (answer.thinking, answer.model_name) == ("Hm.", "gpt-oss-20b")
    assert [m.text for m in loaded.versions(answer.id)] == ["Hello", "Good day"]
    assert (loaded.summary.title, loaded.summary.created_at) == ("Greetings", 1700000000)
    assert bring(transfer, tmp_path / "conversations").n_known == 2


BAD: dict[str, Any] = {
    "no mapping": {"title": "x"},
    "mapping of a wrong type": chatgpt("x", mapping=[1]),
    "wrong types everywhere": chatgpt("x", mapping={"a": {"message": {"author": 3}}, "b": 4}),
    "no messages": chatgpt("x", mapping={}),
    "number": 17,
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_conversation_is_left_out_and_listed(
    store: SqliteConversationStore, transfer: Transfer, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([chatgpt("good"), BAD[name], chatgpt("better")]))
    result = bring(transfer, path)
    assert {s.title for s in store.list_conversations()} == {"good", "better"}
    if name != "number":  # what is not even an object is passed over
        assert result.n_left_out == 1
        assert "left out" in str(result.left_out[0].reason)


def test_circles_and_lost_parents_become_sound_trees(
    store: SqliteConversationStore, transfer: Transfer, tmp_path: Path
) -> None:
    mapping = {
        "a": node("a", "c", "user", "A"),
        "b": node("b", "a", "assistant", "B"),
        "c": node("c", "b", "user", "C"),
        "self": node("self", "self", "user", "S"),
        "lost": node("lost", "nowhere", "user", "L"),
    }
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([chatgpt("x", mapping=mapping)]))
    bring(transfer, path)
    loaded = only(store)
    assert {m.text for m in loaded.messages.values()} == {"A", "B", "C", "S", "L"}
    for message in loaded.messages.values():
        assert loaded.path_to(message.id)[0].parent_id is None


@pytest.mark.parametrize("cut", [1, 20, 200, 700, -1, -2])
def test_a_file_that_ends_too_early_is_imported_as_far_as_it_goes(
    store: SqliteConversationStore, transfer: Transfer, tmp_path: Path, cut: int
) -> None:
    whole = json.dumps([chatgpt("one"), chatgpt("two")])
    path = tmp_path / "conversations.json"
    path.write_text(whole[:cut])
    try:
        result = bring(transfer, path)
    except StorageError as error:
        assert "no conversations" in str(error)
        assert store.list_conversations() == ()
    else:
        assert result.n_left_out == 1
        assert "ends too early" in str(result.left_out[0].reason)
        assert 1 <= len(store.list_conversations()) <= 2


HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "spaces": b" " * 3_000_000,
    "text": b"hello, I am no JSON" * 1000,
    "open brackets": b"[" * 1_000_000,
    "nested objects": b'[{"a":' * 100_000,
    "open string": b'["' + b"x" * 3_000_000,
    "backslashes": b'["' + b"\\" * 3_000_001,
    "closing brackets": b"[]]]]}}}}",
    "nul bytes": bytes(100_000),
    "utf-16": json.dumps([{"title": "x"}]).encode("utf-16"),
    "not utf-8": b'[{"title": "\xff\xfe", "mapping": {}}]',
    "huge number": b'[{"create_time": ' + b"9" * 5000 + b', "mapping": {}}]',
    "numbers": b"[1, 2, 3, null, true]",
    "deep": b'[{"mapping": ' + b'{"a":' * 150 + b"1" + b"}" * 150 + b"}]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_get_a_sentence_and_change_nothing(
    store: SqliteConversationStore, transfer: Transfer, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "hostile.json"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(StorageError, match="Nothing was imported"):
        bring(transfer, path)
    assert store.list_conversations() == ()
    assert store.file.read("SELECT count(*) FROM imports") == [(0,)]


def test_a_zip_bomb_is_refused(transfer: Transfer, tmp_path: Path, chat: Chat) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("conversations.json", b"[" + b" " * (200 << 20) + b"]")
    assert path.stat().st_size < 1 << 20
    with pytest.raises(StorageError, match="far too large"):
        bring(transfer, path)
    assert chat.texts() == []


def test_a_damaged_zip_and_a_folder_without_files_are_refused(
    transfer: Transfer, tmp_path: Path, chat: Chat
) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("conversations.json", json.dumps([chatgpt("x")]) * 100)
    data = bytearray(path.read_bytes())
    data[100:200] = bytes(100)
    path.write_bytes(data)
    with pytest.raises(StorageError, match="Nothing was imported"):
        bring(transfer, path)
    (tmp_path / "nothing").mkdir()
    for place in (tmp_path / "nothing", tmp_path / "missing"):
        with pytest.raises(StorageError, match="Nothing was imported"):
            bring(transfer, place)
    assert chat.texts() == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
def test_a_pipe_is_not_waited_for(transfer: Transfer, tmp_path: Path, chat: Chat) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(StorageError, match="cannot be read"):
        bring(transfer, tmp_path / "pipe.json")
    assert chat.texts() == []


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)
KEYS = [
    "id",
    "title",
    "mapping",
    "message",
    "author",
    "role",
    "content",
    "content_type",
    "parts",
    "thoughts",
    "parent",
    "metadata",
    "current_node",
    "create_time",
    "chat",
    "history",
    "messages",
    "currentId",
    "parentId",
    "timestamp",
    "versions",
    "steps",
    "name",
    "createdAt",
    "style",
    "type",
    "text",
    "format",
    "conversations",
    "stats",
    "reasoning",
]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.recursive(
        json_values
        | st.sampled_from(["user", "assistant", "tool", "text", "thinking", "code"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
        ),
        max_leaves=25,
    )
)
def test_any_json_is_imported_or_refused(
    store: SqliteConversationStore, transfer: Transfer, tmp_path: Path, value: object
) -> None:
    path = tmp_path / "any.json"
    path.write_text(
        json.dumps([value, {"mapping": value}, {"chat": value}, {"messages": value}])
    )
    try:
        bring(transfer, path)
    except StorageError as error:
        assert "Nothing was imported" in str(error)
    for conversation in all_of(store):
        assert conversation.active_path()


def test_a_newer_file_of_ours_is_refused(
    store: SqliteConversationStore, transfer: Transfer, tmp_path: Path
) -> None:
    path = tmp_path / "newer.json"
    document = {"format": "lumbre-conversations", "version": 99, "conversations": []}
    path.write_text(json.dumps(document))
    with pytest.raises(StorageError):
        bring(transfer, path)
    assert store.list_conversations() == ()


def test_a_cancelled_import_leaves_nothing(
    store: SqliteConversationStore, transfer: Transfer, tmp_path: Path
) -> None:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([chatgpt(f"t{n}", "x" * 3000) for n in range(3000)]))
    cancel = CancelToken()

    def stop_late(share: float) -> None:
        if share > 0.8:
            cancel.cancel()

    with pytest.raises(Cancelled):
        transfer.run_import(path, cancel, stop_late)
    for table in ("conversations", "messages", "imports"):
        assert store.file.read(f"SELECT count(*) FROM {table}") == [(0,)]


def test_an_import_that_the_program_did_not_finish_is_taken_out(
    chat: Chat,
    transfer: Transfer,
    tmp_path: Path,
    reopen: Callable[[], SqliteConversationStore],
) -> None:
    chat.say("mine")
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([chatgpt("half")]))
    bring(transfer, path)
    chat.store.file.db.conn.execute("UPDATE imports SET finished_at = NULL")
    store = reopen()
    assert [s.title for s in store.list_conversations()] == ["A title"]
    assert store.file.read("SELECT count(*) FROM messages") == [(1,)]


def test_writing_goes_on_while_an_import_runs(
    chat: Chat, transfer: Transfer, tmp_path: Path
) -> None:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([chatgpt(f"t{n}") for n in range(3000)]))
    shares: list[float] = []

    def write_between(share: float) -> None:
        shares.append(share)
        chat.say(f"at {share}")

    transfer.run_import(path, CancelToken(), write_between)
    assert len(chat.texts()) == len(shares) > 2
    assert shares == sorted(shares)
    assert len(chat.store.list_conversations()) == 3001


def test_only_what_was_asked_for_is_exported(
    store: SqliteConversationStore, new_chat: type[Chat], transfer: Transfer, tmp_path: Path
) -> None:
    one, other = new_chat(store, "one"), new_chat(store, "other")
    root = one.say("question")
    one.say("first", after=root, thinking="thought")
    one.say("second", after=root)
    other.say("elsewhere")
    ids = (one.conversation.id,)
    everything = json.loads(exported(transfer, tmp_path / "a.json", conversation_ids=ids))
    assert [c["title"] for c in everything["conversations"]] == ["one"]
    assert len(everything["conversations"][0]["messages"]) == 3
    branch = exported(
        transfer, tmp_path / "b.json", conversation_ids=ids, has_all_branches=False
    )
    texts = [m["text"] for m in json.loads(branch)["conversations"][0]["messages"]]
    assert texts == ["question", "second"]
    bare = exported(transfer, tmp_path / "c.json", conversation_ids=ids, has_thinking=False)
    assert "thought" not in bare


def test_markdown_has_the_shown_branch_first_and_then_the_others(
    chat: Chat, transfer: Transfer, tmp_path: Path
) -> None:
    root = chat.say("question")
    chat.say("first", after=root, thinking="deep\nthought")
    chat.say("second", after=root)
    labels = ExportLabels(you="Tú", thinking="Razonamiento")
    text = exported(transfer, tmp_path / "a.md", ExportFormat.MARKDOWN, labels=labels)
    assert text.startswith("# A title\n")
    assert text.index("question") < text.index("second") < text.index("Another branch")
    assert text.index("Another branch") < text.index("first")
    assert "## Tú" in text
    assert "> **Razonamiento**\n>\n> deep\n> thought" in text


def test_html_needs_nothing_else_and_runs_nothing(
    chat: Chat, transfer: Transfer, tmp_path: Path
) -> None:
    chat.say("<script>alert(1)</script> ![x](http://example.com/x.png) <img src=x onerror=y>")
    chat.say("[a](javascript:alert(1)) `code <b>`\n\n```html\n<i>\n```", thinking="<b>hm</b>")
    chat.store.save_summary(replace(chat.conversation.summary, title="<h1>T"))
    page = exported(transfer, tmp_path / "a.html", ExportFormat.HTML)
    body = page[page.index("<body>") :]
    for forbidden in (
        "<script",
        "<img",
        "onerror=y>\n",
        'javascript:alert(1)"',
        "<b>",
        "<i>",
        "src=",
    ):
        assert forbidden not in body.replace("&lt;img src=x", "")
    assert "&lt;h1&gt;T" in body
    assert "default-src 'none'" in page


def test_an_export_replaces_a_file_whole_or_not_at_all(
    chat: Chat, transfer: Transfer, tmp_path: Path
) -> None:
    chat.say("question")
    path = tmp_path / "a.json"
    path.write_text("old")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        transfer.export(ExportRequest(path, ExportFormat.JSON, cancel=cancel))
    assert path.read_text() == "old"
    with pytest.raises(StorageError):
        transfer.export(ExportRequest(tmp_path / "no" / "a.json", ExportFormat.JSON))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.json", "data"]


def test_a_write_protected_history_can_be_exported_but_nothing_imported(
    chat: Chat, transfer: Transfer, tmp_path: Path, write_protected: Callable[[], None]
) -> None:
    chat.say("readable")
    chat.store.close()
    write_protected()
    assert "readable" in exported(transfer, tmp_path / "a.json")
    with pytest.raises(StorageError, match="nothing can be imported"):
        bring(transfer, tmp_path / "a.json")
