"""Room on a drive is known before the folder is made."""

from __future__ import annotations

from pathlib import Path

from app.core.drive_room import free_bytes, known_free_bytes


def test_a_folder_that_is_not_there_has_the_room_of_its_nearest_parent(tmp_path: Path) -> None:
    missing = tmp_path / "models" / "gpt-oss"
    assert free_bytes(missing) > 0
    assert known_free_bytes(missing) > 0
    assert list(tmp_path.iterdir()) == []
