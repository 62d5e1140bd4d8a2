"""How fast a download is, and what a stop, a resume and a connection more cost; prints JSON.

    python -m tests.benchmarks.download [--megabytes 400]

Everything runs on this computer: a fake hub in a process of its own sends, a plain loop of
`http.client` on the same file is the yardstick.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlsplit

from app.core.catalogue import RemoteModel
from app.core.download import DownloadOutcome, DownloadPhase, DownloadProgress, DownloadRequest
from app.core.resources import resource_path
from app.hub.catalogue import load_catalogue
from app.hub.model_hub import HuggingFaceHub
from app.hub.offline_lock import OfflineLock
from app.hub.token_store import TokenStore
from app.hub.transfer_settings import DEFAULT_TRANSFER
from tests.fixtures.fake_hub import fake_hub, gguf_content

MB = 1_000_000
NAME = "gpt-oss-20b-MXFP4.gguf"


def _serve(size_bytes: int, speed: int, telling: Connection) -> None:
    with fake_hub() as hub:
        model = hub.add_model(NAME, gguf_content(size_bytes))
        hub.bytes_per_second = speed
        telling.send((hub.endpoint, hub.content_endpoint, model))
        telling.recv()


@contextmanager
def served(size_bytes: int, speed: int = 0) -> Iterator[tuple[str, str, RemoteModel]]:
    """A fake hub in another process: (endpoint, content server, model)."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(size_bytes, speed, there))
    process.start()
    there.close()
    try:
        yield here.recv()
    finally:
        here.send("end")
        process.join()


def new_hub(endpoint: str, **changes: object) -> HuggingFaceHub:
    """Our hub, with the numbers of a real one but for `changes`."""
    return HuggingFaceHub(
        load_catalogue(resource_path("catalogue.json")),
        OfflineLock(),
        TokenStore(None, "127.0.0.1"),
        endpoint=endpoint,
        version="0",
        settings=replace(DEFAULT_TRANSFER, **changes),  # type: ignore[arg-type]
    )


def plain_loop(content_endpoint: str, folder: Path) -> float:
    """Seconds of the simplest download of the same file, without hash and note."""
    parts = urlsplit(content_endpoint)
    began = time.perf_counter()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.request("GET", f"/{NAME}")
    reply = connection.getresponse()
    with open(folder / "plain", "wb", buffering=0) as file:
        while data := reply.read1(1 << 18):
            file.write(data)
        os.fsync(file.fileno())
    connection.close()
    return time.perf_counter() - began


def full_speed(endpoint: str, model: RemoteModel, folder: Path) -> tuple[float, float]:
    """Seconds, and processor seconds of this process, of a whole download."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    *_, ended = new_hub(endpoint).download(DownloadRequest(model, folder))
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert getattr(ended, "outcome", None) is DownloadOutcome.FINISHED
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, used


def stop_seconds(endpoint: str, model: RemoteModel, n: int, how: str) -> list[float]:
    """How long pausing or cancelling takes, each time at another place of the file."""
    found = []
    for index in range(n):
        with tempfile.TemporaryDirectory() as folder:
            request = DownloadRequest(model, Path(folder))
            pressed = 0.0
            for event in new_hub(endpoint).download(request):
                n_wanted = model.size_bytes * (index + 1) / (n + 2)
                is_there = isinstance(event, DownloadProgress) and event.n_done >= n_wanted
                if is_there and not pressed:
                    pressed = time.perf_counter()
                    getattr(request, how).cancel()
            found.append(time.perf_counter() - pressed)
    return found


def resume_seconds(endpoint: str, model: RemoteModel) -> float:
    """From "resume" at nine tenths to the first new byte: reading and comparing the rest."""
    with tempfile.TemporaryDirectory() as folder:
        request = DownloadRequest(model, Path(folder))
        for event in new_hub(endpoint, progress_every_s=0.01).download(request):
            if isinstance(event, DownloadProgress) and event.fraction > 0.9:
                request.pause.cancel()
        began = time.perf_counter()
        for event in new_hub(endpoint).download(DownloadRequest(model, Path(folder))):
            if isinstance(event, DownloadProgress) and (
                event.phase is DownloadPhase.DOWNLOADING or event.fraction == 1.0
            ):
                break
        return time.perf_counter() - began


def several_connections(size_bytes: int) -> dict[str, float]:
    """A line on which one connection gets 10 MB/s and four get 40."""
    speeds = {}
    for n in (1, 4):
        with (
            served(size_bytes, 10 * MB) as (endpoint, _, model),
            tempfile.TemporaryDirectory() as folder,
        ):
            hub = new_hub(endpoint, n_connections_max=n, connection_bytes_left=8 * MB)
            began = time.perf_counter()
            list(hub.download(DownloadRequest(model, Path(folder))))
            speeds[f"up_to_{n}"] = size_bytes / MB / (time.perf_counter() - began)
    return {k: round(v, 1) for k, v in speeds.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=400)
    size_bytes = parser.parse_args().megabytes * MB
    with served(size_bytes) as (endpoint, content_endpoint, model):
        with tempfile.TemporaryDirectory() as folder:
            plain_s = plain_loop(content_endpoint, Path(folder))
            ours_s, cpu_s = full_speed(endpoint, model, Path(folder))
        resume_s = resume_seconds(endpoint, model)
    with served(100 * MB, 60 * MB) as (endpoint, _, model):
        pauses = stop_seconds(endpoint, model, 10, "pause")
        cancels = stop_seconds(endpoint, model, 10, "cancel")
    result = {
        "size_mb": size_bytes / MB,
        "plain_loop_mb_s": round(size_bytes / MB / plain_s, 1),
        "download_mb_s": round(size_bytes / MB / ours_s, 1),
        "ratio": round(plain_s / ours_s, 2),
        "cpu_s_per_gb": round(cpu_s / (size_bytes / 1e9), 2),
        "resume_check_mb_s": round(size_bytes * 0.9 / MB / resume_s, 1),
        "pause_s_median": round(statistics.median(pauses), 3),
        "pause_s_max": round(max(pauses), 3),
        "cancel_s_median": round(statistics.median(cancels), 3),
        "cancel_s_max": round(max(cancels), 3),
        "connections_mb_s": several_connections(200 * MB),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
