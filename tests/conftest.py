"""What holds for every test: no display, no network, no home, nothing left behind.

`--full` also runs the tests marked `full`: the long fault runs.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

# Before Qt, llama.cpp or huggingface-hub is imported by anything.
_HOME = tempfile.TemporaryDirectory(prefix="lumbre-tests-")
os.environ |= {
    "HOME": _HOME.name,
    "USERPROFILE": _HOME.name,
    "XDG_DATA_HOME": f"{_HOME.name}/data",
    "XDG_CONFIG_HOME": f"{_HOME.name}/config",
    "XDG_CACHE_HOME": f"{_HOME.name}/cache",
    "XDG_STATE_HOME": f"{_HOME.name}/state",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GGML_NO_BACKTRACE": "1",
    "QT_QPA_PLATFORM": os.environ.get("LUMBRE_TEST_QT_PLATFORM", "offscreen"),
}
os.environ.pop("HF_HOME", None)

import hypothesis  # noqa: E402
import pytest  # noqa: E402

# A busy machine is no failure; examples are the same in every run but the full one.
hypothesis.settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "searching", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)

# Qt's own threads that live as long as the process, as the system shows their names.
LASTING_QT_THREADS = ("QXcbEventQueue", "QDBusConnection", "QWaylandDisplay")
PATIENCE_S = 5.0  # a thread that was asked to end may need a moment
TASKS = Path("/proc/self/task")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="also run the long fault runs")


def pytest_configure(config: pytest.Config) -> None:
    is_full = config.getoption("--full")
    hypothesis.settings.load_profile("searching" if is_full else "repeatable")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        return
    skip = pytest.mark.skip(reason="long fault run: --full")
    for item in items:
        if "full" in item.keywords:
            item.add_marker(skip)


class NetworkUsedError(AssertionError):
    """A test tried to leave this computer."""


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: sockets may go to this computer only."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        raise NetworkUsedError(f"{event} {host!r}: tests stay on this computer")


def _is_here(host: object) -> bool:
    """True for loopback addresses, local sockets and "any address" (binding)."""
    name = host.decode() if isinstance(host, bytes) else host
    if not isinstance(name, str) or name in {"", "localhost"}:
        return True
    try:
        return ip_address(name).is_loopback or ip_address(name).is_unspecified
    except ValueError:
        return False


sys.addaudithook(_refuse_network)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder for each test, outside its `tmp_path`; returns it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for name in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    return home


@pytest.fixture(autouse=True)
def garbage_goes_in_the_gui_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """As in the program, from the first test with a QApplication on; once after each test."""
    if "qapp" in request.fixturenames:
        from app.ui.garbage_collector import collect_in_gui_thread

        collect_in_gui_thread(request.getfixturevalue("qapp"))
    yield
    if not gc.isenabled():
        _collect_when_due()


def _collect_when_due() -> None:
    from PySide6.QtCore import QCoreApplication

    from app.ui.garbage_collector import GarbageCollector

    app = QCoreApplication.instance()
    collector = app.findChild(GarbageCollector) if app is not None else None
    if collector is not None:
        collector.collect_when_due()


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Fails a test that leaves a Python thread or a QThread running."""
    before = _running_threads()
    yield
    deadline = time.monotonic() + PATIENCE_S
    while (left := _running_threads() - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left, f"threads left running: {sorted(left)}"


def _running_threads() -> set[str]:
    """Names with ids: Python's own threads, and where the system tells, named foreign ones."""
    python = {
        f"{thread.name} {thread.native_id}"
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread)
    }
    known = {thread.native_id for thread in threading.enumerate() if "Dummy" not in thread.name}
    foreign = set()
    for task in TASKS.iterdir() if TASKS.is_dir() else ():
        name = _task_name(task)
        if int(task.name) not in known and name and not name.startswith(LASTING_QT_THREADS):
            foreign.add(f"{name} {task.name}")
    return python | foreign


def _task_name(task: Path) -> str | None:
    """Name of one thread of this process when Qt gave it one; None for pools and the unnamed.

    A thread that has no name of its own bears the process's: those of llama.cpp, BLAS and of
    Qt's global pool, which may outlive a test.
    """
    try:
        name = (task / "comm").read_text().strip()
    except OSError:  # it ended while we looked
        return None
    process = Path("/proc/self/comm").read_text().strip()
    return None if name == process or name.startswith("Thread (pooled)") else name
