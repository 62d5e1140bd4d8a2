"""The log file, and exceptions that nobody caught."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.logs import set_up_excepthook, set_up_logging


@pytest.fixture
def restored() -> Iterator[None]:
    """Handlers and hooks of the process as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    hooks = sys.excepthook, threading.excepthook
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks
    faulthandler.disable()


@pytest.mark.usefixtures("restored")
def test_the_log_goes_to_its_file(tmp_path: Path) -> None:
    set_up_logging(tmp_path / "logs" / "lumbre.log")
    logging.getLogger("app.test").info("loaded %s in %.1f s", "x.gguf", 1.5)
    text = (tmp_path / "logs" / "lumbre.log").read_text()
    assert "INFO MainThread app.test: loaded x.gguf in 1.5 s" in text


@pytest.mark.usefixtures("restored")
def test_without_a_folder_for_it_the_program_goes_on(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    set_up_logging(tmp_path / "taken" / "lumbre.log")
    logging.getLogger("app.test").info("fine")


@pytest.mark.usefixtures("restored")
def test_an_exception_of_any_thread_is_logged_and_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found: list[BaseException] = []
    set_up_excepthook(found.append)

    def fail() -> None:
        raise ValueError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    sys.excepthook(KeyError, KeyError("in the window"), None)
    assert [type(e) for e in found] == [ValueError, KeyError]
    assert [r.message for r in caplog.records] == ["uncaught exception"] * 2
