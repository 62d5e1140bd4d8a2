"""Folders, archive and trash of several conversations, through controller and store."""

from __future__ import annotations

from app.core.conversation import ConversationSummary, Folder
from app.core.message import ConversationId
from tests.fixtures.scripted_engine import said
from tests.ui.conftest import Chat, MakeChat

TWO = (said("yes"),), (said("no"),)


def two(make_chat: MakeChat) -> tuple[Chat, ConversationId, ConversationId]:
    """A chat with the conversations "One" and "Two"; the second is open."""
    chat = make_chat(*TWO).start()
    chat.ask("One")
    one = chat.controller.current.id
    chat.controller.new_conversation()
    chat.ask("Two")
    return chat, one, chat.controller.current.id


def on_disk(chat: Chat) -> tuple[dict[str, ConversationSummary], tuple[Folder, ...]]:
    """Conversations by title and the folders, as the store has them."""
    found: list[tuple[dict[str, ConversationSummary], tuple[Folder, ...]]] = []
    chat.storage.submit(
        lambda store: (
            {s.title: s for s in store.list_conversations() if s.title},
            store.list_folders(),
        ),
        found.append,
    )
    chat.wait_for(lambda: bool(found))
    return found[0]


def test_a_new_folder_takes_what_is_put_into_it(make_chat: MakeChat) -> None:
    chat, one, two_id = two(make_chat)
    organiser = chat.controller.organiser
    organiser.set_pinned((one,), is_pinned=True)
    folder_id = organiser.new_folder("  My   work ", (one, two_id))
    summaries, (folder,) = on_disk(chat)
    assert (folder.id, folder.name) == (folder_id, "My work")
    assert {s.folder_id for s in summaries.values()} == {folder_id}
    assert not any(s.is_pinned for s in summaries.values())
    chat.undos[-1]()
    summaries, _ = on_disk(chat)
    assert {s.folder_id for s in summaries.values()} == {None}
    assert summaries["One"].is_pinned


def test_a_folder_has_a_name_and_each_name_once(make_chat: MakeChat) -> None:
    chat = make_chat().start(loads=False)
    organiser = chat.controller.organiser
    assert organiser.new_folder("  ") is None
    assert organiser.new_folder("Work") == organiser.new_folder(" Work ")
    assert len(chat.controller.book.folders) == 1


def test_a_folder_is_renamed_and_stays_folded_after_a_restart(make_chat: MakeChat) -> None:
    chat = make_chat().start(loads=False)
    organiser = chat.controller.organiser
    folder_id = organiser.new_folder("Work")
    assert folder_id is not None
    organiser.rename_folder(folder_id, "Office")
    organiser.rename_folder(folder_id, "   ")
    organiser.set_folded(folder_id, is_folded=True)
    chat.close()
    again = make_chat().start(loads=False)
    assert again.controller.book.folders == (Folder(folder_id, "Office", is_folded=True),)


def test_deleting_a_folder_leaves_its_conversations_and_can_be_undone(
    make_chat: MakeChat,
) -> None:
    chat, one, _ = two(make_chat)
    folder_id = chat.controller.organiser.new_folder("Work", (one,))
    assert folder_id is not None
    chat.controller.organiser.delete_folder(folder_id)
    summaries, folders = on_disk(chat)
    assert folders == ()
    assert set(summaries) == {"One", "Two"}
    chat.undos[-1]()
    summaries, folders = on_disk(chat)
    assert [f.id for f in folders] == [folder_id]
    assert summaries["One"].folder_id == folder_id


def test_the_archive_takes_several_at_once_and_gives_them_back(make_chat: MakeChat) -> None:
    chat, one, two_id = two(make_chat)
    chat.controller.organiser.set_archived((one, two_id), is_archived=True)
    assert chat.controller.current.id not in (one, two_id)
    summaries, _ = on_disk(chat)
    assert all(s.is_archived for s in summaries.values())
    chat.undos[-1]()
    summaries, _ = on_disk(chat)
    assert not any(s.is_archived for s in summaries.values())


def test_writing_in_an_archived_conversation_takes_it_out_of_the_archive(
    make_chat: MakeChat,
) -> None:
    chat = make_chat(*TWO).start()
    chat.ask("One")
    one = chat.controller.current.id
    chat.controller.organiser.set_archived((one,), is_archived=True)
    chat.controller.open_conversation(one)
    chat.wait_for(lambda: chat.controller.current.id == one)
    chat.ask("More")
    assert not on_disk(chat)[0]["One"].is_archived


def test_several_are_deleted_with_one_undo(make_chat: MakeChat) -> None:
    chat, one, two_id = two(make_chat)
    chat.controller.delete_conversations((one, two_id))
    chat.wait_for(lambda: not chat.controller.book.listed)
    assert len(chat.undos) == 1
    assert on_disk(chat)[0] == {}
    chat.undos[0]()
    chat.wait_for(lambda: len(chat.controller.book.listed) == 2)
    assert set(on_disk(chat)[0]) == {"One", "Two"}
    chat.controller.open_conversation(one)
    chat.wait_for(lambda: chat.controller.current.id == one)
    assert chat.shown == ["One", "yes"]
