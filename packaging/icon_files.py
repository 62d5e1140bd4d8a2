"""Icon files of Windows (.ico) and macOS (.icns), made from the program's PNGs.

Both formats are a small header with a table, and since Windows Vista and Mac OS X 10.7 both
hold PNGs as they are.
"""

from __future__ import annotations

import struct
from pathlib import Path

ICO_SIDES = (16, 24, 32, 48, 64, 128, 256)
# Apple's type of each side in pixels.
ICNS_TYPES = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09"}


def write_ico(pngs: Path, target: Path) -> None:
    """All sides of lumbre-SIDE.png in the folder `pngs` that Windows uses."""
    images = [(side, (pngs / f"lumbre-{side}.png").read_bytes()) for side in ICO_SIDES]
    offset = 6 + 16 * len(images)
    table, content = b"", b""
    for side, png in images:
        low = side % 256  # 256 is written as 0
        table += struct.pack(
            "<BBBBHHII", low, low, 0, 0, 1, 32, len(png), offset + len(content)
        )
        content += png
    target.write_bytes(struct.pack("<HHH", 0, 1, len(images)) + table + content)


def write_icns(pngs: Path, target: Path) -> None:
    """All sides of lumbre-SIDE.png in the folder `pngs` that macOS uses."""
    content = b""
    for side, kind in ICNS_TYPES.items():
        png = (pngs / f"lumbre-{side}.png").read_bytes()
        content += kind + struct.pack(">I", len(png) + 8) + png
    target.write_bytes(b"icns" + struct.pack(">I", len(content) + 8) + content)
