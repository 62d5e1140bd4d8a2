"""A second start raises the first window."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.single_window import SingleWindow, raise_first_window


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


def test_a_name_left_behind_by_a_dead_program_is_taken_over(
    qtbot: QtBot, tmp_path: Path
) -> None:
    SingleWindow(tmp_path)  # never closed
    second = SingleWindow(tmp_path)
    with qtbot.waitSignal(second.raise_requested):
        assert raise_first_window(tmp_path)
    second.close()
