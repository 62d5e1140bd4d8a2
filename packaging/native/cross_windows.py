"""llama.cpp for Windows, compiled on Debian with mingw-w64.

For the regression test under Wine: what is shipped comes from a Windows machine (clang-cl).
Packages: g++-mingw-w64-x86-64-posix, which brings the compiler, binutils and the three runtime
libraries that such a build needs beside it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

PACKAGE = "g++-mingw-w64-x86-64-posix"
PREFIX = "x86_64-w64-mingw32"
WHEEL_TAG = "win_amd64"
RUNTIME_LIBRARIES = ("libgcc_s_seh-1.dll", "libstdc++-6.dll", "libwinpthread-1.dll")
# GCC takes Windows' stack for 32-byte aligned, which it is not, and stores AVX registers
# there with instructions that fault (GCC bug 54412): the assembler replaces them.
_ALIGNMENT = "-Wa,-muse-unaligned-vector-move"
FLAGS = {
    "CMAKE_SYSTEM_NAME": "Windows",
    "CMAKE_SYSTEM_PROCESSOR": "x86_64",
    "CMAKE_C_COMPILER": f"{PREFIX}-gcc-posix",
    "CMAKE_CXX_COMPILER": f"{PREFIX}-g++-posix",
    "CMAKE_RC_COMPILER": f"{PREFIX}-windres",
    "CMAKE_FIND_ROOT_PATH": f"/usr/{PREFIX}",
    "CMAKE_FIND_ROOT_PATH_MODE_PROGRAM": "NEVER",
    "CMAKE_FIND_ROOT_PATH_MODE_LIBRARY": "ONLY",
    "CMAKE_FIND_ROOT_PATH_MODE_INCLUDE": "BOTH",
    "CMAKE_FIND_ROOT_PATH_MODE_PACKAGE": "BOTH",
    # mingw-w64 10's headers lack THREAD_POWER_THROTTLING_STATE, which C code asks for from
    # Windows 8 on; the C++ code wants Windows 10.
    "CMAKE_C_FLAGS": f"-D_WIN32_WINNT=0x0601 {_ALIGNMENT}",
    "CMAKE_CXX_FLAGS": f"-D_WIN32_WINNT=0x0A00 {_ALIGNMENT}",
    "CMAKE_SHARED_LINKER_FLAGS": "-s",
    "CMAKE_MODULE_LINKER_FLAGS": "-s",
}


class CrossBuildError(Exception):
    """The cross compiler is missing or does not do what it should; says what to do."""


def compiler_version() -> str:
    """First line of what the cross compiler says of itself.

    Raises:
        CrossBuildError: it is not installed.
    """
    compiler = FLAGS["CMAKE_CXX_COMPILER"]
    if not shutil.which(compiler):
        raise CrossBuildError(
            f"There is no compiler for Windows. Install it (apt-get install {PACKAGE}) and "
            "repeat the command."
        )
    return _output([compiler, "--version"]).partition("\n")[0]


def runtime_libraries() -> dict[str, Path]:
    """Name -> file of the compiler's own libraries that must lie beside the built ones."""
    compiler = FLAGS["CMAKE_CXX_COMPILER"]
    places = {
        name: Path(_output([compiler, f"-print-file-name={name}"]).strip())
        for name in RUNTIME_LIBRARIES
    }
    for name, path in places.items():
        if not path.is_absolute() or not path.exists():
            raise CrossBuildError(f"{name} of {PACKAGE} is missing. Install the package again.")
    return places


def vulkan_import_library(loader: Path, into: Path) -> Path:
    """A library to link with vulkan-1.dll, made from what Linux's loader exports.

    `into`: folder, made when missing.
    """
    names = re.findall(
        r"\s(vk\w+)$", _output(["nm", "-D", "--defined-only", str(loader)]), re.M
    )
    if not names:
        raise CrossBuildError(f"{loader} exports no function of Vulkan.")
    into.mkdir(parents=True, exist_ok=True)
    definition, library = into / "vulkan-1.def", into / "libvulkan-1.dll.a"
    lines = ["LIBRARY vulkan-1.dll", "EXPORTS", *sorted(set(names))]
    definition.write_text("\n".join(lines) + "\n", encoding="utf-8")
    _output([f"{PREFIX}-dlltool", "-d", str(definition), "-l", str(library)])
    return library


def _output(command: list[str]) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise CrossBuildError(f"{result.stderr}\n{command[0]} failed.")
    return result.stdout
