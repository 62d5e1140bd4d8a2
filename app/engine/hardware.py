"""What this computer has, and what of it is free now.

Reading memory and processors loads no native library; asking for devices loads llama.cpp.
"""

from __future__ import annotations

import psutil

from app.core.machine import Device, DeviceKind, Machine
from app.engine import cgroup, processor


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
    for limit, used in cgroup.memory_limits(cgroup.ROOT, cgroup.MEMBERSHIP):
        total = min(total, limit)
        available = min(available, max(limit - used, 0))
    logical = processor.usable_cores()
    return Machine(
        ram_total_bytes=total,
        ram_available_bytes=available,
        n_logical_cores=logical,
        n_physical_cores=min(processor.physical_cores() or logical, logical),
        devices=devices() if with_devices else (),
        cpu_name=processor.cpu_name(),
        cpu_features=processor.cpu_features(),
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
