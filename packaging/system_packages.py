"""System libraries and tools on Linux: what is missing, and apt for it.

Nothing is asked of apt while everything is there; what is there is found by loading it, not by
asking a package database, so this also works where Qt's libraries came some other way.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

# Shared library that Qt's widgets, its xcb and its Wayland plugin open -> Debian's package.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
# The golden images of the tests are written in it.
GOLDEN_FONT = "DejaVuSans-Bold.ttf"
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
COMPILERS = ("c++", "g++", "clang++")


class MissingSystemPackagesError(Exception):
    """Something the system must provide is missing and could not be installed; says what."""


def missing_for(level: str) -> list[str]:
    """Debian's names of the packages that `level` (run, test, package) needs and lacks."""
    missing = [package for name, package in QT_LIBRARIES.items() if not _loads(name)]
    if not any(shutil.which(compiler) for compiler in COMPILERS):
        missing.append("g++")
    if level in {"test", "package"}:
        missing += [] if shutil.which("Xvfb") else ["xvfb"]
        missing += [] if shutil.which("xauth") else ["xauth"]
        missing += [] if _has_file(FONT_FOLDERS, GOLDEN_FONT) else ["fonts-dejavu-core"]
    if level == "package":
        missing += [] if shutil.which("debootstrap") else ["debootstrap"]
    return missing


def ensure(level: str) -> None:
    """Install with apt what is missing for `level`; on other systems than Linux: nothing.

    Raises:
        MissingSystemPackagesError: no apt, no right to use it, or apt failed.
    """
    if not sys.platform.startswith("linux"):
        return
    missing = missing_for(level)
    if not missing:
        return
    print(f"Missing on this system: {' '.join(missing)}", flush=True)
    if not shutil.which("apt-get"):
        raise MissingSystemPackagesError(
            "Install them with your system's package manager (these are Debian's names), then "
            "repeat the command. Nothing has been changed."
        )
    root = _root_prefix()
    if root is None:
        raise MissingSystemPackagesError(
            "Installing them needs administrator rights. Run this, then repeat the command:\n"
            f"  sudo apt-get install {' '.join(missing)}"
        )
    _apt_install(root, missing)
    still = missing_for(level)
    if still:
        raise MissingSystemPackagesError(
            f"apt-get ran, but these are still missing: {' '.join(still)}"
        )


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def _has_file(folders: tuple[Path, ...], name: str) -> bool:
    return any(True for folder in folders if folder.is_dir() for _ in folder.rglob(name))


def _root_prefix() -> list[str] | None:
    """What goes before apt-get: nothing for root, or sudo where it can work; else None."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if sys.stdin.isatty():
        return ["sudo"]
    silent = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if silent.returncode == 0 else None


def _apt_install(root: list[str], packages: list[str]) -> None:
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    apt += ["-o", "DPkg::Lock::Timeout=120"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    if subprocess.run(install, check=False).returncode == 0:
        return
    subprocess.run(
        [*apt, "update"], check=False
    )  # the lists of a fresh system are empty or old
    if subprocess.run(install, check=False).returncode != 0:
        raise MissingSystemPackagesError(
            "apt-get could not install them; its own words are above. Repeat the command when "
            f"this works:\n  sudo apt-get install {' '.join(packages)}"
        )
