"""What a child writes is read whole, whoever else keeps its pipe open."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from app.core.child_output import ChildOutput

HELPER_S = 60
# Like a graphics driver that starts a helper: it inherits the pipe and lives on.
STARTS_A_HELPER = f"""
import subprocess, sys
sleeps = ["-I", "-S", "-c", "import time; time.sleep({HELPER_S})"]
helper = subprocess.Popen([sys.executable, *sleeps])
print(helper.pid, flush=True)
"""


def child(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-I", "-c", code], stdout=subprocess.PIPE)


@pytest.fixture
def left_behind() -> Iterator[list[psutil.Process]]:
    """Processes that are ended after the test."""
    found: list[psutil.Process] = []
    yield found
    for process in found:
        process.kill()


def test_everything_is_read_also_more_than_a_pipe_holds() -> None:
    pieces: list[bytes] = []
    process = child("print('x' * 1_000_000, end='')")
    output = ChildOutput(process, process.stdout, pieces.append)
    output.wait()
    assert b"".join(pieces) == b"x" * 1_000_000


def test_a_helper_that_keeps_the_pipe_is_not_waited_for(
    left_behind: list[psutil.Process],
) -> None:
    pieces: list[bytes] = []
    process = child(STARTS_A_HELPER)
    output = ChildOutput(process, process.stdout, pieces.append)
    output.wait()
    helper = psutil.Process(int(b"".join(pieces)))
    left_behind.append(helper)
    assert process.returncode == 0
    assert helper.is_running()
