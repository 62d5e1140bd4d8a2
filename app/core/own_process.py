"""How this program starts itself again for work that must not take the window along."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

CREATE_NO_WINDOW = 0x08000000  # Windows: no console


def own_command(option: str, module: str, arguments: Sequence[str] = ()) -> list[str]:
    """The command that runs a module's `main` in a process of its own.

    Args:
        option: of the program's command line, for a bundle: it has no interpreter that
            could be given `-m`.
        module: with a `main` that takes `arguments`.
        arguments: what it is given.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, option, *arguments]
    return [sys.executable, "-m", module, *arguments]


def own_environment() -> dict[str, str]:
    """The environment of such a process: it finds this program's modules."""
    environment = dict(os.environ)
    if not getattr(sys, "frozen", False):
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    environment["PYTHONIOENCODING"] = "utf-8"
    return environment
