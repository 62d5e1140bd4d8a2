"""Looks at a finished bundle without starting it: `check_bundle.py FOLDER`.

Size, files that must be there, files that must not, and on Linux every library's needs: each is
in the bundle or is one of the host's, and none asks for a newer GLIBC or libstdc++ than the
oldest system has.
"""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import windows_imports
from bundle_contents import BUDGETS, is_dropped, is_host_library

# Ubuntu 22.04's; Debian 12 has GLIBC 2.36 and the same libstdc++.
NEWEST = {"GLIBC": (2, 35), "GLIBCXX": (3, 4, 30), "CXXABI": (1, 3, 13)}
NEEDED = (
    "*/resources/o200k_base.tiktoken",
    "*/resources/practice-gpt-oss.gguf",
    "*/resources/licences/THIRD-PARTY.txt",
    "*/llama_cpp/lib/*llama.*",
    "*/llama_cpp/lib/*ggml-base.*",
    "*/llama_cpp/lib/backends/cpu/*ggml-cpu-x64.*",
    "*/llama_cpp/lib/backends/cpu/*ggml-cpu-haswell.*",
)
# Part of every desktop Linux, beside what bundle_contents lists as the host's.
SYSTEM_LIBRARIES = re.compile(
    r"^(ld-linux|linux-vdso|libc\.|libm\.|libdl\.|libpthread\.|librt\.|libutil\.|libresolv\.)"
)


def faults(folder: Path) -> list[str]:
    """Everything wrong with the bundle, one sentence each; empty when it may be shipped."""
    if not folder.is_dir():
        return [f"There is no bundle at {folder}."]
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found = [f"Missing: {p}" for p in NEEDED if not any(f.match(p) for f in files)]
    found += [f"Must not be shipped: {path}" for path in files if _is_forbidden(folder, path)]
    size, budget = size_bytes(folder), BUDGETS[sys.platform].n_bytes
    if size > budget:
        found.append(f"{size / 1e6:.0f} MB, allowed are {budget / 1e6:.0f} MB.")
    if sys.platform.startswith("linux"):
        found += _linux_faults(folder, files)
    if sys.platform == "win32":
        found += windows_imports.faults(folder)
    return found


def size_bytes(folder: Path) -> int:
    """What the bundle takes on the disk; a file that is linked to counts once."""
    return sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    )


def summary(folder: Path) -> str:
    """One line about a bundle without faults."""
    n_files = sum(path.is_file() for path in folder.rglob("*"))
    text = f"{folder}: {size_bytes(folder) / 1e6:.0f} MB in {n_files} files"
    if sys.platform.startswith("linux"):
        text += f", GLIBC {newest_glibc(folder)} or newer"
    return f"{text}, nothing to complain"


def content_dir(folder: Path) -> Path:
    """Where PyInstaller put everything but the program itself."""
    inside = folder / ("Contents/Frameworks" if folder.suffix == ".app" else "_internal")
    return inside if inside.is_dir() else folder


def _is_forbidden(folder: Path, path: Path) -> bool:
    content = content_dir(folder)
    if not path.is_relative_to(content):
        return False
    place = path.relative_to(content).as_posix()
    is_host = sys.platform.startswith("linux") and is_host_library(place)
    return is_host or is_dropped(place) or "sapphirerapids" in path.name


def _linux_faults(folder: Path, files: list[Path]) -> list[str]:
    own = {path.name for path in files}
    found = []
    for path in files:
        if not _is_elf(path):
            continue
        facts = _objdump(path)
        needed = re.findall(r"NEEDED\s+(\S+)", facts)
        found += [
            f"{path.relative_to(folder)} needs {name}, which is nowhere"
            for name in needed
            if name not in own
            and not SYSTEM_LIBRARIES.match(name)
            and not is_host_library(name)
        ]
        for library, allowed in NEWEST.items():
            newest = _newest_version(library, facts)
            if newest > allowed:
                words = ".".join(map(str, newest))
                found.append(f"{path.relative_to(folder)} needs {library} {words}")
    return found


def _newest_version(library: str, facts: str) -> tuple[int, ...]:
    """The newest version of a library's symbols that objdump's text asks for; () for none."""
    versions = re.findall(rf"\b{library}_(\d+(?:\.\d+)+)", facts)
    return max((tuple(map(int, v.split("."))) for v in versions), default=())


def newest_glibc(folder: Path) -> str:
    """The newest GLIBC that anything in a Linux bundle asks for, such as "2.34"."""
    elves = (path for path in folder.rglob("*") if path.is_file() and _is_elf(path))
    newest = max((_newest_version("GLIBC", _objdump(path)) for path in elves), default=())
    return ".".join(map(str, newest))


def _is_elf(path: Path) -> bool:
    if path.is_symlink():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


@cache
def _objdump(path: Path) -> str:
    """Dynamic section and required symbol versions."""
    result = subprocess.run(["objdump", "-p", path], capture_output=True, text=True, check=True)
    return result.stdout


if __name__ == "__main__":
    problems = faults(Path(sys.argv[1]))
    print("\n".join(problems) or summary(Path(sys.argv[1])))
    sys.exit(1 if problems else 0)
