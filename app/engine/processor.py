"""Facts about the processor: cores, name, instruction sets."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil


def usable_cores() -> int:
    """Logical cores that this process may run on."""
    with suppress(AttributeError, OSError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def physical_cores() -> int | None:
    """Physical cores; only the performance cores where the system tells them apart."""
    if sys.platform == "darwin":
        return _sysctl_int("hw.perflevel0.physicalcpu") or psutil.cpu_count(logical=False)
    return linux_performance_cores(Path("/sys")) or psutil.cpu_count(logical=False)


def linux_performance_cores(sys_root: Path) -> int | None:
    """Physical performance cores of a hybrid Intel processor, None elsewhere."""
    with suppress(OSError, ValueError):
        cpus = cpu_list((sys_root / "devices/cpu_core/cpus").read_text())
        cores = set()
        for cpu in cpus:
            topology = sys_root / f"devices/system/cpu/cpu{cpu}/topology"
            package = (topology / "physical_package_id").read_text().strip()
            cores.add((package, (topology / "core_id").read_text().strip()))
        return len(cores) or None
    return None


def cpu_list(text: str) -> list[int]:
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
