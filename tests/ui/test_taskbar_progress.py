"""Progress outside the window: when it is shown, and that the desktop hears of it."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.catalogue import RemoteFile, RemoteModel
from app.core.download import DownloadPhase, DownloadProgress
from app.ui.chat_events import Phase, PhaseChanged
from app.ui.download_queue import DownloadItem, DownloadState, QueueChanged
from app.ui.taskbar_meter import TaskbarMeter
from app.ui.taskbar_progress import DockBadge, NoTaskbar, has_session_bus, taskbar_progress

ROOT = Path(__file__).resolve().parents[2]


class Taskbar:
    """Notes what it is told; None: cleared."""

    def __init__(self) -> None:
        self.told: list[float | None] = []

    def show(self, fraction: float) -> None:
        self.told.append(fraction)

    def clear(self) -> None:
        self.told.append(None)


class Rig:
    """A meter with everything around it."""

    def __init__(self, short_ms: int) -> None:
        self.taskbar = Taskbar()
        self.meter = TaskbarMeter(lambda: self.taskbar, short_ms=short_ms)

    def phase(self, phase: Phase, progress: float | None = None) -> None:
        self.meter.on_phase_changed(PhaseChanged(phase, progress))

    def download(self, *states: DownloadState) -> None:
        items = tuple(item(state, i) for i, state in enumerate(states))
        self.meter.on_downloads_changed(QueueChanged(items))


def item(state: DownloadState, number: int) -> DownloadItem:
    """A tenth of 1000 bytes has come."""
    file = RemoteFile("owner/model", "0" * 40, f"m{number}.gguf", 1000, "0" * 64)
    model = RemoteModel(f"m{number}", (file,), "MXFP4")
    progress = DownloadProgress(DownloadPhase.DOWNLOADING, 100, 1000)
    return DownloadItem(model, state, progress=progress)


@pytest.fixture
def rig(qapp) -> Rig:
    return Rig(short_ms=3_600_000)


def test_a_short_wait_never_reaches_the_task_bar(rig: Rig) -> None:
    rig.phase(Phase.READING, 0.2)
    rig.phase(Phase.READING, 0.9)
    rig.phase(Phase.THINKING)
    assert rig.taskbar.told == []


def test_a_long_wait_is_shown_until_the_answer_begins(qtbot: QtBot) -> None:
    rig = Rig(short_ms=0)
    rig.phase(Phase.READING, 0.25)
    qtbot.waitUntil(lambda: rig.taskbar.told == [0.25])
    rig.phase(Phase.READING, 0.5)
    rig.phase(Phase.THINKING)
    assert rig.taskbar.told == [0.25, 0.5, None]


def test_downloads_that_run_or_wait_count_together_and_paused_ones_do_not(rig: Rig) -> None:
    rig.download(DownloadState.RUNNING, DownloadState.QUEUED, DownloadState.PAUSED)
    rig.download(DownloadState.PAUSED)
    assert rig.taskbar.told == [0.1, None]


def test_the_wait_that_somebody_sits_through_goes_before_a_download(qtbot: QtBot) -> None:
    rig = Rig(short_ms=0)
    rig.download(DownloadState.RUNNING)
    rig.phase(Phase.LOADING, 0.7)
    qtbot.waitUntil(lambda: rig.taskbar.told == [0.1, 0.7])
    rig.phase(Phase.READY)
    assert rig.taskbar.told == [0.1, 0.7, 0.1]


def test_the_same_per_cent_is_told_once(rig: Rig) -> None:
    for _ in range(3):
        rig.download(DownloadState.RUNNING)
    assert rig.taskbar.told == [0.1]


def test_a_closing_window_leaves_nothing_behind(rig: Rig) -> None:
    rig.download(DownloadState.RUNNING)
    rig.meter.clear()
    assert rig.taskbar.told == [0.1, None]


def test_the_dock_gets_each_per_cent_once_and_no_badge_at_the_end() -> None:
    badges: list[int] = []
    dock = DockBadge(badges.append)
    for fraction in (0.0, 0.004, 0.42, 0.421):
        dock.show(fraction)
    dock.clear()
    assert badges == [1, 42, 0]


def test_no_session_bus_is_started_for_a_bar(tmp_path: Path) -> None:
    assert not has_session_bus({})
    assert not has_session_bus({"XDG_RUNTIME_DIR": str(tmp_path)})
    (tmp_path / "bus").touch()
    assert has_session_bus({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert has_session_bus({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"})


TELL = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from app.ui.taskbar_progress import taskbar_progress
app = QApplication(sys.argv[:1])
app.setDesktopFileName("lumbre")
taskbar = taskbar_progress(QWidget())
taskbar.show(0.42)
taskbar.clear()
QTimer.singleShot(0, app.quit)
app.exec()
"""


@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("dbus-monitor")),
    reason="needs dbus-run-session and dbus-monitor",
)
def test_docks_on_linux_hear_the_progress_on_the_session_bus(tmp_path: Path) -> None:
    script = tmp_path / "tell.py"
    script.write_text(TELL, encoding="utf-8")
    listen = "dbus-monitor --session \"interface='com.canonical.Unity.LauncherEntry'\""
    heard = tmp_path / "heard"
    # The listener is there when it has written its first lines.
    steps = (
        f"{listen} > {heard} & "
        f"for i in $(seq 200); do [ -s {heard} ] && break; sleep 0.05; done; "
        f"{sys.executable} {script}; "
        f"for i in $(seq 200); do grep -q 'boolean false' {heard} && break; sleep 0.05; done; "
        "kill $!"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = ["dbus-run-session", "--", "sh", "-c", steps]
    subprocess.run(command, check=True, timeout=100, env=environment)
    text = heard.read_text()
    assert "member=Update" in text
    assert 'string "application://lumbre.desktop"' in text
    assert "double 0.42" in text


@pytest.mark.skipif(sys.platform != "win32", reason="Windows' task bar")
def test_windows_takes_the_progress_of_a_window(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    if QGuiApplication.platformName() != "windows":
        pytest.skip("the window must be one of Windows: LUMBRE_TEST_QT_PLATFORM=windows")
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    with caplog.at_level(logging.DEBUG):
        taskbar = taskbar_progress(window)
        assert not isinstance(taskbar, NoTaskbar), caplog.text
        taskbar.show(0.42)
        taskbar.clear()
    assert not [r for r in caplog.records if r.name == "app.ui.windows_taskbar"]
