"""Set-up of a checkout: system libraries, .venv, dependencies, llama.cpp.

    python packaging/setup_dev.py run|test|package

Standard library only. Each level contains the one before it. A finished level leaves a stamp
in `.venv/lumbre-setup` with a digest of everything it depends on; while the digest fits, this
returns at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import system_packages

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMPS = VENV / "lumbre-setup"
CONSTRAINTS = ROOT / "constraints.txt"
# Sections of constraints.txt that each level installs.
LEVELS = {
    "run": ("build", "run"),
    "test": ("build", "run", "test"),
    "package": ("build", "run", "test", "package"),
}
INPUTS = (
    "constraints.txt",
    "pyproject.toml",
    "packaging/setup_dev.py",
    "packaging/system_packages.py",
    "packaging/versions.toml",
    "packaging/native/build.py",
)


class SetupError(Exception):
    """A step failed; the sentence says which and what to do."""


def main(arguments: list[str]) -> int:
    """Bring the checkout to a level; exit code 0, or 1 with a sentence on stderr."""
    if len(arguments) != 1 or arguments[0] not in LEVELS:
        print("usage: setup_dev.py run|test|package", file=sys.stderr)
        return 2
    level = arguments[0]
    digest = _digest()
    if _is_done(level, digest):
        return 0
    with _alone():
        # Whoever was waited for may have made this level, too.
        return 0 if _is_done(level, digest) else _bring_to(level, digest)


def _bring_to(level: str, digest: str) -> int:
    """Every step of `level`, then its stamp and those below it; an exit code."""
    started = time.monotonic()
    try:
        system_packages.ensure(level)
        _make_venv()
        _install_dependencies(level)
        if level == "package":
            _compile_bootloader()
        _install_llama_cpp()
        _install_program()
    except (SetupError, system_packages.MissingSystemPackagesError) as error:
        print(f"\nSet-up stopped. {error}", file=sys.stderr)
        return 1
    for done in LEVELS:
        (STAMPS / done).write_text(digest, encoding="utf-8")
        if done == level:
            break
    print(f"Set-up finished in {time.monotonic() - started:.0f} s.", flush=True)
    return 0


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other set-up writes into this checkout's .venv; on Windows, hope so."""
    if sys.platform == "win32":
        yield
        return
    import fcntl  # no other system has it

    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def sections(text: str) -> dict[str, str]:
    """The sections of a constraints file by name; a section starts with a line `# [name]`."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("# [") and line.endswith("]"):
            lines = found.setdefault(line[3:-1], [])
        else:
            lines.append(line)
    return {name: "\n".join(part) + "\n" for name, part in found.items()}


def _digest() -> str:
    wheel = os.environ.get("LLAMA_CPP_WHEEL", "")
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT} {wheel}".encode())
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _is_done(level: str, digest: str) -> bool:
    stamp = STAMPS / level
    return PYTHON.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == digest


def _run(step: str, command: list[str | Path], **environment: str) -> None:
    result = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=os.environ | environment, check=False
    )
    if result.returncode != 0:
        raise SetupError(
            f"{step} failed; the reason is in the lines above. Repeating the command goes on "
            "from here."
        )


def _pip_install() -> list[str | Path]:
    """pip, silent but for errors, and never choosing packages by itself."""
    return [PYTHON, "-m", "pip", "install", "-qq", "--no-deps", "--disable-pip-version-check"]


def _make_venv() -> None:
    if PYTHON.exists():
        same = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]!r})"
        works = subprocess.run([str(PYTHON), "-c", same], capture_output=True, check=False)
        if works.returncode == 0:
            return
    print("Making .venv", flush=True)
    _run("Making the virtual environment", [sys.executable, "-m", "venv", "--clear", VENV])


def _install_dependencies(level: str) -> None:
    print("Installing dependencies", flush=True)
    parts = sections(CONSTRAINTS.read_text(encoding="utf-8"))
    STAMPS.mkdir(exist_ok=True)
    chosen = STAMPS / "requirements.txt"
    chosen.write_text("".join(parts[name] for name in LEVELS[level]), encoding="utf-8")
    _run("Installing dependencies", [*_pip_install(), "--require-hashes", "-r", chosen])


def _compile_bootloader() -> None:
    """PyInstaller again, from its source: the program that starts a bundle is compiled here.

    The published one starts malware too, so virus scanners distrust its very bytes. With its
    own zlib it needs no development package.
    """
    pin = pyinstaller_pin(CONSTRAINTS.read_text(encoding="utf-8"))
    stamp = STAMPS / "bootloader-compiled"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == pin:
        return
    requirement = STAMPS / "bootloader.txt"
    requirement.write_text(pin, encoding="utf-8")
    source: list[str | Path] = ["--no-binary", "pyinstaller", "--no-build-isolation"]
    source += ["--no-cache-dir", "--force-reinstall", "--require-hashes", "-r", requirement]
    environment = {"PYINSTALLER_COMPILE_BOOTLOADER": "1", "PYI_STATIC_ZLIB": "1"}
    _run("Compiling the bundle's start program", [*_pip_install(), *source], **environment)
    stamp.write_text(pin, encoding="utf-8")


def pyinstaller_pin(constraints: str) -> str:
    """PyInstaller's lines of a constraints file."""
    found = re.search(r"^pyinstaller==.*\n(?: .*\n)+", constraints, re.MULTILINE)
    if found is None:
        raise SetupError("constraints.txt does not name PyInstaller: python packaging/lock.py.")
    return found[0]


def _install_llama_cpp() -> None:
    """Build or find the wheel of llama_cpp with its libraries; install it if it is new.

    LLAMA_CPP_WHEEL in the environment names a ready wheel instead.
    """
    STAMPS.mkdir(exist_ok=True)
    found = STAMPS / "llama-cpp-found"
    if os.environ.get("LLAMA_CPP_WHEEL"):
        found.write_text(os.environ["LLAMA_CPP_WHEEL"], encoding="utf-8")
    else:
        build: list[str | Path] = [PYTHON, ROOT / "packaging/native/build.py"]
        _run("Building llama.cpp", [*build, "--note", found])
    installed = STAMPS / "llama-cpp-installed"
    if installed.exists() and installed.read_bytes() == found.read_bytes():
        return
    wheel = Path(found.read_text(encoding="utf-8"))
    _run("Installing llama.cpp", [*_pip_install(), "--no-index", "--force-reinstall", wheel])
    shutil.copyfile(found, installed)


def _install_program() -> None:
    """Editable, with the build tools of the environment: nothing is downloaded here."""
    editable: list[str | Path] = ["--no-build-isolation", "--no-index", "-e", ROOT]
    _run("Installing Lumbre", [*_pip_install(), *editable])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
