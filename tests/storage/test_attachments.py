"""Attachments on the disk: with their message, found, taken away, erased, recovered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.core.attachment import MOST_ATTACHMENTS, Attachment, AttachmentKind
from app.core.cancellation import CancelToken
from app.core.history import SearchQuery
from app.core.message import Message
from app.core.transfer import ExportFormat, ExportRequest
from app.storage.conversation_store import SqliteConversationStore, open_store
from app.storage.search import FolderSearch
from app.storage.transfer import FolderTransfer

if TYPE_CHECKING:
    from tests.storage.conftest import Chat

REPORT = Attachment("El volcán despierta.\n`````", "Informe año.pdf", AttachmentKind.PDF, 7)
PASTED = Attachment("pasted <b>words</b>", kind=AttachmentKind.PASTE, is_cut=True)


@pytest.fixture
def search(data_dir: Path) -> Iterator[FolderSearch]:
    search = FolderSearch(data_dir)
    yield search
    search.close()


def ask(chat: Chat, *attachments: Attachment, text: str = "What is it?") -> Message:
    """A question with attachments, as it is added while nothing else is."""
    message = replace(chat.say(text), attachments=attachments)
    chat.store.add_message(message)
    chat.conversation = chat.conversation.with_message(message)
    return message


def n_rows(store: SqliteConversationStore) -> int:
    return int(store.file.read("SELECT count(*) FROM attachments")[0][0])


def check_index(store: SqliteConversationStore) -> None:
    store.file.db.conn.execute(
        "INSERT INTO attachments_fts (attachments_fts, rank) VALUES ('integrity-check', 1)"
    )


def test_attachments_come_back_with_their_message_in_their_order(
    chat: Chat, reopen: Callable[[], SqliteConversationStore]
) -> None:
    message = ask(chat, REPORT, PASTED)
    answer = chat.say("A report.")
    loaded = reopen().load(chat.conversation.id)
    assert loaded.messages[message.id].attachments == (REPORT, PASTED)
    assert loaded.messages[answer.id].attachments == ()


def test_adding_a_message_again_replaces_its_attachments(chat: Chat) -> None:
    message = ask(chat, REPORT, PASTED)
    chat.store.add_message(replace(message, attachments=(PASTED,)))
    assert chat.store.load(chat.conversation.id).messages[message.id].attachments == (PASTED,)
    assert n_rows(chat.store) == 1
    check_index(chat.store)


def test_a_message_has_room_for_no_more_than_the_most(chat: Chat) -> None:
    many = tuple(Attachment(str(n)) for n in range(MOST_ATTACHMENTS + 5))
    message = ask(chat, *many)
    following = ask(chat, REPORT)
    loaded = chat.store.load(chat.conversation.id).messages
    assert loaded[message.id].attachments == many[:MOST_ATTACHMENTS]
    assert loaded[following.id].attachments == (REPORT,)


def test_names_and_texts_are_found_and_lead_to_the_message(
    chat: Chat, search: FolderSearch
) -> None:
    message = ask(chat, PASTED, REPORT)
    for query in ("volcan desp", "informe", "ano pdf", "from:me volcán"):
        (hit,) = search.search(SearchQuery(query))
        assert (hit.message_id, hit.attachment_name) == (message.id, "Informe año.pdf")
    (hit,) = search.search(SearchQuery("pasted"))
    assert [p.text for p in hit.snippet if p.is_match] == ["pasted"]
    assert search.search(SearchQuery("from:model volcán")) == ()


def test_hits_in_messages_and_attachments_stand_in_one_order(
    chat: Chat, search: FolderSearch
) -> None:
    ask(chat, Attachment("fire one"), text="fire two")
    chat.say("An answer.")
    chat.say("fire three")
    hits = search.search(SearchQuery("fire"))
    assert ["".join(p.text for p in h.snippet) for h in hits] == [
        "fire three",
        "fire two",
        "fire one",
    ]
    assert len(search.search(SearchQuery("fire", n_hits=2))) == 2


def test_what_is_in_the_trash_is_not_found_until_it_is_back(
    chat: Chat, search: FolderSearch
) -> None:
    message = ask(chat, REPORT)
    chat.store.delete_message(message.id)
    assert search.search(SearchQuery("volcán")) == ()
    assert chat.store.load(chat.conversation.id).messages == {}
    chat.store.restore_message(message.id)
    assert len(search.search(SearchQuery("volcán"))) == 1
    assert chat.store.load(chat.conversation.id).messages[message.id].attachments == (REPORT,)


def test_the_emptied_trash_leaves_no_trace_of_an_attachment(
    chat: Chat, data_dir: Path, search: FolderSearch
) -> None:
    ask(chat, Attachment("unrepeatableword in it", "secretname.txt"))
    chat.store.delete_conversation(chat.conversation.id)
    chat.store.empty_trash()
    assert n_rows(chat.store) == 0
    check_index(chat.store)
    for path in data_dir.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"unrepeatableword" not in data
            assert b"secretname" not in data
    assert search.search(SearchQuery("unrepeatableword")) == ()


def test_attachments_survive_a_damaged_file(chat: Chat, data_dir: Path) -> None:
    large = Attachment("largest " * 20_000, "large.txt")
    message = ask(chat, REPORT, large)
    store = chat.store
    root = store.file.read("SELECT rootpage FROM sqlite_schema WHERE name = 'conversations'")
    store.close()
    path = data_dir / "conversations.db"
    data = bytearray(path.read_bytes())
    for page in (0, root[0][0] - 1):
        data[page * 4096 + 100 * (page == 0) : page * 4096 + 400] = b"\xff" * (
            300 if page == 0 else 400
        )
    path.write_bytes(data)
    recovered = open_store(data_dir)
    try:
        (summary,) = recovered.list_conversations()
        messages = recovered.load(summary.id).messages
        assert messages[message.id].attachments == (REPORT, large)
        check_index(recovered)
    finally:
        recovered.close()


def test_our_own_json_brings_attachments_along(
    chat: Chat, data_dir: Path, tmp_path: Path, search: FolderSearch
) -> None:
    message = ask(chat, REPORT, PASTED)
    path = tmp_path / "all.json"
    FolderTransfer(data_dir).export(ExportRequest(path, ExportFormat.JSON))
    chat.store.delete_conversation(chat.conversation.id)
    chat.store.empty_trash()
    FolderTransfer(data_dir).run_import(path, CancelToken())
    loaded = chat.store.load(chat.conversation.id)
    assert loaded.messages[message.id].attachments == (REPORT, PASTED)
    assert len(search.search(SearchQuery("volcán"))) == 1


def test_attachments_of_a_file_with_wrong_types_are_mended(
    store: SqliteConversationStore, data_dir: Path, tmp_path: Path
) -> None:
    path = tmp_path / "all.json"
    path.write_text(
        '{"format": "lumbre-conversations", "version": 1, "conversations": [{"id": "c", '
        '"messages": [{"id": "m", "role": "user", "text": "Hi", "attachments": '
        '[{"text": "a", "kind": "hologram", "name": 5, "n_tokens": true}, {}]}]}]}'
    )
    FolderTransfer(data_dir).run_import(path, CancelToken())
    (summary,) = store.list_conversations()
    (message,) = store.load(summary.id).messages.values()
    assert message.attachments == (Attachment("a"), Attachment(""))


@pytest.mark.parametrize("kind", [ExportFormat.MARKDOWN, ExportFormat.HTML])
def test_exports_for_people_have_name_size_and_text(
    chat: Chat, data_dir: Path, tmp_path: Path, kind: ExportFormat
) -> None:
    ask(chat, REPORT, PASTED)
    path = tmp_path / "export"
    FolderTransfer(data_dir).export(ExportRequest(path, kind))
    text = path.read_text("utf-8")
    assert "Attachment: Informe año.pdf · 26 characters" in text
    assert "Attachment: Pasted text · 19 characters · only the beginning" in text
    assert "El volcán despierta." in text
    if kind is ExportFormat.HTML:
        assert "<b>words</b>" not in text
    else:
        assert "``````\nEl volcán despierta.\n`````\n``````" in text
