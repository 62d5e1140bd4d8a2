"""Unlocking and converting the history in a thread of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from app.core.cancellation import CancelToken
from app.core.errors import LumbreError
from app.core.vault import Conversion, OnConversion, Vault
from app.workers.cancellable_work import BAR_STEP, CancellableWorkThread, RequestedWork
from app.workers.typed_signal import signal_of

T = TypeVar("T")  # what a conversion returns


class VaultThread(CancellableWorkThread[Vault]):
    """`Vault` as the GUI thread sees it: deriving a key takes some tenths of a second.

    `stop` cancels what runs and waits.
    """

    progressed = signal_of(Conversion)

    def __init__(self, make_vault: Callable[[], Vault], parent: QObject | None = None) -> None:
        super().__init__("vault", make_vault, parent)

    def convert(
        self,
        work: Callable[[Vault, CancelToken, OnConversion], T],
        on_done: Callable[[T], None],
        on_failed: Callable[[LumbreError], None],
    ) -> CancelToken:
        """Run `work`, which turns the encryption on or off; one of the two is called, here.

        Returns:
            What cancels it, as long as that is possible.
        """

        def operation(vault: Vault, requested: RequestedWork) -> T:
            return work(vault, requested.cancel, self._reporter())

        return self._request(operation, on_done, on_failed).cancel

    def _reporter(self) -> OnConversion:
        """Called in the vault's thread; the receivers' slots run in theirs."""
        sent = Conversion(-1.0, can_cancel=True)

        def report(state: Conversion) -> None:
            nonlocal sent
            has_moved = state.fraction - sent.fraction >= BAR_STEP or state.fraction >= 1.0
            if has_moved or state.can_cancel != sent.can_cancel:
                sent = state
                self.progressed.emit(state)

        return report
