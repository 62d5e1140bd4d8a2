"""What Windows' packages are made of, as far as it can be told without making them."""

from __future__ import annotations

import ast
import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest
import windows_packages
import windows_version
import wine_system
from packaging.requirements import Requirement

from app import __version__, paths

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = (ROOT / "packaging/windows/lumbre.nsi").read_text("utf-8")


def test_windows_gets_every_package_by_hash_and_none_of_another_system() -> None:
    lines = wine_system.requirements().splitlines()
    assert all("--hash=sha256:" in line for line in lines)
    wanted = [Requirement(line.partition("--hash=")[0]) for line in lines]
    assert all(requirement.marker is None for requirement in wanted)
    names = [requirement.name for requirement in wanted]
    assert {"pyside6-essentials", "pefile", "pywin32-ctypes", "colorama"} <= set(names)
    assert "macholib" not in names
    assert names.count("numpy") == 1


def test_a_path_here_is_one_on_drive_z_there() -> None:
    assert wine_system.windows_path(Path("/a b/c.gguf")) == r"Z:\a b\c.gguf"


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("0.1.0", (0, 1, 0, 0)), ("1.2.3rc1", (1, 2, 0, 0)), ("2", (2, 0, 0, 0))],
)
def test_a_version_becomes_four_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert windows_version.file_version(version) == numbers


def test_the_version_facts_are_an_expression_with_the_version(tmp_path: Path) -> None:
    windows_version.write(tmp_path / "version_info.txt")
    text = (tmp_path / "version_info.txt").read_text("utf-8")
    tree = ast.parse(text, mode="eval")
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert texts.count(__version__) == 2
    assert "040904B0" in texts


def test_the_uninstaller_knows_where_the_data_is_and_keeps_it_unless_ticked() -> None:
    folder = re.search(r'DATA_DIR "\$LOCALAPPDATA\\(\w+)"', SCRIPT)
    assert folder is not None
    assert folder[1] == paths.APP_NAME
    assert 'Section /o "un.$(DATA)"' in SCRIPT
    assert SCRIPT.count('RMDir /r "${DATA_DIR}"') == 1


def test_every_text_of_the_installer_is_there_in_both_languages() -> None:
    english = re.findall(r"LangString (\w+) \$\{LANG_ENGLISH\}", SCRIPT)
    spanish = re.findall(r"LangString (\w+) \$\{LANG_SPANISH\}", SCRIPT)
    assert english == spanish != []


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Three empty programs in the places of the real ones."""
    folder = tmp_path / "lumbre"
    (folder / "_internal").mkdir(parents=True)
    for name in ("lumbre.exe", "lumbre-cli.exe", "_internal/x"):
        (folder / name).write_bytes(b"MZ")
    return folder


@pytest.mark.skipif(shutil.which("makensis") is None, reason="needs NSIS")
def test_the_installer_of_an_empty_bundle_can_be_made(bundle: Path, tmp_path: Path) -> None:
    makensis = shutil.which("makensis")
    assert makensis is not None
    setup = windows_packages.make_installer(bundle, tmp_path, makensis)
    assert setup.read_bytes()[:2] == b"MZ"
    portable = windows_packages.make_zip(bundle, tmp_path)
    with zipfile.ZipFile(portable) as archive:
        assert {"Lumbre/portable.txt", "Lumbre/lumbre.exe"} <= set(archive.namelist())


@pytest.mark.skipif(shutil.which("makensis") is None, reason="needs NSIS")
@pytest.mark.skipif(os.name == "nt", reason="the command is a shell's")
def test_the_uninstaller_is_signed_before_it_is_packed(bundle: Path, tmp_path: Path) -> None:
    makensis = shutil.which("makensis")
    assert makensis is not None
    tool, signed = tmp_path / "sign it", tmp_path / "signed.txt"
    tool.write_text(f"""#!/bin/sh\nprintf '%s\\n' "$@" >> '{signed}'\ntest -s "$2"\n""")
    tool.chmod(0o755)
    setup = windows_packages.make_installer(bundle, tmp_path, makensis, f'"{tool}" -quiet')
    first, uninstaller, second, last = signed.read_text("utf-8").splitlines()
    assert first == second == "-quiet"
    assert uninstaller != last
    assert last == str(setup)
