"""Limits of control groups, read from trees like those under /sys/fs/cgroup."""

from __future__ import annotations

from pathlib import Path

from app.engine.cgroup import memory_limits

GIB = 1 << 30


def write(folder: Path, **files: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(f"{content}\n")


def member(folder: Path, *lines: str) -> Path:
    file = folder / "self_cgroup"
    file.write_text("\n".join(lines) + "\n")
    return file


def test_version_2_counts_page_cache_as_free(tmp_path: Path) -> None:
    write(
        tmp_path / "user" / "app",
        memory__max=8 * GIB,
        memory__current=6 * GIB,
        memory__stat=f"anon {GIB}\nactive_file {3 * GIB}\ninactive_file {GIB}",
    )
    limits = memory_limits(tmp_path, member(tmp_path, "0::/user/app"))
    assert limits == [(8 * GIB, 2 * GIB)]


def test_every_enclosing_group_counts(tmp_path: Path) -> None:
    write(tmp_path / "user", memory__max=4 * GIB, memory__current=0, memory__stat="anon 0")
    write(tmp_path / "user" / "app", memory__max="max", memory__current=0)
    limits = memory_limits(tmp_path, member(tmp_path, "0::/user/app"))
    assert limits == [(4 * GIB, 0)]


def test_the_threshold_that_slows_a_group_down_is_a_limit_too(tmp_path: Path) -> None:
    write(tmp_path / "app", memory__max=8 * GIB, memory__high=5 * GIB, memory__current=GIB)
    limits = memory_limits(tmp_path, member(tmp_path, "0::/app"))
    assert [limit for limit, _ in limits] == [5 * GIB]


def test_version_1_is_read_from_its_memory_tree(tmp_path: Path) -> None:
    write(
        tmp_path / "memory" / "box",
        memory__limit_in_bytes=3 * GIB,
        memory__usage_in_bytes=2 * GIB,
        memory__stat=f"total_active_file {GIB}\ntotal_inactive_file 0",
    )
    membership = member(tmp_path, "4:memory:/box", "3:cpuset:/", "1:cpu,cpuacct:/box")
    assert memory_limits(tmp_path, membership) == [(3 * GIB, GIB)]


def test_version_1_says_no_limit_with_a_huge_number(tmp_path: Path) -> None:
    write(tmp_path / "memory", memory__limit_in_bytes=9223372036854771712)
    assert memory_limits(tmp_path, member(tmp_path, "4:memory:/")) == []


def test_in_a_container_the_mount_is_the_group(tmp_path: Path) -> None:
    write(tmp_path, memory__max=2 * GIB, memory__current=GIB, memory__stat="inactive_file 0")
    for group in ("/docker/0123", "/../outside"):
        assert memory_limits(tmp_path, member(tmp_path, f"0::{group}")) == [(2 * GIB, GIB)]


def test_what_cannot_be_read_is_no_limit(tmp_path: Path) -> None:
    assert memory_limits(tmp_path, tmp_path / "missing") == []
    write(tmp_path / "app", memory__max="later", memory__current="?")
    assert memory_limits(tmp_path, member(tmp_path, "nonsense")) == []
    assert memory_limits(tmp_path, member(tmp_path, "0::/app")) == []


def test_a_group_without_statistics_still_has_its_limit(tmp_path: Path) -> None:
    write(tmp_path / "app", memory__max=GIB)
    assert memory_limits(tmp_path, member(tmp_path, "0::/app")) == [(GIB, 0)]
