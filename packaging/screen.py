"""A screen that nobody sees (Xvfb), with what a person does at one: look, click, type."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checking import CheckError

START_TIMEOUT_S = 150.0
# Saves what is on the screen and prints its number of colours; in a process of its own because
# it needs Qt's xcb plugin and this one may have no display.
GRAB = """
import json, sys
from PySide6.QtGui import QGuiApplication
app = QGuiApplication(sys.argv[:1])
picture = app.primaryScreen().grabWindow(0).toImage()
if sys.argv[1]:
    picture.save(sys.argv[1])
sides = picture.width(), picture.height()
points = ((x, y) for x in range(0, sides[0], 3) for y in range(0, sides[1], 3))
print(len({picture.pixel(x, y) for x, y in points}))
"""


class ScreenError(CheckError):
    """What should be on the screen did not appear."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One X display."""

    display: str  # such as ":97"

    def picture(self, path: Path | None = None) -> int:
        """How many colours are to be seen; with `path` the picture is saved as PNG."""
        environment = os.environ | {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}
        command = [sys.executable, "-c", GRAB, str(path or "")]
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        )
        return int(json.loads(result.stdout))

    def wait_for_window(self, title: str, timeout_s: float = START_TIMEOUT_S) -> str:
        """The number of the first visible window with such a title, focused.

        Raises:
            ScreenError: none came in time.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            found = self._xdotool("search", "--onlyvisible", "--name", title).split()
            if found:
                self._xdotool("windowfocus", found[0])
                return found[0]
            time.sleep(0.1)
        raise ScreenError(f"no window called {title} within {timeout_s:.0f} s")

    def fill(self, window: str, width: int, height: int) -> None:
        """Put a window into the corner at a size."""
        self._xdotool("windowmove", window, "0", "0")
        self._xdotool("windowsize", window, str(width), str(height))

    def type(self, text: str, delay_ms: int = 5) -> None:
        """Type into the focused window, with `delay_ms` between the keys."""
        self._xdotool("type", "--delay", str(delay_ms), text)

    def press(self, *keys: str) -> None:
        """Press keys, such as "Return" or "ctrl+n", one after the other."""
        self._xdotool("key", *keys)

    def click(self, x: int, y: int) -> None:
        """Click with the left button."""
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def _xdotool(self, *words: str) -> str:
        result = subprocess.run(
            ["xdotool", *words],
            env=os.environ | {"DISPLAY": self.display},
            capture_output=True,
            text=True,
            check=False,  # a search that finds nothing is no failure
        )
        return result.stdout


@contextlib.contextmanager
def screen(display: str, size: str = "1280x800") -> Iterator[Screen]:
    """A running Xvfb; it ends with the block.

    Raises:
        ScreenError: it does not start.
    """
    ready, told = os.pipe()  # Xvfb writes its number when it can be connected to
    command = ["Xvfb", display, "-screen", "0", f"{size}x24", "-ac", "-nolisten", "tcp"]
    server = subprocess.Popen(
        [*command, "-displayfd", str(told)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[told],
    )
    os.close(told)
    try:
        with open(ready, "rb") as file:
            if not file.readline():
                raise ScreenError(f"Xvfb does not start on {display}: is there one already?")
        yield Screen(display)
    finally:
        server.terminate()
        server.wait()
