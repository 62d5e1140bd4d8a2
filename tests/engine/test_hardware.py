"""Facts about the computer that the tests run on, and about others from their files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.machine import DeviceKind
from app.engine import processor
from app.engine.hardware import read_machine

NO_NATIVE_LIBRARY = """
import sys
from app.engine.hardware import read_machine

machine = read_machine(with_devices=False)
assert machine.ram_total_bytes > 0
print([name for name in sys.modules if name.startswith("llama_cpp")])
"""


def test_memory_and_cores_are_plausible() -> None:
    machine = read_machine(with_devices=False)
    assert 0 < machine.ram_available_bytes <= machine.ram_total_bytes
    assert 1 <= machine.n_physical_cores <= machine.n_logical_cores <= (os.cpu_count() or 1)
    assert machine.cpu_name
    assert machine.cpu_features
    assert machine.devices == ()


def test_reading_without_devices_loads_no_native_library() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", NO_NATIVE_LIBRARY], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[]"


def test_devices_are_those_that_are_not_the_processor() -> None:
    assert all(
        device.kind is not DeviceKind.CPU for device in read_machine(with_devices=True).devices
    )


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no processor affinity here")
def test_only_cores_that_this_process_may_use_are_counted() -> None:
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        machine = read_machine(with_devices=False)
    finally:
        os.sched_setaffinity(0, allowed)
    assert (machine.n_logical_cores, machine.n_physical_cores) == (1, 1)


def hybrid_processor(root: Path, n_performance: int, n_efficient: int) -> None:
    """A /sys of a processor whose performance cores run two threads each."""
    fast = range(2 * n_performance)
    for name, cpus in (("core", fast), ("atom", range(fast.stop, fast.stop + n_efficient))):
        folder = root / f"devices/cpu_{name}"
        folder.mkdir(parents=True)
        (folder / "cpus").write_text(f"{cpus.start}-{cpus.stop - 1}\n")
    for cpu in fast:
        topology = root / f"devices/system/cpu/cpu{cpu}/topology"
        topology.mkdir(parents=True)
        (topology / "physical_package_id").write_text("0\n")
        (topology / "core_id").write_text(f"{cpu // 2 * 4}\n")


def test_of_a_hybrid_processor_the_performance_cores_count(tmp_path: Path) -> None:
    hybrid_processor(tmp_path, n_performance=6, n_efficient=8)
    assert processor.linux_performance_cores(tmp_path) == 6


def test_a_processor_with_equal_cores_has_no_performance_cores(tmp_path: Path) -> None:
    assert processor.linux_performance_cores(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("0-3,8\n", [0, 1, 2, 3, 8]), ("5", [5]), ("0,2-3", [0, 2, 3])],
)
def test_lists_of_processors_are_understood(text: str, numbers: list[int]) -> None:
    assert processor.cpu_list(text) == numbers
