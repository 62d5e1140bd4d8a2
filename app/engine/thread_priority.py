"""Lowering the priority of the thread that computes, so that the window stays smooth."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading

logger = logging.getLogger(__name__)

# A third of the share of a normal thread where both want the same core: the window always
# gets its turn at once, yet a busy computer does not starve the answer.
_NICE = 5
_BELOW_NORMAL = -1  # THREAD_PRIORITY_BELOW_NORMAL
# One below the window's QOS_CLASS_USER_INTERACTIVE; lower classes may leave the fast cores.
_USER_INITIATED = 0x19


def lower_own_priority() -> None:
    """Lower the calling thread's priority; threads it starts on Linux inherit that.

    A system that refuses is no reason to refuse the work: it is logged.
    """
    try:
        if sys.platform == "win32":
            kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            kernel.GetCurrentThread.restype = ctypes.c_void_p
            kernel.SetThreadPriority.argtypes = [ctypes.c_void_p, ctypes.c_int]
            if not kernel.SetThreadPriority(kernel.GetCurrentThread(), _BELOW_NORMAL):
                raise ctypes.WinError(ctypes.get_last_error())
        elif sys.platform == "darwin":
            ctypes.CDLL(None).pthread_set_qos_class_self_np(_USER_INITIATED, 0)
        else:
            thread = threading.get_native_id()  # Linux keeps the value per thread
            if os.getpriority(os.PRIO_PROCESS, thread) < _NICE:
                os.setpriority(os.PRIO_PROCESS, thread, _NICE)
    except (OSError, AttributeError) as error:
        logger.warning("priority of the engine thread not lowered: %s", error)
