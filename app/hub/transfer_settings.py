"""The numbers of a transfer: time limits, sizes, how often it is tried again."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class TransferSettings:
    """Defaults suit a home line; tests make the waits shorter."""

    connect_timeout_s: float = 15.0
    stall_timeout_s: float = 30.0  # nothing has come for so long: connect again
    first_retry_s: float = 0.5
    longest_retry_s: float = 60.0
    block_bytes: int = 256 * 1024  # what an interruption can cost, per connection
    span_bytes_min: int = 16 * MIB  # asked for in one request
    span_bytes_max: int = 1024 * MIB
    span_seconds: float = 20.0  # a request is as long as this takes at the present speed
    n_connections_max: int = 4
    connection_trial_s: float = 4.0  # how long a further connection has to prove itself
    connection_gain: float = 1.15  # ... by this factor
    connection_bytes_left: int = 64 * MIB  # no further one for less than this
    n_suspicious_max: int = 6  # wrong answers in a row that make it final
    sync_bytes: int = 64 * MIB  # written between two fsyncs
    spare_bytes: int = 1_000_000_000  # that stay free on the drive
    progress_every_s: float = 0.25
    stop_wait_s: float = 0.3  # for connections to end when it is paused or cancelled

    def __post_init__(self) -> None:
        if self.block_bytes < 4096:
            raise ValueError("block_bytes must be at least 4096")
        if not (self.block_bytes <= self.span_bytes_min <= self.span_bytes_max):
            raise ValueError("a span is at least a block long")
        if self.n_connections_max < 1:
            raise ValueError("there must be one connection")
        if min(self.connect_timeout_s, self.stall_timeout_s, self.first_retry_s) <= 0:
            raise ValueError("times must be positive")


DEFAULT_TRANSFER = TransferSettings()
