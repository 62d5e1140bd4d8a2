"""Whether a file lies on a drive of this computer, or on one that may go away at any moment.

A memory-mapped model whose drive is pulled out, or whose server is gone, ends the process with
its next access (SIGBUS; EXCEPTION_IN_PAGE_ERROR). What is read into memory first survives that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import psutil

_OVER_A_NETWORK = {
    "9p",
    "afpfs",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "davfs",
    "fuse.davfs2",
    "fuse.glusterfs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.sshfs",
    "glusterfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
    "vboxsf",
    "virtiofs",
    "webdav",
}
_SYS_BLOCK = Path("/sys/dev/block")


class Partition(Protocol):
    """What psutil tells of a mounted file system."""

    @property
    def mountpoint(self) -> str:
        """The folder."""
        ...

    @property
    def fstype(self) -> str:
        """The kind of file system."""
        ...

    @property
    def opts(self) -> str:
        """Options, separated by commas."""
        ...


def is_on_local_drive(path: Path) -> bool:
    """False for network drives and those that can be pulled out; True when nobody can tell."""
    try:
        partitions = psutil.disk_partitions(all=True)
        if not is_local_mount(path, partitions):
            return False
        return not (sys.platform == "linux" and _is_pluggable(path.stat().st_dev))
    except OSError:
        return True


def is_local_mount(path: Path, partitions: Iterable[Partition]) -> bool:
    """As far as the mounted file systems tell: by their kind, and by Windows' drive types."""
    place = Path(os.path.realpath(path))
    if str(place).startswith("\\\\"):  # a share without a letter
        return False
    around = [p for p in partitions if place.is_relative_to(p.mountpoint)]
    if not around:
        return True
    # Of two that were mounted at the same place, the later one is seen.
    inner = max(reversed(around), key=lambda p: len(Path(p.mountpoint).parts))
    kind = inner.fstype.lower()
    return kind not in _OVER_A_NETWORK and not {"remote", "removable"} & {
        *inner.opts.split(",")
    }


def _is_pluggable(device: int, sys_block: Path = _SYS_BLOCK) -> bool:
    """True for a disk that the kernel calls removable or that hangs on USB."""
    entry = sys_block / f"{os.major(device)}:{os.minor(device)}"
    if not entry.exists():  # btrfs, overlay: no device of its own
        return False
    disk = entry.resolve()
    if "/usb" in str(disk):
        return True
    for folder in (disk, disk.parent):  # a partition lies below its disk
        try:
            return (folder / "removable").read_text().strip() == "1"
        except OSError:
            continue
    return False
