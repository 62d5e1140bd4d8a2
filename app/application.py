"""Composition root: builds everything, connects it, shuts it down in order."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__, command_line
from app.command_line import Arguments
from app.core.errors import QT_TRANSLATE_NOOP, LockedError, LumbreError, StorageError
from app.core.generation import Engine
from app.core.own_process import start_anew
from app.core.resources import resource_path
from app.core.settings import Settings, load_settings
from app.logs import set_up_logging
from app.paths import PRACTICE_MODEL, AppPaths, app_paths, make_private

if TYPE_CHECKING:
    from app.core.history import History
    from app.core.tuning import Tuner
    from app.engine.llama_engine import StateSettings
    from app.hub.offline_lock import OfflineLock
    from app.window_program import Outcome

logger = logging.getLogger(__name__)

EXIT_OK, EXIT_FAILED, EXIT_LOCKED = 0, 1, 3  # 2: wrong arguments


def main(argv: list[str] | None = None) -> int:
    """Do what the command line asks for; returns the exit code."""
    arguments = command_line.parse(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # None in a windowed Windows program
            stream.reconfigure(encoding="utf-8", errors="replace")
    if arguments.probe is not None:
        from app.engine.probe import main as probe

        return probe(list(arguments.probe))
    if arguments.reads_pdf:
        from app.documents.pdf_probe import main as read_pdf

        return read_pdf()
    try:
        return _run(arguments)
    except BrokenPipeError:  # `lumbre --ask ... | head`: nobody listens any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except LumbreError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return EXIT_LOCKED if isinstance(error, LockedError) else EXIT_FAILED


def _run(arguments: Arguments) -> int:
    if arguments.is_smoke_test or arguments.is_demo:
        from app.smoke_test import demo, smoke_test

        run = smoke_test if arguments.is_smoke_test else demo
        return run(arguments.data_dir)
    paths = app_paths(arguments.data_dir)
    if arguments.plan is not None:
        from app.engine.plan_report import print_plan

        settings = load_settings(paths.settings_file)
        return print_plan(arguments.plan, settings.engine, as_json=arguments.as_json)
    if arguments.export_to is not None or arguments.import_from is not None:
        return _transfer(arguments, paths)
    if arguments.ask is not None:
        return _ask(arguments, paths, arguments.ask)
    return _open_window(arguments, paths)


def _transfer(arguments: Arguments, paths: AppPaths) -> int:
    from app.history_commands import export_history, import_history
    from app.passphrase_prompt import unlocked

    with unlocked(paths.data_dir, arguments.passphrase_file):
        if arguments.import_from is not None:
            return import_history(paths, arguments.import_from)
        if arguments.export_to is not None:
            return export_history(paths, arguments.export_to)
        return EXIT_OK


def _ask(arguments: Arguments, paths: AppPaths, text: str) -> int:
    from app.terminal import ask

    settings = load_settings(paths.settings_file)
    engine = build_engine(paths, keeps_states=False)
    try:
        return ask(
            engine,
            arguments.model or known_model(settings),
            text,
            settings,
            reasoning=arguments.reasoning or settings.reasoning,
            shows_thinking=arguments.shows_thinking,
            as_json=arguments.as_json,
            is_greedy=arguments.greedy,
        )
    finally:
        engine.close()


def known_model(settings: Settings) -> Path:
    """The model that was used last; the practice model when there is none."""
    path = Path(settings.model_path) if settings.model_path else None
    return path if path is not None and path.is_file() else resource_path(PRACTICE_MODEL)


def build_tuner(paths: AppPaths) -> Tuner:
    """Measures models and knows what was measured; loads nothing itself."""
    from app.engine.tuner import ProcessTuner

    return ProcessTuner(paths.tuned_file, __version__)


def build_engine(paths: AppPaths, *, keeps_states: bool = True) -> Engine:
    """The engine; llama.cpp and the vocabulary are read with the first model.

    Args:
        paths: of the data folder.
        keeps_states: False for what must not touch the history: a window may have it open.
    """
    from app.engine.lazy_engine import LazyEngine

    def make() -> Engine:
        from app.engine.guarded_engine import GuardedEngine
        from app.engine.llama_engine import LlamaEngine

        vocabulary = resource_path("o200k_base.tiktoken")
        states = _state_settings(paths) if keeps_states else None
        engine = LlamaEngine(vocabulary, states=states)
        return GuardedEngine(engine, paths.trials_file, __version__, build_tuner(paths))

    return LazyEngine(make)


def _state_settings(paths: AppPaths) -> StateSettings:
    """What models have read is kept beside the history."""
    from app.engine.llama_engine import StateSettings
    from app.hub.model_index import ModelIndex
    from app.storage.kv_states import FolderKvStates
    from app.storage.state_files import FolderStates

    def budget_bytes() -> int:
        return load_settings(paths.settings_file).kv_state_budget_mib << 20

    def known_sha256(path: Path) -> str | None:
        return ModelIndex(paths.data_dir / "models.json").known_sha256(path)

    files = FolderStates(paths.data_dir)
    return StateSettings(FolderKvStates(paths.data_dir, files, budget_bytes), known_sha256)


def build_gate(paths: AppPaths, settings: Settings) -> OfflineLock:
    """The offline lock and the list of connections; works from this call on."""
    from app.hub.offline_lock import OfflineLock

    return OfflineLock(
        paths.data_dir / "connections.jsonl", is_locked=settings.is_offline_locked
    )


def _open_window(arguments: Arguments, paths: AppPaths) -> int:
    if not has_display():
        print(  # noqa: T201
            "There is no display, so no window can be opened. Nothing was changed. Start "
            'Lumbre in a desktop session, or ask in the terminal: lumbre --ask "Hello"',
            file=sys.stderr,
        )
        return EXIT_FAILED
    try:
        return _start_window(arguments, paths)
    except LumbreError as error:
        if getattr(sys, "frozen", False) and not has_terminal():
            from app.ui.start_failure import show_start_failure

            show_start_failure(error, load_settings(paths.settings_file))
        raise


def _start_window(arguments: Arguments, paths: AppPaths) -> int:
    make_private(paths.data_dir)
    set_up_logging(paths.log_file, is_verbose=arguments.is_verbose)
    logger.info("Lumbre %s starts", __version__)
    from app.storage.instance_lock import acquire

    lock = acquire(paths.data_dir)
    if lock is None:
        return _raise_first_window(paths.data_dir, arguments.model)
    from app.allocator import keep_little
    from app.pyside_features import leave_sources_unread

    keep_little()
    leave_sources_unread()
    from app.window_program import run_window

    settings = load_settings(paths.settings_file)
    if arguments.model is not None:
        settings = replace(settings, model_path=str(arguments.model.absolute()))
    gate = build_gate(paths, settings)
    try:
        outcome = run_window(paths, settings, build_engine(paths), store_opener(paths), gate)
    finally:
        lock.release()
    return _leave(outcome)


def _raise_first_window(data_dir: Path, model: Path | None) -> int:
    from PySide6.QtWidgets import QApplication

    from app.single_window import raise_first_window

    _ = QApplication(sys.argv[:1])
    if raise_first_window(data_dir, model.absolute() if model is not None else None):
        print("Lumbre is already open: its window was brought to the front.")  # noqa: T201
        return EXIT_OK
    raise StorageError(
        QT_TRANSLATE_NOOP(
            "errors",
            "Lumbre is already running with the folder {folder}, but its window does not "
            "answer. Your conversations are safe. Close that program, or start with another "
            "--data-dir.",
        ),
        folder=str(data_dir),
    )


def store_opener(paths: AppPaths) -> Callable[[], History]:
    """How the storage thread opens its store."""

    def open_in_thread() -> History:
        from app.storage.conversation_store import open_store

        store = open_store(paths.data_dir)
        if not store.is_read_only:
            n_interrupted = store.mark_interrupted()
            if n_interrupted:
                logger.warning("%d answers were cut off by the last end", n_interrupted)
        return store

    return open_in_thread


def has_display() -> bool:
    """False only where no window can be opened for sure."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def has_terminal() -> bool:
    """True when somebody can read what is written to stderr."""
    stream = sys.stderr  # None in a windowed Windows program
    return stream is not None and stream.isatty()


def _leave(outcome: Outcome) -> int:
    """Restart, or leave; a parked engine thread cannot be joined, so the process just ends."""
    if outcome.wants_restart:
        logger.info("restarting")
        logging.shutdown()
        start_anew()
    logger.info("Lumbre ends")
    if not outcome.is_engine_joined:
        logging.shutdown()
        os._exit(outcome.exit_code)
    return outcome.exit_code
