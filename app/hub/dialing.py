"""Open a socket to a server: look up, connect, through the proxy, TLS; can be stopped.

The standard library is used because a transfer must be stoppable at once from another
thread: a look-up is left to itself, a connect is polled, everything later ends when the
socket is shut down.
"""

from __future__ import annotations

import base64
import contextvars
import os
import queue
import selectors
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from app.core.cancellation import CancelToken
from app.hub.faults import Retry, Stopped, proxy
from app.hub.offline_lock import connecting_to

_POLL_S = 0.05
_PROXY_REPLY_MAX = 16 * 1024  # bytes
_FIRST_ADDRESSES_S = 4.0  # for each address but the last: a dead IPv6 must not cost minutes


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy as the system names it."""

    host: str
    port: int
    authorization: str = ""  # value of Proxy-Authorization; empty: none


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Target:
        """Scheme, host and port of an address.

        Raises:
            ValueError: no http(s) address.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("not a web address")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(parts.scheme, parts.hostname.lower(), port)

    @property
    def is_loopback(self) -> bool:
        """True for this computer."""
        return self.host in {"localhost", "127.0.0.1", "::1"}


def system_proxy(target: Target) -> Proxy | None:
    """The proxy for `target` in the environment or the system's settings.

    Raises:
        Retry: the settings name a kind of proxy that cannot be used.
    """
    if target.is_loopback or urllib.request.proxy_bypass(target.host):
        return None
    proxies = urllib.request.getproxies()
    address = proxies.get(target.scheme) or proxies.get("all")
    if not address:
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.scheme != "http" or not parts.hostname:
        raise Retry(proxy(parts.hostname or "?", f"{parts.scheme or '?'} is not supported"))
    authorization = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
    return Proxy(parts.hostname, parts.port or 80, authorization)


@cache
def system_tls() -> ssl.SSLContext:
    """TLS with the certificates that the operating system trusts."""
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Dialer:
    """Opens sockets. Every method from any thread."""

    def __init__(self, connect_timeout_s: float, tls: ssl.SSLContext | None = None) -> None:
        self._timeout_s = connect_timeout_s
        self._tls = tls  # None: the system's

    def dial(self, target: Target, proxy_: Proxy | None, stop: CancelToken) -> socket.socket:
        """A socket on which a request to `target` can be written.

        Raises:
            OSError: no connection (also `ssl.SSLError`, `TimeoutError`).
            Retry: the proxy refused.
            Stopped: `stop` was set.
        """
        host, port = (proxy_.host, proxy_.port) if proxy_ else (target.host, target.port)
        sock = self._connect(host, port, stop)
        try:
            sock.settimeout(self._timeout_s)
            if proxy_ and target.scheme == "https":
                with _shut_down_on(stop, sock):
                    _open_tunnel(sock, target, proxy_)
            if target.scheme == "https":
                tls = self._tls or system_tls()
                # The handshake comes after: wrapping makes another socket of the handle,
                # and that one must be known to whoever stops it.
                sock = tls.wrap_socket(
                    sock, server_hostname=target.host, do_handshake_on_connect=False
                )
                with _shut_down_on(stop, sock):
                    sock.do_handshake()
        except BaseException as error:
            sock.close()
            if stop.is_cancelled:
                raise Stopped from error
            raise
        return sock

    def _connect(self, host: str, port: int, stop: CancelToken) -> socket.socket:
        addresses = _look_up(host, port, self._timeout_s, stop)
        connecting_to(host)
        problem: OSError = OSError(f"{host} has no address")
        for position, (family, kind, protocol, _, address) in enumerate(addresses, start=1):
            is_last = position == len(addresses)
            limit_s = self._timeout_s if is_last else min(self._timeout_s, _FIRST_ADDRESSES_S)
            sock = socket.socket(family, kind, protocol)
            try:
                _connect_to(sock, address, limit_s, stop)
                return sock
            except OSError as error:
                sock.close()
                problem = error
            except BaseException:
                sock.close()
                raise
        raise problem


@contextmanager
def _shut_down_on(stop: CancelToken, sock: socket.socket) -> Iterator[None]:
    callback = shutdown_on(stop, sock)
    try:
        yield
    finally:
        stop.forget(callback)


class _Shutdown:
    """Ends what a blocked thread waits for; harmless when the socket is closed already."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def __call__(self) -> None:
        with suppress(OSError):
            # Not SSLSocket's own: that one takes the TLS state away under the reader.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        if os.name == "nt":  # there that wakes nobody
            with suppress(OSError):
                socket.close(socket.socket.detach(self._socket))


def shutdown_on(stop: CancelToken, sock: socket.socket) -> _Shutdown:
    """Shut `sock` down when `stop` is set; `stop.forget(...)` the returned callback."""
    shut_down = _Shutdown(sock)
    stop.on_cancel(shut_down)
    return shut_down


def _look_up(host: str, port: int, timeout_s: float, stop: CancelToken) -> list[Any]:
    """`socket.getaddrinfo` that gives up: a resolver can block for a minute."""
    answers: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except Exception as error:
            answers.put(error)

    context = contextvars.copy_context()  # the purpose of the connection goes along
    threading.Thread(target=context.run, args=(ask,), name="look-up", daemon=True).start()
    deadline = time.monotonic() + timeout_s
    while not stop.is_cancelled:
        try:
            answer = answers.get(timeout=_POLL_S)
        except queue.Empty:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{host} was not found in time") from None
            continue
        if isinstance(answer, Exception):
            raise answer
        return answer
    raise Stopped


def _connect_to(sock: socket.socket, address: Any, timeout_s: float, stop: CancelToken) -> None:
    sock.setblocking(False)
    sock.connect_ex(address)  # its answer is read below, from SO_ERROR
    deadline = time.monotonic() + timeout_s
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while not selector.select(_POLL_S):
            if stop.is_cancelled:
                raise Stopped
            if time.monotonic() > deadline:
                raise TimeoutError("no answer")
    error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error:
        raise OSError(error, "no connection")
    sock.setblocking(True)


def _open_tunnel(sock: socket.socket, target: Target, proxy_: Proxy) -> None:
    host = f"[{target.host}]" if ":" in target.host else target.host
    place = f"{host}:{target.port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if proxy_.authorization:
        lines.append(f"Proxy-Authorization: {proxy_.authorization}")
    sock.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    reply = b""
    while b"\r\n\r\n" not in reply:
        byte = sock.recv(1)  # no more: what follows belongs to TLS
        if not byte or len(reply) > _PROXY_REPLY_MAX:
            raise Retry(proxy(proxy_.host, "no answer"))
        reply += byte
    words = reply.split(b"\r\n", 1)[0].split(b" ", 2)
    if len(words) < 2 or words[1] != b"200":
        status = words[1].decode("ascii", "replace") if len(words) > 1 else "?"
        raise Retry(proxy(proxy_.host, f"answer {status}"))
