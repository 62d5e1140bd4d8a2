"""Which drives may go away while a model is mapped from them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.resources import resource_path
from app.engine.drive import is_local_mount, is_on_local_drive
from app.engine.gguf_header import read_model_card
from app.paths import PRACTICE_MODEL


@dataclass(frozen=True)
class Mounted:
    mountpoint: str
    fstype: str
    opts: str = "rw"


PRACTICE = resource_path(PRACTICE_MODEL)
ROOT = Mounted("/", "ext4")
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="paths of POSIX systems")


@posix_only
@pytest.mark.parametrize(
    ("mounted", "is_local"),
    [
        (Mounted("/mnt/models", "ext4"), True),
        (Mounted("/mnt/models", "nfs4"), False),
        (Mounted("/mnt/models", "cifs"), False),
        (Mounted("/mnt/models", "fuse.sshfs"), False),
        (Mounted("/mnt/models", "exfat", "rw,removable"), False),
        (Mounted("/mnt/model", "nfs4"), True),  # another folder whose name begins alike
    ],
)
def test_the_file_system_tells(mounted: Mounted, is_local: bool) -> None:
    assert is_local_mount(Path("/mnt/models/a.gguf"), [ROOT, mounted]) is is_local


@posix_only
def test_the_innermost_and_latest_mount_counts() -> None:
    path = Path("/mnt/models/a.gguf")
    share = Mounted("/mnt", "nfs4")
    assert is_local_mount(path, [ROOT, share, Mounted("/mnt/models", "ext4")])
    assert not is_local_mount(path, [ROOT, Mounted("/mnt", "ext4"), share])


def test_a_place_that_no_mount_names_counts_as_local() -> None:
    assert is_local_mount(Path.cwd(), [])


def test_the_card_of_a_file_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    share = [Mounted(PRACTICE.anchor, "nfs4")]
    monkeypatch.setattr("psutil.disk_partitions", lambda all: share)
    assert not is_on_local_drive(PRACTICE)
    assert not read_model_card(PRACTICE).is_local
