"""A full disk, a folder that goes away, a file that another program replaces."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.conversation import Conversation
from app.core.errors import StorageError
from app.core.message import Message, Role, new_message_id
from app.storage.ballast import BALLAST_BYTES
from app.storage.conversation_store import SqliteConversationStore, open_store

STEP_BYTES = 64 << 10
N_STEPS = 12  # until the folder has room for a first conversation
N_STEPS_FULL = 64


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 1 MB; tests change its size with `resize`."""
    place = tmp_path / "disk"
    place.mkdir()
    if sys.platform != "linux" or not _mount(place, "size=1m"):
        pytest.skip("no file system of our own can be mounted here (needs root)")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def _mount(place: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def resize(place: Path, n_bytes: int) -> None:
    assert _mount(place, f"remount,size={n_bytes}")


def _question(chat: Conversation, text: str = "x" * 5000) -> Message:
    return Message(new_message_id(), chat.id, Role.USER, text)


def _fill(store: SqliteConversationStore, chat: Conversation) -> list[Message]:
    """Add messages until the disk is full; those that were acknowledged."""
    saved: list[Message] = []
    for _ in range(10_000):
        message = _question(chat)
        try:
            store.add_message(message)
        except StorageError as error:
            assert "is full" in str(error)
            assert "needed" in str(error)
            return saved
        saved.append(message)
    raise AssertionError("the disk never got full")


@pytest.mark.parametrize(
    "n_steps",
    [
        pytest.param(N_STEPS),
        pytest.param(N_STEPS_FULL, marks=pytest.mark.full),
    ],
)
def test_a_disk_of_every_size_gives_a_sentence_and_loses_nothing(
    small_disk: Path, n_steps: int
) -> None:
    n_opened = 0
    for step in range(1, n_steps + 1):
        data_dir = small_disk / str(step)
        resize(small_disk, step * STEP_BYTES)
        try:
            store = open_store(data_dir)
        except StorageError as error:
            assert "is full" in str(error), f"{step}: {error}"
            shutil.rmtree(data_dir, ignore_errors=True)
            continue
        n_opened += 1
        chat = Conversation.start("full")
        saved: list[Message] = []
        try:
            store.save_summary(chat.summary)
            saved = _fill(store, chat)
        except StorageError as error:
            assert "is full" in str(error), f"{step}: {error}"
        if saved:
            assert list(store.load(chat.id).messages.values()) == saved
        resize(small_disk, (step + 64) * STEP_BYTES)
        store.save_summary(chat.summary)  # goes on without a restart
        store.add_message(_question(chat))
        store.close()
        store = open_store(data_dir)
        assert len(store.load(chat.id).messages) == len(saved) + 1
        store.close()
        shutil.rmtree(data_dir)
    assert n_opened > n_steps // 2


def test_the_reserve_saves_the_last_words_on_a_full_disk(small_disk: Path) -> None:
    resize(small_disk, 200 << 20)
    data_dir = small_disk / "data"
    store = open_store(data_dir)
    chat = Conversation.start()
    store.save_summary(chat.summary)
    assert (data_dir / "ballast").stat().st_size == BALLAST_BYTES
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"), open(filler, "wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    while not (notices := store.take_notices()):
        store.add_message(_question(chat))
    assert "last reserve" in str(notices[0])
    assert not (data_dir / "ballast").exists()
    store.delete_conversation(chat.id)  # deleting needs room too
    filler.unlink()
    store.watch()
    assert (data_dir / "ballast").exists()
    store.close()


def test_a_limit_on_file_sizes_gives_a_sentence(tmp_path: Path) -> None:
    script = """
import resource, signal, sys
from pathlib import Path
from app.core.conversation import Conversation
from app.core.errors import StorageError
from app.core.message import Message, Role, new_message_id
from app.storage.conversation_store import open_store
store = open_store(Path(sys.argv[1]))
chat = Conversation.start()
store.save_summary(chat.summary)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
n_saved = 0
try:
    while True:
        store.add_message(Message(new_message_id(), chat.id, Role.USER, "x" * 5000))
        n_saved += 1
except StorageError as error:
    print(error)
assert len(store.load(chat.id).messages) == n_saved > 0
"""
    if sys.platform == "win32":
        pytest.skip("there is no such limit")
    result = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "data")],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "What was saved before is" in result.stdout or "not touched" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be removed there")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_history_that_is_removed_while_open_is_written_again(
    tmp_path: Path, what: str
) -> None:
    data_dir = tmp_path / "data"
    store = open_store(data_dir)
    chat = Conversation.start("kept")
    store.save_summary(chat.summary)
    first, second = _question(chat), _question(chat)
    store.add_message(first)
    if what == "folder":
        shutil.rmtree(data_dir)
    else:
        (data_dir / "conversations.db").rename(tmp_path / "elsewhere.db")
    store.add_message(second)
    (notice,) = store.take_notices()
    assert "Nothing is lost" in str(notice)
    store.close()
    store = open_store(data_dir)
    assert list(store.load(chat.id).messages.values()) == [first, second]
    store.close()
    if what == "file":
        (tmp_path / "elsewhere.db").rename(tmp_path / "conversations.db")
        moved = open_store(tmp_path)
        assert list(moved.load(chat.id).messages.values()) == [first]
        moved.close()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be replaced there")
def test_a_history_that_is_replaced_while_open_is_saved_beside(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    other = open_store(tmp_path / "other")
    other.close()
    store = open_store(data_dir)
    chat = Conversation.start("ours")
    store.save_summary(chat.summary)
    database = data_dir / "conversations.db"
    (tmp_path / "other" / "conversations.db").replace(database)
    before = database.read_bytes()
    for _ in range(2):
        with pytest.raises(StorageError, match="replaced the file") as caught:
            store.add_message(_question(chat))
    assert store.load(chat.id).summary == chat.summary
    assert database.read_bytes() == before
    (copy,) = (data_dir / "set-aside").iterdir()
    assert str(copy) in str(caught.value)
    store.close()
    copy.rename(tmp_path / "conversations.db")
    saved = open_store(tmp_path)
    assert [s.title for s in saved.list_conversations()] == ["ours"]
    saved.close()
