"""A second start raises the first window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from pytestqt.qtbot import QtBot

from app.single_window import (
    OpenedFiles,
    RaiseRequested,
    SingleWindow,
    raise_first_window,
)

ROOT = Path(__file__).resolve().parents[1]
START_AGAIN = """
import os, sys
from pathlib import Path
from app.single_window import raise_first_window
model = os.environ.get("MODEL")
sys.exit(0 if raise_first_window(Path(sys.argv[1]), Path(model) if model else None) else 1)
"""


@contextmanager
def started_again(qtbot: QtBot, folder: Path, model: Path | None = None) -> Iterator[None]:
    """A second start in a process of its own; it is content at the end."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    environment |= {"MODEL": str(model)} if model is not None else {}
    command = [sys.executable, "-c", START_AGAIN, str(folder)]
    with subprocess.Popen(command, env=environment) as second:
        yield
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=30_000)
    assert second.returncode == 0


def test_a_second_start_reaches_the_first_one_of_its_folder_only(
    qtbot: QtBot, tmp_path: Path
) -> None:
    first = SingleWindow(tmp_path / "data")
    try:
        assert not raise_first_window(tmp_path / "other")
        with (
            started_again(qtbot, tmp_path / "data"),
            qtbot.waitSignal(first.raise_requested, timeout=30_000),
        ):
            pass
    finally:
        first.close()
    assert not raise_first_window(tmp_path / "data")


def test_a_model_file_goes_along_with_the_second_start(qtbot: QtBot, tmp_path: Path) -> None:
    first = SingleWindow(tmp_path / "data")
    model = tmp_path / "Modelo de Ñandú 🪶.gguf"
    for given in (model, None):
        with (
            started_again(qtbot, tmp_path / "data", given),
            qtbot.waitSignal(first.raise_requested, timeout=30_000) as raised,
        ):
            pass
        assert raised.args == [RaiseRequested(given)]
    first.close()


def test_a_name_left_behind_by_a_dead_program_is_taken_over(
    qtbot: QtBot, tmp_path: Path
) -> None:
    SingleWindow(tmp_path)  # never closed
    second = SingleWindow(tmp_path)
    with (
        started_again(qtbot, tmp_path),
        qtbot.waitSignal(second.raise_requested, timeout=30_000),
    ):
        pass
    second.close()


def test_a_file_that_the_dock_hands_over_is_asked_for(qtbot: QtBot, qapp, tmp_path) -> None:
    opened = OpenedFiles(qapp)
    model = tmp_path / "a model.gguf"
    with qtbot.waitSignal(opened.raise_requested) as raised:
        qapp.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(model))))
    assert raised.args == [RaiseRequested(model)]
    qapp.removeEventFilter(opened)


def test_a_first_window_that_hangs_does_not_count_as_raised(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.single_window.ANSWER_TIMEOUT_MS", 50)
    first = SingleWindow(tmp_path)  # its event loop does not run while we wait
    assert not raise_first_window(tmp_path)
    first.close()
