"""Small files are whole or not there, and a damaged one is said to be so."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.kept_json import read_kept, write_kept


def test_what_is_written_comes_back_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "kept.json"
    write_kept(file, {"first": 1})
    write_kept(file, {"ñandú": ["a", None, 2.5]}, survives_power_cut=False)
    assert read_kept(file) == {"ñandú": ["a", None, 2.5]}
    assert list(file.parent.iterdir()) == [file]


def test_a_person_can_read_what_is_written(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    write_kept(file, {"name": "Sé breve"})
    assert '"name": "Sé breve"' in file.read_text("utf-8")


def test_names_of_files_that_are_no_text_come_back(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    write_kept(file, {"/models/caf\udce9.gguf": "\udcff"})
    assert read_kept(file) == {"/models/caf\udce9.gguf": "\udcff"}


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    in_the_way = tmp_path / "kept.json"
    in_the_way.mkdir()
    with pytest.raises(OSError, match=r"kept\.json"):
        write_kept(in_the_way, {"a": 1})
    assert list(tmp_path.iterdir()) == [in_the_way]


def test_no_file_is_empty(tmp_path: Path) -> None:
    assert read_kept(tmp_path / "kept.json") == {}


@pytest.mark.parametrize(
    "damaged", [b"", b"\x00\x00", b'{"a":', b"\xff\xfe{}", b"[1, 2]", b"null", b"[" * 200_000]
)
def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path, damaged: bytes) -> None:
    file = tmp_path / "kept.json"
    file.write_bytes(damaged)
    with pytest.raises(ValueError, match=r".+"):
        read_kept(file)
