"""Asking for a newer version: one request, to one address, listed, and only with leave."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.core.cancellation import CancelToken
from app.core.connection import ConnectionOutcome, ConnectionPurpose
from app.core.errors import Cancelled, HubError
from app.core.release import Release
from app.hub.offline_lock import OfflineLock
from app.hub.releases import GitHubReleases

REPOSITORY = "someone/lumbre"
PAGE = f"https://github.com/{REPOSITORY}/releases/tag/v1.2.0"
NEWEST = {
    "tag_name": "v1.2.0",
    "body": "What is new: **this**.",
    "html_url": PAGE,
    "published_at": "2026-11-21T10:00:00Z",
    "assets": [{"browser_download_url": "https://example.org/evil.exe"}],
}


@dataclass
class FakeGitHub:
    """One answer, and what was asked."""

    status: int = 200
    body: bytes = json.dumps(NEWEST).encode()
    endpoint: str = ""
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)


@contextmanager
def fake_github() -> Iterator[FakeGitHub]:
    fake = FakeGitHub()
    fake.may_answer.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.paths.append(self.path)
            fake.headers.append(dict(self.headers))
            fake.may_answer.wait(10)
            self.send_response(fake.status)
            self.send_header("Content-Length", str(len(fake.body)))
            self.end_headers()
            self.wfile.write(fake.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.may_answer.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with fake_github() as fake:
        yield fake


@pytest.fixture
def check(github: FakeGitHub, lock: OfflineLock) -> GitHubReleases:
    return GitHubReleases(lock, REPOSITORY, "1.1.0", endpoint=github.endpoint)


def test_the_newest_version_comes_with_its_notes_and_its_page(check: GitHubReleases) -> None:
    assert check.newest(CancelToken()) == Release(
        "1.2.0", "What is new: **this**.", PAGE, "2026-11-21"
    )


def test_nothing_is_asked_but_the_shown_address(
    check: GitHubReleases, github: FakeGitHub
) -> None:
    assert github.paths == []
    check.newest(CancelToken())
    assert [github.endpoint + path for path in github.paths] == [check.address]
    assert check.address.endswith(f"/repos/{REPOSITORY}/releases/latest")


def test_no_more_is_sent_than_the_version(check: GitHubReleases, github: FakeGitHub) -> None:
    check.newest(CancelToken())
    (sent,) = github.headers
    assert sent["User-Agent"] == "Lumbre/1.1.0"
    assert set(sent) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}


def test_the_question_is_in_the_list_of_connections(
    check: GitHubReleases, lock: OfflineLock
) -> None:
    check.newest(CancelToken())
    records = lock.records()
    assert {r.purpose for r in records} == {ConnectionPurpose.UPDATE_CHECK}
    assert {r.outcome for r in records} == {ConnectionOutcome.ATTEMPTED}


def test_the_offline_lock_lets_nothing_out(
    check: GitHubReleases, lock: OfflineLock, github: FakeGitHub
) -> None:
    lock.set_locked(True)
    assert check.is_locked
    with pytest.raises(HubError, match="locked offline"):
        check.newest(CancelToken())
    assert github.paths == []


def test_no_release_yet_is_no_error(check: GitHubReleases, github: FakeGitHub) -> None:
    github.status, github.body = 404, b'{"message": "Not Found"}'
    assert check.newest(CancelToken()) is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"trouble"),
        (403, b'{"message": "API rate limit exceeded"}'),
        (200, b"<html>Sign in first</html>"),
        (200, b"[]"),
        (200, b'{"tag_name": 3}'),
        (200, b'{"tag_name": "v2", "body": "' + b"x" * (1 << 20) + b'"}'),
    ],
    ids=["trouble", "limit", "portal", "list", "number", "huge"],
)
def test_an_odd_answer_is_one_sentence(
    check: GitHubReleases, github: FakeGitHub, status: int, body: bytes
) -> None:
    github.status, github.body = status, body
    with pytest.raises(HubError, match="not known whether there is a newer version"):
        check.newest(CancelToken())


def test_a_page_elsewhere_is_not_believed(check: GitHubReleases, github: FakeGitHub) -> None:
    github.body = json.dumps({**NEWEST, "html_url": "https://example.org/lumbre"}).encode()
    release = check.newest(CancelToken())
    assert release is not None
    assert release.page_url == f"https://github.com/{REPOSITORY}/releases"


def test_a_dead_server_is_one_sentence(lock: OfflineLock) -> None:
    check = GitHubReleases(lock, REPOSITORY, "1.1.0", endpoint="http://127.0.0.1:9")
    with pytest.raises(HubError, match=r"127\.0\.0\.1 gave no answer"):
        check.newest(CancelToken())


def test_cancelling_ends_the_wait(check: GitHubReleases, github: FakeGitHub) -> None:
    github.may_answer.clear()
    cancel = CancelToken()
    threading.Timer(0.1, cancel.cancel).start()
    with pytest.raises(Cancelled):
        check.newest(cancel)
