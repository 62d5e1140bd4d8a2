"""Progress on the window's button in the task bar, the dock or the launcher.

Each system has its own way, and some have none: then nothing is shown there, and the window
itself tells all the same.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

logger = logging.getLogger(__name__)

_LAUNCHER = "com.canonical.Unity.LauncherEntry"  # Ubuntu's dock, KDE, Dash to Dock, Plank
_OBJECT = "/io/github/lumbre/Lumbre"


class TaskbarProgress(Protocol):
    """Where progress is shown outside the window. GUI thread only; never raises."""

    def show(self, fraction: float) -> None:
        """How far it is, 0..1."""
        ...

    def clear(self) -> None:
        """Nothing is under way."""
        ...


class NoTaskbar:
    """A system without such a place."""

    def show(self, fraction: float) -> None:
        """Nothing."""

    def clear(self) -> None:
        """Nothing."""


class LauncherEntry:
    """Linux: a signal on the session bus, which docks and task bars may listen to."""

    def __init__(self, desktop_file: str) -> None:
        """Say who we are: the name of the desktop entry, without its suffix."""
        self._uri = f"application://{desktop_file}.desktop"

    def show(self, fraction: float) -> None:
        """How far it is."""
        self._send({"progress": fraction, "progress-visible": True})

    def clear(self) -> None:
        """Take the bar away."""
        self._send({"progress": 0.0, "progress-visible": False})

    def _send(self, values: dict[str, float | bool]) -> None:
        from PySide6.QtDBus import QDBusConnection, QDBusMessage

        bus = QDBusConnection.sessionBus()
        if bus.isConnected():
            message = QDBusMessage.createSignal(_OBJECT, _LAUNCHER, "Update")
            message.setArguments([self._uri, values])
            bus.send(message)


class DockBadge:
    """macOS: the per cent as the badge of the icon in the Dock."""

    def __init__(self, set_badge: Callable[[int], None]) -> None:
        """Take what sets the badge; 0 takes it away."""
        self._set_badge = set_badge
        self._shown = 0

    def show(self, fraction: float) -> None:
        """How far it is."""
        self._badge(max(1, round(fraction * 100)))

    def clear(self) -> None:
        """Take the badge away."""
        self._badge(0)

    def _badge(self, percent: int) -> None:
        if percent != self._shown:
            self._shown = percent
            self._set_badge(percent)


def taskbar_progress(window: QWidget) -> TaskbarProgress:
    """The one of this system; made when there is something to show for the first time."""
    if sys.platform == "win32":
        from app.ui.windows_taskbar import WindowsTaskbar

        try:
            return WindowsTaskbar(int(window.winId()))
        except OSError as error:
            logger.info("no progress in the task bar: %s", error)
            return NoTaskbar()
    if sys.platform == "darwin":
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            return DockBadge(application.setBadgeNumber)
    elif has_session_bus(os.environ):
        return LauncherEntry(QGuiApplication.desktopFileName())
    return NoTaskbar()


def has_session_bus(environment: os._Environ[str] | dict[str, str]) -> bool:
    """True where a bus runs already; asking for it elsewhere would start one."""
    if environment.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    runtime = environment.get("XDG_RUNTIME_DIR")
    return runtime is not None and (Path(runtime) / "bus").exists()
