"""One running instance per data folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from app.storage.instance_lock import acquire

_HOLDER = """
import sys
from pathlib import Path
from app.storage.instance_lock import acquire
lock = acquire(Path(sys.argv[1]))
print("none" if lock is None else "held", flush=True)
sys.stdin.read()
"""
ROOT = Path(__file__).parents[2]


def _start_holder(data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def _says(holder: subprocess.Popen[str]) -> str:
    assert holder.stdout is not None
    return holder.stdout.readline().strip()


def test_the_second_in_the_same_process_is_refused(data_dir: Path) -> None:
    first = acquire(data_dir)
    assert first is not None
    assert acquire(data_dir) is None
    first.release()
    first.release()
    third = acquire(data_dir)
    assert third is not None
    third.release()


def test_two_folders_do_not_disturb_each_other(tmp_path: Path) -> None:
    locks = [acquire(tmp_path / name) for name in ("a", "b")]
    assert all(locks)
    for lock in locks:
        assert lock is not None
        lock.release()


def test_a_killed_instance_leaves_no_lock_behind(data_dir: Path) -> None:
    holder = _start_holder(data_dir)
    try:
        assert _says(holder) == "held"
        assert acquire(data_dir) is None
    finally:
        holder.kill()
        holder.communicate()
    lock = acquire(data_dir)
    assert lock is not None
    lock.release()


def test_of_many_that_start_together_one_wins(data_dir: Path) -> None:
    holders = [_start_holder(data_dir) for _ in range(4)]
    try:
        answers = sorted(map(_says, holders))
    finally:
        for holder in holders:
            holder.communicate("")
    assert answers == ["held", "none", "none", "none"]
