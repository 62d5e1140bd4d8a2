"""The per-user installer and the portable zip, from the finished bundle.

    python packaging/windows_packages.py [OUT]

makensis must be on the PATH (Windows: NSIS 3; Debian: the package nsis).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app import __version__  # noqa: E402

BUNDLE = ROOT / "dist" / "lumbre"
PORTABLE_MARK = "portable.txt"
PORTABLE_TEXT = (
    "While this file lies beside lumbre.exe, everything is kept in the folder data next to it: "
    "conversations, settings, models. The whole folder can be carried on a stick.\r\n"
    "Mientras este archivo esté junto a lumbre.exe, todo se guarda en la carpeta data: "
    "conversaciones, ajustes y modelos. La carpeta entera cabe en una memoria USB.\r\n"
)


def main() -> int:
    """Make both in OUT (default: dist)."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"
    if not (BUNDLE / "lumbre.exe").is_file():
        print(
            "There is no bundle in dist/lumbre: run packaging/bundle.py first.", file=sys.stderr
        )
        return 1
    if not shutil.which("makensis"):
        print("makensis is not on the PATH: install NSIS 3.", file=sys.stderr)
        return 1
    print(make_zip(out))
    print(make_installer(out))
    return 0


def make_zip(out: Path) -> Path:
    """The folder with the mark that makes it portable."""
    target = out / f"Lumbre-{__version__}-windows-x64-portable.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(BUNDLE.rglob("*")):
            if path.is_file():
                archive.write(path, Path("Lumbre") / path.relative_to(BUNDLE))
        archive.writestr(f"Lumbre/{PORTABLE_MARK}", PORTABLE_TEXT)
    return target


def make_installer(out: Path) -> Path:
    """The setup program."""
    target = out / f"Lumbre-{__version__}-windows-x64-setup.exe"
    values = {
        "VERSION": __version__,
        "SOURCE": BUNDLE,
        "OUTPUT": target.resolve(),
        "ICON": ROOT / "build" / "icons" / "lumbre.ico",
    }
    definitions = [f"-D{name}={value}" for name, value in values.items()]
    script = ROOT / "packaging" / "windows" / "lumbre.nsi"
    subprocess.run(["makensis", "-V2", *definitions, str(script)], check=True)
    return target


if __name__ == "__main__":
    sys.exit(main())
