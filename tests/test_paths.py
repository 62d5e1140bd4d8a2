"""Where files go, and that nobody else can read them."""

from __future__ import annotations

import stat
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from app.core.errors import StorageError
from app.paths import app_paths, make_private, own_program


def test_with_a_data_folder_everything_is_below_it(tmp_path: Path) -> None:
    paths = app_paths(tmp_path / "all of it")
    for field in fields(paths):
        assert getattr(paths, field.name).is_relative_to(tmp_path / "all of it")
    for file in (paths.settings_file, paths.log_file, paths.models_dir, paths.trials_file):
        assert file.is_relative_to(tmp_path / "all of it")


def test_a_relative_data_folder_means_the_folder_of_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert app_paths(Path("here")).data_dir == tmp_path / "here"


def test_a_portable_program_keeps_its_data_beside_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "lumbre"))
    assert not app_paths().data_dir.is_relative_to(tmp_path)
    (tmp_path / "portable.txt").touch()
    assert app_paths().data_dir == tmp_path / "data"


def test_a_portable_appimage_keeps_its_data_beside_its_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "mount/usr/lib/lumbre/lumbre"))
    monkeypatch.setenv("APPDIR", str(tmp_path / "mount"))
    monkeypatch.setenv("APPIMAGE", str(tmp_path / "stick/Lumbre.AppImage"))
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick/portable.txt").touch()
    assert app_paths().data_dir == tmp_path / "stick/data"


def test_an_appimage_that_started_another_program_does_not_lend_it_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "lumbre/lumbre"))
    monkeypatch.setenv("APPDIR", str(tmp_path / "another mount"))
    monkeypatch.setenv("APPIMAGE", str(tmp_path / "Another.AppImage"))
    assert own_program() == tmp_path / "lumbre/lumbre"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_made_folder_is_for_this_user_only(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    make_private(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_in_the_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(StorageError, match="cannot be made"):
        make_private(tmp_path / "taken")
