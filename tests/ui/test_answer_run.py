"""A running answer and its journal."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from app.core.message import MessageId, ReasoningEffort
from app.storage.conversation_store import open_store
from app.ui.chat_events import Phase
from tests.fixtures.scripted_engine import Pause, said
from tests.ui.conftest import MakeChat


class SlowJournal:
    """A real store whose first journal entry takes as long as the test wants."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.begun = threading.Event()
        self.gate = threading.Event()

    def journal(self, message_id: MessageId, text: str, thinking: str) -> None:
        self.begun.set()
        self.gate.wait(10)
        self._store.journal(message_id, text, thinking)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_a_journal_entry_may_come_back_after_the_answer_has_ended(
    make_chat: MakeChat, tmp_path: Path
) -> None:
    stores: list[SlowJournal] = []

    def opener() -> Any:
        stores.append(SlowJournal(open_store(tmp_path / "data")))
        return stores[-1]

    first, second = Pause(), Pause()
    chat = make_chat((said("So far"), first, said(" so good"), second), opener=opener).start()
    chat.controller.send("?", ReasoningEffort.LOW)
    chat.wait_for(lambda: bool(stores) and stores[0].begun.is_set())
    first.gate.set()
    chat.wait_for(lambda: chat.shown[-1] == "So far so good")  # and is still to be journalled
    second.gate.set()
    chat.wait_until(Phase.READY)
    chat.qtbot.waitUntil(lambda: chat.controller.running_message_id is None)
    stores[0].gate.set()
    chat.drain()
    assert chat.errors == []
    assert chat.row(-1).text == "So far so good"
