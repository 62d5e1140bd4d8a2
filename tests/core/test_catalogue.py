"""Values of models that can be fetched refuse what is not certain or not safe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.byte_count import ByteCount
from app.core.catalogue import RemoteFile, RemoteModel, is_repository, is_safe_path
from app.core.download import DownloadPhase, DownloadProgress, DownloadRequest

FILE = RemoteFile("ggml-org/gpt-oss-20b-GGUF", "a" * 40, "x/gpt-oss.gguf", 10, "b" * 64)


@pytest.mark.parametrize(
    "change",
    [
        {"repository": "gpt-oss"},
        {"repository": "a/b/c"},
        {"repository": "../b"},
        {"revision": "main"},
        {"revision": "A" * 40},
        {"sha256": "b" * 63},
        {"size_bytes": 0},
        {"path": "/x.gguf"},
        {"path": "x/../y.gguf"},
        {"path": "aux.gguf"},
        {"path": "x./y.gguf"},
        {"path": "x\n.gguf"},
        {"path": "x" * 300},
    ],
)
def test_a_file_with_an_uncertain_or_unsafe_fact_cannot_be_made(
    change: dict[str, object],
) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(FILE, **change)  # type: ignore[arg-type]


@given(st.text(max_size=60))
def test_a_safe_path_stays_below_the_folder(path: str) -> None:
    if is_safe_path(path):
        folder = Path("/models").resolve()
        assert (folder / path).resolve().is_relative_to(folder)
        assert not Path(path).is_absolute()


@given(st.text(max_size=40))
def test_a_repository_is_two_safe_names(name: str) -> None:
    if is_repository(name):
        owner, repository = name.split("/")
        assert is_safe_path(owner) and is_safe_path(repository)


def test_a_model_has_files_of_one_revision_only() -> None:
    other = replace(FILE, path="y.gguf", revision="c" * 40)
    for files in ((), (FILE, other), (FILE, FILE)):
        with pytest.raises(ValueError, match=r"."):
            RemoteModel("x", files, "MXFP4")


def test_files_go_below_owner_and_repository(tmp_path: Path) -> None:
    request = DownloadRequest(RemoteModel("x", (FILE,), "MXFP4"), tmp_path)
    assert request.paths == (tmp_path / "ggml-org" / "gpt-oss-20b-GGUF" / "x" / "gpt-oss.gguf",)


def test_two_requests_have_different_ids_and_tokens(tmp_path: Path) -> None:
    model = RemoteModel("x", (FILE,), "MXFP4")
    first, second = DownloadRequest(model, tmp_path), DownloadRequest(model, tmp_path)
    assert first.id != second.id
    first.pause.cancel()
    assert not second.pause.is_cancelled


def test_progress_never_says_more_than_the_whole() -> None:
    assert DownloadProgress(DownloadPhase.DOWNLOADING, 5, 10).fraction == 0.5
    assert DownloadProgress(DownloadPhase.DOWNLOADING, 11, 10).fraction == 1.0


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_500, "1.5 KB"),
        (2_000_000, "2.0 MB"),
        (12_109_566_624, "12.1 GB"),
    ],
)
def test_bytes_are_written_in_the_units_of_drives(n_bytes: int, text: str) -> None:
    assert f"{ByteCount(n_bytes)}" == text
