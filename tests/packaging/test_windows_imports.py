"""What Windows' programs ask for, read from files that are made here byte by byte."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import windows_imports

SECTION_ADDRESS, SECTION_PLACE = 0x1000, 0x400


def program(path: Path, *names: str) -> Path:
    """A PE32+ file with one section that holds only the import table."""
    table_size = 20 * (len(names) + 1)
    table, texts = b"", b""
    for name in names:
        at = SECTION_ADDRESS + table_size + len(texts)
        table += struct.pack("<12xII", at, 0)
        texts += name.encode() + b"\0"
    section = table + bytes(20) + texts
    optional = struct.pack("<H", 0x20B) + bytes(110) + bytes(8)
    optional += struct.pack("<II", SECTION_ADDRESS, table_size) + bytes(14 * 8)
    header = b"PE\0\0" + struct.pack("<2xH12xH2x", 1, len(optional))
    size = len(section)
    row = struct.pack("<8x4I16x", size, SECTION_ADDRESS, size, SECTION_PLACE)
    data = b"MZ" + bytes(0x3A) + struct.pack("<I", 0x40) + header + optional + row
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.ljust(SECTION_PLACE, b"\0") + section)
    return path


def test_the_import_table_is_read(tmp_path: Path) -> None:
    path = program(tmp_path / "a.dll", "KERNEL32.dll", "Qt6Core.dll")
    assert windows_imports.imported(path) == {"kernel32.dll", "qt6core.dll"}


@pytest.mark.parametrize("content", [b"", b"MZ", b"\x7fELF" + bytes(200)])
def test_another_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.dll"
    path.write_bytes(content)
    with pytest.raises(windows_imports.NoProgramError, match=r"a\.dll"):
        windows_imports.imported(path)


def test_a_library_that_is_nowhere_is_a_fault(tmp_path: Path) -> None:
    program(tmp_path / "lumbre.exe", "KERNEL32.dll", "python311.dll")
    assert windows_imports.faults(tmp_path) == [
        "lumbre.exe needs python311.dll, which is nowhere"
    ]
    program(tmp_path / "_internal/python311.dll", "api-ms-win-crt-runtime-l1-1-0.dll")
    assert windows_imports.faults(tmp_path) == []


def test_the_engine_does_not_count_on_the_runtime_in_qts_folder(tmp_path: Path) -> None:
    content = tmp_path / "_internal"
    program(content / "PySide6/MSVCP140.dll", "KERNEL32.dll")
    program(content / "PySide6/Qt6Core.dll", "MSVCP140.dll")
    program(content / "llama_cpp/lib/llama.dll", "MSVCP140.dll")
    assert windows_imports.faults(tmp_path) == [
        "_internal/llama_cpp/lib/llama.dll needs msvcp140.dll, which is nowhere"
    ]
    program(content / "llama_cpp/lib/msvcp140.dll", "KERNEL32.dll")
    windows_imports.imported.cache_clear()
    assert windows_imports.faults(tmp_path) == []
