"""Which libraries Windows' programs and libraries ask for, and whether a bundle has them.

Reads the import table of the PE format itself, so it works on every system.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import struct
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

_IMPORTS = 1  # place in the table of directories
_PROGRAM_SUFFIXES = {".exe", ".dll", ".pyd"}
# The C++ runtime of Microsoft's compilers: no part of Windows.
_RUNTIME = re.compile(r"^(msvcp140|vcruntime140)\w*\.dll$")
# Libraries of Windows 10, as far as Qt, Python and llama.cpp ask for them; the Vulkan loader
# comes with a graphics driver, and without it one folder of libraries is not loaded.
_WINDOWS = (
    *("api-ms-win-*", "ext-ms-*", "kernel32.dll", "user32.dll", "gdi32.dll", "ntdll.dll"),
    *("advapi32.dll", "shell32.dll", "ole32.dll", "oleaut32.dll", "comdlg32.dll"),
    *("comctl32.dll", "ucrtbase.dll", "msvcrt.dll", "ws2_32.dll", "crypt32.dll", "bcrypt*.dll"),
    *("winmm.dll", "imm32.dll", "version.dll", "dwmapi.dll", "uxtheme.dll", "shcore.dll"),
    *("shlwapi.dll", "setupapi.dll", "wtsapi32.dll", "netapi32.dll", "userenv.dll", "mpr.dll"),
    *("iphlpapi.dll", "dnsapi.dll", "winspool.drv", "mscms.dll", "icuuc.dll", "rpcrt4.dll"),
    *("secur32.dll", "authz.dll", "propsys.dll", "uiautomationcore.dll", "oleacc.dll"),
    *("psapi.dll", "pdh.dll", "powrprof.dll", "dbghelp.dll", "msimg32.dll", "cfgmgr32.dll"),
    *("winhttp.dll", "ncrypt.dll", "d3d9.dll", "d3d11.dll", "d3d12.dll", "dxgi.dll"),
    *("dwrite.dll", "d2d1.dll", "dcomp.dll", "dxcore.dll", "opengl32.dll", "cabinet.dll"),
    *("msi.dll", "hid.dll", "wldap32.dll", "normaliz.dll", "d3dcompiler_47.dll"),
    *("combase.dll", "imagehlp.dll", "vulkan-1.dll"),
)


class NoProgramError(Exception):
    """A file that should be a 64-bit Windows program or library is none."""


@cache
def imported(path: Path) -> frozenset[str]:
    """Names of the libraries that a program asks for when it is loaded, in lower case.

    Raises:
        NoProgramError: it is no 64-bit program of Windows.
    """
    data = path.read_bytes()
    try:
        return frozenset(_names(data))
    except (struct.error, ValueError, IndexError) as error:
        raise NoProgramError(f"{path} is no 64-bit program of Windows") from error


def _names(data: bytes) -> list[str]:
    header: int = struct.unpack_from("<I", data, 0x3C)[0]
    signature, n_sections, optional_size = struct.unpack_from("<4s2xH12xH", data, header)
    optional = header + 24
    if signature != b"PE\0\0" or struct.unpack_from("<H", data, optional)[0] != 0x20B:
        raise ValueError("another format")
    sections = [
        struct.unpack_from("<3I", data, optional + optional_size + 40 * i + 12)
        for i in range(n_sections)
    ]

    def offset(address: int) -> int:
        for start, size, place in sections:
            if start <= address < start + size:
                return int(place + address - start)
        raise ValueError("an address outside all sections")

    table: int = struct.unpack_from("<I", data, optional + 112 + 8 * _IMPORTS)[0]
    names = []
    place = offset(table) if table else len(data)
    while table and (name := struct.unpack_from("<12xI", data, place)[0]):
        at = offset(name)
        names.append(data[at : data.index(b"\0", at)].decode("ascii").lower())
        place += 20
    return names


def faults(folder: Path) -> list[str]:
    """Libraries that are asked for and are neither in the bundle nor a part of Windows.

    What llama.cpp's libraries ask for must lie beside them or beside Python: a trial load
    imports nothing of Qt, which brings the same runtime in a folder of its own.
    """
    content = folder / "_internal"
    files = [p for p in sorted(folder.rglob("*")) if p.suffix.lower() in _PROGRAM_SUFFIXES]
    everywhere = {path.name.lower() for path in files}
    engine = content / "llama_cpp" / "lib"
    near_engine = {p.name.lower() for p in files if p.parent in {content, engine}}
    found = []
    for path in files:
        reachable = near_engine if path.is_relative_to(engine) else everywhere
        found += [
            f"{path.relative_to(folder).as_posix()} needs {name}, which is nowhere"
            for name in sorted(imported(path))
            if name not in reachable and not is_of_windows(name)
        ]
    return found


def is_of_windows(name: str) -> bool:
    """True for a library that every Windows 10 has; `name` in lower case."""
    return any(fnmatchcase(name, pattern) for pattern in _WINDOWS)


def add_runtime(libraries: Path) -> None:
    """Put Microsoft's C++ runtime beside the libraries that ask for it; Qt ships it."""
    asked = {name for path in libraries.rglob("*.dll") for name in imported(path)}
    package = importlib.util.find_spec("PySide6")
    for name in sorted(filter(_RUNTIME.match, asked)):
        for folder in package.submodule_search_locations or () if package else ():
            source = Path(folder) / name
            if source.is_file() and not (libraries / name).exists():
                shutil.copy(source, libraries / name)
