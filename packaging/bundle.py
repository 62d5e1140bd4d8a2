"""Makes the folder that is shipped: dist/lumbre (macOS: dist/Lumbre.app).

    python packaging/bundle.py [--backends cpu-all,vulkan] [--wheel FILE] [--out DIR]

The native libraries come from native/build.py's cache, or from the wheel that is named;
everything else from this environment. What is made on the way goes into DIR/build.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import check_bundle
import icon_files
import third_party
import windows_imports
import windows_version

ROOT = Path(__file__).resolve().parents[1]
PACKAGING = ROOT / "packaging"
LIBRARIES = "llama_cpp/lib/"


def main() -> int:
    """Make and check the bundle; exit code 1 with a sentence when a step fails."""
    parser = argparse.ArgumentParser(description="Make the folder that is shipped.")
    parser.add_argument("--backends", default="cpu-all,vulkan")
    parser.add_argument("--wheel", type=Path, help="llama_cpp with its libraries, ready")
    parser.add_argument("--out", type=Path, help="default: dist; by-products go into build")
    options = parser.parse_args()
    out = options.out or ROOT / "dist"
    work = out / "build" if options.out else ROOT / "build"
    work.mkdir(parents=True, exist_ok=True)
    wheel = options.wheel or native_wheel(options.backends, work)
    unpack_libraries(wheel, work / "native")
    third_party.write(work / "licences" / "THIRD-PARTY.txt")
    shutil.copy(ROOT / "LICENSE", work / "licences" / "LICENSE.txt")
    make_icons(work / "icons")
    if sys.platform == "win32":
        windows_version.write(work / "version_info.txt")
        windows_imports.add_runtime(work / "native")
    freeze(work, out)
    folder = out / ("Lumbre.app" if sys.platform == "darwin" else "lumbre")
    strip_symbols(folder)
    faults = check_bundle.faults(folder)
    print("\n".join(faults) or check_bundle.summary(folder))
    return 1 if faults else 0


def native_wheel(backends: str, work: Path) -> Path:
    """The wheel with llama.cpp's libraries, built when the cache lacks it."""
    note = work / "native-wheel.txt"
    build = PACKAGING / "native" / "build.py"
    command = [sys.executable, str(build), "--backends", backends, "--note", str(note)]
    subprocess.run(command, check=True)
    return Path(note.read_text(encoding="utf-8"))


def unpack_libraries(wheel: Path, into: Path) -> Path:
    """The native libraries of the wheel, without the Python around them."""
    shutil.rmtree(into, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(LIBRARIES):
                target = into / name.removeprefix(LIBRARIES)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
    return into


def make_icons(into: Path) -> None:
    """The icon files that Windows and macOS want."""
    into.mkdir(parents=True, exist_ok=True)
    pngs = ROOT / "resources" / "icons" / "app"
    icon_files.write_ico(pngs, into / "lumbre.ico")
    icon_files.write_icns(pngs, into / "lumbre.icns")


def freeze(work: Path, out: Path) -> None:
    """Run PyInstaller with the one recipe for three systems."""
    spec = PACKAGING / "pyinstaller" / "lumbre.spec"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(out), "--workpath", str(work / "pyinstaller")]
    environment = os.environ | {"LUMBRE_WORK": str(work)}
    subprocess.run([*command, str(spec)], check=True, env=environment)


def strip_symbols(folder: Path) -> None:
    """Take debugging symbols out of libraries whose builders have left them in.

    Not out of libraries that auditwheel has rewritten (numpy.libs): strip breaks those.
    """
    if sys.platform.startswith("linux") and shutil.which("strip"):
        for pattern in ("libpython*.so*", "lib-dynload/*.so", "sqlcipher3/*.so"):
            for path in folder.rglob(pattern):
                subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)


if __name__ == "__main__":
    sys.exit(main())
