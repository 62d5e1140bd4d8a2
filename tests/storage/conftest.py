"""A real store in a temporary folder."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.conversation import Conversation
from app.core.message import Message, MessageId, MessageState, Role, new_message_id
from app.storage.conversation_store import SqliteConversationStore, open_store


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data_dir: Path) -> Iterator[SqliteConversationStore]:
    store = open_store(data_dir)
    yield store
    store.close()


@pytest.fixture
def reopen(
    store: SqliteConversationStore, data_dir: Path
) -> Iterator[Callable[[], SqliteConversationStore]]:
    """Close the store and open it again, as the next start does."""
    opened = [store]

    def again() -> SqliteConversationStore:
        opened[-1].close()
        opened.append(open_store(data_dir))
        return opened[-1]

    yield again
    opened[-1].close()


class Chat:
    """A conversation that is written to a store message by message."""

    def __init__(self, store: SqliteConversationStore, title: str = "A title") -> None:
        self.store = store
        self.conversation = Conversation.start(title)
        store.save_summary(self.conversation.summary)

    def say(self, text: str, after: Message | None = None, thinking: str = "") -> Message:
        """Add a message; without `after` it follows the shown one."""
        parent = after.id if after else self.conversation.active_leaf_id
        return self.put(parent, text, thinking=thinking)

    def put(
        self,
        parent: MessageId | None,
        text: str,
        *,
        thinking: str = "",
        state: MessageState = MessageState.COMPLETE,
    ) -> Message:
        role = Role.USER
        if parent is not None and self.conversation.messages[parent].role is Role.USER:
            role = Role.ASSISTANT
        message = Message(
            id=new_message_id(),
            conversation_id=self.conversation.id,
            role=role,
            text=text,
            parent_id=parent,
            thinking=thinking,
            state=state,
        )
        self.store.add_message(message)
        self.conversation = self.conversation.with_message(message)
        return message

    def texts(self) -> list[str]:
        """The shown branch as it is on the disk."""
        return [m.text for m in self.store.load(self.conversation.id).active_path()]


@pytest.fixture
def chat(store: SqliteConversationStore) -> Chat:
    return Chat(store)


@pytest.fixture
def new_chat() -> type[Chat]:
    return Chat


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityData(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


_OVERRIDES = 0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: root ignores access rights


@contextlib.contextmanager
def _obey_access_rights() -> Iterator[None]:
    """Take root's right to ignore access rights off this thread for a while."""
    if sys.platform != "linux" or os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = _CapabilityHeader(0x20080522, 0)
    data = (_CapabilityData * 2)()
    if libc.capget(ctypes.byref(header), data) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    before = data[0].effective
    data[0].effective = before & ~_OVERRIDES
    if libc.capset(ctypes.byref(header), data) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    try:
        yield
    finally:
        data[0].effective = before
        libc.capset(ctypes.byref(header), data)


@pytest.fixture
def write_protected(data_dir: Path) -> Iterator[Callable[[], None]]:
    """A function that makes the data folder and what is in it unwritable for this test."""
    if sys.platform == "win32":
        pytest.skip("a folder cannot be made unwritable by its mode here")
    with contextlib.ExitStack() as undo:

        def protect() -> None:
            for path in (*data_dir.rglob("*"), data_dir):
                mode = path.stat().st_mode
                undo.callback(path.chmod, mode)
                path.chmod(mode & ~0o222)
            undo.enter_context(_obey_access_rights())

        yield protect
