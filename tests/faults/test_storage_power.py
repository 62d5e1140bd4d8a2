"""Power cuts at random moments: what was acknowledged is there, nothing is corrupt."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from app.core.errors import StorageError
from app.storage.conversation_store import open_store
from tests.faults.organisation_workload import has_marker
from tests.faults.storage_workload import Expected, Workload
from tests.faults.test_storage_kill import check_files

pytest.importorskip("apsw", reason="apsw stands between SQLite and the disk here")

from tests.faults.power_cut import Disk, Replay, open_on

N_CUTS = 300
N_CUTS_FULL = 2000
CUTS_PER_RUN = 100
N_STEPS = 60


def _cut_many(place: Path, n_cuts: int, synchronous: str = "FULL") -> dict[str, int]:
    """Workloads of 60 steps, each cut at 100 moments."""
    n_acknowledged = n_lost = n_corrupt = 0
    for run in range(-(-n_cuts // CUTS_PER_RUN)):
        source = place / f"run{run}"
        open_store(source).close()
        before = {"conversations.db": bytearray((source / "conversations.db").read_bytes())}
        disk = Disk(f"disk-{synchronous}-{run}")
        store = open_on(disk, source, synchronous)
        acts = Workload(store, seed=run).acts()
        for _ in range(N_STEPS):
            step, act = next(acts)
            disk.announce(step)
            act()
            disk.acknowledge()
        log = list(disk.log)
        store.file.db.close()
        disk.unregister()
        chance = random.Random(run)
        replay = Replay(log, before)
        for moment in sorted(chance.sample(range(len(log)), min(CUTS_PER_RUN, len(log)))):
            replay.go_to(moment)
            data_dir = place / "after"
            data_dir.mkdir()
            for name, data in replay.files_after_cut(chance).items():
                if not name.endswith("-shm"):  # it is memory: nothing of it stays
                    (data_dir / name).write_bytes(data)
            n_acknowledged += replay.expected.n_acknowledged
            assert not has_marker(data_dir)
            lost, is_corrupt = _judge(data_dir, replay)
            n_lost += lost
            n_corrupt += is_corrupt
            shutil.rmtree(data_dir)
    return {
        "cuts": n_cuts,
        "acknowledged": n_acknowledged,
        "lost": n_lost,
        "corrupt": n_corrupt,
    }


def _judge(data_dir: Path, replay: Replay) -> tuple[int, bool]:
    """How many acknowledged changes are missing, and whether the file is damaged."""
    store = open_store(data_dir)
    try:
        if store.take_notices():
            return 0, True
        store.mark_interrupted()
        check_files(store)
        return len(replay.expected.losses(store)), False
    except (StorageError, AssertionError):
        return 0, True
    finally:
        store.close()


@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost_by_a_power_cut(tmp_path: Path) -> None:
    result = _cut_many(tmp_path, N_CUTS)
    print(json.dumps(result))
    assert (result["lost"], result["corrupt"]) == (0, 0)
    assert result["acknowledged"] > N_CUTS


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_2000_power_cuts(tmp_path: Path) -> None:
    result = _cut_many(tmp_path, N_CUTS_FULL)
    print(json.dumps(result))
    assert (result["lost"], result["corrupt"]) == (0, 0)


def test_the_simulated_disk_finds_what_weaker_settings_lose(tmp_path: Path) -> None:
    assert _cut_many(tmp_path, 40, synchronous="NORMAL")["lost"] > 0


def _write_on_a_bad_disk(place: Path, seed: int, n_steps: int) -> tuple[int, int]:
    """Steps on a disk where one write in a hundred fails; errors seen, acknowledged steps."""
    open_store(place).close()
    disk = Disk(f"bad-{place.name}-{seed}")
    store = open_on(disk, place)
    expected = Expected()
    disk.failing_share = 0.01
    acts = Workload(store, seed).acts()
    n_errors = 0
    for _ in range(n_steps):
        step, act = next(acts)
        expected.announce(step)
        try:
            act()
        except StorageError as error:
            assert "does not read or write as it should" in str(error)
            n_errors += 1
            # apsw also raises for what fails after the commit, which SQLite itself keeps to
            # itself: the step may have been taken.
            expected.doubt()
            acts = Workload(store, seed + n_errors * 1000).acts()
        else:
            expected.acknowledge()
    disk.failing_share = 0.0
    store.file.db.close()
    disk.unregister()
    again = open_store(place)
    again.mark_interrupted()
    check_files(again)
    assert expected.losses(again) == []
    again.close()
    return n_errors, expected.n_acknowledged


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("n_runs", [pytest.param(6), pytest.param(300, marks=pytest.mark.full)])
def test_a_disk_with_errors_gets_a_sentence_each_time_and_loses_nothing(
    tmp_path: Path, n_runs: int
) -> None:
    results = [_write_on_a_bad_disk(tmp_path / str(n), n, 150) for n in range(n_runs)]
    print(
        json.dumps({"errors": sum(e for e, _ in results), "saved": sum(a for _, a in results)})
    )
    assert sum(errors for errors, _ in results) > 0
