"""What this computer can do, for the first screen."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.machine import Machine
from app.core.memory_plan import MemoryPlan


@dataclass(frozen=True, slots=True)
class MachineReport:
    """The computer at one moment, and how gpt-oss-20b would fit it."""

    machine: Machine
    plan: MemoryPlan  # of gpt-oss-20b
    disk_free_bytes: int  # where models would go
