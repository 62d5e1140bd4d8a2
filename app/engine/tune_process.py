"""Starting the measuring process and talking with it: the parent's side of `tune_child`."""

from __future__ import annotations

import queue
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic

from app.core.cancellation import CancelToken
from app.core.child_output import ChildOutput
from app.core.errors import Cancelled, ModelLoadError
from app.core.generation import EngineSettings
from app.core.own_process import CREATE_NO_WINDOW, own_command, own_environment
from app.engine.trial import default_timeout_s
from app.engine.trial_result import crashed, timed_out
from app.engine.tune_messages import TuneAction, TuneCommand, TuneReply

_POLL_S = 0.05
_END_S = 2.0  # for leaving by itself; then it is ended


class TuneProcess:
    """A model in a process of its own; satisfies `tune_search.Bench`."""

    def __init__(self, path: Path, size_bytes: int, cancel: CancelToken) -> None:
        """`size_bytes` of the model: how long loading may take."""
        self._path = path
        self._cancel = cancel
        self._timeout_s = default_timeout_s(size_bytes)
        self._lines: queue.Queue[str] = queue.Queue()
        self._begun = b""  # a line whose end has not come yet
        self._process = subprocess.Popen(
            own_command("--probe", "app.engine.probe", ["--tune", str(path)]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=own_environment() | {"GGML_NO_BACKTRACE": "1"},
            creationflags=CREATE_NO_WINDOW if sys.platform == "win32" else 0,
        )
        self._output = ChildOutput(self._process, self._process.stdout, self._take)

    def open(self, settings: EngineSettings) -> TuneReply:
        """Load with these settings.

        Raises:
            ModelLoadError: it does not load like this, or the process died of it.
            Cancelled: the token was set.
        """
        return self._ask(TuneCommand(TuneAction.OPEN, settings))

    def prefill_tps(self, n_tokens: int, n_threads: int = 0, n_before: int = 0) -> float:
        """Read a prompt; tokens per second. Raises as `open`."""
        return self._measure(TuneAction.PREFILL, n_tokens, n_threads, n_before)

    def decode_tps(self, n_tokens: int, n_threads: int = 0, n_before: int = 0) -> float:
        """Write tokens one by one, tokens per second. Raises as `open`."""
        return self._measure(TuneAction.DECODE, n_tokens, n_threads, n_before)

    def _measure(
        self, action: TuneAction, n_tokens: int, n_threads: int, n_before: int
    ) -> float:
        command = TuneCommand(action, n_threads=n_threads, n_tokens=n_tokens, n_before=n_before)
        return self._ask(command).tps

    def close(self) -> None:
        """End the process and what reads its output."""
        process = self._process
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
        if not self._cancel.is_cancelled:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_END_S)
        if process.poll() is None:
            process.kill()
        self._output.wait()

    def _ask(self, command: TuneCommand) -> TuneReply:
        pipe = self._process.stdin
        with suppress(OSError):  # it has ended: the answer says how
            if pipe is not None:
                pipe.write(command.to_json().encode() + b"\n")
                pipe.flush()
        line = self._next_line()
        try:
            reply = TuneReply.from_json(line) if line is not None else None
        except ValueError:
            reply = None
        if reply is None:
            self._process.kill()
            raise crashed(self._path, self._process.wait(), "").error()
        if not reply.is_ok:
            raise ModelLoadError(reply.template, **reply.values)
        return reply

    def _next_line(self) -> str | None:
        """The next line; None when the process has ended without one."""
        deadline = monotonic() + self._timeout_s
        while True:
            if self._cancel.is_cancelled:
                raise Cancelled
            has_ended = self._process.poll() is not None
            if has_ended:
                self._output.wait()
            with suppress(queue.Empty):
                return self._lines.get(timeout=0 if has_ended else _POLL_S)
            if has_ended:
                return None
            if monotonic() > deadline:
                raise timed_out(self._path, self._timeout_s).error()

    def _take(self, piece: bytes) -> None:
        *lines, self._begun = (self._begun + piece).split(b"\n")
        for line in lines:
            self._lines.put(line.decode("utf-8", "replace"))
