"""A fake hub, a lock and our hub, for the tests of downloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.catalogue import Catalogue, CatalogueEntry, LocalText, RemoteModel
from app.core.download import DownloadEnded, DownloadEvent, DownloadProgress, DownloadRequest
from app.hub.model_hub import HuggingFaceHub
from app.hub.offline_lock import OfflineLock
from app.hub.token_store import TokenStore
from app.hub.transfer_settings import TransferSettings
from tests.fixtures.fake_hub import FakeHub, fake_hub

QUICK = TransferSettings(
    connect_timeout_s=2.0,
    stall_timeout_s=0.4,
    first_retry_s=0.01,
    longest_retry_s=0.05,
    block_bytes=64 * 1024,
    span_bytes_min=1 << 20,
    n_connections_max=1,
    spare_bytes=1_000_000,
    progress_every_s=0.02,
)

MakeHub = Callable[..., HuggingFaceHub]


def a_catalogue(model: RemoteModel) -> Catalogue:
    """A catalogue of one model."""
    return Catalogue((CatalogueEntry("it", model, LocalText("It.", "Ello."), True),))


def any_catalogue() -> Catalogue:
    """For tests in which it plays no part."""
    from app.core.resources import resource_path
    from app.hub.catalogue import load_catalogue

    return load_catalogue(resource_path("catalogue.json"))


def run(hub: HuggingFaceHub, request: DownloadRequest) -> DownloadEnded:
    """Download to the end."""
    *_, last = hub.download(request)
    assert isinstance(last, DownloadEnded)
    return last


def progress_of(events: list[DownloadEvent]) -> list[DownloadProgress]:
    """Only the progress."""
    return [e for e in events if isinstance(e, DownloadProgress)]


def left_in(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


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
def make_hub(fake: FakeHub, lock: OfflineLock) -> Iterator[MakeHub]:
    made: list[HuggingFaceHub] = []

    def make(**changes: object) -> HuggingFaceHub:
        settings = replace(QUICK, **changes)  # type: ignore[arg-type]
        hub = HuggingFaceHub(
            any_catalogue(),
            lock,
            TokenStore(None, "127.0.0.1"),
            endpoint=fake.endpoint,
            version="0.0",
            settings=settings,
        )
        made.append(hub)
        return hub

    yield make
    for hub in made:
        hub.close()


@pytest.fixture
def hub(make_hub: MakeHub) -> HuggingFaceHub:
    return make_hub()
