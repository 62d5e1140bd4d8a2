"""How fast the history is when it has become large; prints one JSON object.

`python -m tests.benchmarks.storage --messages 1000000`: the generator fills a new folder
(minutes), or takes an earlier one (`--folder`), then every figure is measured through the
program's own classes. Times are in milliseconds unless the key says otherwise; "cpu" is what
the thread itself worked, which a busy machine does not change much.
"""

from __future__ import annotations

import argparse
import bisect
import gc
import itertools
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from app.core.conversation import Conversation, ConversationSummary
from app.core.history import SearchQuery
from app.core.message import Message, MessageId, MessageState, Role, new_message_id
from app.storage.backup import FolderBackups
from app.storage.conversation_store import SqliteConversationStore, open_store
from app.storage.search import FolderSearch
from app.storage.sqlite import transaction

N_WORDS = 20_000
MESSAGES_PER_CHAT = 100
LONG_CHAT = 1_000
ROUNDS = 20
BATCH = 20_000


class Words:
    """Made-up words with accents, drawn as words of a language are: few common, many rare."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        consonants, vowels = "bcdfglmnprstvz", "aeiouáéíóú"
        words: dict[str, None] = {}
        while len(words) < N_WORDS:
            n_syllables = self.random.randint(1, 4)
            words[
                "".join(
                    self.random.choice(consonants) + self.random.choice(vowels)
                    for _ in range(n_syllables)
                )
            ] = None
        self.words = list(words)
        self._heights = list(itertools.accumulate(1 / (n + 2) for n in range(N_WORDS)))

    def text(self, n_words: int) -> str:
        """A text of so many words."""
        highest = self._heights[-1]
        return " ".join(
            self.words[bisect.bisect(self._heights, self.random.random() * highest)]
            for _ in range(n_words)
        )


def fill(store: SqliteConversationStore, n_messages: int, words: Words) -> None:
    """Write conversations of 100 messages, and one of 1,000, with the store's own schema."""
    connection = store.file.db.conn
    now = time.time()
    for first in range(0, n_messages, BATCH):
        with transaction(connection):
            for row in range(first, min(first + BATCH, n_messages), MESSAGES_PER_CHAT):
                at = now - (n_messages - row) * 30.0
                chat = connection.execute(
                    "INSERT INTO conversations (uuid, title, created_at, updated_at, sort_key) "
                    "VALUES (?, ?, ?, ?, ?)",
                    (new_message_id(), words.text(4), at, at, at),
                ).lastrowid
                connection.executemany(
                    "INSERT INTO messages (uuid, conversation, parent, role, text, created_at, "
                    "state) VALUES (?, ?, ?, ?, ?, ?, 'complete')",
                    _messages(row, chat, at, words),
                )
    long = Conversation.start("long")
    store.save_summary(long.summary)
    parent: MessageId | None = None
    for _ in range(LONG_CHAT):
        message = Message(new_message_id(), long.id, Role.USER, words.text(60), parent)
        store.add_message(message)
        parent = message.id


def _messages(
    row: int, chat: int | None, at: float, words: Words
) -> Iterator[tuple[object, ...]]:
    for n in range(MESSAGES_PER_CHAT):
        parent = row + n if n else None  # row ids begin with 1
        role = "assistant" if n % 2 else "user"
        n_words = words.random.choice([5, 12, 40, 60, 200])
        yield new_message_id(), chat, parent, role, words.text(n_words), at + n


Taken = tuple[float, float]  # of one call: by the clock, of the processor; milliseconds


def once(work: Callable[[], object]) -> Taken:
    """What one call takes."""
    started = time.perf_counter(), time.thread_time()
    work()
    ended = time.perf_counter(), time.thread_time()
    return (ended[0] - started[0]) * 1000, (ended[1] - started[1]) * 1000


def times(work: Callable[[], object], n: int = ROUNDS) -> dict[str, float]:
    """Median, 95 % and worst of `n` calls."""
    return spread([once(work) for _ in range(n)])


def spread(taken: list[Taken]) -> dict[str, float]:
    """Median, 95 % and worst."""
    by_clock, of_cpu = (sorted(values) for values in zip(*taken, strict=True))
    return {
        "p50": round(statistics.median(by_clock), 2),
        "p95": round(by_clock[int(len(taken) * 0.95)], 2),
        "max": round(by_clock[-1], 2),
        "cpu_p50": round(statistics.median(of_cpu), 2),
        "cpu_p95": round(of_cpu[int(len(taken) * 0.95)], 2),
    }


def queries(words: Words) -> dict[str, list[str]]:
    """Queries of each kind; the vocabulary is in the order of how common a word is."""
    pick = words.random.choice
    common, medium, rare = words.words[:20], words.words[300:3000], words.words[15_000:]
    return {
        "very common word": [f"{pick(common)} " for _ in range(ROUNDS)],
        "medium word": [f"{pick(medium)} " for _ in range(ROUNDS)],
        "rare word": [f"{pick(rare)} " for _ in range(ROUNDS)],
        "two common words": [f"{pick(common)} {pick(common)} " for _ in range(ROUNDS)],
        "phrase": [f'"{pick(common)} {pick(common)}"' for _ in range(ROUNDS)],
        "two letters": [pick(medium)[:2] for _ in range(ROUNDS)],
        "four letters": [pick(rare)[:4] for _ in range(ROUNDS)],
        "nothing": ["qqqqxxxx", "xyzzyq"] * (ROUNDS // 2),
        "from:me": [f"from:me {pick(medium)}" for _ in range(ROUNDS)],
    }


def measure_search(data_dir: Path, words: Words) -> dict[str, object]:
    """All kinds of queries, 50 hits with snippets."""
    search = FolderSearch(data_dir)
    search.search(SearchQuery("warm up"))
    result: dict[str, object] = {}
    everything: list[Taken] = []
    for kind, texts in queries(words).items():
        taken = [once(lambda text=text: search.search(SearchQuery(text))) for text in texts]  # type: ignore[misc]
        everything += taken
        result[kind] = spread(taken)
    search.close()
    return {"all": spread(everything), **result}


def measure_writing(store: SqliteConversationStore, words: Words) -> dict[str, object]:
    """What a person waits for behind the window: each commit is on the disk."""
    chat = Conversation.start("written")
    store.save_summary(chat.summary)

    def append() -> None:
        store.add_message(Message(new_message_id(), chat.id, Role.USER, words.text(60)))

    answer = Message(
        new_message_id(), chat.id, Role.ASSISTANT, "", state=MessageState.STREAMING
    )
    store.add_message(answer)
    text = words.text(1500)
    ends = itertools.count(200, 30)  # the answer grows by some words each time

    def journal() -> None:
        store.journal(answer.id, text[: next(ends)], text[:2000])

    return {
        "append": times(append, 200),
        "journal": times(journal, 200),
        "finish": times(lambda: store.finish(replace(answer, text=text))),
    }


def measure_reading(store: SqliteConversationStore) -> dict[str, object]:
    """The list, a usual conversation, one of 1,000 messages."""
    summaries = store.list_conversations()
    long: ConversationSummary = next(s for s in summaries if s.title == "long")
    chance = random.Random(3)
    return {
        "list": times(store.list_conversations),
        "open": times(lambda: store.load(chance.choice(summaries).id)),
        "open_1000_messages": times(lambda: store.load(long.id)),
        "n_conversations": len(summaries),
    }


def run(data_dir: Path, n_messages: int) -> dict[str, object]:
    """All figures; fills the folder when it has no history yet."""
    gc.disable()  # as in the program, where the window collects when nothing waits for it
    words = Words()
    result: dict[str, object] = {"n_messages": n_messages}
    if not (data_dir / "conversations.db").exists():
        store = open_store(data_dir)
        started = time.perf_counter()
        fill(store, n_messages, words)
        result["fill_s"] = round(time.perf_counter() - started, 1)
        store.close()
    started = time.perf_counter()
    store = open_store(data_dir)
    result["start"] = round((time.perf_counter() - started) * 1000, 1)
    result["file_mb"] = round((data_dir / "conversations.db").stat().st_size / 1e6, 1)
    result["reading"] = measure_reading(store)
    result["writing"] = measure_writing(store, words)
    result["search"] = measure_search(data_dir, words)
    started = time.perf_counter()
    FolderBackups(data_dir).back_up_now().path.unlink()
    result["backup_s"] = round(time.perf_counter() - started, 1)
    store.close()
    return result


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="kept, and used again the next time")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data_dir = arguments.folder or Path(temporary) / "data"
        print(json.dumps(run(data_dir, arguments.messages), indent=1))


if __name__ == "__main__":
    main()
