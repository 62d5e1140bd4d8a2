"""A drive that is full before or while a model comes, and a drive that goes away."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from app.core.cancellation import CancelToken
from app.core.catalogue import RemoteModel
from app.core.download import DownloadEnded, DownloadOutcome, DownloadRequest
from app.core.errors import HubError
from app.hub.dialing import Dialer
from app.hub.file_source import FileSource
from app.hub.http_client import AddressPolicy, HttpSession
from app.hub.model_hub import HuggingFaceHub
from app.hub.offline_lock import OfflineLock
from app.hub.part_file import PartFile
from app.hub.rate import RateLimit
from app.hub.token_store import TokenStore
from app.hub.transfer import FileTransfer, TransferStatus
from tests.faults.download_child import SETTINGS
from tests.fixtures.fake_hub import FakeHub, fake_hub, gguf_content
from tests.hub.conftest import any_catalogue, left_in

NAME = "gpt-oss-20b-MXFP4.gguf"
PLACE = f"ggml-org/gpt-oss-20b-GGUF/{NAME}"
STEP_BYTES = 64 << 10
SIZE_BYTES = 1 << 20
WITHOUT_SPARE = replace(SETTINGS, spare_bytes=0)


@pytest.fixture
def small_drive(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own; tests change its size with `resize`."""
    place = tmp_path / "drive"
    place.mkdir()
    if sys.platform != "linux" or not _mount(place, "size=64k"):
        pytest.skip("no file system of our own can be mounted here (needs root)")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def _mount(place: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def resize(place: Path, n_bytes: int) -> None:
    assert _mount(place, f"remount,size={n_bytes}")


@pytest.fixture
def fake() -> Iterator[FakeHub]:
    with fake_hub() as hub:
        yield hub


@pytest.fixture
def lock() -> Iterator[OfflineLock]:
    gate = OfflineLock()
    yield gate
    gate.close()


@pytest.fixture
def hub(fake: FakeHub, lock: OfflineLock) -> HuggingFaceHub:
    return HuggingFaceHub(
        any_catalogue(),
        lock,
        TokenStore(None, "h"),
        endpoint=fake.endpoint,
        version="0",
        settings=WITHOUT_SPARE,
    )


def test_a_drive_of_every_size_gives_a_sentence_until_there_is_room(
    fake: FakeHub, hub: HuggingFaceHub, small_drive: Path
) -> None:
    content = gguf_content(SIZE_BYTES)
    request = DownloadRequest(fake.add_model(NAME, content), small_drive)
    n_refused = 0
    for n_bytes in range(STEP_BYTES, SIZE_BYTES * 2, STEP_BYTES):
        resize(small_drive, n_bytes)
        try:
            *_, ended = hub.download(replace(request))
        except HubError as error:
            assert str(small_drive) in str(error)
            assert "more are needed" in str(error)
            assert left_in(small_drive) == [], "what could be reserved is given back"
            n_refused += 1
        else:
            assert isinstance(ended, DownloadEnded)
            assert ended.outcome is DownloadOutcome.FINISHED
            break
    assert n_refused >= SIZE_BYTES // STEP_BYTES - 1
    assert (small_drive / PLACE).read_bytes() == content
    assert left_in(small_drive) == [PLACE]


class _FullForAWhile(PartFile):
    """The drive takes some blocks, then none until `has_room` is set."""

    has_room = False
    n_refused = 0

    def write_block(self, handle: BinaryIO, index: int, data: memoryview) -> bool:
        if index >= 3 and not self.has_room:
            self.n_refused += 1
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write_block(handle, index, data)


def _transfer(fake: FakeHub, part: PartFile, stop: CancelToken) -> FileTransfer:
    def new_session(stop: CancelToken) -> HttpSession:
        return HttpSession(
            Dialer(2.0),
            AddressPolicy(fake.endpoint),
            user_agent="Lumbre/0",
            stall_timeout_s=1.0,
            stop=stop,
        )

    source = FileSource(fake.endpoint, part.file, None, None)
    return FileTransfer(part, source, new_session, RateLimit(), WITHOUT_SPARE, stop)


def _open(model: RemoteModel, folder: Path) -> _FullForAWhile:
    path = folder / PLACE
    path.parent.mkdir(parents=True)
    return _FullForAWhile(path, model, 0, 64 << 10)


def test_a_drive_that_gets_full_in_the_middle_is_told_and_it_goes_on_when_there_is_room(
    fake: FakeHub, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(SIZE_BYTES))
    part = _open(model, tmp_path)
    told: list[TransferStatus] = []
    for status in _transfer(fake, part, CancelToken()).run():
        if status.problem is not None:
            told.append(status)
            part.has_room = True
    assert part.is_complete
    assert part.n_refused >= 1
    assert "more are needed" in str(told[0].problem)
    assert str(part.final_path.parent) in str(told[0].problem)
    part.remove()


def test_waiting_for_room_can_be_cancelled(fake: FakeHub, tmp_path: Path) -> None:
    model = fake.add_model(NAME, gguf_content(SIZE_BYTES))
    part = _open(model, tmp_path)
    stop = CancelToken()
    for status in _transfer(fake, part, stop).run():
        if status.problem is not None:
            stop.cancel()
    assert 0 < part.n_done < SIZE_BYTES
    part.close()


def test_a_folder_that_vanishes_is_told_and_the_download_can_begin_again(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    content = gguf_content(8 * SIZE_BYTES)
    fake.bytes_per_second = 8 * SIZE_BYTES
    model = fake.add_model(NAME, content)
    folder = tmp_path / "models"
    with pytest.raises(HubError, match="cannot be used"):
        for event in hub.download(DownloadRequest(model, folder)):
            if getattr(event, "n_done", 0) > SIZE_BYTES and folder.exists():
                shutil.rmtree(folder)
    fake.bytes_per_second = 0
    *_, ended = hub.download(DownloadRequest(model, folder))
    assert isinstance(ended, DownloadEnded)
    assert (folder / PLACE).read_bytes() == content


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_that_may_not_be_written_is_told(
    fake: FakeHub, hub: HuggingFaceHub, tmp_path: Path
) -> None:
    tmp_path.chmod(0o500)
    model = fake.add_model(NAME, gguf_content(SIZE_BYTES))
    with pytest.raises(HubError, match="cannot be used"):
        list(hub.download(DownloadRequest(model, tmp_path / "models")))
    tmp_path.chmod(0o700)
