"""A number of bytes as a value of a sentence."""

from __future__ import annotations

from dataclasses import dataclass

_UNITS = (("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000))


@dataclass(frozen=True, slots=True)
class ByteCount:
    """Bytes that are written as "3.2 GB" in English; the window writes them in its language.

    Decimal units, as drives and Hugging Face count.
    """

    n_bytes: int

    def __str__(self) -> str:
        for unit, size in _UNITS:
            if self.n_bytes >= size:
                return f"{self.n_bytes / size:.1f} {unit}"
        return f"{self.n_bytes} bytes"

    def __format__(self, format_spec: str) -> str:
        return format(str(self), format_spec)
