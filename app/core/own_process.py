"""How this program starts itself again for work that must not take the window along."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

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


def start_anew() -> NoReturn:
    """Put a fresh process with the same arguments in the place of this one."""
    arguments = sys.argv[1:] if getattr(sys, "frozen", False) else sys.orig_argv[1:]
    command = [sys.executable, *arguments]
    if sys.platform == "win32":
        # There exec joins its arguments without quotes, and a person's name may have a space.
        subprocess.Popen(command)
        os._exit(0)
    os.execv(command[0], command)  # noqa: S606
