"""Which version is newer."""

from __future__ import annotations

import pytest

from app.core.release import Release


@pytest.mark.parametrize(
    ("published", "here"),
    [
        ("0.2.0", "0.1.0"),
        ("0.10", "0.9.9"),
        ("1.0", "1.0rc1"),
        ("1.0.1", "1.0"),
        ("v2.0", "1.9"),
        ("1.0rc2", "1.0rc1"),
    ],
)
def test_a_later_version_is_newer(published: str, here: str) -> None:
    assert Release(published, "", "").is_newer_than(here)
    assert not Release(here, "", "").is_newer_than(published)


@pytest.mark.parametrize("version", ["nightly", "", "1..2"])
def test_what_is_no_version_is_never_newer(version: str) -> None:
    assert not Release(version, "", "").is_newer_than("0.1.0")


def test_the_same_version_is_not_newer_however_it_is_written() -> None:
    assert not Release("1.0.0", "", "").is_newer_than("1.0")
