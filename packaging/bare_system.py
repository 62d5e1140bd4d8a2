"""Debian and Ubuntu without Python and compilers, each in a folder: where packages are tried.

A system shows a finished debootstrap through an overlay: what is written goes into a folder
that is thrown away, and that folder also tells what was written.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from base_system import base_system
from checking import CheckError

TIMEOUT_S = 300
PERSON = "person"
# Major and minor numbers (Linux, devices.txt). Nothing else: a copied or bound /dev would
# give the disks of this machine to whatever runs in there.
DEVICES = {
    "null": (1, 3),
    "zero": (1, 5),
    "full": (1, 7),
    "random": (1, 8),
    "urandom": (1, 9),
    "tty": (5, 0),
}
# What a desktop session has, beside HOME and PATH.
SESSION = {"LANG": "C.UTF-8", "XDG_RUNTIME_DIR": "/run/user/1000"}


@dataclass(frozen=True, slots=True)
class System:
    """A Debian or Ubuntu that can be used and thrown away."""

    root: Path  # as it looks from inside
    written: Path  # what was written since it was made, below the same names
    apt_times: list[tuple[float, float]] = field(default_factory=list)  # when apt was at work

    @property
    def home(self) -> Path:
        """The person's home, from outside."""
        return self.root / "home" / PERSON

    def command(self, words: str, *, user: str = PERSON, **environment: str) -> list[str]:
        """How a shell command is started in the system."""
        home = "/root" if user == "root" else f"/home/{user}"
        values = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home} | SESSION | environment
        return [
            "chroot",
            f"--userspec={user}",
            str(self.root),
            "/usr/bin/env",
            "-i",
            *(f"{name}={value}" for name, value in values.items()),
            "sh",
            "-c",
            f"cd {home} && {words}",
        ]

    def run(
        self,
        words: str,
        *,
        user: str = PERSON,
        timeout_s: float = TIMEOUT_S,
        **environment: str,
    ) -> str:
        """Standard output of a shell command.

        Raises:
            CheckError: it failed, or took more than `timeout_s`.
        """
        try:
            result = subprocess.run(
                self.command(words, user=user, **environment),
                capture_output=True,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CheckError(f"{words}: longer than {timeout_s} s") from error
        if result.returncode != 0:
            tail = (result.stdout + result.stderr)[-2000:]
            raise CheckError(f"{words}: exit code {result.returncode}\n{tail}")
        return result.stdout

    def apt(self, words: str) -> str:
        """`apt-get` without questions and without what is only recommended."""
        options = "-qy --no-install-recommends"
        started = time.time()
        try:
            return self.run(
                f"apt-get {options} {words}", user="root", DEBIAN_FRONTEND="noninteractive"
            )
        finally:
            self.apt_times.append((started, time.time()))

    def start(self, words: str, **environment: str) -> subprocess.Popen[bytes]:
        """A program of the person's that goes on running; `exec` is put before it."""
        return subprocess.Popen(
            self.command(f"exec {words}", **environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def files_written(self, since: float) -> set[str]:
        """Files, links and sockets that came or changed after `since` (seconds since 1970).

        Not those of apt.
        """
        found = set()
        for folder, _, names in os.walk(self.written):
            for name in names:
                path = Path(folder) / name
                at = path.lstat().st_ctime
                if at >= since and not any(start <= at <= end for start, end in self.apt_times):
                    found.add("/" + path.relative_to(self.written).as_posix())
        return found


@contextlib.contextmanager
def bare_system(suite: str) -> Iterator[System]:
    """A fresh system of a suite (base_system.py) with a person in it; gone after the block.

    Raises:
        CheckError: it cannot be made.
    """
    base = base_system(suite)
    with tempfile.TemporaryDirectory(prefix=f"lumbre-{suite}-") as name:
        work = Path(name)
        system = System(work / "root", work / "written")
        with _mounted(base, work, system):
            _lend_network(system)
            system.run(f"useradd -m -s /bin/sh {PERSON}", user="root")
            system.run(
                f"install -d -m 700 -o {PERSON} {SESSION['XDG_RUNTIME_DIR']}", user="root"
            )
            yield system


@contextlib.contextmanager
def _mounted(base: Path, work: Path, system: System) -> Iterator[None]:
    """The overlay, /proc and the few devices; all of it unmounted again."""
    layers = {"lowerdir": base, "upperdir": system.written, "workdir": work / "overlay"}
    for folder in (system.root, layers["upperdir"], layers["workdir"]):
        folder.mkdir()
    options = ",".join(f"{name}={folder}" for name, folder in layers.items())
    mounts = [
        (system.root, ["-t", "overlay", "overlay", "-o", options]),
        (system.root / "proc", ["-t", "proc", "proc"]),
        (system.root / "dev", ["-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs"]),
    ]
    with contextlib.ExitStack() as stack:
        for place, words in mounts:
            subprocess.run(["mount", *words, str(place)], check=True)
            stack.callback(_unmount, place)
        _make_devices(system.root / "dev")
        yield


def _unmount(place: Path) -> None:
    if subprocess.run(["umount", str(place)], capture_output=True, check=False).returncode != 0:
        subprocess.run(["umount", "-l", str(place)], check=True)  # a last process still ends


def _make_devices(folder: Path) -> None:
    for name, (major, minor) in DEVICES.items():
        os.mknod(folder / name, 0o020666, os.makedev(major, minor))
        (folder / name).chmod(0o666)
    (folder / "shm").mkdir()
    (folder / "shm").chmod(0o1777)
    (folder / "fd").symlink_to("/proc/self/fd")


def _lend_network(system: System) -> None:
    """Names, certificates and proxies that this machine's own apt needs to reach its mirror."""
    for name in ("resolv.conf", "hosts"):
        shutil.copy(f"/etc/{name}", system.root / "etc" / name)
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")
    if certificates.exists():
        target = system.root / "etc/ssl/certs/ca-certificates.crt"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(certificates, target)
    for path in Path("/etc/apt/apt.conf.d").glob("*prox*"):
        shutil.copy(path, system.root / "etc/apt/apt.conf.d")
