"""The program with its window, from the first paint to the last joined thread."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Qt, Slot
from PySide6.QtWidgets import QApplication

from app import __version__
from app.core.component_version import ComponentVersion
from app.core.errors import BugError
from app.core.generation import Engine
from app.core.history import History
from app.core.release import REPOSITORY, ReleaseCheck
from app.core.settings import Settings, save_settings
from app.lazy_history import history_services
from app.lazy_models import LazyModels
from app.logs import set_up_excepthook
from app.machine_facts import machine_report, read_memory, speed_services
from app.paths import AppPaths
from app.single_window import OpenedFiles, RaiseRequested, SingleWindow
from app.ui import translations
from app.ui.answer_run import RunEnded
from app.ui.chat_controller import ChatController
from app.ui.chat_events import ErrorRaised, RestartRequested
from app.ui.garbage_collector import collect_in_gui_thread
from app.ui.main_window import MainWindow
from app.ui.speeds import SpeedBook
from app.ui.taskbar_meter import TaskbarMeter
from app.ui.taskbar_progress import TaskbarProgress, taskbar_progress
from app.ui.theme import ThemeKeeper
from app.ui.transcript.reading_places import ReadingPlaces
from app.ui.window_organisation import ClosingCancelled
from app.ui.window_room import bring_to_front
from app.ui.window_services import WindowServices
from app.workers.engine_worker import EngineThread
from app.workers.storage_worker import StorageThread
from app.workers.typed_signal import signal_of

if TYPE_CHECKING:
    from app.hub.offline_lock import OfflineLock

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the program ended."""

    exit_code: int
    wants_restart: bool
    is_engine_joined: bool  # False: its thread is parked or stuck, only the process can end it


@dataclass(frozen=True, slots=True)
class BugFound:
    """An exception that nobody caught, in any thread."""

    error: BugError


class _BugCatcher(QObject):
    """Brings uncaught exceptions of all threads into the GUI thread."""

    bug_found = signal_of(BugFound)

    def report(self, error: BaseException) -> None:
        """Called in the thread of the exception."""
        self.bug_found.emit(BugFound(BugError.of(error)))


def make_qt_application(settings: Settings) -> QApplication:
    """The one QApplication of the process, named and in the person's language."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    collect_in_gui_thread(app)
    app.setApplicationName("lumbre")
    app.setApplicationDisplayName("Lumbre")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("lumbre")
    translations.install(app, settings.language)
    return app


def token_counter(engine: Engine) -> Callable[[str], int | None]:
    """Counts the tokens of a text, in any thread; None while no model is loaded."""

    def count(text: str) -> int | None:
        return engine.count_tokens(text) if engine.loaded is not None else None

    return count


def versions() -> tuple[ComponentVersion, ...]:
    """What the about box shows."""
    from app.component_versions import component_versions

    return component_versions()


def release_check(gate: OfflineLock) -> ReleaseCheck:
    """Who is asked for a newer version, on the person's word."""
    from app.hub.releases import GitHubReleases

    return GitHubReleases(gate, REPOSITORY, __version__)


class WindowProgram(QObject):
    """Everything that lives as long as the window. GUI thread only."""

    def __init__(
        self,
        paths: AppPaths,
        settings: Settings,
        engine: Engine,
        open_store: Callable[[], History],
        gate: OfflineLock,
    ) -> None:
        super().__init__()
        self.wants_restart = False
        self.engine = EngineThread(engine, self)
        self.storage = StorageThread(open_store, self)

        def save(changed: Settings) -> None:
            save_settings(changed, paths.settings_file)

        self.controller = ChatController(self.engine, self.storage, settings, save, self)
        theme = ThemeKeeper(make_qt_application(settings), settings.theme)
        self._meter = TaskbarMeter(self._taskbar, self)
        self.controller.phase_changed.connect(self._meter.on_phase_changed)
        self._models = LazyModels(
            paths,
            gate,
            lambda: self.controller.settings,
            lambda manager: manager.queue.changed.connect(self._meter.on_downloads_changed),
        )
        speeds = SpeedBook(paths.data_dir / "speeds.json")
        services = WindowServices(
            self._models.manager,
            speeds,
            lambda: machine_report(self.controller.settings, paths),
            read_memory,
            history_services(paths, self.storage),
            speed_services(self.engine, paths),
            ReadingPlaces(paths.data_dir / "reading-places.json"),
            token_counter(engine),
            versions,
            lambda: release_check(gate),
        )
        self.window = MainWindow(self.controller, theme, services)
        self._speeds = speeds
        self.controller.answer_finished.connect(self._on_answer_finished)
        self.controller.restart_requested.connect(self._on_restart_requested)
        self.window.organisation.closing_cancelled.connect(self._on_closing_cancelled)
        self._bugs = _BugCatcher(self)
        self._bugs.bug_found.connect(self._on_bug_found)
        set_up_excepthook(self._bugs.report)

    def start(self) -> None:
        """Show the window, then start the threads, so that nothing delays the first paint."""
        self.window.history.lock.begin()
        self.window.show()
        self.storage.start()
        self.engine.start()
        self.controller.start()
        self.window.history.start()

    def _taskbar(self) -> TaskbarProgress:
        return taskbar_progress(self.window)

    def shut_down(self) -> bool:
        """No new requests, cancel, join, close the database; False when the engine is stuck."""
        self._meter.clear()
        self.controller.close()
        self._models.stop()
        is_joined = self.engine.stop()
        self.storage.stop()
        self.window.close()
        return is_joined

    @Slot(object)
    def raise_window(self, event: RaiseRequested) -> None:
        """Somebody started the program again: show this window, load what it was given."""
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        bring_to_front(self.window)
        if event.model is not None:
            self.controller.load_model(event.model)

    @Slot(object)
    def _on_answer_finished(self, event: RunEnded) -> None:
        if event.message.stats is not None:
            self._speeds.take(event.message.model_name, event.message.stats)

    @Slot(object)
    def _on_restart_requested(self, _: RestartRequested) -> None:
        self.wants_restart = True
        QApplication.quit()

    @Slot(object)
    def _on_closing_cancelled(self, _: ClosingCancelled) -> None:
        # What is closed later is not closed for a restart any more.
        self.wants_restart = False

    @Slot(object)
    def _on_bug_found(self, event: BugFound) -> None:
        self.controller.error_raised.emit(ErrorRaised(event.error))


def run_window(
    paths: AppPaths,
    settings: Settings,
    engine: Engine,
    open_store: Callable[[], History],
    gate: OfflineLock,
) -> Outcome:
    """Open the window and stay until it is closed."""
    app = make_qt_application(settings)
    program = WindowProgram(paths, settings, engine, open_store, gate)
    single = SingleWindow(paths.data_dir, program)
    single.raise_requested.connect(program.raise_window)
    if sys.platform == "darwin":
        OpenedFiles(app, program).raise_requested.connect(program.raise_window)
    with _quit_on_signals(app):
        program.start()
        code = app.exec()
    single.close()
    is_joined = program.shut_down()
    return Outcome(code, program.wants_restart, is_joined)


@contextlib.contextmanager
def _quit_on_signals(app: QApplication) -> Iterator[None]:
    """Ctrl+C and SIGTERM end the event loop in order.

    Python runs its handlers only between byte codes, and an idle Qt loop runs none: the
    signal's byte on a socket pair wakes it.
    """
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
    wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    notifier.activated.connect(app.quit)
    earlier = {
        number: signal.signal(number, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(wakeup)
        for number, handler in earlier.items():
            signal.signal(number, handler)
        reader.close()
        writer.close()
