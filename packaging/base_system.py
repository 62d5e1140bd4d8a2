"""Bare Debian and Ubuntu systems, made by debootstrap once and kept in the build cache."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import build
import get_vulkan
import pinned
from checking import CheckError

UBUNTU = ("jammy", "noble")  # 22.04 and 24.04
SUITES = ("bookworm", "trixie", *UBUNTU)
UBUNTU_MIRROR = "http://archive.ubuntu.com/ubuntu"
KEYRING = "ubuntu-keyring"  # in versions.toml
# Where Ubuntu has it, and Debian's package ubuntu-keyring.
UBUNTU_KEYRING = Path("/usr/share/keyrings/ubuntu-archive-keyring.gpg")
SCRIPTS = Path("/usr/share/debootstrap/scripts")


def base_system(suite: str) -> Path:
    """The bare suite in the build cache, made when it is not there yet.

    Raises:
        CheckError: a tool, the mirror or the keys of its packages are missing.
    """
    folder = build.cache_dir() / f"system-{suite}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        words = _ubuntu(suite, folder) if suite in UBUNTU else _debian(suite, folder)
        _run(["debootstrap", "--variant=minbase", *words])
        if suite in UBUNTU:
            _add_updates(suite, folder / "root")
        (folder / "complete").touch()
    return folder / "root"


def _debian(suite: str, folder: Path) -> list[str]:
    """The words of debootstrap; on Ubuntu it knows a mirror of Debian's itself."""
    words = [suite, str(folder / "root")]
    try:
        return [*words, get_vulkan.debian_mirror()]
    except get_vulkan.VulkanError:
        return words


def _ubuntu(suite: str, folder: Path) -> list[str]:
    """The same for Ubuntu, whose newer suites an older debootstrap has no script for."""
    keys = [f"--keyring={_ubuntu_keyring()}", "--components=main,universe"]
    known = [] if (SCRIPTS / suite).exists() else [str(SCRIPTS / "gutsy")]
    return [*keys, suite, str(folder / "root"), UBUNTU_MIRROR, *known]


def _add_updates(suite: str, root: Path) -> None:
    """What everybody has who installs Ubuntu: the suite as it is now, not as it came out."""
    lines = [
        f"deb {UBUNTU_MIRROR} {name} main universe" for name in (suite, f"{suite}-updates")
    ]
    (root / "etc/apt/sources.list").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _ubuntu_keyring() -> Path:
    """The keys of Ubuntu's archive; on Debian from the package that versions.toml names."""
    if UBUNTU_KEYRING.exists():
        return UBUNTU_KEYRING
    home = build.cache_dir() / f"{KEYRING}-{pinned.entry(KEYRING)['sha256'][:16]}"
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        package = home / "ubuntu-keyring.deb"
        try:
            package.write_bytes(pinned.fetched(KEYRING))
        except pinned.PinnedFileError as error:
            raise CheckError(str(error)) from error
        _run(["dpkg-deb", "--extract", str(package), str(home / "root")])
        (home / "complete").touch()
    return home / "root" / UBUNTU_KEYRING.relative_to("/")


def _run(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise CheckError(f"{command[0]}: {result.stdout[-2000:]}{result.stderr}")
