"""Memory limits of Linux control groups: containers, systemd units, batch systems."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")
_NO_LIMIT = 1 << 60  # bytes


@dataclass(frozen=True, slots=True)
class _Files:
    """Names in one version of the interface."""

    limits: tuple[str, ...]
    usage: str
    cache: tuple[str, ...]  # fields of memory.stat: pages that can be dropped


_V1 = _Files(
    ("memory.limit_in_bytes",),
    "memory.usage_in_bytes",
    ("total_inactive_file", "total_active_file"),
)
# Over memory.high a process is slowed down so much that it is a limit too.
_V2 = _Files(("memory.max", "memory.high"), "memory.current", ("inactive_file", "active_file"))


def memory_limits(root: Path, membership: Path) -> list[tuple[int, int]]:
    """(limit, usage without reclaimable page cache) of every enclosing group with a limit.

    Args:
        root: where the cgroup file systems are mounted.
        membership: /proc/self/cgroup.
    """
    found: list[tuple[int, int]] = []
    with suppress(OSError, ValueError):  # another system, or no permission: no limits
        for line in membership.read_text().splitlines():
            _, controllers, group = line.split(":", 2)
            if not controllers:
                found += _climb(root, group, _V2)
            elif "memory" in controllers.split(","):
                found += _climb(root / "memory", group, _V1)
    return found


def _climb(mount: Path, group: str, files: _Files) -> list[tuple[int, int]]:
    place = mount / group.lstrip("/")
    # In a container the path is the host's, and the mount is already the group itself.
    if ".." in place.parts or not place.is_dir():
        place = mount
    found = []
    for folder in (place, *place.parents):
        limit = min((_number(folder / name) for name in files.limits), default=_NO_LIMIT)
        if limit < _NO_LIMIT:
            found.append((limit, _usage(folder, files)))
        if folder == mount:
            break
    return found


def _number(file: Path) -> int:
    """Its limit; none when it says "max" or is missing, or the huge number of version 1."""
    with suppress(OSError, ValueError):
        return min(int(file.read_text()), _NO_LIMIT)
    return _NO_LIMIT


def _usage(folder: Path, files: _Files) -> int:
    with suppress(OSError, ValueError):
        usage = int((folder / files.usage).read_text())
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return max(usage - sum(int(stat.get(name, 0)) for name in files.cache), 0)
    return 0
