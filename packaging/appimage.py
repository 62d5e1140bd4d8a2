"""An AppImage from the AppDir that linux_packages.py has made.

    python packaging/appimage.py [OUT] [--runtime FILE]

An AppImage is a small program, the runtime, followed by a squashfs. The runtime is fetched from
its own project and must have the SHA-256 of versions.toml, also when it is given as a file.
mksquashfs comes from the package squashfs-tools.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pinned

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app import __version__  # noqa: E402

RUNTIME = "appimage-runtime"


def main() -> int:
    """Make it in OUT (default: dist); exit code 1 with a sentence."""
    parser = argparse.ArgumentParser(description="Make the AppImage.")
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "dist")
    parser.add_argument("--runtime", type=Path, help="a runtime that is already here")
    options = parser.parse_args()
    app_dir = options.out / "Lumbre.AppDir"
    if not (app_dir / "AppRun").exists() or not shutil.which("mksquashfs"):
        print(
            "An AppImage needs dist/Lumbre.AppDir (packaging/linux_packages.py) and mksquashfs "
            "(apt-get install squashfs-tools).",
            file=sys.stderr,
        )
        return 1
    try:
        if options.runtime:
            runtime = pinned.checked(RUNTIME, options.runtime.read_bytes())
        else:
            runtime = pinned.fetched(RUNTIME)
    except pinned.PinnedFileError as error:
        print(error, file=sys.stderr)
        return 1
    print(make_appimage(app_dir, runtime, options.out))
    return 0


def make_appimage(app_dir: Path, runtime: bytes, out: Path) -> Path:
    """Runtime and file system in one program."""
    target = out / f"Lumbre-{__version__}-x86_64.AppImage"
    with tempfile.TemporaryDirectory() as name:
        image = Path(name) / "image.squashfs"
        command = ["mksquashfs", str(app_dir), str(image), "-root-owned", "-noappend", "-quiet"]
        compress = ["-comp", "zstd", "-Xcompression-level", "19", "-b", "1M", "-no-progress"]
        subprocess.run([*command, *compress], check=True)
        with target.open("wb") as file:
            file.write(runtime)
            with image.open("rb") as content:
                shutil.copyfileobj(content, file)
    target.chmod(0o755)
    return target


if __name__ == "__main__":
    sys.exit(main())
