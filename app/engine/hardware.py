"""What this computer has, and what of it is free now.

Reading memory and processors loads no native library; asking for devices loads llama.cpp.
"""

from __future__ import annotations

import ctypes
import logging
import os
import platform
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

from app.core.machine import Device, DeviceKind, Machine

logger = logging.getLogger(__name__)

_CGROUP_ROOT = Path("/sys/fs/cgroup")


def read_machine(*, with_devices: bool) -> Machine:
    """The computer as it is at this moment; about a millisecond without devices.

    Args:
        with_devices: also ask ggml for graphics devices, which loads llama.cpp and touches
            their drivers: only where a crash of a driver does no harm, or is known not to
            happen.

    Raises:
        UserError: `with_devices`, and llama.cpp is missing.
    """
    memory = psutil.virtual_memory()
    total, available = memory.total, memory.available
    for limit, used in _cgroup_limits(_CGROUP_ROOT, Path("/proc/self/cgroup")):
        total = min(total, limit)
        available = min(available, max(limit - used, 0))
    logical = _usable_cores()
    return Machine(
        ram_total_bytes=total,
        ram_available_bytes=available,
        n_logical_cores=logical,
        n_physical_cores=min(_physical_cores() or logical, logical),
        devices=devices() if with_devices else (),
        cpu_name=cpu_name(),
        cpu_features=cpu_features(),
    )


def devices() -> tuple[Device, ...]:
    """Devices that ggml enumerates, without the CPU; their memory as it is now.

    Raises:
        UserError: llama.cpp is missing.
    """
    from app.engine import native

    return tuple(
        Device(d.name, d.description, d.kind, d.total_bytes, d.free_bytes)
        for d in native.devices()
        if d.kind is not DeviceKind.CPU
    )


def _cgroup_limits(root: Path, membership: Path) -> Iterator[tuple[int, int]]:
    """(limit, usage without reclaimable page cache) of every enclosing cgroup with a limit.

    Args:
        root: where the cgroup file systems are mounted.
        membership: /proc/self/cgroup.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError):
        for line in membership.read_text().splitlines():
            _, controllers, group = line.split(":", 2)
            names = set(controllers.split(","))
            if not controllers:  # version 2
                files = ("memory.max", "memory.current", "inactive_file", "active_file")
                yield from _climb(root, group, files)
            elif "memory" in names:
                files = (
                    "memory.limit_in_bytes",
                    "memory.usage_in_bytes",
                    "total_inactive_file",
                    "total_active_file",
                )
                yield from _climb(root / "memory", group, files)


def _climb(
    mount: Path, group: str, files: tuple[str, str, str, str]
) -> Iterator[tuple[int, int]]:
    limit_name, usage_name, *cache_names = files
    place = mount / group.lstrip("/")
    # In a container the path is the host's and the mount is already the group itself.
    places = [place, *place.parents] if place.is_dir() else [mount]
    for folder in places:
        if folder != mount and mount not in folder.parents:
            break
        with suppress(OSError, ValueError):
            limit = int((folder / limit_name).read_text())  # "max" is no number: no limit
            if limit >= 1 << 60:  # version 1 says "no limit" with a huge number
                continue
            usage = int((folder / usage_name).read_text())
            lines = (folder / "memory.stat").read_text().splitlines()
            stat = {name: int(n) for name, n in map(str.split, lines)}
            yield limit, max(usage - sum(stat.get(name, 0) for name in cache_names), 0)


def _usable_cores() -> int:
    """Logical cores that this process may run on."""
    with suppress(AttributeError, OSError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _physical_cores() -> int | None:
    """Physical cores; only the performance cores where the system tells them apart."""
    if sys.platform == "darwin":
        return _sysctl_int("hw.perflevel0.physicalcpu") or psutil.cpu_count(logical=False)
    return _linux_performance_cores(Path("/sys")) or psutil.cpu_count(logical=False)


def _linux_performance_cores(sys_root: Path) -> int | None:
    """Physical performance cores of a hybrid Intel processor, None elsewhere."""
    with suppress(OSError, ValueError):
        cpus = _cpu_list((sys_root / "devices/cpu_core/cpus").read_text())
        cores = set()
        for cpu in cpus:
            topology = sys_root / f"devices/system/cpu/cpu{cpu}/topology"
            package = (topology / "physical_package_id").read_text().strip()
            cores.add((package, (topology / "core_id").read_text().strip()))
        return len(cores) or None
    return None


def _cpu_list(text: str) -> list[int]:
    """Numbers of a list like `0-3,8`."""
    numbers: list[int] = []
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def _sysctl_int(name: str) -> int | None:
    value = _sysctl(name, 8)
    return int.from_bytes(value, sys.byteorder) if value else None


def _sysctl(name: str, size: int) -> bytes | None:
    """A value of macOS' sysctl, None when there is none."""
    with suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        buffer, length = ctypes.create_string_buffer(size), ctypes.c_size_t(size)
        if libc.sysctlbyname(name.encode(), buffer, ctypes.byref(length), None, 0) == 0:
            return buffer.raw[: length.value]
    return None


@cache
def cpu_name() -> str:
    """What the processor is called, for the person."""
    if sys.platform == "darwin":
        brand = _sysctl("machdep.cpu.brand_string", 256)
        return brand.rstrip(b"\0").decode("utf-8", "replace") if brand else platform.machine()
    name = _cpuinfo().get("model name") or platform.processor() or platform.machine()
    return re.sub(r"\s+", " ", name).strip()


@cache
def cpu_features() -> tuple[str, ...]:
    """Instruction sets, sorted, lower case; only the name of the machine where unknown.

    A change of them may mean that a model that worked can crash: another computer, or a
    virtual machine that moved.
    """
    flags = _cpuinfo().get("flags") or _cpuinfo().get("Features") or ""
    return tuple(sorted({flag.lower() for flag in flags.split()})) or (platform.machine(),)


@cache
def _cpuinfo() -> dict[str, str]:
    """First processor of /proc/cpuinfo; empty elsewhere."""
    fields: dict[str, str] = {}
    with suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            if not line.strip() and fields:
                break
            name, _, value = line.partition(":")
            fields.setdefault(name.strip(), value.strip())
    return fields
