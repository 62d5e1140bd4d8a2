"""HTTP for downloads: one request at a time a session, connections kept, redirects checked."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

from app.core.cancellation import CancelToken
from app.hub.dialing import Dialer, Proxy, Target, shutdown_on, system_proxy
from app.hub.faults import (
    Retry,
    Stopped,
    certificate,
    insecure_redirect,
    no_connection,
    offline_locked,
    stalled,
)
from app.hub.offline_lock import RefusedByLock

_REDIRECTS = {301, 302, 303, 307, 308}
_REDIRECTS_MAX = 8
_URL_SIGNS = "%/:=&?~#+!$,;'@()*[]"  # all else in a redirect is written as %XX
_URL_LENGTH_MAX = 16 * 1024  # signed addresses have 1-2 thousand characters


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose body has not been read."""

    status: int
    headers: http.client.HTTPMessage
    url: str  # the last one, after redirects
    body: http.client.HTTPResponse

    @property
    def host(self) -> str:
        """Who answered."""
        return urlsplit(self.url).hostname or "?"

    @property
    def is_web_page(self) -> bool:
        """True for what a sign-in page of a network sends."""
        return str(self.headers.get("Content-Type", "")).lower().startswith("text/html")


class AddressPolicy:
    """Which addresses may be asked, and which may see the access token."""

    def __init__(self, endpoint: str) -> None:
        """`endpoint`: the hub's address; http is allowed only when it is written there."""
        self._endpoint = Target.of(endpoint)

    def is_allowed(self, target: Target) -> bool:
        """True for https; http only when the person set an http endpoint."""
        return target.scheme == "https" or self._endpoint.scheme == "http"

    def may_see_token(self, target: Target) -> bool:
        """The very host and port that the token is for."""
        return target == self._endpoint


@dataclass(slots=True)
class _Line:
    """A connection that is open."""

    target: Target
    connection: http.client.HTTPConnection
    has_been_used: bool = field(default=False)


class HttpSession:
    """Requests of one thread, one after the other; the last connection is kept open."""

    def __init__(
        self,
        dialer: Dialer,
        policy: AddressPolicy,
        *,
        user_agent: str,
        stall_timeout_s: float,
        stop: CancelToken,
        find_proxy: Callable[[Target], Proxy | None] = system_proxy,
    ) -> None:
        self._find_proxy = find_proxy
        self._dialer = dialer
        self._policy = policy
        self._user_agent = user_agent
        self._stall_timeout_s = stall_timeout_s
        self._stop = stop
        self._line: _Line | None = None

    def get(
        self,
        url: str,
        headers: Mapping[str, str],
        token: str | None = None,
        look_at: Callable[[Reply], None] = lambda _: None,
    ) -> Reply:
        """Ask for `url`, following redirects; the body is still to be read.

        Args:
            url: the address.
            headers: besides the usual ones.
            token: shown to the endpoint alone.
            look_at: sees each answer before a redirect is followed; may raise.

        Raises:
            Retry: no connection, no answer, an answer that is not HTTP.
            HubError: offline lock, unsafe redirect.
            Stopped: the session's token was set.
        """
        for _ in range(_REDIRECTS_MAX):
            reply = self._get_once(url, headers, token)
            look_at(reply)
            location = reply.headers.get("Location")
            if reply.status not in _REDIRECTS or not location:
                return reply
            self._discard(reply)
            url = self._next_url(url, location)
        raise insecure_redirect(Target.of(url).host)

    def _next_url(self, url: str, location: str) -> str:
        host = Target.of(url).host
        following = quote(urljoin(url, location), safe=_URL_SIGNS)
        try:
            target = Target.of(following)
        except ValueError:
            raise insecure_redirect(host) from None
        if len(following) > _URL_LENGTH_MAX or not self._policy.is_allowed(target):
            raise insecure_redirect(host)
        return following

    def _get_once(self, url: str, headers: Mapping[str, str], token: str | None) -> Reply:
        target = Target.of(url)
        try:
            proxy = self._find_proxy(target)
            sent = {
                "User-Agent": self._user_agent,
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                **headers,
            }
            if token is not None and self._policy.may_see_token(target):
                sent["Authorization"] = f"Bearer {token}"
            if proxy and proxy.authorization and target.scheme == "http":
                sent["Proxy-Authorization"] = proxy.authorization
            body = self._exchange(target, proxy, url, sent)
        except RefusedByLock as error:
            raise offline_locked() from error
        except ssl.SSLCertVerificationError as error:
            raise Retry(certificate(target.host, error.verify_message)) from error
        except TimeoutError as error:
            raise Retry(stalled(target.host, self._stall_timeout_s)) from error
        except (OSError, http.client.HTTPException) as error:
            if self._stop.is_cancelled:
                raise Stopped from error
            raise Retry(no_connection(target.host)) from error
        return Reply(body.status, body.msg, url, body)

    def _exchange(
        self, target: Target, proxy: Proxy | None, url: str, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        line = self._line_to(target, proxy)
        try:
            return self._send(line, target, proxy, url, headers)
        except (ConnectionError, http.client.BadStatusLine):
            if not line.has_been_used or self._stop.is_cancelled:
                raise
        # The server closed the kept connection while it was idle: that is no failure.
        self.close()
        return self._send(self._line_to(target, proxy), target, proxy, url, headers)

    def _send(
        self,
        line: _Line,
        target: Target,
        proxy: Proxy | None,
        url: str,
        headers: Mapping[str, str],
    ) -> http.client.HTTPResponse:
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        through_proxy = proxy is not None and target.scheme == "http"
        line.connection.request("GET", url if through_proxy else path, headers=dict(headers))
        reply = line.connection.getresponse()
        line.has_been_used = True
        return reply

    def _line_to(self, target: Target, proxy: Proxy | None) -> _Line:
        if self._line is not None and self._line.target == target:
            return self._line
        self.close()
        sock = self._dialer.dial(target, proxy, self._stop)
        sock.settimeout(self._stall_timeout_s)
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = sock
        connection.auto_open = 0  # a lost connection is dialled by us, never by itself
        self._line = _Line(target, connection)
        self._shut_down = shutdown_on(self._stop, sock)
        return self._line

    def _discard(self, reply: Reply) -> None:
        """Read a short body to its end, so that the connection can be kept."""
        with suppress(OSError, http.client.HTTPException):
            reply.body.read(64 * 1024)
        if not reply.body.isclosed():
            self.close()

    def close(self) -> None:
        """Close the connection; the session can still be used."""
        line, self._line = self._line, None
        if line is None:
            return
        self._stop.forget(self._shut_down)
        sock: socket.socket | None = line.connection.sock
        line.connection.close()
        if sock is not None:
            sock.close()
