"""A chat with the real store and real threads over a scripted engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation
from app.core.history import History
from app.core.known_models import GPT_OSS_20B
from app.core.machine import Machine
from app.core.machine_report import MachineReport
from app.core.memory_plan import plan_load
from app.core.message import Message, ReasoningEffort
from app.core.power import MAINS
from app.core.process_memory import ProcessMemory
from app.core.settings import Settings
from app.hub.offline_lock import OfflineLock
from app.lazy_history import history_services
from app.lazy_models import LazyModels
from app.paths import app_paths
from app.storage.conversation_store import open_store
from app.ui.chat_controller import ChatController
from app.ui.chat_events import Phase
from app.ui.speeds import SpeedBook
from app.ui.window_services import SpeedServices, WindowServices
from app.window_program import token_counter
from app.workers.engine_worker import EngineThread
from app.workers.storage_worker import StorageThread
from tests.fixtures.scripted_engine import ScriptedEngine, Step
from tests.fixtures.scripted_tuner import ScriptedTuner

CHOICES = Settings(has_seen_tuning=True)  # else each window begins with that offer
PATIENCE_MS = 30_000  # on a busy machine; nothing waits longer than it must


class Chat:
    """Everything below the window, wired as the program wires it."""

    def __init__(
        self,
        qtbot: QtBot,
        data_dir: Path,
        *scripts: tuple[Step, ...],
        settings: Settings | None = None,
        opener: Callable[[], History] | None = None,
    ) -> None:
        self.qtbot = qtbot
        self.data_dir = data_dir
        self.model = data_dir.parent / "model.gguf"
        self.model.touch()
        self.engine = ScriptedEngine(*scripts)
        self.saved: list[Settings] = []
        self.engine_thread = EngineThread(self.engine)
        self.storage = StorageThread(opener or (lambda: open_store(data_dir)))
        self.controller = ChatController(
            self.engine_thread, self.storage, settings or CHOICES, self.saved.append
        )
        self.gate = OfflineLock()
        self.models = LazyModels(app_paths(data_dir), self.gate, self._settings)
        self.speeds = SpeedBook(data_dir / "speeds.json")
        self.power = MAINS
        self.tuner = ScriptedTuner()
        self.machine = Machine(16 * 10**9, 12 * 10**9, 8, 4)
        self.services = WindowServices(
            self.models.manager,
            self.speeds,
            self._report,
            lambda: self.machine,
            history_services(app_paths(data_dir), self.storage),
            SpeedServices(
                self.engine_thread,
                lambda: self.power,
                lambda: ProcessMemory(2 * 10**9, 6 * 10**8),
                lambda: "llama.cpp of a test",
                lambda: self.tuner,
            ),
            count_tokens=token_counter(self.engine),
        )
        self.errors: list[str] = []
        self.returned: list[str] = []
        self.undos: list[Callable[[], None]] = []
        self.controller.error_raised.connect(lambda e: self.errors.append(str(e.error)))
        self.controller.text_returned.connect(lambda e: self.returned.append(e.text))
        self.controller.undo_offered.connect(lambda e: self.undos.append(e.undo))
        self._is_closed = False

    def _report(self) -> MachineReport:
        return MachineReport(self.machine, plan_load(GPT_OSS_20B, self.machine), 80 * 10**9)

    def _settings(self) -> Settings:
        return self.controller.settings

    def start(self, *, loads: bool = True) -> Chat:
        self.engine_thread.start()
        self.storage.start()
        with self.qtbot.waitSignal(self.controller.conversation_opened):
            self.controller.start()
        if loads:
            self.controller.load_model(self.model)
            self.wait_until(Phase.READY)
        return self

    def wait_until(self, phase: Phase) -> None:
        self.qtbot.waitUntil(lambda: self.controller.phase is phase, timeout=PATIENCE_MS)

    def wait_for(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=PATIENCE_MS)

    def ask(self, text: str, effort: ReasoningEffort = ReasoningEffort.LOW) -> None:
        self.controller.send(text, effort)
        self.wait_until(Phase.READY)
        self.drain()

    def drain(self) -> None:
        """Return when all storage jobs so far are done."""
        done: list[None] = []
        self.storage.submit(lambda _: None, done.append)
        self.qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE_MS)

    @property
    def shown(self) -> list[str]:
        model = self.controller.path_model
        return [model.row_at(i).message.text for i in range(model.rowCount())]

    def row(self, index: int) -> Message:
        model = self.controller.path_model
        return model.row_at(index % model.rowCount()).message

    def stored(self) -> Conversation:
        """The open conversation as a second connection reads it."""
        store = open_store(self.data_dir)
        try:
            return store.load(self.controller.current.id)
        finally:
            store.close()

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self.controller.close()
            self.models.stop()
            self.gate.close()
            self.engine_thread.stop()
            self.storage.stop()


MakeChat = Callable[..., Chat]


@pytest.fixture
def make_chat(qtbot: QtBot, tmp_path: Path) -> Iterator[MakeChat]:
    """Chats that are closed at the end, in the order in which they were made."""
    chats: list[Chat] = []

    def make(*scripts: tuple[Step, ...], **options) -> Chat:
        chats.append(Chat(qtbot, tmp_path / "data", *scripts, **options))
        return chats[-1]

    yield make
    for chat in chats:
        chat.close()
