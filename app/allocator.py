"""How the C library keeps freed memory. Only glibc can be told; elsewhere nothing happens."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_BLOCK = 256 * 1024  # bytes; larger ones are given back as soon as they are freed
_TOP = 128 * 1024  # bytes that may lie unused at the end of the heap


def keep_little() -> None:
    """Let all threads share one heap; to be called before threads are started.

    Otherwise each of them has a heap of its own that is never given back, and both limits
    grow with the first image or font that is freed: together 7 MB in a long conversation.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(_M_ARENA_MAX, 1)
    mallopt(_M_MMAP_THRESHOLD, _BLOCK)
    mallopt(_M_TRIM_THRESHOLD, _TOP)
