"""A second start raises the first window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from pytestqt.qtbot import QtBot

from app.single_window import (
    OpenedFiles,
    RaiseRequested,
    SingleWindow,
    raise_first_window,
)


def test_a_second_start_reaches_the_first_one_of_its_folder_only(
    qtbot: QtBot, tmp_path: Path
) -> None:
    first = SingleWindow(tmp_path / "data")
    try:
        assert not raise_first_window(tmp_path / "other")
        with qtbot.waitSignal(first.raise_requested):
            assert raise_first_window(tmp_path / "data")
    finally:
        first.close()
    assert not raise_first_window(tmp_path / "data")


def test_a_model_file_goes_along_with_the_second_start(qtbot: QtBot, tmp_path: Path) -> None:
    first = SingleWindow(tmp_path / "data")
    model = tmp_path / "Modelo de Ñandú 🪶.gguf"
    for given in (model, None):
        with qtbot.waitSignal(first.raise_requested) as raised:
            assert raise_first_window(tmp_path / "data", given)
        assert raised.args == [RaiseRequested(given)]
    first.close()


def test_a_name_left_behind_by_a_dead_program_is_taken_over(
    qtbot: QtBot, tmp_path: Path
) -> None:
    SingleWindow(tmp_path)  # never closed
    second = SingleWindow(tmp_path)
    with qtbot.waitSignal(second.raise_requested):
        assert raise_first_window(tmp_path)
    second.close()


def test_a_file_that_the_dock_hands_over_is_asked_for(qtbot: QtBot, qapp, tmp_path) -> None:
    opened = OpenedFiles(qapp)
    model = tmp_path / "a model.gguf"
    with qtbot.waitSignal(opened.raise_requested) as raised:
        qapp.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(model))))
    assert raised.args == [RaiseRequested(model)]
    qapp.removeEventFilter(opened)
