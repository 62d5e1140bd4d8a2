"""Bare Debian and Ubuntu systems, made by debootstrap once and kept in the build cache."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import build
import get_vulkan
from checking import CheckError

UBUNTU = ("jammy", "noble")  # 22.04 and 24.04
SUITES = ("bookworm", "trixie", *UBUNTU)
UBUNTU_MIRROR = "http://archive.ubuntu.com/ubuntu"
# Where Ubuntu has it, and Debian's package ubuntu-keyring.
UBUNTU_KEYRING = Path("/usr/share/keyrings/ubuntu-archive-keyring.gpg")
SCRIPTS = Path("/usr/share/debootstrap/scripts")
FETCH_TIMEOUT_S = 60


class BaseSystemError(CheckError):
    """The bare system cannot be made; says why."""


def base_system(suite: str) -> Path:
    """The bare suite in the build cache, made when it is not there yet.

    Raises:
        BaseSystemError: a tool, the mirror or the keys of its packages are missing.
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
    with (build.PACKAGING / "versions.toml").open("rb") as file:
        pinned = tomllib.load(file)["ubuntu-keyring"]
    home = build.cache_dir() / f"ubuntu-keyring-{pinned['sha256'][:16]}"
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        package = home / "ubuntu-keyring.deb"
        package.write_bytes(_fetched(pinned["url"], pinned["sha256"]))
        _run(["dpkg-deb", "--extract", str(package), str(home / "root")])
        (home / "complete").touch()
    return home / "root" / UBUNTU_KEYRING.relative_to("/")


def _fetched(url: str, sha256: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=FETCH_TIMEOUT_S) as answer:
            content: bytes = answer.read()
    except (urllib.error.URLError, TimeoutError) as error:
        raise BaseSystemError(f"{url}: {error}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BaseSystemError(f"{url} is not what versions.toml names.")
    return content


def _run(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise BaseSystemError(f"{command[0]}: {result.stdout[-2000:]}{result.stderr}")
