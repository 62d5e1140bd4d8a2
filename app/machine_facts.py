"""What the window shows of this computer, read without loading anything heavy."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from app import __version__
from app.core.drive_room import known_free_bytes
from app.core.known_models import GPT_OSS_20B
from app.core.machine import Machine
from app.core.machine_report import MachineReport
from app.core.memory_plan import plan_load
from app.core.power import MAINS, PowerState
from app.core.process_memory import ProcessMemory
from app.core.settings import Settings
from app.core.tuning import Tuner
from app.paths import AppPaths
from app.ui.window_services import SpeedServices
from app.workers.engine_worker import EngineThread


def read_memory() -> Machine:
    """Memory and processor as they are now; graphics devices are not asked."""
    from app.engine.hardware import read_machine

    return read_machine(with_devices=False)


def machine_report(settings: Settings, paths: AppPaths) -> MachineReport:
    """How gpt-oss-20b would fit this computer at this moment."""
    machine = read_memory()
    plan = plan_load(GPT_OSS_20B, machine, settings.engine)
    folder = Path(settings.models_dir) if settings.models_dir else paths.models_dir
    return MachineReport(machine, plan, known_free_bytes(folder))


def speed_services(engine: EngineThread, paths: AppPaths) -> SpeedServices:
    """What reading ahead, the performance panel and measuring work with."""

    def make_tuner() -> Tuner:
        from app.engine.tuner import ProcessTuner

        return ProcessTuner(paths.tuned_file, __version__)

    return SpeedServices(engine, read_power, read_process_memory, engine_build, make_tuner)


def read_power() -> PowerState:
    """Mains or battery; a system that does not say counts as mains."""
    import psutil

    with suppress(AttributeError, OSError, RuntimeError, ValueError):
        battery = psutil.sensors_battery()
        if battery is not None:
            return PowerState(battery.power_plugged is False, round(battery.percent))
    return MAINS


def read_process_memory() -> ProcessMemory:
    """What this process takes now; under a millisecond."""
    if sys.platform == "linux":
        fields = {}
        with (
            suppress(OSError, ValueError, KeyError),
            open("/proc/self/status", encoding="ascii") as file,
        ):
            for line in file:
                name, _, value = line.partition(":")
                if name in {"VmRSS", "RssAnon"}:
                    fields[name] = int(value.split()[0]) * 1024
            return ProcessMemory(fields["VmRSS"], fields["RssAnon"])
    import psutil

    info = psutil.Process(os.getpid()).memory_info()
    return ProcessMemory(info.rss, getattr(info, "private", None))  # Windows: committed


def engine_build() -> str:
    """Which llama.cpp computes, in the words of its package."""
    from app.engine.bindings import TESTED_VERSION

    return f"llama-cpp-python {TESTED_VERSION}"
