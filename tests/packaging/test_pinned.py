"""Files that are fetched are the ones that versions.toml names, or nothing is made of them."""

from __future__ import annotations

import hashlib
import tomllib

import pinned
import pytest

ADDRESSED = [
    name
    for name, entry in tomllib.loads(pinned.VERSIONS.read_text("utf-8")).items()
    if "url" in entry
]


def test_something_is_fetched_by_its_address() -> None:
    assert {"appimage-runtime", "ubuntu-keyring"} <= set(ADDRESSED)


@pytest.mark.parametrize("name", ADDRESSED)
def test_another_file_is_refused_by_name(name: str) -> None:
    with pytest.raises(pinned.PinnedFileError, match=name):
        pinned.checked(name, b"another file")


def test_the_named_file_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"the right one"
    entry = {"url": "", "sha256": hashlib.sha256(content).hexdigest()}
    monkeypatch.setattr(pinned, "entry", lambda _: entry)
    assert pinned.checked("anything", content) == content
