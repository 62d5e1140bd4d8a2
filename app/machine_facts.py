"""What the window shows of this computer, read without loading anything heavy."""

from __future__ import annotations

import shutil
from pathlib import Path

from app.core.known_models import GPT_OSS_20B
from app.core.machine import Machine
from app.core.machine_report import MachineReport
from app.core.memory_plan import plan_load
from app.core.settings import Settings
from app.paths import AppPaths


def read_memory() -> Machine:
    """Memory and processor as they are now; graphics devices are not asked."""
    from app.engine.hardware import read_machine

    return read_machine(with_devices=False)


def machine_report(settings: Settings, paths: AppPaths) -> MachineReport:
    """How gpt-oss-20b would fit this computer at this moment."""
    machine = read_memory()
    plan = plan_load(GPT_OSS_20B, machine, settings.engine)
    folder = Path(settings.models_dir) if settings.models_dir else paths.models_dir
    return MachineReport(machine, plan, free_bytes(folder))


def free_bytes(folder: Path) -> int:
    """Room on the drive of a folder that may not exist yet; 0 when nobody knows."""
    for place in (folder, *folder.parents):
        if place.is_dir():
            return shutil.disk_usage(place).free
    return 0
