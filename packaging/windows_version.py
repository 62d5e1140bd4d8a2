"""What Windows shows of the programs: name, version, maker, in the form PyInstaller reads.

A program without these facts is one that virus scanners trust less.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app import __version__  # noqa: E402

_ENGLISH, _UNICODE = 0x0409, 1200
_TEXT = """\
VSVersionInfo(
  ffi=FixedFileInfo(
    filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1
  ),
  kids=[
    StringFileInfo([StringTable({table!r}, [
{strings}
    ])]),
    VarFileInfo([VarStruct("Translation", [{language}, {encoding}])]),
  ],
)
"""


def write(target: Path) -> None:
    """The file for PyInstaller's `EXE(version=...)`."""
    facts = {
        "CompanyName": "The Lumbre authors",
        "FileDescription": "Lumbre: private chat on this computer",
        "FileVersion": __version__,
        "InternalName": "lumbre",
        "LegalCopyright": "The Lumbre authors, Apache-2.0",
        "ProductName": "Lumbre",
        "ProductVersion": __version__,
    }
    strings = "\n".join(f"      StringStruct({n!r}, {v!r})," for n, v in facts.items())
    target.write_text(
        _TEXT.format(
            numbers=file_version(__version__),
            table=f"{_ENGLISH:04X}{_UNICODE:04X}",
            strings=strings,
            language=_ENGLISH,
            encoding=_UNICODE,
        ),
        encoding="utf-8",
    )


def file_version(version: str) -> tuple[int, int, int, int]:
    """`1.2.3` as Windows counts: four numbers, 0 where there is none."""
    numbers = [int(part) for part in version.split(".")[:4] if part.isdigit()]
    first, second, third, fourth = (numbers + [0] * 4)[:4]
    return first, second, third, fourth
