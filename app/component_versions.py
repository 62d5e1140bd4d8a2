"""The program and what it runs on, with versions, as they are in this process."""

from __future__ import annotations

import platform

import PySide6
from PySide6.QtCore import qVersion

from app import __version__
from app.core.component_version import ComponentVersion


def component_versions() -> tuple[ComponentVersion, ...]:
    """Asked when it is wanted: the first call loads SQLite."""
    from app.engine.bindings import TESTED_VERSION
    from app.engine.gpu_backends import gpu_backends
    from app.storage.sqlite import sqlite_version

    system = f"{platform.system()} {platform.release()} ({platform.machine()})"
    return (
        ComponentVersion("Lumbre", __version__),
        ComponentVersion("Python", platform.python_version()),
        ComponentVersion("Qt", qVersion()),
        ComponentVersion("PySide6", PySide6.__version__),
        ComponentVersion("SQLite", sqlite_version()),
        ComponentVersion("llama.cpp", f"of llama-cpp-python {TESTED_VERSION}"),
        ComponentVersion("GPU backend", ", ".join(gpu_backends()) or "none"),
        ComponentVersion("System", system),
    )
