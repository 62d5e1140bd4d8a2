"""The per-user installer and the portable zip, from the finished bundle.

    python packaging/windows_packages.py [OUT] [--sign COMMAND]

The bundle is OUT/lumbre (default: dist/lumbre), and both are put beside it. COMMAND signs the
program named behind it: the uninstaller before it is packed, then the setup program.
Needs NSIS 3.08 (Debian: the package nsis).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import icon_files
import windows_version

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app import __version__  # noqa: E402

NSIS_DIR = r"C:\Program Files (x86)\NSIS"  # its installer does not extend the PATH
MAX_SETUP_BYTES = 60_000_000  # with the practice model
PORTABLE_MARK = "portable.txt"
PORTABLE_TEXT = (
    "While this file lies beside lumbre.exe, everything is kept in the folder data next to it: "
    "conversations, settings, models. The whole folder can be carried on a stick.\r\n"
    "Mientras este archivo esté junto a lumbre.exe, todo se guarda en la carpeta data: "
    "conversaciones, ajustes y modelos. La carpeta entera cabe en una memoria USB.\r\n"
)


def main() -> int:
    """Make both; exit code 1 with a sentence when one cannot be made or is too large."""
    parser = argparse.ArgumentParser(description="Make Windows' installer and portable zip.")
    parser.add_argument("out", type=Path, nargs="?", default=ROOT / "dist")
    parser.add_argument("--sign", help="a command that signs the program named behind it")
    options = parser.parse_args()
    out: Path = options.out
    bundle = out / "lumbre"
    if not (bundle / "lumbre.exe").is_file():
        print(f"There is no bundle in {bundle}: run bundle.py first.", file=sys.stderr)
        return 1
    makensis = shutil.which("makensis") or shutil.which("makensis", path=NSIS_DIR)
    if makensis is None:
        print("There is no makensis: install NSIS 3.", file=sys.stderr)
        return 1
    setup = make_installer(bundle, out, makensis, options.sign)
    for made in (make_zip(bundle, out), setup):
        print(f"{made}: {made.stat().st_size / 1e6:.1f} MB")
    if setup.stat().st_size > MAX_SETUP_BYTES:
        allowed = f"{MAX_SETUP_BYTES / 1e6:.0f} MB"
        print(f"The setup program is too large: {allowed} are allowed.", file=sys.stderr)
        return 1
    return 0


def make_zip(bundle: Path, out: Path) -> Path:
    """The folder with the mark that makes it portable."""
    target = out / f"Lumbre-{__version__}-windows-x64-portable.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(bundle.rglob("*")):
            if path.is_file():
                archive.write(path, Path("Lumbre") / path.relative_to(bundle))
        archive.writestr(f"Lumbre/{PORTABLE_MARK}", PORTABLE_TEXT)
    return target


def make_installer(bundle: Path, out: Path, makensis: str, sign: str | None = None) -> Path:
    """The setup program, and the uninstaller in it; both signed by the command `sign`."""
    target = out / f"Lumbre-{__version__}-windows-x64-setup.exe"
    numbers = windows_version.file_version(__version__)
    with tempfile.TemporaryDirectory() as work:
        icon = Path(work) / "lumbre.ico"
        icon_files.write_ico(ROOT / "resources" / "icons" / "app", icon)
        values = {
            "VERSION": __version__,
            "FILE_VERSION": ".".join(map(str, numbers)),
            "SOURCE": bundle.resolve(),
            "OUTPUT": target.resolve(),
            "ICON": icon,
        } | ({"SIGN": sign} if sign else {})
        definitions = [f"-D{name}={value}" for name, value in values.items()]
        script = ROOT / "packaging" / "windows" / "lumbre.nsi"
        subprocess.run([makensis, "-V2", *definitions, str(script)], check=True)
    return target


if __name__ == "__main__":
    sys.exit(main())
