"""One window per data folder: a second start raises the first one's.

A model file that the second start was given, by a double click in a file manager, goes along:
the later one says the file's path (or nothing) and a NUL byte, and the first one hangs up.
"""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Slot
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.workers.typed_signal import signal_of

TIMEOUT_MS = 5000
ANSWER_TIMEOUT_MS = 15_000  # the first one may be starting, on a slow drive
_END = b"\0"
MAX_MESSAGE_BYTES = 1 << 16  # a path is shorter on every system


@dataclass(frozen=True, slots=True)
class RaiseRequested:
    """Somebody started the program again, perhaps with a model file to load."""

    model: Path | None = None


def _server_name(data_dir: Path) -> str:
    """A name of this user and folder; short, because Unix socket paths are limited."""
    user = os.getuid() if hasattr(os, "getuid") else os.getlogin()
    key = f"{user}:{data_dir.resolve()}"
    return "lumbre-" + hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def raise_first_window(data_dir: Path, model: Path | None = None) -> bool:
    """Ask the running program to show its window, and to load `model` (absolute) if given.

    Returns:
        False when it does not answer.
    """
    socket = QLocalSocket()
    socket.connectToServer(_server_name(data_dir))
    if not socket.waitForConnected(TIMEOUT_MS):
        return False
    _let_others_come_to_the_front()
    socket.write((os.fsencode(model) if model is not None else b"") + _END)
    socket.waitForBytesWritten(TIMEOUT_MS)
    if socket.state() == QLocalSocket.LocalSocketState.UnconnectedState:
        return True
    return socket.waitForDisconnected(ANSWER_TIMEOUT_MS)


def _let_others_come_to_the_front() -> None:
    """Windows lets only the program that the person has just started raise a window.

    Without this permission the first window's button would merely blink.
    """
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)  # ASFW_ANY


class SingleWindow(QObject):
    """Listens for later starts; a local (not a network) socket that only this user opens."""

    raise_requested = signal_of(RaiseRequested)

    def __init__(self, data_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_new_connection)
        name = _server_name(data_dir)
        # The caller holds the folder's lock, so a name that is taken is a dead one's.
        QLocalServer.removeServer(name)
        self._server.listen(name)

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    @Slot()
    def _on_new_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            message = _Message(socket, self)
            message.ended.connect(self._on_message_ended)
            message.begin()

    @Slot(object)
    def _on_message_ended(self, event: RaiseRequested) -> None:
        self.raise_requested.emit(event)


class OpenedFiles(QObject):
    """Files that macOS hands to the program that runs already: it starts no second one."""

    raise_requested = signal_of(RaiseRequested)

    def __init__(self, application: QCoreApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the files; let everything else pass."""
        if isinstance(event, QFileOpenEvent):
            self.raise_requested.emit(RaiseRequested(Path(event.file())))
            return True
        return super().eventFilter(watched, event)


class _Message(QObject):
    """What one later start says."""

    ended = signal_of(RaiseRequested)

    def __init__(self, socket: QLocalSocket, parent: QObject) -> None:
        super().__init__(parent)
        self._socket = socket
        self._said = b""
        self._is_ended = False
        socket.readyRead.connect(self._on_ready_read)
        socket.disconnected.connect(self._end)

    def begin(self) -> None:
        """It may have spoken, or hung up, already."""
        self._on_ready_read()
        if self._socket.state() == QLocalSocket.LocalSocketState.UnconnectedState:
            self._end()

    @Slot()
    def _on_ready_read(self) -> None:
        self._said += bytes(self._socket.readAll().data())
        if self._said.endswith(_END) or len(self._said) > MAX_MESSAGE_BYTES:
            self._end()

    @Slot()
    def _end(self) -> None:
        if self._is_ended:
            return
        self._is_ended = True
        path, end, _ = self._said.partition(_END)
        model = Path(os.fsdecode(path)) if path and end else None
        self.ended.emit(RaiseRequested(model))
        self._socket.disconnectFromServer()
        self._socket.deleteLater()
        self.deleteLater()
