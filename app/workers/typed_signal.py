"""Signals whose payload mypy can check: PySide6's own stubs accept anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, cast

from PySide6.QtCore import Qt, Signal

T = TypeVar("T")


class SignalOf(Protocol[T]):
    """What a signal with one payload of type T can do."""

    def connect(
        self,
        slot: Callable[[T], object],
        type: Qt.ConnectionType = Qt.ConnectionType.AutoConnection,
    ) -> object:
        """Call `slot`, a `@Slot` of a QObject, in that object's thread for each payload."""
        ...

    def disconnect(self, slot: Callable[[T], object]) -> object:
        """Undo `connect`."""
        ...

    def emit(self, payload: T) -> None:
        """Send `payload`; it must be frozen, it may cross threads."""
        ...


def signal_of(payload: type[T]) -> SignalOf[T]:
    """Declare a signal with one payload of class `payload`, in the body of a QObject class.

    The Qt signal itself carries a Python object, so that numbers are not cut to 32 bits.
    """
    del payload  # only for the type checker
    return cast("SignalOf[T]", Signal(object))
