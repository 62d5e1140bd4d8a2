"""Proxies, certificates, mirrors, unsafe redirects, and threads that wait for a server."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.cancellation import CancelToken
from app.core.download import DownloadOutcome, DownloadRequest
from app.core.errors import HubError
from app.hub.dialing import Dialer, Proxy, Target, system_proxy
from app.hub.faults import Retry, Stopped
from app.hub.http_client import AddressPolicy, HttpSession
from app.hub.model_hub import (
    DEFAULT_ENDPOINT,
    HuggingFaceHub,
    endpoint_from_environment,
)
from app.hub.offline_lock import OfflineLock
from app.hub.token_store import TokenStore
from tests.fixtures.fake_hub import FakeHub, fake_hub, gguf_content
from tests.fixtures.network_places import (
    Certificate,
    FakeProxy,
    fake_proxy,
    make_certificate,
)
from tests.hub.conftest import QUICK, any_catalogue, progress_of, run

NAME = "gpt-oss-20b-MXFP4.gguf"


@pytest.fixture
def proxy() -> Iterator[FakeProxy]:
    with fake_proxy() as found:
        yield found


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    made = make_certificate(tmp_path_factory.mktemp("certificate"))
    if made is None:
        pytest.skip("no openssl to make a certificate with")
    return made


@pytest.fixture
def secure(certificate: Certificate) -> Iterator[FakeHub]:
    with fake_hub(certificate.server_context()) as hub:
        yield hub


def a_hub(fake: FakeHub, lock: OfflineLock, **more: object) -> HuggingFaceHub:
    tokens = TokenStore(None, "127.0.0.1")
    return HuggingFaceHub(
        any_catalogue(), lock, tokens, endpoint=fake.endpoint, version="0",
        **{"settings": QUICK, **more},  # type: ignore[arg-type]
    )  # fmt: skip


def through(proxy: FakeProxy, authorization: str = "") -> Callable[[Target], Proxy]:
    return lambda _: Proxy("127.0.0.1", proxy.port, authorization)


def test_a_download_goes_through_a_tunnel_of_the_proxy(
    secure: FakeHub,
    certificate: Certificate,
    proxy: FakeProxy,
    lock: OfflineLock,
    tmp_path: Path,
) -> None:
    hub = a_hub(
        secure, lock, tls=certificate.client_context(), find_proxy=through(proxy, "Basic eDp5")
    )
    proxy.authorization = "Basic eDp5"
    model = secure.add_model(NAME, gguf_content(300_000))
    assert run(hub, DownloadRequest(model, tmp_path)).outcome is DownloadOutcome.FINISHED
    assert all(line.startswith("CONNECT 127.0.0.1:") for line in proxy.requests)
    sent = [s.headers for s in secure.requests]
    assert not any("Proxy-Authorization" in headers for headers in sent)


def test_a_plain_download_is_handed_to_the_proxy_with_its_whole_address(
    fake: FakeHub, proxy: FakeProxy, lock: OfflineLock, tmp_path: Path
) -> None:
    hub = a_hub(fake, lock, find_proxy=through(proxy))
    model = fake.add_model(NAME, gguf_content(300_000))
    assert run(hub, DownloadRequest(model, tmp_path)).outcome is DownloadOutcome.FINISHED
    assert all(line.startswith("GET http://127.0.0.1:") for line in proxy.requests)


@pytest.mark.parametrize("is_secure", [True, False])
def test_a_proxy_that_wants_a_password_is_told_in_a_sentence(
    is_secure: bool,
    fake: FakeHub,
    secure: FakeHub,
    certificate: Certificate,
    proxy: FakeProxy,
    lock: OfflineLock,
    tmp_path: Path,
) -> None:
    served = secure if is_secure else fake
    proxy.authorization = "Basic eDp5"
    hub = a_hub(served, lock, tls=certificate.client_context(), find_proxy=through(proxy))
    request = DownloadRequest(served.add_model(NAME, gguf_content(300_000)), tmp_path)
    problem = None
    for event in hub.download(request):
        if (shown := progress_of([event])) and shown[0].problem is not None:
            problem = shown[0].problem
            request.cancel.cancel()
    assert "proxy 127.0.0.1 did not let the connection through (answer 407)" in str(problem)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"https_proxy": "http://proxy.example:3128"}, Proxy("proxy.example", 3128)),
        (
            {"https_proxy": "http://me:p%40ss@proxy.example"},
            Proxy("proxy.example", 80, "Basic bWU6cEBzcw=="),
        ),
        ({"all_proxy": "proxy.example:8080"}, Proxy("proxy.example", 8080)),
        ({"https_proxy": "http://proxy.example", "no_proxy": "huggingface.co"}, None),
        ({"http_proxy": "http://proxy.example"}, None),
        ({}, None),
    ],
)
def test_the_proxy_of_the_system_is_found(
    variables: dict[str, str], expected: Proxy | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name.upper()}_PROXY", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert system_proxy(Target.of("https://huggingface.co/x")) == expected


def test_a_kind_of_proxy_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("https_proxy", "socks5://proxy.example")
    with pytest.raises(Retry) as caught:
        system_proxy(Target.of("https://huggingface.co/x"))
    assert "socks5 is not supported" in str(caught.value.error)


def test_a_download_over_tls_with_a_trusted_certificate_works(
    secure: FakeHub, certificate: Certificate, lock: OfflineLock, tmp_path: Path
) -> None:
    hub = a_hub(secure, lock, tls=certificate.client_context())
    model = secure.add_model(NAME, gguf_content(300_000))
    assert run(hub, DownloadRequest(model, tmp_path)).outcome is DownloadOutcome.FINISHED
    assert hub.list_repository(secure.repository, CancelToken()).models[0].files == model.files


def test_a_certificate_that_the_system_does_not_know_is_never_accepted(
    secure: FakeHub, lock: OfflineLock, tmp_path: Path
) -> None:
    hub = a_hub(secure, lock)  # the system's certificates
    request = DownloadRequest(secure.add_model(NAME, gguf_content(300_000)), tmp_path)
    problem = None
    for event in hub.download(request):
        if (shown := progress_of([event])) and shown[0].problem is not None:
            problem = shown[0].problem
            request.cancel.cancel()
    assert "is not trusted" in str(problem)
    assert secure.requests == []


def test_a_redirect_from_https_to_http_is_refused(
    secure: FakeHub,
    fake: FakeHub,
    certificate: Certificate,
    lock: OfflineLock,
    tmp_path: Path,
) -> None:
    model = secure.add_model(NAME, gguf_content(300_000))
    fake.add_file(NAME, gguf_content(300_000))
    secure.redirects_to = f"{fake.content_endpoint}/{NAME}"
    hub = a_hub(secure, lock, tls=certificate.client_context())
    with pytest.raises(HubError, match="unsafe way"):
        run(hub, DownloadRequest(model, tmp_path))
    assert fake.requests == []


def test_a_redirect_with_odd_signs_in_it_is_followed(
    fake: FakeHub, lock: OfflineLock, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(300_000))
    fake.redirects_to = f"{fake.content_endpoint}/{NAME}?name=ñ b\u2028"
    fake.redirects_to = fake.redirects_to.encode().decode("latin-1")  # as a header carries it
    hub = a_hub(fake, lock)
    assert run(hub, DownloadRequest(model, tmp_path)).outcome is DownloadOutcome.FINISHED


def test_a_listing_is_not_followed_from_https_to_http(
    secure: FakeHub, fake: FakeHub, certificate: Certificate, lock: OfflineLock
) -> None:
    secure.hub_status = 307
    secure.hub_headers = {"Location": f"{fake.endpoint}/api/models/{fake.repository}?blobs=1"}
    hub = a_hub(secure, lock, tls=certificate.client_context())
    with pytest.raises(HubError, match="unsafe way"):
        hub.list_repository(secure.repository, CancelToken())
    assert fake.requests == []


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "https://"])
def test_a_redirect_to_no_web_address_is_refused(
    location: str, fake: FakeHub, lock: OfflineLock, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(300_000))
    fake.redirects_to = location
    with pytest.raises(HubError, match="unsafe way"):
        run(a_hub(fake, lock), DownloadRequest(model, tmp_path))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", DEFAULT_ENDPOINT),
        ("https://mirror.example/", "https://mirror.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("mirror.example", DEFAULT_ENDPOINT),
        ("file:///x", DEFAULT_ENDPOINT),
    ],
)
def test_the_mirror_of_the_environment_is_honoured(
    value: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", value)
    assert endpoint_from_environment() == expected


def test_http_is_allowed_only_to_an_http_endpoint_and_the_token_only_to_the_endpoint() -> None:
    secure = AddressPolicy("https://huggingface.co")
    assert secure.is_allowed(Target.of("https://cdn.example/x"))
    assert not secure.is_allowed(Target.of("http://cdn.example/x"))
    assert not secure.is_allowed(Target.of("http://127.0.0.1/x"))
    assert secure.may_see_token(Target.of("https://huggingface.co/x"))
    for other in (
        "https://cdn.example/x",
        "https://huggingface.co:444/x",
        "http://huggingface.co",
    ):
        assert not secure.may_see_token(Target.of(other))
    plain = AddressPolicy("http://127.0.0.1:1")
    assert plain.is_allowed(Target.of("http://127.0.0.1:2/x"))


@pytest.fixture
def silent() -> Iterator[tuple[str, int]]:
    """A server that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_waiting_for_a_silent_server_ends_when_it_is_stopped(
    scheme: str, silent: tuple[str, int]
) -> None:
    stop = CancelToken()
    host, port = silent
    session = HttpSession(
        Dialer(60.0),
        AddressPolicy(f"{scheme}://{host}:{port}"),
        user_agent="Lumbre/0",
        stall_timeout_s=60.0,
        stop=stop,
        find_proxy=lambda _: None,
    )
    timer = threading.Timer(0.1, stop.cancel)
    timer.start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        session.get(f"{scheme}://{host}:{port}/x", {})
    assert time.monotonic() - began < 30.0  # not the minute of its own limits
    timer.join()


def test_a_server_that_is_not_there_is_tried_again_and_told(
    fake: FakeHub, lock: OfflineLock, tmp_path: Path
) -> None:
    model = fake.add_model(NAME, gguf_content(100_000))
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    hub = a_hub(replace(fake, endpoint=f"http://127.0.0.1:{port}"), lock)
    request = DownloadRequest(model, tmp_path)
    problem = None
    n_waits = 0
    for event in hub.download(request):
        if (shown := progress_of([event])) and shown[0].problem is not None:
            problem = shown[0].problem
            n_waits += 1
            if n_waits > 5:
                request.pause.cancel()
    assert "127.0.0.1 cannot be reached" in str(problem)
