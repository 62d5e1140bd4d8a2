"""Where the computer's power comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PowerState:
    """Read at one moment; a computer without a battery is on mains."""

    is_on_battery: bool = False
    percent: int | None = None  # of the battery; None: there is none, or it does not say


MAINS = PowerState()
