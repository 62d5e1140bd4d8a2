"""One window per data folder: a second start raises the first one's.

A model file that the second start was given, by a double click in a file manager, goes along.
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
    if model is not None:
        socket.write(os.fsencode(model))
        socket.waitForBytesWritten(TIMEOUT_MS)
    socket.disconnectFromServer()  # the end of the message
    if socket.state() != QLocalSocket.LocalSocketState.UnconnectedState:
        socket.waitForDisconnected(TIMEOUT_MS)
    return True


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
    """What one later start says, until it hangs up."""

    ended = signal_of(RaiseRequested)

    def __init__(self, socket: QLocalSocket, parent: QObject) -> None:
        super().__init__(parent)
        self._socket = socket
        socket.setReadBufferSize(MAX_MESSAGE_BYTES)
        socket.disconnected.connect(self._on_disconnected)

    def begin(self) -> None:
        """It may have hung up already."""
        if self._socket.state() == QLocalSocket.LocalSocketState.UnconnectedState:
            self._on_disconnected()

    @Slot()
    def _on_disconnected(self) -> None:
        said = bytes(self._socket.readAll().data())
        self.ended.emit(RaiseRequested(Path(os.fsdecode(said)) if said else None))
        self._socket.deleteLater()
        self.deleteLater()
