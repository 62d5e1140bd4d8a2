"""What the window is handed besides the controller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.machine import Machine
from app.core.machine_report import MachineReport
from app.ui.model_manager import ModelManager
from app.ui.speeds import SpeedBook


@dataclass(frozen=True, slots=True)
class WindowServices:
    """All are quick and may be called in the GUI thread."""

    model_manager: Callable[[], ModelManager]  # made at the first call
    speeds: SpeedBook
    machine_report: Callable[[], MachineReport]
    read_machine: Callable[[], Machine]
