"""Reading what a child process writes, without waiting for the end of its pipe."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO

_GRACE_S = 2.0  # for what an ended child has written to be read


class ChildOutput:
    """Drains one output of a child in a thread of its own, so that it never waits for a reader.

    A pipe ends when the last process that has it ends, which need not be the child: whatever a
    graphics driver starts in there inherits it. Only the child is waited for.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        pipe: IO[bytes] | None,
        take: Callable[[bytes], None],
    ) -> None:
        """Start to read.

        Args:
            process: the child.
            pipe: its standard output or standard error; closed when it has ended.
            take: is given each piece, in the reading thread.
        """
        assert pipe is not None
        self._process = process
        self._pipe = pipe
        self._take = take
        # Another's program that keeps the pipe must not keep this one from ending.
        self._thread = threading.Thread(target=self._drain, name="child-output", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Return when the child has ended and everything that it wrote was taken."""
        self._process.wait()
        self._thread.join(_GRACE_S)

    def _drain(self) -> None:
        with suppress(OSError), self._pipe:
            while piece := os.read(self._pipe.fileno(), 1 << 16):
                self._take(piece)
