"""The transcript over AT-SPI, as Orca reads it: another process asks over the bus."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TOOLS = ("Xvfb", "dbus-run-session", "gdbus", "dbus-monitor")
LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
INSIDE = "LUMBRE_TEST_INSIDE_BUS"
PATIENCE_S = 40.0
ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)) or not any(Path(p).exists() for p in LAUNCHERS),
    reason="needs Xvfb, D-Bus and AT-SPI",
)


def output(*command: str) -> str:
    """What a command prints; empty when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout


def ask(address: str, service: str, path: str, *call: str) -> str:
    """Call a method of an accessible object."""
    where = ["-a", address, "-d", service, "-o", path]
    return output("gdbus", "call", *where, "-m", *call)


class Node:
    """One accessible object on the bus."""

    def __init__(self, address: str, service: str, path: str) -> None:
        self.address, self.service, self.path = address, service, path

    def role(self) -> str:
        found = self._call("org.a11y.atspi.Accessible.GetRoleName")
        return "".join(re.findall(r"\('(.*)',\)", found))

    def name(self) -> str:
        found = self._call(
            "org.freedesktop.DBus.Properties.Get", "org.a11y.atspi.Accessible", "Name"
        )
        return "".join(re.findall(r"<(?:'|\")(.*)(?:'|\")>", found))

    def children(self) -> list[Node]:
        found = self._call("org.a11y.atspi.Accessible.GetChildren")
        pairs = re.findall(r"\('([^']+)', (?:objectpath )?'([^']+)'\)", found)
        return [Node(self.address, service, path) for service, path in pairs]

    def _call(self, *call: str) -> str:
        return ask(self.address, self.service, self.path, *call)


def find_list(node: Node, depth: int = 0) -> Node | None:
    """The conversation below `node`."""
    for child in node.children():
        if child.role() == "list" and child.name() == "Conversation":
            return child
        found = find_list(child, depth + 1) if depth < 5 else None
        if found is not None:
            return found
    return None


def eventually(make: object) -> object:
    """What `make` gives as soon as it gives anything."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = make()  # type: ignore[operator]
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen")


@contextmanager
def window(display: str) -> Iterator[subprocess.Popen[str]]:
    """The program with the transcript."""
    environment = os.environ | {
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.ui.transcript.reader_app"]
    program = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert program.stdout is not None
        assert program.stdout.readline().strip() == "ready"
        yield program
    finally:
        program.communicate(timeout=20)


@contextmanager
def screen() -> Iterator[str]:
    """An X server of our own; its display."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "900x700x24"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        server.terminate()
        server.wait(20)


@pytest.mark.skipif(INSIDE in os.environ, reason="this is the run on the bus")
def test_a_screen_reader_finds_messages_blocks_and_buttons(tmp_path: Path) -> None:
    """Starts a bus of its own and runs the other test of this module on it."""
    environment = os.environ | {INSIDE: "1", "XDG_RUNTIME_DIR": str(tmp_path)}
    environment.pop("AT_SPI_BUS_ADDRESS", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(
        ["dbus-run-session", "--", *command],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


@pytest.mark.skipif(INSIDE not in os.environ, reason="needs a bus of its own")
def test_inside_the_bus() -> None:
    with screen() as display, window(display) as program:
        found = eventually(_bus_address)
        assert isinstance(found, str)
        registry = Node(found, "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
        conversation = eventually(lambda: find_list(registry))
        assert isinstance(conversation, Node)
        asked, answered = conversation.children()
        assert (asked.role(), asked.name()) == ("list item", "You said: Hello?")
        assert answered.name().startswith("gpt-oss-20b said: # Head")
        parts = [(c.role(), c.name()) for c in answered.children()]
        assert ("heading", "Head") in parts
        assert ("paragraph", "Some text") in parts
        names = [name for role, name in parts if role in {"button", "push button"}]
        assert {"Copy", "Copy code", "Write again", "Delete"} <= set(names)
        _check_announcements(found, program)


def _bus_address() -> str:
    where = ["-e", "-d", "org.a11y.Bus", "-o", "/org/a11y/bus"]
    found = output("gdbus", "call", *where, "-m", "org.a11y.Bus.GetAddress")
    return "".join(re.findall(r"\('(.*)',\)", found))


def _check_announcements(address: str, program: subprocess.Popen[str]) -> None:
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtDBus import QDBusConnection, QDBusInterface

    app = QCoreApplication.instance() or QCoreApplication([])
    bus = QDBusConnection.connectToBus(address, "reader")
    where = ("org.a11y.atspi.Registry", "/org/a11y/atspi/registry")
    registry = QDBusInterface(*where, "org.a11y.atspi.Registry", bus)
    # Programs send only what somebody who stays connected has asked for.
    registry.call("RegisterEvent", "object:announcement")
    rule = "type='signal',interface='org.a11y.atspi.Event.Object',member='Announcement'"
    monitor = subprocess.Popen(
        ["dbus-monitor", "--address", address, rule], stdout=subprocess.PIPE, text=True
    )
    watchdog = threading.Timer(PATIENCE_S, monitor.terminate)
    watchdog.start()
    try:
        assert monitor.stdout is not None
        assert program.stdin is not None
        monitor.stdout.readline()  # it listens now
        program.stdin.write("go\n")
        program.stdin.flush()
        said = ""
        for line in monitor.stdout:
            said += line
            if "Answer finished" in said:
                break
        assert "Answering" in said
        assert "Answer finished, 492 tokens" in said
    finally:
        watchdog.cancel()
        monitor.terminate()
        monitor.communicate(timeout=20)
        QDBusConnection.disconnectFromBus("reader")
        del app
