"""Power cuts at random moments: what was acknowledged is there, nothing is corrupt."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from app.core.errors import StorageError
from app.storage.conversation_store import open_store
from tests.faults.storage_workload import Workload
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
