"""Starting trial loads: the parent's side of `app.engine.probe`.

A trial survives whatever the model, llama.cpp or a driver does to its process: a crash, a
hang, the system's memory killer. It is ended when this process ends.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import monotonic
from typing import IO

import psutil

from app.core.cancellation import CancelToken
from app.core.child_output import ChildOutput
from app.core.errors import Cancelled
from app.core.generation import EngineSettings
from app.core.machine import Device, DeviceKind
from app.core.own_process import CREATE_NO_WINDOW, own_command, own_environment
from app.engine.trial_result import ANY_TEXT, ProbeResult, TrialText, crashed, timed_out

logger = logging.getLogger(__name__)

_POLL_S = 0.1
_DEVICES_TIMEOUT_S = 20.0  # a driver that needs longer to be asked is broken
_SLOW_DRIVE = 40e6  # bytes a second; what a trial may take for reading the file
_BASE_TIMEOUT_S = 120.0
_DETAIL_LINES = 20
_KEPT_BYTES = 1 << 16

# "<|start|>user<|message|>Count from one to twenty in words.<|end|>", many times over so that
# the kernels for long texts are tried too, then "<|start|>assistant<|channel|>final<|message|>
# one, two, three," in o200k_harmony: what follows is certain.
_SELF_TEST_TURN = (200006, 1428, 200008, 3417, 591, 1001, 316, 25565, 306, 6391, 13, 200007)
_SELF_TEST_ANSWER = (200006, 173781, 200005, 17196, 200008, 690, 11, 1920, 11, 3407, 11)
SELF_TEST_PROMPT = (*_SELF_TEST_TURN * 17, *_SELF_TEST_ANSWER)
_SELF_TEST_TOKENS = 12
_SELF_TEST_WRONG_MAX = 2  # near ties may fall either way; a broken device gets all wrong


def default_timeout_s(size_bytes: int) -> float:
    """How long a trial of a model of this size may take, also from a slow drive."""
    return _BASE_TIMEOUT_S + size_bytes / _SLOW_DRIVE


def trial_load(
    path: Path,
    settings: EngineSettings,
    *,
    cancel: CancelToken,
    timeout_s: float,
    text: TrialText = ANY_TEXT,
    on_memory: Callable[[int], None] = lambda _: None,
) -> ProbeResult:
    """Load a model in a process of its own and let it answer. Blocks.

    Args:
        path: the model.
        settings: how it will be loaded.
        cancel: ends the trial within `_POLL_S`.
        timeout_s: ends it too.
        text: what it reads and says.
        on_memory: told now and then how many bytes the trial holds: its progress.

    Raises:
        Cancelled: `cancel` was set.
    """
    arguments = [str(path), "--settings", json.dumps(asdict(settings))]
    arguments += ["--tokens", str(text.n_tokens)]
    arguments += ["--prompt", ",".join(map(str, text.prompt))]
    arguments += ["--forced", ",".join(map(str, text.forced))]
    started = monotonic()
    ended = _run(arguments, cancel, timeout_s, on_memory)
    result = timed_out(path, timeout_s) if ended.is_timed_out else _read(path, ended)
    logger.info(
        "trial load of %s: %s in %.1f s %s",
        path.name,
        result.outcome.value,
        monotonic() - started,
        ended.errors[-400:],
    )
    return result


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Whether a device computes what the processor computes."""

    is_right: bool
    on_cpu: ProbeResult
    on_device: ProbeResult | None  # None: not even the processor could


def self_test_device(
    path: Path,
    device: str,
    settings: EngineSettings,
    *,
    cancel: CancelToken,
    timeout_s: float,
    on_memory: Callable[[int], None] = lambda _: None,
    on_cpu: ProbeResult | None = None,
) -> SelfTest:
    """Compare a greedy answer of a device with the CPU's, each in a process of its own.

    The device is fed the CPU's tokens, so that one near tie does not make all that follows
    differ.

    Args:
        path: the model to compare with; a small one is enough.
        device: ggml's name.
        settings: further choices.
        cancel: as in `trial_load`.
        timeout_s: of each of the two trials.
        on_memory: as in `trial_load`, for the first of them.
        on_cpu: the CPU's answer when it is known from an earlier test of this model.

    Raises:
        Cancelled: `cancel` was set.
    """
    if on_cpu is None:
        cpu = replace(settings, n_gpu_layers=0, n_cpu_moe=None, device=None)
        text = TrialText(SELF_TEST_PROMPT, n_tokens=_SELF_TEST_TOKENS)
        on_cpu = trial_load(
            path, cpu, cancel=cancel, timeout_s=timeout_s, text=text, on_memory=on_memory
        )
    if not on_cpu.is_ok:
        return SelfTest(False, on_cpu, None)
    there = replace(settings, device=device)
    text = TrialText(SELF_TEST_PROMPT, forced=on_cpu.tokens)
    on_device = trial_load(path, there, cancel=cancel, timeout_s=timeout_s, text=text)
    is_right = on_device.is_ok and agree(on_cpu.tokens, on_device.tokens)
    logger.info("self-test of %s: %s", device, "right" if is_right else "wrong")
    return SelfTest(is_right, on_cpu, on_device)


def agree(cpu: Sequence[int], device: Sequence[int]) -> bool:
    """True when two greedy answers to the same text differ in near ties at most."""
    n_wrong = sum(a != b for a, b in zip(cpu, device, strict=False))
    return len(cpu) == len(device) > 0 and n_wrong <= _SELF_TEST_WRONG_MAX


def list_devices(cancel: CancelToken) -> tuple[Device, ...] | None:
    """What ggml enumerates, asked in a process of its own; None when a driver crashed it.

    Raises:
        Cancelled: `cancel` was set.
    """
    ended = _run(["--devices"], cancel, _DEVICES_TIMEOUT_S)
    with suppress(ValueError, KeyError, TypeError):
        if ended.return_code == 0:
            return tuple(
                Device(**{**raw, "kind": DeviceKind(raw["kind"])})
                for raw in json.loads(ended.output)
            )
    logger.warning("devices cannot be listed: %s", ended.errors[-400:])
    return None


@dataclass(frozen=True, slots=True)
class _Ended:
    return_code: int
    output: str
    errors: str  # last lines
    is_timed_out: bool = False


def _environment() -> dict[str, str]:
    return own_environment() | {"GGML_NO_BACKTRACE": "1"}


def _run(
    arguments: Sequence[str],
    cancel: CancelToken,
    timeout_s: float,
    on_memory: Callable[[int], None] = lambda _: None,
) -> _Ended:
    """Run the child to its end, or end it."""
    if cancel.is_cancelled:
        raise Cancelled
    deadline = monotonic() + timeout_s
    process = subprocess.Popen(
        own_command("--probe", "app.engine.probe", [*arguments, "--follow-stdin"]),
        stdin=subprocess.PIPE,  # kept open: its end tells the child that we are gone
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        creationflags=CREATE_NO_WINDOW if sys.platform == "win32" else 0,
    )
    output, errors = _Tail(process, process.stdout), _Tail(process, process.stderr)
    try:
        while process.poll() is None:
            if cancel.wait(_POLL_S):
                raise Cancelled
            on_memory(_resident_bytes(process.pid))
            if monotonic() > deadline:
                process.kill()
                return _Ended(process.wait(), "", errors.last_lines(), is_timed_out=True)
        return _Ended(process.returncode, output.text(), errors.last_lines())
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()


def _resident_bytes(pid: int) -> int:
    with suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0


class _Tail:
    """The last that a child writes into one of its outputs."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: IO[bytes] | None) -> None:
        self._kept = b""
        self._output = ChildOutput(process, pipe, self._keep)

    def _keep(self, piece: bytes) -> None:
        self._kept = (self._kept + piece)[-_KEPT_BYTES:]

    def text(self) -> str:
        """The last bytes of it, once the child has ended."""
        self._output.wait()
        return self._kept.decode("utf-8", "replace")

    def last_lines(self) -> str:
        """The last lines of it, once the child has ended."""
        return "\n".join(self.text().splitlines()[-_DETAIL_LINES:])


def _read(path: Path, ended: _Ended) -> ProbeResult:
    lines = ended.output.strip().splitlines()
    if lines and ended.return_code in (0, 1):
        with suppress(ValueError):
            return ProbeResult.from_json(lines[-1])
    return crashed(path, ended.return_code, ended.errors)
