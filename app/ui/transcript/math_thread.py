"""The one thread that typesets formulas, so that the window never waits for them."""

from __future__ import annotations

import ctypes
import logging
import queue
import sys
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from app.ui.transcript.math_images import (
    FormulaKey,
    MathImage,
    outlined,
    painted,
)
from app.ui.transcript.typesetter_import import import_typesetter
from app.workers.typed_signal import signal_of

logger = logging.getLogger(__name__)

MAX_IMAGES = 800  # kept; some 10 KB each
DEADLINE_S = 3.0  # a formula that takes longer shows its source
SWITCH_INTERVAL_S = 0.001  # lets the window's thread in while a formula is typeset


class FormulaTimeoutError(Exception):
    """Raised inside the thread when a formula takes too long."""


@dataclass(frozen=True, slots=True)
class FormulaReady:
    """A formula was typeset, or turned out to be impossible (image None)."""

    key: FormulaKey
    image: MathImage | None


class MathRenderer(QObject):
    """Images of formulas: at once when they are known, later by `formula_ready`.

    Lives in the GUI thread. The thread starts with the first formula; `close` joins it.
    """

    formula_ready = signal_of(FormulaReady)
    _typeset = signal_of(FormulaReady)  # from the thread

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images: OrderedDict[FormulaKey, MathImage | None] = OrderedDict()
        self._asked: set[FormulaKey] = set()
        self._thread: _TypesetThread | None = None
        self._is_closed = False
        self._typeset.connect(self._on_typeset, Qt.ConnectionType.QueuedConnection)
        self._watch = QTimer(self)
        self._watch.setInterval(500)
        self._watch.timeout.connect(self._on_watch)

    def image(self, key: FormulaKey) -> MathImage | None:
        """The image; None when it is not ready yet (it is then asked for) or impossible."""
        if key in self._images:
            self._images.move_to_end(key)
            return self._images[key]
        if key not in self._asked and not self._is_closed:
            self._asked.add(key)
            if self._thread is None:
                self._thread = self._started()
            self._thread.jobs.put(key)
            self._watch.start()
        return None

    @property
    def n_waiting(self) -> int:
        """Formulas that are asked for and not ready."""
        return len(self._asked)

    def close(self) -> None:
        """Stop and join the thread; later formulas show their source."""
        self._is_closed = True
        self._watch.stop()
        if self._thread is not None:
            self._thread.stop()
            self._thread = None

    def _started(self) -> _TypesetThread:
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_INTERVAL_S))
        thread = _TypesetThread(self)
        thread.start()
        return thread

    @Slot(object)
    def _on_typeset(self, ready: FormulaReady) -> None:
        self._asked.discard(ready.key)
        if not self._asked:
            self._watch.stop()
        self._images[ready.key] = ready.image
        while len(self._images) > MAX_IMAGES:
            self._images.popitem(last=False)
        self.formula_ready.emit(ready)

    @Slot()
    def _on_watch(self) -> None:
        if self._thread is not None:
            self._thread.interrupt_when_late()

    def report(self, ready: FormulaReady) -> None:
        """Called in the math thread: hand a result to the GUI thread."""
        self._typeset.emit(ready)


class _TypesetThread(threading.Thread):
    def __init__(self, owner: MathRenderer) -> None:
        super().__init__(name="math", daemon=True)
        self.jobs: queue.SimpleQueue[FormulaKey | None] = queue.SimpleQueue()
        self._owner = owner
        self._lock = threading.Lock()
        self._busy_since: float | None = None
        self._is_stopping = False

    def run(self) -> None:
        while (key := self.jobs.get()) is not None and not self._is_stopping:
            import_typesetter()
            image = self._typeset_in_time(key)
            if not self._is_stopping:
                self._owner.report(FormulaReady(key, image))

    def stop(self) -> None:
        """Join; a formula that is being typeset is interrupted."""
        self._is_stopping = True
        self.jobs.put(None)
        while self.is_alive():
            self._interrupt(older_than_s=0.0)
            self.join(0.2)

    def interrupt_when_late(self) -> None:
        """Give up on the formula that takes longer than `DEADLINE_S`."""
        self._interrupt(older_than_s=DEADLINE_S)

    def _typeset_in_time(self, key: FormulaKey) -> MathImage | None:
        # The interrupt may strike at any byte code up to the end of this function's `try`.
        # Painting comes after it: an image that goes while it is painted ends the program.
        try:
            with self._lock:
                self._busy_since = time.monotonic()
            outline = outlined(key)
            with self._lock:
                self._busy_since = None
        except FormulaTimeoutError:
            self._busy_since = None
            logger.info("a formula of %d characters took too long", len(key.tex))
            return None
        return None if outline is None else painted(outline)

    def _interrupt(self, *, older_than_s: float) -> None:
        with self._lock:
            since = self._busy_since
            if since is None or time.monotonic() - since < older_than_s or self.ident is None:
                return
            self._busy_since = time.monotonic()  # once; again when it goes on
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self.ident), ctypes.py_object(FormulaTimeoutError)
            )
