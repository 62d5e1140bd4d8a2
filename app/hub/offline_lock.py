"""The offline lock and the list of connections, by Python's audit events.

Every socket that Python code of this process makes, and every name it looks up, passes the
audit hook: our own downloads, huggingface_hub, and whatever else may be imported. Native
code is not seen by it; the program ships none that connects (Qt without its network module,
llama.cpp without curl), and `ctypes` is kept from reaching the system's own calls.
Unix-domain sockets stay open: they end on this computer (keyring, desktop).
"""

from __future__ import annotations

import contextlib
import contextvars
import errno
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.core.connection import ConnectionOutcome, ConnectionPurpose, ConnectionRecord

logger = logging.getLogger(__name__)

RECORDS_MAX = 20_000  # the newest lines are kept; some 100 bytes each
_REPEAT_S = 2.0  # the same attempt within this time is one line

_LOOK_UPS = {
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyname_ex",
    "socket.gethostbyaddr",
    "socket.getnameinfo",
}
_SENDS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"}
_NATIVE_CALLS = {
    "connect", "sendto", "sendmsg", "getaddrinfo", "gethostbyname", "WSAConnect",
    "WSASendTo", "WSAConnectByNameA", "WSAConnectByNameW", "ConnectEx", "InternetOpenA",
    "InternetOpenW", "WinHttpOpen",
}  # fmt: skip
_UNIX = getattr(socket, "AF_UNIX", None)

_purpose: contextvars.ContextVar[ConnectionPurpose] = contextvars.ContextVar(
    "connection_purpose", default=ConnectionPurpose.UNKNOWN
)
# The name that was looked up last in this thread: a connect sees only the address.
_host: contextvars.ContextVar[str] = contextvars.ContextVar("connection_host", default="")


class RefusedByLock(PermissionError):  # noqa: N818 - says what happened
    """An attempt to connect while the offline lock is on."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "the offline lock is on")


@contextlib.contextmanager
def connecting_for(purpose: ConnectionPurpose) -> Iterator[None]:
    """Say why connections are made in this block, for the list of connections."""
    before = _purpose.set(purpose)
    try:
        yield
    finally:
        _purpose.reset(before)


def connecting_to(host: str) -> None:
    """Name the host of the next connect of this thread, when another looked it up."""
    _host.set(host)


class OfflineLock:
    """Satisfies `NetworkGate` for this process.

    Every method may be called from any thread.
    """

    def __init__(self, log_path: Path | None = None, *, is_locked: bool = False) -> None:
        """`log_path`: JSON lines, one an attempt; None: kept in memory only."""
        self._lock = threading.RLock()
        self._is_locked = is_locked
        self._log = _ConnectionLog(log_path)
        self._closers: list[Callable[[], None]] = []
        self._is_closed = False
        _install(self)

    @property
    def is_locked(self) -> bool:
        """True while every attempt of this process to connect fails."""
        return self._is_locked

    def set_locked(self, is_locked: bool) -> None:
        """Lock: open connections are closed by their owners. Unlock: new ones may be made."""
        with self._lock:
            self._is_locked = is_locked
            closers = list(self._closers) if is_locked else []
        logger.info("offline lock %s", "on" if is_locked else "off")
        for close in closers:
            close()

    def on_lock(self, close_connections: Callable[[], None]) -> None:
        """Call `close_connections` each time the lock goes on; it must be quick."""
        with self._lock:
            self._closers.append(close_connections)

    def forget(self, close_connections: Callable[[], None]) -> None:
        """Undo `on_lock`."""
        with self._lock:
            if close_connections in self._closers:
                self._closers.remove(close_connections)

    def records(self) -> tuple[ConnectionRecord, ...]:
        """Every connection ever made or refused, oldest first, of earlier runs too."""
        return self._log.records()

    def close(self) -> None:
        """No longer watch or refuse; for tests and the end of the program."""
        self._is_closed = True
        _forget(self)

    def on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        """One audit event of this process.

        Raises:
            RefusedByLock: the lock is on and the event is an attempt to connect.
        """
        if self._is_closed:
            return
        attempt = _attempt(event, arguments)
        if attempt is None:
            return
        host, port, is_shown = attempt
        is_refused = self._is_locked
        if is_shown or is_refused:
            outcome = ConnectionOutcome.REFUSED if is_refused else ConnectionOutcome.ATTEMPTED
            at = round(time.time(), 3)
            record = ConnectionRecord(at, host, port, _purpose.get(), outcome)
            self._log.add(record)
        if is_refused:
            raise RefusedByLock


def _attempt(event: str, arguments: tuple[Any, ...]) -> tuple[str, int, bool] | None:
    """(host, port, belongs in the list) of an attempt to connect; None: it is none."""
    if event in _SENDS:
        return _send_attempt(event, arguments)
    if event in _LOOK_UPS:
        host, _ = _host_and_port(arguments)
        _host.set(host)
        return host, 0, True
    if event == "socket.__new__":
        # -1: made from a handle that is open already, as accept() and socketpair() do.
        return None if arguments[1] in {_UNIX, -1} else ("?", 0, False)
    if event.startswith("ctypes.dlsym") and arguments[1] in _NATIVE_CALLS:
        return str(arguments[1]), 0, True
    return None


def _send_attempt(event: str, arguments: tuple[Any, ...]) -> tuple[str, int, bool] | None:
    sock, address = arguments[0], arguments[1]
    if getattr(sock, "family", None) == _UNIX or address is None:
        return None
    host, port = _host_and_port(address)
    if event == "socket.bind":
        return host, port, False
    return _host.get() or host, port, True


def _host_and_port(address: Any) -> tuple[str, int]:
    if not isinstance(address, tuple) or not address:
        return str(address)[:100], 0
    host = address[0]
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    port = address[1] if len(address) > 1 and isinstance(address[1], int) else 0
    return name[:255], port


_gates: tuple[OfflineLock, ...] = ()  # replaced, never changed: the hook reads it unlocked
_install_lock = threading.Lock()
_is_installed = False


def _install(gate: OfflineLock) -> None:
    """Watch with `gate`; the hook itself is added once a process and cannot be removed."""
    global _gates, _is_installed  # noqa: PLW0603 - a process has one audit hook
    with _install_lock:
        _gates = (*_gates, gate)
        if not _is_installed:
            sys.addaudithook(_hook)
            _is_installed = True


def _forget(gate: OfflineLock) -> None:
    global _gates  # noqa: PLW0603 - see `_install`
    with _install_lock:
        _gates = tuple(g for g in _gates if g is not gate)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    # Called for every import, open and so on: the first test must be the cheapest.
    if event.startswith(("socket.", "ctypes.dlsym")):
        for gate in _gates:
            gate.on_event(event, arguments)


class _ConnectionLog:
    """The list on disk; a line that cannot be written is kept in memory."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._records = self._read()

    def records(self) -> tuple[ConnectionRecord, ...]:
        with self._lock:
            return tuple(self._records)

    def add(self, record: ConnectionRecord) -> None:
        with self._lock:
            if any(_is_repeat(record, earlier) for earlier in self._records[-8:]):
                return
            self._records.append(record)
            if self._path is None:
                return
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with open(self._path, "a", encoding="utf-8") as file:
                    file.write(_line(record))
            except OSError as error:
                logger.warning("the list of connections cannot be written: %s", error)

    def _read(self) -> list[ConnectionRecord]:
        if self._path is None:
            return []
        try:
            lines = self._path.read_text("utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            logger.warning("the list of connections cannot be read: %s", error)
            return []
        records = [r for r in map(_parse, lines) if r is not None]
        if len(records) > RECORDS_MAX:
            records = records[-RECORDS_MAX:]
            with contextlib.suppress(OSError):
                self._path.write_text("".join(map(_line, records)), "utf-8")
        return records


def _is_repeat(record: ConnectionRecord, earlier: ConnectionRecord) -> bool:
    return (
        0 <= record.at - earlier.at < _REPEAT_S
        and (record.host, record.port, record.purpose, record.outcome)
        == (earlier.host, earlier.port, earlier.purpose, earlier.outcome)
    )  # fmt: skip


def _line(record: ConnectionRecord) -> str:
    values = {
        "at": record.at,
        "host": record.host,
        "port": record.port,
        "purpose": record.purpose.value,
        "outcome": record.outcome.value,
    }
    return json.dumps(values) + "\n"


def _parse(line: str) -> ConnectionRecord | None:
    try:
        raw = json.loads(line)
        return ConnectionRecord(
            at=float(raw["at"]),
            host=str(raw["host"]),
            port=int(raw["port"]),
            purpose=ConnectionPurpose(raw["purpose"]),
            outcome=ConnectionOutcome(raw["outcome"]),
        )
    except (ValueError, KeyError, TypeError):
        return None  # torn by a crash, or of a newer version
