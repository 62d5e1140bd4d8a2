"""Finding titles and messages, whatever is typed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.cancellation import CancelToken
from app.core.conversation import Conversation
from app.core.errors import Cancelled
from app.core.history import HistorySearch, SearchHit, SearchQuery
from app.core.message import FinishReason, MessageState, Role
from app.storage.backup import FolderBackups
from app.storage.conversation_store import SqliteConversationStore, open_store
from app.storage.search import FolderSearch
from app.storage.search_query import parse
from app.storage.sqlite import transaction

if TYPE_CHECKING:
    from tests.storage.conftest import Chat


@pytest.fixture
def search(data_dir: Path) -> Iterator[FolderSearch]:
    search = FolderSearch(data_dir)
    yield search
    search.close()


@pytest.fixture(scope="module")
def many_messages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FolderSearch]:
    """A history of 9,200 messages."""
    folder = tmp_path_factory.mktemp("many")
    store = open_store(folder)
    fill(store, 9_200)
    store.close()
    search = FolderSearch(folder)
    yield search
    search.close()


def texts(hits: tuple[SearchHit, ...]) -> list[str]:
    return ["".join(p.text for p in hit.snippet) for hit in hits]


def test_the_search_satisfies_the_protocol(chat: Chat, search: FolderSearch) -> None:
    as_protocol: HistorySearch = search
    assert as_protocol.search(SearchQuery("nothing")) == ()
    assert chat.texts() == []


def test_hits_in_the_archive_are_found_and_say_so(chat: Chat, search: FolderSearch) -> None:
    chat.say("fuego")
    chat.store.save_summary(replace(chat.conversation.summary, title="Fuego"))
    hits = search.search(SearchQuery("fuego"))
    assert [h.is_archived for h in hits] == [False, False]
    archived = replace(chat.conversation.summary, title="Fuego", is_archived=True)
    chat.store.save_summary(archived)
    hits = search.search(SearchQuery("fuego"))
    assert [h.is_archived for h in hits] == [True, True]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("canción", True),
        ("CANCION", True),
        ("canc", True),  # the last word may be a beginning
        ("canc ", False),
        ("canc* sobre", True),
        ("canc sobre", False),
        ('"sobre el fuego"', True),
        ('"el sobre fuego"', False),
        ('"sobre el fu', True),
        ("fuego canción", True),
        ("fuego hielo", False),
        ("from:me fuego", True),
        ("de:mí fuego", True),
        ("from:model fuego", False),
        ("from:nobody fuego", False),
        ("before:2001 fuego", True),
        ("before:2000-02-01 fuego", True),
        ("antes:2000-01 fuego", False),
        ("after:2000-01-15 fuego", True),
        ("desde:2000-01-16 fuego", False),
        ("before:2000-13 fuego", False),
    ],
)
def test_words_phrases_beginnings_and_filters(
    chat: Chat, search: FolderSearch, query: str, is_found: bool
) -> None:
    message = chat.say("Una canción sobre el fuego.")
    chat.store.add_message(message)
    chat.store.file.db.conn.execute(
        "UPDATE messages SET created_at = ?", (datetime(2000, 1, 15, 12).timestamp(),)
    )
    assert bool(search.search(SearchQuery(query))) is is_found


def test_a_hit_says_where_it_is_and_marks_the_words(chat: Chat, search: FolderSearch) -> None:
    chat.say("nothing here")
    message = chat.say("far away " * 50 + "the Lumbre burns " + "far away " * 50)
    (hit,) = search.search(SearchQuery("lumbre"))
    assert (hit.conversation_id, hit.message_id) == (chat.conversation.id, message.id)
    assert (hit.title, hit.role) == ("A title", Role.ASSISTANT)
    assert [p.text for p in hit.snippet if p.is_match] == ["Lumbre"]
    assert len("".join(p.text for p in hit.snippet)) < 200


def test_titles_come_first_then_the_newest_messages(
    store: SqliteConversationStore, new_chat: type[Chat], search: FolderSearch
) -> None:
    for n in range(3):
        new_chat(store, "no").say(f"fire {n}")
    new_chat(store, "About FIRE")
    newest_first = ["fire 2", "fire 1", "fire 0"]
    assert texts(search.search(SearchQuery("fire"))) == ["About FIRE", *newest_first]
    assert len(search.search(SearchQuery("fire", n_hits=2))) == 2
    assert texts(search.search(SearchQuery("fire from:me"))) == newest_first


def fill(store: SqliteConversationStore, n: int) -> None:
    """`n` messages of both roles; how often a word stands in them is what it says."""
    chat = Conversation.start("long")
    store.save_summary(chat.summary)
    often = (("always", 1), ("seldom", 30), ("rarely", 500))
    key = "(SELECT id FROM conversations WHERE uuid = ?)"
    rows = (
        (
            f"message-{at:05}",
            chat.id,
            "assistant" if at % 2 else "user",
            " ".join([*(word for word, each in often if at % each < 2), f"end{at}"]),
            float(at),
            0.0 if at >= n - 60 and at % 3 else None,  # much of the newest is in the trash
        )
        for at in range(n)
    )
    with transaction(store.file.db.conn):
        store.file.db.conn.executemany(
            "INSERT INTO messages (uuid, conversation, role, text, created_at, trashed_at, "
            f"state) VALUES (?, {key}, ?, ?, ?, ?, 'complete')",
            rows,
        )


@pytest.mark.parametrize(
    "query",
    [
        "always ",
        "always seldom ",
        "seldom ",
        "rarely ",
        "rarely always",
        "al",
        "a",
        '"always seldom" ',
        "end9199 ",
        "end8",
        "nowhere ",
    ],
)
@pytest.mark.parametrize("speaker", ["", "from:me ", "from:model ", "after:1970 "])
def test_of_thousands_of_hits_the_newest_are_found(
    many_messages: FolderSearch, query: str, speaker: str
) -> None:
    # A date before all of time lets everything pass, and is looked for from the newest on.
    everything = many_messages.search(
        SearchQuery(f"before:2200 {speaker}{query}", n_hits=20_000)
    )
    newest = many_messages.search(SearchQuery(f"{speaker}{query}", n_hits=50))
    assert newest == everything[:50]
    dates = [hit.created_at for hit in everything]
    assert dates == sorted(dates, reverse=True)


def test_thinking_is_found_only_when_asked_for(chat: Chat, search: FolderSearch) -> None:
    chat.say("question")
    chat.say("answer", thinking="secretly wondering")
    assert search.search(SearchQuery("wondering")) == ()
    (hit,) = search.search(SearchQuery("wondering", includes_thinking=True))
    assert texts((hit,)) == ["secretly wondering"]


def test_an_answer_is_found_when_it_is_complete_and_by_its_last_text(
    chat: Chat, search: FolderSearch
) -> None:
    question = chat.say("question")
    answer = chat.put(question.id, "", state=MessageState.STREAMING)
    chat.store.journal(answer.id, "halfway", "")
    assert search.search(SearchQuery("halfway")) == ()
    chat.store.finish(replace(answer, text="finished", finish_reason=FinishReason.STOP))
    assert search.search(SearchQuery("halfway")) == ()
    assert texts(search.search(SearchQuery("finished"))) == ["finished"]
    chat.store.add_message(replace(answer, text="continued", state=MessageState.STREAMING))
    assert search.search(SearchQuery("finished")) == ()
    assert chat.store.mark_interrupted() == 1
    assert texts(search.search(SearchQuery("continued"))) == ["continued"]


def test_what_is_in_the_trash_is_not_found(chat: Chat, search: FolderSearch) -> None:
    message = chat.say("gone tomorrow")
    chat.store.delete_message(message.id)
    assert search.search(SearchQuery("tomorrow")) == ()
    chat.store.restore_message(message.id)
    assert len(search.search(SearchQuery("tomorrow"))) == 1
    chat.store.delete_conversation(chat.conversation.id)
    assert search.search(SearchQuery("tomorrow")) == ()
    assert search.search(SearchQuery("title")) == ()


def test_a_changed_title_is_found_by_its_new_words(chat: Chat, search: FolderSearch) -> None:
    chat.store.save_summary(replace(chat.conversation.summary, title="Renamed"))
    assert search.search(SearchQuery("title")) == ()
    assert texts(search.search(SearchQuery("renamed"))) == ["Renamed"]


def test_filters_alone_list_the_newest_messages(chat: Chat, search: FolderSearch) -> None:
    chat.say("question")
    chat.say("answer")
    chat.say("second question")
    assert texts(search.search(SearchQuery("from:me"))) == ["second question", "question"]


def test_signs_alone_find_nothing(chat: Chat, search: FolderSearch) -> None:
    chat.say("...")
    for text in ("", "   ", "...", '"', "***", "()", ":"):
        assert search.search(SearchQuery(text)) == ()


SIGNS = (
    *('"', "*", "from:", "before:", "me", "2026-99", "NEAR(", ")", "AND", "-", "^", "{a}"),
    *(":", "a", " ", "\0", "\ud800"),
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=30) | st.lists(st.sampled_from(SIGNS), max_size=12).map("".join))
def test_nothing_that_is_typed_is_an_error(chat: Chat, search: FolderSearch, text: str) -> None:
    assert isinstance(search.search(SearchQuery(text, includes_thinking=True)), tuple)
    assert len(chat.conversation.messages) == 0


def test_dates_out_of_the_calendar_are_words() -> None:
    assert parse("before:2026-02-30").before is None
    assert parse("before:0000").before is None
    assert parse("before:2026").before == datetime(2026, 1, 1).timestamp()
    assert parse("after:2026/5/3").after == datetime(2026, 5, 3).timestamp()


def test_a_cancelled_search_raises_at_once(chat: Chat, search: FolderSearch) -> None:
    chat.say("word")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        search.search(SearchQuery("word", cancel=cancel))
    assert len(search.search(SearchQuery("word"))) == 1


def test_a_running_search_is_ended_from_another_thread(
    chat: Chat, search: FolderSearch
) -> None:
    # Nothing matches the second filter, so that all of 30,000 messages are looked at.
    chat.store.file.db.conn.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) "
        "INSERT INTO messages (uuid, conversation, role, text, created_at, state) "
        "SELECT 'm' || i, 1, 'user', 'common word', 0, 'complete' FROM n"
    )
    cancel = CancelToken()
    began = threading.Event()
    outcomes: list[str] = []

    def look() -> None:
        own = FolderSearch(chat.store.file.folder.path)
        began.set()
        try:
            for _ in range(1000):
                own.search(SearchQuery("common before:1960", cancel=cancel))
        except Cancelled:
            outcomes.append("cancelled")
        own.close()

    thread = threading.Thread(target=look)
    thread.start()
    began.wait()
    cancel.cancel()
    thread.join()
    assert outcomes == ["cancelled"]


@pytest.mark.parametrize("stays_open", [True, False])
def test_a_search_holds_the_file_only_where_it_can_be_replaced_all_the_same(
    chat: Chat, data_dir: Path, stays_open: bool
) -> None:
    chat.say("a needle")
    chat.store.close()
    search = FolderSearch(data_dir, stays_open=stays_open)
    for _ in range(2):
        assert len(search.search(SearchQuery("needle"))) == 1
        opened = {Path(file.path) for file in psutil.Process().open_files()}
        assert (data_dir.resolve() / "conversations.db" in opened) is stays_open
    search.close()


def test_a_history_that_was_replaced_is_searched_anew(
    chat: Chat, search: FolderSearch, data_dir: Path
) -> None:
    chat.say("before")
    backup = FolderBackups(data_dir).back_up_now()
    gone = chat.say("after")
    assert len(search.search(SearchQuery("after"))) == 1
    chat.store.restore_backup(backup)
    assert search.search(SearchQuery("after")) == ()
    chat.store.delete_conversation(chat.conversation.id)
    search.close()
    assert chat.store.empty_trash() == 1
    assert search.search(SearchQuery("before")) == ()
    assert gone.text == "after"


def test_a_write_protected_history_can_be_searched(
    chat: Chat, search: FolderSearch, write_protected: Callable[[], None]
) -> None:
    chat.say("readable")
    chat.store.close()
    write_protected()
    assert len(search.search(SearchQuery("readable"))) == 1
