"""Windows' ITaskbarList3: a bar of progress on the window's button in the task bar.

Microsoft's documentation: shobjidl_core.h, ITaskbarList3. The interface is called through its
table of functions, so no package is needed for two calls.
"""

from __future__ import annotations

import ctypes
import logging
import sys
import uuid
from typing import Any

logger = logging.getLogger(__name__)

_CLASS = uuid.UUID("56fdf344-fd6d-11d0-958a-006097c9a090")  # CLSID_TaskbarList
_INTERFACE = uuid.UUID("ea1afb91-9e28-4b86-90e9-9e9f8a5eefaf")  # IID_ITaskbarList3
_IN_PROCESS = 1  # CLSCTX_INPROC_SERVER
# Places in the table of functions, IUnknown's three first.
_INITIALISE, _SET_VALUE, _SET_STATE = 3, 9, 10
_NO_PROGRESS, _NORMAL = 0, 2  # TBPFLAG
_STEPS = 1000

if sys.platform == "win32":

    class WindowsTaskbar:
        """One window's button. GUI thread only: Qt has set COM up there.

        Raises:
            OSError: this Windows has no task bar (a server's shell, for example).
        """

        def __init__(self, window: int) -> None:
            """Take the window's handle (HWND)."""
            self._window = ctypes.c_void_p(window)
            self._object = ctypes.c_void_p()
            class_id = (ctypes.c_ubyte * 16).from_buffer_copy(_CLASS.bytes_le)
            interface = (ctypes.c_ubyte * 16).from_buffer_copy(_INTERFACE.bytes_le)
            create = ctypes.oledll.ole32.CoCreateInstance  # raises OSError on failure
            create(class_id, None, _IN_PROCESS, interface, ctypes.byref(self._object))
            self._call(_INITIALISE)
            self._is_shown = False

        def show(self, fraction: float) -> None:
            """How far it is."""
            if not self._is_shown:
                self._is_shown = True
                self._tell(_SET_STATE, ctypes.c_int(_NORMAL))
            done = ctypes.c_ulonglong(max(1, round(fraction * _STEPS)))
            self._tell(_SET_VALUE, done, ctypes.c_ulonglong(_STEPS))

        def clear(self) -> None:
            """Take the bar away."""
            self._is_shown = False
            self._tell(_SET_STATE, ctypes.c_int(_NO_PROGRESS))

        def _tell(self, place: int, *arguments: Any) -> None:
            """Call a function of the window's button; the shell may just be starting anew."""
            try:
                self._call(place, self._window, *arguments)
            except OSError as error:
                logger.debug("the task bar does not take progress: %s", error)

        def _call(self, place: int, *arguments: Any) -> None:
            kinds = [type(argument) for argument in arguments]
            table = ctypes.cast(self._object, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p)))
            prototype = ctypes.WINFUNCTYPE(ctypes.HRESULT, ctypes.c_void_p, *kinds)
            prototype(table.contents[place])(self._object, *arguments)
