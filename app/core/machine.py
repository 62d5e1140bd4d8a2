"""What this computer has: memory, processor cores, devices that can run a model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeviceKind(StrEnum):
    """ggml's kinds of device."""

    CPU = "cpu"
    GPU = "gpu"  # has its own memory
    INTEGRATED_GPU = "igpu"  # shares the computer's memory
    ACCELERATOR = "accel"


@dataclass(frozen=True, slots=True)
class Device:
    """One device that ggml enumerates."""

    name: str  # ggml's: "CUDA0", "Vulkan0", "CPU"
    description: str  # for the person: "NVIDIA GeForce RTX 3060"
    kind: DeviceKind
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Machine:
    """The computer, read at one moment."""

    ram_total_bytes: int  # what this process may use at most: RAM or its cgroup's limit
    ram_available_bytes: int  # now, without pushing other programs out
    n_logical_cores: int
    n_physical_cores: int
    devices: tuple[Device, ...] = ()  # without the CPU; empty: no GPU or none wanted
    cpu_name: str = ""
    cpu_features: tuple[str, ...] = ()  # lower case, as the system names them
