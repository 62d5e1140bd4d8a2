"""Files that versions.toml names by address and SHA-256."""

from __future__ import annotations

import hashlib
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

VERSIONS = Path(__file__).with_name("versions.toml")
TIMEOUT_S = 120


class PinnedFileError(Exception):
    """The file cannot be had, or it is another one; says which."""


def entry(name: str) -> dict[str, str]:
    """What versions.toml says under `name`."""
    with VERSIONS.open("rb") as file:
        return dict(tomllib.load(file)[name])


def checked(name: str, content: bytes) -> bytes:
    """`content`, which is what versions.toml names.

    Raises:
        PinnedFileError: it is not.
    """
    if hashlib.sha256(content).hexdigest() != entry(name)["sha256"]:
        raise PinnedFileError(f"This is not the {name} of versions.toml; nothing was made.")
    return content


def fetched(name: str) -> bytes:
    """The file from its address, checked.

    Raises:
        PinnedFileError: no network, or it is another file.
    """
    url = entry(name)["url"]
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
            content = bytes(answer.read())
    except (urllib.error.URLError, TimeoutError) as error:
        raise PinnedFileError(f"{url}: {error}") from error
    return checked(name, content)
