"""When llama.cpp gives up: its thread is parked for ever, the process lives on.

ggml's assertions call an abort callback and then `abort()`; an escaped C++ exception calls
`abort()` alone. Both are caught here: the callback or the handler of SIGABRT notes the reason
and never returns. The window stays alive, what was written is saved, and only a new process
can load a model again. After SIGSEGV or SIGBUS the memory cannot be trusted, so those end the
process; everything that was said is in the database by then.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import threading
import time
from functools import cache
from typing import Any

from app.engine.bindings import ggml_base
from app.engine.native import c_library, computing_threads

logger = logging.getLogger(__name__)

_PARKED_S = 3600.0
_BARRIER_S = 2.0  # in which every thread has come to the end of its part of a graph's node
_STOP_SIGNAL = 50  # a real-time signal that nobody uses; SIGRTMIN is 34
_Callback = ctypes.CFUNCTYPE(None, ctypes.c_char_p)
_Handler = ctypes.CFUNCTYPE(None, ctypes.c_int)


class Containment:
    """Catches aborts of this process; one per process, from `contain_aborts`."""

    def __init__(self) -> None:
        self._reason: str | None = None
        # Kept, because native code calls them as long as the process lives.
        self._on_abort = _Callback(self._aborted)
        self._on_signal = _Handler(self._signalled)
        self._previous: Any = None
        set_callback = ggml_base()["ggml_set_abort_callback"]
        set_callback.restype, set_callback.argtypes = ctypes.c_void_p, [_Callback]
        set_callback(self._on_abort)
        self._signal = c_library()["signal"]
        self._signal.restype = ctypes.c_void_p
        self._signal.argtypes = [ctypes.c_int, ctypes.c_void_p]
        self._previous = self._signal(
            int(signal.SIGABRT), ctypes.cast(self._on_signal, ctypes.c_void_p)
        )

    @property
    def reason(self) -> str | None:
        """llama.cpp's words; None while all is well. Any thread."""
        return self._reason

    def _aborted(self, message: bytes | None) -> None:
        if threading.get_ident() == threading.main_thread().ident:
            return  # ggml aborts; see `_signalled`
        self._park((message or b"").decode("utf-8", "replace"))

    def _signalled(self, number: int) -> None:
        if threading.get_ident() == threading.main_thread().ident:
            # The window itself: parked, it would be frozen for ever. Whoever was there before
            # takes over, faulthandler or the system.
            self._signal(number, self._previous)
            c_library()["raise"](number)
            return
        self._park("an unexpected error in llama.cpp")

    def _park(self, reason: str) -> None:
        if self._reason is None:
            self._reason = _shortened(reason)
            logger.critical("the engine stopped for good: %s", self._reason)
            if threading.get_native_id() in computing_threads():
                time.sleep(_BARRIER_S)
                _stop_the_others()
        while True:
            time.sleep(_PARKED_S)


def _stop_the_others() -> None:
    """Let the other computing threads sleep; Linux only.

    They wait for the failed one at a barrier, and they do that by spinning: every core would
    be busy until the restart. By now all of them have come to it, so none holds a lock or
    runs Python, and a signal may stop them wherever they are. Its handler is libc's `pause`:
    Python in a handler that comes from outside can lock up the interpreter.
    """
    own, main = threading.get_native_id(), threading.main_thread().native_id
    kill = getattr(c_library(), "tgkill", None)
    if kill is None:
        return
    c_library().signal(_STOP_SIGNAL, ctypes.cast(c_library().pause, ctypes.c_void_p))
    for thread in computing_threads() - {own, main}:
        kill(os.getpid(), thread, _STOP_SIGNAL)


def _shortened(reason: str) -> str:
    """`/build/dir/ggml.c:12: GGML_ASSERT(x) failed` without the directories."""
    place, colon, rest = reason.partition(": ")
    return f"{place.replace(os.sep, '/').rsplit('/', 1)[-1]}{colon}{rest}".strip()


@cache
def contain_aborts() -> Containment:
    """Install it at the first call; the same object ever after."""
    if sys.platform == "win32":
        c_library()._set_abort_behavior(0, 3)  # neither a message box nor an error report
    return Containment()
