"""Files get the names of others, also while somebody looks at those."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from app.core.disk_sync import replace_file, sync_folder


def test_a_file_takes_the_place_of_another(tmp_path: Path) -> None:
    source, target = tmp_path / "new ñ", tmp_path / "old"
    source.write_text("new")
    target.write_text("old")
    replace_file(source, target)
    sync_folder(tmp_path)
    assert target.read_text() == "new"
    assert not source.exists()


def test_a_missing_file_replaces_nothing(tmp_path: Path) -> None:
    target = tmp_path / "old"
    target.write_text("old")
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "missing", target)
    assert target.read_text() == "old"


@pytest.mark.skipif(os.name != "nt", reason="elsewhere an open file can be replaced")
def test_on_windows_a_short_look_by_somebody_else_is_waited_for(tmp_path: Path) -> None:
    source, target = tmp_path / "new", tmp_path / "old"
    source.write_text("new")
    target.write_text("old")
    is_open = threading.Event()

    def look() -> None:
        with open(target, "rb"):
            is_open.set()
            time.sleep(0.2)

    scanner = threading.Thread(target=look)
    scanner.start()
    is_open.wait()
    replace_file(source, target)
    scanner.join()
    assert target.read_text() == "new"
