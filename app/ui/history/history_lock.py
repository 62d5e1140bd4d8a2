"""Locked or open: who asks for the key, who closes what, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import QObject

from app.core.cancellation import CancelToken
from app.core.errors import LumbreError
from app.core.vault import Conversion, OnConversion, Vault
from app.ui.chat_events import ErrorRaised
from app.workers.typed_signal import signal_of
from app.workers.vault_worker import VaultThread

T = TypeVar("T")  # what a job returns


class LockState(Enum):
    """What can be done with the history now."""

    OPEN = "open"
    LOCKING = "locking"  # its connections are being closed
    LOCKED = "locked"
    UNLOCKING = "unlocking"  # a passphrase is being tried
    CONVERTING = "converting"  # the encryption is being turned on or off

    @property
    def is_shut(self) -> bool:
        """True while nothing of the history may be seen."""
        return self in {LockState.LOCKING, LockState.LOCKED, LockState.UNLOCKING}


@dataclass(frozen=True, slots=True)
class LockChanged:
    """The history is in another state than before."""

    state: LockState


@dataclass(frozen=True, slots=True)
class HistoryThreads:
    """The threads that have the history open, as one."""

    suspend: Callable[[Callable[[], None]], None]  # close it; then call the given function
    resume: Callable[[], None]  # do what was asked for meanwhile


class HistoryLock(QObject):
    """Shuts the threads of the history before its key goes, and back. GUI thread only."""

    changed = signal_of(LockChanged)
    unlock_failed = signal_of(ErrorRaised)
    progressed = signal_of(Conversion)

    def __init__(
        self,
        make_vault: Callable[[], Vault],
        threads: HistoryThreads,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._make_vault = make_vault
        self._threads = threads
        self._state = LockState.OPEN
        self._thread: VaultThread | None = None

    @property
    def state(self) -> LockState:
        """What can be done with the history now."""
        return self._state

    def begin_locked(self) -> None:
        """The program starts with a locked history: what needs it waits."""
        self._threads.suspend(_nothing)
        self._set_state(LockState.LOCKED)

    def lock(self) -> None:
        """Close everything, then forget the key; what is asked for later waits."""
        if self._state is not LockState.OPEN:
            return
        self._set_state(LockState.LOCKING)
        self._threads.suspend(self._on_suspended)

    def unlock(self, secret: str) -> None:
        """Try the passphrase or the recovery key; ends with `changed` or `unlock_failed`."""
        if self._state is not LockState.LOCKED:
            return
        self._set_state(LockState.UNLOCKING)

        def work(vault: Vault) -> None:
            vault.unlock(secret)
            vault.tidy()

        self._vault().submit(work, self._on_unlocked, self._on_unlock_failed)

    def ask(
        self,
        work: Callable[[Vault], T],
        on_done: Callable[[T], None],
        on_failed: Callable[[LumbreError], None],
    ) -> None:
        """Do something with the passphrase that leaves the history as it is."""
        self._vault().submit(work, on_done, on_failed)

    def convert(
        self,
        work: Callable[[Vault, CancelToken, OnConversion], T],
        on_done: Callable[[T], None],
        on_failed: Callable[[LumbreError], None],
    ) -> CancelToken:
        """Turn the encryption on or off while nothing has the history open.

        Returns:
            What cancels it, as long as `progressed` says that it can be.
        """
        cancel = CancelToken()

        def done(result: T) -> None:
            self._reopen()
            on_done(result)

        def failed(error: LumbreError) -> None:
            self._reopen()
            on_failed(error)

        def begin() -> None:
            token = self._vault().convert(work, done, failed)
            cancel.on_cancel(token.cancel)

        self._set_state(LockState.CONVERTING)
        self._threads.suspend(begin)
        return cancel

    def stop(self) -> None:
        """The window closes: cancel what runs, join the thread."""
        if self._thread is not None:
            self._thread.stop()
            self._thread = None
        if self._state is LockState.CONVERTING:
            self._reopen()

    def _vault(self) -> VaultThread:
        if self._thread is None:
            self._thread = VaultThread(self._make_vault, self)
            self._thread.progressed.connect(self.progressed.emit)
            self._thread.start()
        return self._thread

    def _on_suspended(self) -> None:
        if self._state is LockState.LOCKING:
            self._vault().submit(lambda vault: vault.lock(), self._on_locked)

    def _on_locked(self, _: None) -> None:
        self._set_state(LockState.LOCKED)

    def _on_unlocked(self, _: None) -> None:
        self._reopen()

    def _on_unlock_failed(self, error: LumbreError) -> None:
        self._set_state(LockState.LOCKED)
        self.unlock_failed.emit(ErrorRaised(error))

    def _reopen(self) -> None:
        self._threads.resume()
        self._set_state(LockState.OPEN)

    def _set_state(self, state: LockState) -> None:
        if state is not self._state:
            self._state = state
            self.changed.emit(LockChanged(state))


def _nothing() -> None:
    """Nobody waits."""
