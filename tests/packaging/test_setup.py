"""Set-up of a checkout: which Python, which sections, which sentence when it cannot go on."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import setup_dev
import system_packages

with contextlib.suppress(ImportError):  # Unix has it, and these tests are for Unix
    import fcntl

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell script for Unix")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which set-up only says which Python runs it."""
    folder = tmp_path / "a checkout with spaces"
    (folder / "packaging").mkdir(parents=True)
    shutil.copy(ROOT / "packaging/setup.sh", folder / "packaging")
    (folder / "packaging/setup_dev.py").write_text(
        "import sys; print(sys.argv, sys.executable)"
    )
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH of its own: a shell's few words, no Python, no apt."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "dirname", "id"):
        (folder / name).symlink_to(shutil.which(name) or name)
    return folder


def run_setup(
    checkout: Path, tools: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(tools / "sh"), "packaging/setup.sh", "run"],
        cwd=checkout,
        env={"PATH": str(tools), **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def add_python(tools: Path, name: str, script: str) -> None:
    program = tools / name
    program.write_text(f"#!{tools / 'sh'}\n{script}\n")
    program.chmod(0o755)


def test_without_any_python_it_says_what_to_install(checkout: Path, tools: Path) -> None:
    result = run_setup(checkout, tools)
    assert result.returncode == 1
    assert "Python 3.11 or newer" in result.stderr
    assert "apt-get install python3 python3-venv" in result.stderr


def test_a_python_that_does_not_start_is_passed_over(checkout: Path, tools: Path) -> None:
    add_python(tools, "python3", "exit 127")
    add_python(tools, "python3.12", f'exec "{sys.executable}" "$@"')
    result = run_setup(checkout, tools)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("['packaging/setup_dev.py', 'run']")


def test_a_named_python_is_taken_before_the_ones_on_the_path(
    checkout: Path, tools: Path
) -> None:
    add_python(tools, "python3", "echo wrong one; exit 0")
    result = run_setup(checkout, tools, PYTHON=sys.executable)
    assert "packaging/setup_dev.py" in result.stdout
    assert "wrong one" not in result.stdout


def test_a_named_python_that_is_unfit_is_not_silently_replaced(
    checkout: Path, tools: Path
) -> None:
    add_python(tools, "python3", f'exec "{sys.executable}" "$@"')
    add_python(tools, "old", "exit 1")
    result = run_setup(checkout, tools, PYTHON="old")
    assert result.returncode == 1
    assert "make PYTHON=" in result.stderr


def test_sections_of_a_constraints_file_are_told_apart() -> None:
    text = "# words\n# [run]\na==1 \\\n    --hash=sha256:0\n# [test]\nb==2\n"
    assert setup_dev.sections(text) == {
        "run": "a==1 \\\n    --hash=sha256:0\n",
        "test": "b==2\n",
    }


def test_every_level_names_sections_that_constraints_txt_has() -> None:
    present = setup_dev.sections((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    assert {name for level in setup_dev.LEVELS.values() for name in level} == set(present)


def test_an_unknown_level_is_refused_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert setup_dev.main(["everything"]) == 2
    assert "run|test|package" in capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="apt is Linux's")
def test_a_system_that_runs_these_tests_lacks_nothing() -> None:
    assert system_packages.missing_for("test") == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="apt is Linux's")
def test_without_apt_the_missing_packages_are_named(
    tools: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(system_packages.MissingSystemPackagesError, match="package manager"):
        system_packages.ensure("test")
    assert "g++ xvfb xauth" in capsys.readouterr().out


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="apt is Linux's")
def test_two_set_ups_of_one_checkout_wait_for_each_other(checkout: Path, tools: Path) -> None:
    for name in setup_dev.INPUTS:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    folder = os.open(checkout, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    second = subprocess.Popen(
        [sys.executable, "packaging/setup_dev.py", "run"],
        cwd=checkout,
        env={"PATH": str(tools)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            second.communicate(timeout=1)
    finally:
        os.close(folder)
    words, errors = second.communicate(timeout=60)
    assert "g++" in words  # which that PATH lacks: it came as far as its first step
    assert "Set-up stopped" in errors


def test_pyinstaller_can_be_installed_from_its_pinned_source() -> None:
    pin = setup_dev.pyinstaller_pin(setup_dev.CONSTRAINTS.read_text("utf-8"))
    first, *hashes = pin.splitlines()
    assert first.startswith("pyinstaller==")
    assert len(hashes) > 1
    assert all(line.strip().startswith("--hash=sha256:") for line in hashes)


def test_a_file_without_pyinstaller_is_said_to_be_so() -> None:
    with pytest.raises(setup_dev.SetupError, match="does not name PyInstaller"):
        setup_dev.pyinstaller_pin("numpy==2\n")
