"""Every sentence about the network and the drive is whole and says what to do."""

from __future__ import annotations

import errno
import inspect
import os
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import HubError
from app.hub import faults

VALUES: dict[str, Any] = {
    "host": "huggingface.co",
    "seconds": 30.0,
    "reason": "because",
    "status": 503,
    "repository": "owner/repo",
    "name": "gpt-oss.gguf",
    "folder": Path("/models"),
    "missing_bytes": 3_200_000_000,
}
SENTENCES = {
    name: function
    for name, function in inspect.getmembers(faults, inspect.isfunction)
    if function.__module__ == faults.__name__
    and inspect.signature(function).return_annotation in {"HubError", "Gone"}
    and name != "disk_error"
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_says_what_happened_and_what_to_do(name: str) -> None:
    function = SENTENCES[name]
    wanted = inspect.signature(function).parameters
    error = function(**{p: VALUES[p] for p in wanted})
    text = str(error)
    assert "{" not in text
    assert text.endswith(".")
    assert text.count(". ") >= 1


@pytest.mark.parametrize(
    ("number", "part"),
    [
        (errno.ENOSPC, "3.2 GB more are needed"),
        (errno.EFBIG, "FAT32"),
        (errno.EACCES, "Permission denied"),
        (errno.EIO, "cannot be used"),
    ],
)
def test_an_error_of_the_drive_becomes_its_sentence(number: int, part: str) -> None:
    error = OSError(number, os.strerror(number))
    sentence = faults.disk_error(error, Path("/models"), 3_200_000_000)
    assert isinstance(sentence, HubError)
    assert part in str(sentence)
    assert str(Path("/models")) in str(sentence)
