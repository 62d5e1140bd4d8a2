"""One window per data folder: a second start raises the first one's."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.workers.typed_signal import signal_of

TIMEOUT_MS = 5000


@dataclass(frozen=True, slots=True)
class RaiseRequested:
    """Somebody started the program again."""


def _server_name(data_dir: Path) -> str:
    """A name of this user and folder; short, because Unix socket paths are limited."""
    user = os.getuid() if hasattr(os, "getuid") else os.getlogin()
    key = f"{user}:{data_dir.resolve()}"
    return "lumbre-" + hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def raise_first_window(data_dir: Path) -> bool:
    """Ask the running program to show its window; False when it does not answer."""
    socket = QLocalSocket()
    socket.connectToServer(_server_name(data_dir))
    if not socket.waitForConnected(TIMEOUT_MS):
        return False
    socket.disconnectFromServer()  # being connected to is all that the other one needs
    return True


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
            socket.disconnected.connect(socket.deleteLater)
            self.raise_requested.emit(RaiseRequested())
            socket.disconnectFromServer()
