"""Where the bytes of one file come from: the hub's address, its content server, what is right.

The hub answers with a redirect to a content server and with facts in its headers; both are
compared with what is expected before a byte of the body is read.
"""

from __future__ import annotations

import re
import threading
from urllib.parse import quote, urlsplit

from app.core.catalogue import RemoteFile
from app.core.errors import HubError
from app.hub.faults import (
    Retry,
    StaleAddress,
    gone,
    no_access,
    other_file,
    portal,
    proxy,
    server_error,
    too_many_requests,
)
from app.hub.http_client import HttpSession, Reply

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_HEX40 = re.compile(r"[0-9a-f]{40}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_RETRY_AFTER_MAX_S = 600.0
_STALE_MAX = 3  # a content server may refuse so often in a row before its word counts
_FULL_MAX = 3  # the whole file came so often instead of a range: it knows no ranges


def file_url(endpoint: str, file: RemoteFile) -> str:
    """The hub's address of a file at its revision."""
    return f"{endpoint}/{file.repository}/resolve/{file.revision}/{quote(file.path)}"


class FileSource:
    """Answers with the bytes of one file from a place on; from any thread."""

    def __init__(
        self, endpoint: str, file: RemoteFile, token: str | None, etag: str | None
    ) -> None:
        self.file = file
        self._endpoint = endpoint
        self._endpoint_host = urlsplit(endpoint).hostname or ""
        self._token = token
        self._lock = threading.Lock()
        self._content_url: str | None = None  # where the hub sent us
        self._etag = etag
        self._n_stale = 0
        self._n_full = 0

    @property
    def etag(self) -> str | None:
        """The content server's mark of the content, for If-Range."""
        return self._etag

    @property
    def knows_no_ranges(self) -> bool:
        """True when the server sends the whole file whatever is asked for."""
        return self._n_full >= _FULL_MAX

    def open(self, session: HttpSession, start: int, end: int) -> tuple[Reply, int]:
        """Ask for bytes `start`..`end` (both included).

        Returns:
            the answer, and the byte with which its body begins (`start`, or 0).

        Raises:
            Retry: not now.
            HubError: not without the person.
            Stopped: the session was stopped.
        """
        headers = {"Range": f"bytes={start}-{end}"}
        if self._etag is not None:
            headers["If-Range"] = self._etag
        known_url = self._content_url
        url = known_url or file_url(self._endpoint, self.file)
        try:
            reply = session.get(url, headers, self._token, self._check_facts)
            offset = self._check_status(reply, start, end, is_content=known_url is not None)
        except BaseException:
            session.close()
            raise
        with self._lock:
            self._n_stale = 0
            self._content_url = reply.url
            if offset == start:
                self._n_full = 0
            etag = reply.headers.get("ETag")
            self._etag = etag if etag and not etag.startswith("W/") else None
        return reply, offset

    def _check_facts(self, reply: Reply) -> None:
        """The hub says what it is about to send; a difference is no accident."""
        headers = reply.headers
        sha256 = str(headers.get("X-Linked-ETag", "")).strip('"').lower()
        size = str(headers.get("X-Linked-Size", ""))
        commit = str(headers.get("X-Repo-Commit", "")).lower()
        differs = (
            (_HEX64.fullmatch(sha256) is not None and sha256 != self.file.sha256)
            or (size.isdecimal() and int(size) != self.file.size_bytes)
            or (_HEX40.fullmatch(commit) is not None and commit != self.file.revision)
        )
        if differs:
            raise other_file(self.file.name, reply.host)

    def _check_status(self, reply: Reply, start: int, end: int, *, is_content: bool) -> int:
        if reply.is_web_page and reply.status in {200, 206, 511}:
            raise Retry(portal(reply.host))
        if reply.status == 206:
            self._check_range(reply, start, end)
            return start
        if reply.status == 200:
            return self._check_whole(reply, start)
        raise self._refusal(reply, is_content=is_content)

    def _check_range(self, reply: Reply, start: int, end: int) -> None:
        match = _CONTENT_RANGE.fullmatch(str(reply.headers.get("Content-Range", "")).strip())
        if match is None:
            raise self._wrong(reply)
        first, last, total = int(match[1]), int(match[2]), match[3]
        length = reply.headers.get("Content-Length")
        is_right = (
            first == start
            and first <= last <= end
            and total in {"*", str(self.file.size_bytes)}
            and (length is None or length == str(last - first + 1))
        )
        if not is_right:
            raise self._wrong(reply)

    def _check_whole(self, reply: Reply, start: int) -> int:
        length = reply.headers.get("Content-Length")
        if length is not None and length != str(self.file.size_bytes):
            raise self._wrong(reply)
        if start == 0 or self.knows_no_ranges:
            return 0
        with self._lock:
            self._n_full += 1
            self._etag = None  # it may have been the mark that no longer fits
        raise Retry(server_error(reply.host, reply.status))

    def _wrong(self, reply: Reply) -> Retry:
        return Retry(other_file(self.file.name, reply.host), is_suspicious=True)

    def _refusal(self, reply: Reply, *, is_content: bool) -> HubError | Retry:
        status, host = reply.status, reply.host
        passing = _passing_trouble(reply)
        if passing is not None:
            return passing
        was_redirected = host != self._endpoint_host or is_content
        if was_redirected and self._n_stale < _STALE_MAX:
            with self._lock:  # signed addresses end after an hour: ask the hub anew
                self._content_url = None
                self._n_stale += 1
            return StaleAddress(server_error(host, status), delay_s=0.0)
        if status in {401, 403}:
            return no_access(self.file.repository)
        if status in {404, 410}:
            return gone(self.file.name, self.file.repository)
        return Retry(server_error(host, status), is_suspicious=True)


def _passing_trouble(reply: Reply) -> Retry | None:
    """Trouble that goes away by itself; None: it is of another kind."""
    status, host = reply.status, reply.host
    if status == 429:
        return Retry(too_many_requests(host), delay_s=_retry_after_s(reply))
    if status == 407:
        return Retry(proxy(host, "answer 407"))
    if status in {408, 425} or status >= 500:
        return Retry(server_error(host, status), delay_s=_retry_after_s(reply))
    return None


def _retry_after_s(reply: Reply) -> float | None:
    text = str(reply.headers.get("Retry-After", "")).strip()
    return min(float(text), _RETRY_AFTER_MAX_S) if text.isdecimal() else None
