"""The offline lock: twenty ways of connecting, and none gets through."""

from __future__ import annotations

import asyncio
import ctypes
import ftplib
import http.client
import imaplib
import logging.handlers
import multiprocessing.connection
import poplib
import smtplib
import socket
import ssl
import sys
import threading
import urllib.request
import xmlrpc.client
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from app.core.cancellation import CancelToken
from app.core.connection import ConnectionOutcome, ConnectionPurpose
from app.core.download import DownloadRequest
from app.core.errors import HubError
from app.hub.dialing import Dialer, Target
from app.hub.model_hub import HuggingFaceHub
from app.hub.offline_lock import OfflineLock, RefusedByLock, connecting_for
from app.hub.token_store import TokenStore
from tests.fixtures.fake_hub import FakeHub, fake_hub, gguf_content
from tests.hub.conftest import any_catalogue


@pytest.fixture
def lock() -> Iterator[OfflineLock]:
    gate = OfflineLock()
    yield gate
    gate.close()


@pytest.fixture
def fake() -> Iterator[FakeHub]:
    with fake_hub() as hub:
        yield hub


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that takes every connection, opened before the lock goes on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server


Way = Callable[[str, int], object]


def _udp_send(host: str, port: int) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sock:
        sock.sendto(b"x", (host, port))


def _connect_ex(host: str, port: int) -> None:
    with closing(socket.socket()) as sock:
        assert sock.connect_ex((host, port)) == 0


def _tls(host: str, port: int) -> None:
    context = ssl.create_default_context()
    with closing(socket.create_connection((host, port), 1)) as sock:
        context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)


def _asyncio_stream(host: str, port: int) -> None:
    asyncio.run(asyncio.wait_for(asyncio.open_connection(host, port), 2))


def _asyncio_datagram(host: str, port: int) -> None:
    async def send() -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=(host, port)
        )
        transport.close()

    asyncio.run(send())


def _syslog(host: str, port: int) -> None:
    handler = logging.handlers.SocketHandler(host, port)
    with closing(handler):
        handler.makeSocket(1).close()


def _in_a_thread(host: str, port: int) -> None:
    problem: list[BaseException] = []

    def connect() -> None:
        try:
            socket.create_connection((host, port), 1).close()
        except OSError as error:
            problem.append(error)

    thread = threading.Thread(target=connect)
    thread.start()
    thread.join()
    if problem:
        raise problem[0]


def _native_connect(host: str, port: int) -> None:
    name = "ws2_32" if sys.platform == "win32" else None
    assert ctypes.CDLL(name).connect is not None


def _hugging_face_api(host: str, port: int) -> None:
    from huggingface_hub import HfApi, set_client_factory

    set_client_factory(lambda: httpx2.Client(trust_env=False))  # not ours, with its checks
    HfApi(endpoint=f"http://{host}:{port}", token=False).model_info("a/b", timeout=1)


def _our_dialer(host: str, port: int) -> None:
    Dialer(1.0).dial(Target("http", host, port), None, CancelToken()).close()


def _url(host: str, port: int) -> str:
    return f"http://{host}:{port}/"


WAYS: dict[str, Way] = {
    "a TCP socket": lambda h, p: socket.create_connection((h, p), 1).close(),
    "connect_ex": _connect_ex,
    "a UDP datagram": _udp_send,
    "a look-up of a name": lambda h, p: socket.getaddrinfo("localhost", p),
    "an old look-up": lambda _h, _p: socket.gethostbyname("localhost"),
    "a reverse look-up": lambda h, _p: socket.gethostbyaddr(h),
    "a listening socket": lambda h, _p: socket.create_server((h, 0)).close(),
    "TLS": _tls,
    "http.client": lambda h, p: http.client.HTTPConnection(h, p, timeout=1).request("GET", "/"),
    "urllib": lambda h, p: urllib.request.urlopen(_url(h, p), timeout=1),
    "httpx2": lambda h, p: httpx2.get(_url(h, p), timeout=1, trust_env=False),
    "httpx2 without blocking": lambda h, p: asyncio.run(_httpx_async(_url(h, p))),
    "huggingface_hub": _hugging_face_api,
    "asyncio": _asyncio_stream,
    "asyncio datagrams": _asyncio_datagram,
    "FTP": lambda h, p: ftplib.FTP().connect(h, p, timeout=1),
    "SMTP": lambda h, p: smtplib.SMTP(timeout=1).connect(h, p),
    "IMAP": lambda h, p: imaplib.IMAP4(h, p, timeout=1),
    "POP": lambda h, p: poplib.POP3(h, p, timeout=1),
    "XML-RPC": lambda h, p: xmlrpc.client.ServerProxy(_url(h, p)).system.listMethods(),
    "multiprocessing": lambda h, p: multiprocessing.connection.Client((h, p)),
    "logging to a server": _syslog,
    "another thread": _in_a_thread,
    "the system's own connect": _native_connect,
    "our own client": _our_dialer,
}


async def _httpx_async(url: str) -> None:
    async with httpx2.AsyncClient(timeout=1, trust_env=False) as client:
        await client.get(url)


def _is_refusal(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, RefusedByLock) or "offline lock" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_connecting_gets_through_the_lock(
    way: str, lock: OfflineLock, listener: socket.socket
) -> None:
    host, port = listener.getsockname()
    lock.set_locked(True)
    with pytest.raises(Exception) as caught:
        WAYS[way](host, port)
    lock.set_locked(False)
    assert _is_refusal(caught.value)
    assert any(r.outcome is ConnectionOutcome.REFUSED for r in lock.records())
    listener.settimeout(0.01)
    with pytest.raises(TimeoutError):
        listener.accept()


@pytest.mark.parametrize("way", ["a TCP socket", "http.client", "our own client"])
def test_the_same_ways_work_without_the_lock(
    way: str, lock: OfflineLock, listener: socket.socket
) -> None:
    host, port = listener.getsockname()
    WAYS[way](host, port)
    listener.settimeout(5)
    listener.accept()[0].close()
    assert all(r.outcome is ConnectionOutcome.ATTEMPTED for r in lock.records())


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix-domain sockets here")
def test_sockets_that_stay_on_this_computer_are_left_alone(lock: OfflineLock) -> None:
    lock.set_locked(True)
    left, right = socket.socketpair(socket.AF_UNIX)
    with closing(left), closing(right):
        left.sendall(b"desktop")
        assert right.recv(7) == b"desktop"
    assert lock.records() == ()


def test_the_list_says_when_to_whom_and_why(listener: socket.socket, tmp_path: Path) -> None:
    path = tmp_path / "connections.jsonl"
    gate = OfflineLock(path)
    try:
        host, port = listener.getsockname()
        with connecting_for(ConnectionPurpose.LISTING):
            socket.create_connection(("localhost", port), 1).close()
        gate.set_locked(True)
        with pytest.raises(RefusedByLock):
            socket.create_connection((host, port), 1)
    finally:
        gate.close()
    again = OfflineLock(path)
    again.close()
    assert again.records() == gate.records()
    looked_up, connected, *_ = gate.records()
    assert (looked_up.host, looked_up.port) == ("localhost", 0)
    assert (connected.host, connected.port) == ("localhost", port)
    assert connected.purpose is ConnectionPurpose.LISTING
    assert gate.records()[-1].outcome is ConnectionOutcome.REFUSED
    assert gate.records()[-1].purpose is ConnectionPurpose.UNKNOWN


def test_a_list_with_torn_lines_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "connections.jsonl"
    good = '{"at": 1.0, "host": "h", "port": 1, "purpose": "download", "outcome": "refused"}\n'
    path.write_text(good + '{"at": 2.0, "ho\n[]\nnull\n' + good, "utf-8")
    gate = OfflineLock(path)
    gate.close()
    assert [r.host for r in gate.records()] == ["h", "h"]


def test_a_download_appears_in_the_list_with_its_purpose(
    fake: FakeHub, lock: OfflineLock, tmp_path: Path
) -> None:
    hub = HuggingFaceHub(
        any_catalogue(), lock, TokenStore(None, "h"), endpoint=fake.endpoint, version="0"
    )
    model = fake.add_model("gpt-oss-20b-MXFP4.gguf", gguf_content(200_000))
    list(hub.download(DownloadRequest(model, tmp_path)))
    hub.list_repository(fake.repository, CancelToken())
    hub.close()
    ports = {int(e.rsplit(":", 1)[1]) for e in (fake.endpoint, fake.content_endpoint)}
    downloads = {r.port for r in lock.records() if r.purpose is ConnectionPurpose.DOWNLOAD}
    assert downloads - {0} == ports
    assert ConnectionPurpose.LISTING in {r.purpose for r in lock.records()}


def test_locking_closes_the_client_so_that_nothing_more_is_read(
    fake: FakeHub, lock: OfflineLock, tmp_path: Path
) -> None:
    hub = HuggingFaceHub(
        any_catalogue(), lock, TokenStore(None, "h"), endpoint=fake.endpoint, version="0"
    )
    fake.bytes_per_second = 2_000_000
    model = fake.add_model("gpt-oss-20b-MXFP4.gguf", gguf_content(20_000_000))
    events = hub.download(DownloadRequest(model, tmp_path))
    for event in events:
        if getattr(event, "n_done", 0) > 500_000:
            lock.set_locked(True)
    n_requests = len(fake.requests)
    with pytest.raises(HubError, match="locked offline"):
        list(hub.download(DownloadRequest(model, tmp_path)))
    assert len(fake.requests) == n_requests
    assert not list(tmp_path.rglob("*.gguf"))
    hub.close()
