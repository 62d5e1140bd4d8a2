"""The .deb, the tar.xz and the AppDir, from the finished bundle.

    python packaging/linux_packages.py [OUT] [--quick]

A package of Debian's form holds the bundle in /usr/lib/lumbre and a link in /usr/bin; removing
it leaves the person's conversations alone. The AppDir is what an AppImage runs. `--quick`
compresses little: for trying, in a tenth of the time.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app import __version__  # noqa: E402

BUNDLE = ROOT / "dist" / "lumbre"
LINUX = ROOT / "packaging" / "linux"
ICONS = ROOT / "resources" / "icons" / "app"
METAINFO = "io.github.lumbre.Lumbre.metainfo.xml"
PACKAGE_BYTES_MAX = 110_000_000
ICON_SIDES = (16, 24, 32, 48, 64, 128, 256, 512)
# What the bundle leaves to the host (bundle_contents.HOST_LIBRARIES) and cannot do without.
DEPENDS = (
    "libc6 (>= 2.35), libstdc++6 (>= 12), zlib1g, libegl1, libgl1, libfontconfig1, "
    "libfreetype6, libdbus-1-3, libglib2.0-0 | libglib2.0-0t64, libx11-6, libx11-xcb1, "
    "libxcb1, libxkbcommon0, libwayland-client0, libwayland-cursor0, libwayland-egl1"
)
RECOMMENDS = (
    "libvulkan1, mesa-vulkan-drivers | nvidia-driver-libs, libcups2 | libcups2t64, "
    "fonts-dejavu-core | fonts-noto-core"
)
CONTROL = """\
Package: lumbre
Version: {version}
Architecture: amd64
Maintainer: The Lumbre authors <maintainers@lumbre.invalid>
Installed-Size: {size_kib}
Depends: {depends}
Recommends: {recommends}
Section: utils
Priority: optional
Description: talk with gpt-oss on your own computer
 Lumbre runs OpenAI's open language model gpt-oss with llama.cpp and keeps every
 conversation on this computer. It uses the graphics card through Vulkan when
 there is one, and works without.
"""


def main() -> int:
    """Make all three in OUT (default: dist)."""
    parser = argparse.ArgumentParser(description="Make the packages for Linux.")
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "dist")
    parser.add_argument("--quick", action="store_true", help="compress little")
    options = parser.parse_args()
    out, level = options.out, 0 if options.quick else 6
    if not (BUNDLE / "lumbre").is_file():
        print(
            "There is no bundle in dist/lumbre: run packaging/bundle.py first.", file=sys.stderr
        )
        return 1
    out.mkdir(parents=True, exist_ok=True)
    for path in (make_deb(out, level), make_tar(out, level)):
        size = path.stat().st_size
        print(f"{path}: {size / 1e6:.1f} MB")
        if size > PACKAGE_BYTES_MAX and not options.quick:
            print(f"Allowed are {PACKAGE_BYTES_MAX / 1e6:.0f} MB.", file=sys.stderr)
            return 1
    print(make_appdir(out / "Lumbre.AppDir"))
    return 0


def make_deb(out: Path, level: int) -> Path:
    """Package for Debian 12 and later, Ubuntu 22.04 and later; `level` is xz's, 0..9."""
    target = out / f"lumbre_{__version__}_amd64.deb"
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        _install_tree(root / "usr", root / "usr/lib/lumbre")
        doc = root / "usr/share/doc/lumbre"
        doc.mkdir(parents=True)
        shutil.copy(BUNDLE / "_internal/resources/licences/THIRD-PARTY.txt", doc / "copyright")
        (root / "DEBIAN").mkdir()
        control = CONTROL.format(
            version=__version__,
            size_kib=_size_kib(root),
            depends=DEPENDS,
            recommends=RECOMMENDS,
        )
        (root / "DEBIAN/control").write_text(control, encoding="utf-8")
        (root / "DEBIAN/md5sums").write_text(_md5sums(root), encoding="utf-8")
        _tidy_modes(root)
        dpkg = ["dpkg-deb", "--root-owner-group", "-Zxz", f"-z{level}", "-b"]
        subprocess.run([*dpkg, root, target], check=True, stdout=subprocess.DEVNULL)
    return target


def make_tar(out: Path, level: int) -> Path:
    """The folder itself, for every other distribution; needs no installation."""
    target = out / f"lumbre-{__version__}-linux-x86_64.tar.xz"
    with (
        target.open("wb") as file,
        subprocess.Popen(["xz", "-T0", f"-{level}"], stdin=subprocess.PIPE, stdout=file) as xz,
        tarfile.open(fileobj=xz.stdin, mode="w|") as tar,
    ):
        tar.add(BUNDLE, f"lumbre-{__version__}", filter=_as_root)
        tar.add(LINUX / "READ-ME.txt", f"lumbre-{__version__}/READ-ME.txt", filter=_as_root)
    return target


def make_appdir(target: Path) -> Path:
    """What an AppImage mounts: AppRun, one desktop file, one icon, the bundle."""
    shutil.rmtree(target, ignore_errors=True)
    _install_tree(target / "usr", target / "usr/lib/lumbre")
    (target / "AppRun").symlink_to("usr/lib/lumbre/lumbre")
    shutil.copy(LINUX / "lumbre.desktop", target)
    shutil.copy(ICONS / "lumbre-256.png", target / "lumbre.png")
    (target / ".DirIcon").symlink_to("lumbre.png")
    return target


def _install_tree(usr: Path, program: Path) -> None:
    """The bundle in `program`, and what desktops look for below `usr`."""
    shutil.copytree(BUNDLE, program, symlinks=True)
    share = usr / "share"
    places = {
        LINUX / "lumbre.desktop": share / "applications/lumbre.desktop",
        LINUX / METAINFO: share / "metainfo" / METAINFO,
        LINUX / "lumbre-mime.xml": share / "mime/packages/lumbre.xml",
        ICONS / "lumbre.svg": share / "icons/hicolor/scalable/apps/lumbre.svg",
    }
    for side in ICON_SIDES:
        folder = share / f"icons/hicolor/{side}x{side}/apps"
        places[ICONS / f"lumbre-{side}.png"] = folder / "lumbre.png"
    for source, place in places.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    (usr / "bin").mkdir(parents=True, exist_ok=True)
    (usr / "bin/lumbre").symlink_to(os.path.relpath(program / "lumbre", usr / "bin"))


def _size_kib(root: Path) -> int:
    sizes = (path.lstat().st_size for path in root.rglob("*") if path.is_file())
    return sum(sizes) // 1024


def _md5sums(root: Path) -> str:
    lines = []
    for path in sorted((root / "usr").rglob("*")):
        if path.is_file() and not path.is_symlink():
            digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            lines.append(f"{digest}  {path.relative_to(root)}\n")
    return "".join(lines)


def _tidy_modes(root: Path) -> None:
    """Folders and programs 755, all else 644, whatever the builder's umask was."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            is_program = path.is_dir() or path.name == "lumbre"
            path.chmod(0o755 if is_program else 0o644)


def _as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


if __name__ == "__main__":
    sys.exit(main())
