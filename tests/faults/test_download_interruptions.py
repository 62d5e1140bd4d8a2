"""A download that is interrupted at a random byte, in every way: it ends right, once.

Every case is a download of the whole file with one interruption. `--full`: 500 of a file of
210 MB; otherwise some of a small one.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.catalogue import RemoteModel
from app.core.download import DownloadEnded, DownloadOutcome, DownloadRequest
from tests.faults.download_child import a_hub, as_json
from tests.fixtures.fake_hub import FakeHub, Fault, FaultKind, fake_hub, gguf_content
from tests.hub.conftest import left_in

MB = 1_000_000
NAME = "gpt-oss-20b-MXFP4.gguf"
PLACE = f"ggml-org/gpt-oss-20b-GGUF/{NAME}"
TWICE_MAX = 1_000_000  # bytes fetched twice for one interruption
KILL = "kill -9"
KINDS = [
    KILL,
    FaultKind.DROP,
    FaultKind.CLOSE,
    FaultKind.STALL,
    FaultKind.STATUS,
    FaultKind.WRONG_LENGTH,
    FaultKind.WRONG_TOTAL,
    FaultKind.WRONG_START,
    FaultKind.FULL,
    FaultKind.PORTAL,
]


@dataclass(frozen=True, slots=True)
class Case:
    """One interruption."""

    kind: str
    at: int  # byte of the file


def cases(n: int, size_bytes: int, seed: int) -> Iterator[Case]:
    """Every kind equally often, at random places."""
    source = random.Random(seed)
    for index in range(n):
        yield Case(KINDS[index % len(KINDS)], source.randrange(size_bytes))


def interrupt(case: Case, fake: FakeHub, model: RemoteModel, folder: Path) -> None:
    """Let it happen, and let the download end."""
    fake.n_sent = 0
    if case.kind == KILL:
        command = [sys.executable, "-m", "tests.faults.download_child"]
        child = subprocess.Popen(
            [*command, fake.endpoint, str(folder), as_json(model)], stdout=subprocess.DEVNULL
        )
        fake.file_fault = (case.at, Fault(FaultKind.CALL, action=child.kill))
        child.wait(120)
        assert child.returncode == -9
    else:
        fake.file_fault = (case.at, Fault(FaultKind(case.kind), status=503))
    *_, ended = a_hub(fake.endpoint).download(DownloadRequest(model, folder))
    assert isinstance(ended, DownloadEnded)
    assert ended.outcome is DownloadOutcome.FINISHED
    assert fake.file_fault is None, "the interruption has not happened"


def check(n: int, size_bytes: int, folder: Path, seed: int) -> Counter[str]:
    """Run `n` cases; how many of each kind were right."""
    right: Counter[str] = Counter()
    worst = 0
    with fake_hub() as fake:
        content = gguf_content(size_bytes)
        model = fake.add_model(NAME, content)
        fake.bytes_per_second = 150 * MB  # of a line, not of this computer's memory
        for case in cases(n, size_bytes, seed):
            interrupt(case, fake, model, folder)
            assert left_in(folder) == [PLACE], case
            assert (folder / PLACE).read_bytes() == content, case
            n_twice = fake.n_sent - size_bytes
            assert n_twice <= TWICE_MAX, case
            worst = max(worst, n_twice)
            (folder / PLACE).unlink()
            right[case.kind] += 1
            if right.total() % 25 == 0:
                print(f"{right.total()} of {n}", flush=True)
    print(f"right: {right.total()}/{n}, most bytes fetched twice: {worst}", dict(right))
    return right


def test_an_interrupted_download_ends_right_without_leaving_anything(tmp_path: Path) -> None:
    assert check(20, 6 * MB, tmp_path, seed=1).total() == 20


@pytest.mark.full
@pytest.mark.timeout(7200)
def test_five_hundred_interruptions_of_a_large_file(tmp_path: Path) -> None:
    assert check(500, 210 * MB, tmp_path, seed=2).total() == 500


def flipped_places(n: int, size_bytes: int) -> list[int]:
    """Random places; among them the ends, but not the magic, which has its own test."""
    source = random.Random(3)
    return [4, size_bytes - 1, *(source.randrange(4, size_bytes) for _ in range(n - 2))]


@pytest.mark.parametrize("n", [20, pytest.param(200, marks=pytest.mark.full)])
@pytest.mark.timeout(900)
def test_every_flipped_byte_is_found_and_told(n: int, tmp_path: Path) -> None:
    size_bytes = 2 * MB
    n_found = 0
    with fake_hub() as fake:
        model = fake.add_model(NAME, gguf_content(size_bytes))
        for place in flipped_places(n, size_bytes):
            fake.flip(NAME, place)
            with pytest.raises(Exception, match="does not match its SHA-256"):
                list(a_hub(fake.endpoint).download(DownloadRequest(model, tmp_path)))
            assert left_in(tmp_path) == []
            n_found += 1
    assert n_found == n


def test_many_interruptions_of_one_download_still_end_right(tmp_path: Path) -> None:
    source = random.Random(4)
    size_bytes = 8 * MB
    with fake_hub() as fake:
        content = gguf_content(size_bytes)
        model = fake.add_model(NAME, content)
        kinds = [FaultKind.DROP, FaultKind.CLOSE, FaultKind.STATUS, FaultKind.FULL]
        fake.faults = [
            Fault(source.choice(kinds), at=source.randrange(MB), status=503) for _ in range(40)
        ]
        *_, ended = a_hub(fake.endpoint).download(DownloadRequest(model, tmp_path))
        assert isinstance(ended, DownloadEnded)
        assert (tmp_path / PLACE).read_bytes() == content
        assert fake.faults == []
        assert fake.n_sent - size_bytes <= 40 * TWICE_MAX
