"""The few llama.cpp and ggml calls that the bindings lack or declare wrongly."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.core.machine import DeviceKind
from app.engine.bindings import bindings, ggml, ggml_base, library_dir

logger = logging.getLogger(__name__)

_CPU_FOLDER = "cpu"
_LOG_ERROR = 4  # GGML_LOG_LEVEL_ERROR
_PRIORITY_LOW = -1  # GGML_SCHED_PRIO_LOW
_M_MMAP_THRESHOLD, _LARGE_BLOCK = -3, 1 << 20  # glibc's mallopt; bytes
_MAX_THREADS = 512  # GGML_MAX_N_THREADS
_KINDS = {
    0: DeviceKind.CPU,
    1: DeviceKind.GPU,
    2: DeviceKind.INTEGRATED_GPU,
    3: DeviceKind.ACCELERATOR,
}


@cache
def c_library() -> ctypes.CDLL:
    """The C library of the process."""
    return ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)


class LastError:
    """llama.cpp's newest error line: the reason that a failed load gives."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._text = ""

    def set(self, text: str) -> None:
        """Remember a line of the log; any thread."""
        with self._lock:
            self._text = text

    def take(self) -> str:
        """The line, without llama.cpp's function name before it; forgotten afterwards."""
        with self._lock:
            text, self._text = self._text, ""
        return text.rsplit("error loading model: ", 1)[-1].strip()


last_error = LastError()


@cache
def start() -> None:
    """Once a process: logs to our logger, the CPU's backend, llama.cpp initialised.

    Raises:
        UserError: the native library is missing or of another version.
    """
    low = bindings()
    _return_large_blocks()
    low.llama_log_set(_log_callback(), None)
    for folder in _backend_folders():
        if folder.name == _CPU_FOLDER:
            _load_backends(folder)
    low.llama_backend_init()


@cache
def start_gpu_backends() -> None:
    """Once a process: load what drives graphics cards, and with it their drivers."""
    start()
    for folder in _backend_folders():
        if folder.name != _CPU_FOLDER:
            _load_backends(folder)


@cache
def _log_callback() -> Any:
    """llama.cpp's log to ours; cached, because a freed callback would be called."""

    def on_log(level: int, text: bytes | None, _: object) -> None:
        line = (text or b"").decode("utf-8", "replace").rstrip()
        if level == _LOG_ERROR and line:
            last_error.set(line)
        if line:
            logger.debug("llama.cpp: %s", line)

    return bindings().llama_log_callback(on_log)


def _backend_folders() -> list[Path]:
    """Where a build has its backends as modules: a folder each, so that a program can do
    without a graphics driver by not loading its module. Empty where they are linked in.
    """
    folder = library_dir() / "backends"
    return sorted(f for f in folder.iterdir() if f.is_dir()) if folder.is_dir() else []


def _load_backends(folder: Path) -> None:
    """Register the best module of each backend in `folder`."""
    load = ggml()["ggml_backend_load_all_from_path"]
    load.restype, load.argtypes = None, [ctypes.c_char_p]
    load(str(folder).encode("utf-8"))


@dataclass(frozen=True, slots=True)
class NativeDevice:
    """A device of ggml's registry with its handle."""

    handle: int
    name: str
    description: str
    kind: DeviceKind
    free_bytes: int
    total_bytes: int


def devices() -> tuple[NativeDevice, ...]:
    """All devices of this computer, the CPU among them; loads the drivers of the others."""
    start_gpu_backends()
    return _registered_devices()


def _registered_devices() -> tuple[NativeDevice, ...]:
    count, get = ggml()["ggml_backend_dev_count"], ggml()["ggml_backend_dev_get"]
    count.restype, count.argtypes = ctypes.c_size_t, []
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    return tuple(_describe(get(i)) for i in range(count()))


def _describe(handle: int) -> NativeDevice:
    def text(name: str) -> str:
        function = ggml_base_function(name, ctypes.c_char_p, ctypes.c_void_p)
        return (function(handle) or b"").decode("utf-8", "replace")

    kind = ggml_base_function("ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)(handle)
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    ggml_base_function("ggml_backend_dev_memory", None, *[ctypes.c_void_p] * 3)(
        handle, ctypes.addressof(free), ctypes.addressof(total)
    )
    return NativeDevice(
        handle=handle,
        name=text("ggml_backend_dev_name"),
        description=text("ggml_backend_dev_description"),
        kind=_KINDS.get(kind, DeviceKind.ACCELERATOR),
        free_bytes=free.value,
        total_bytes=total.value,
    )


class _BufferOverride(ctypes.Structure):
    """`llama_model_tensor_buft_override`, which the bindings leave out."""

    _fields_ = (("pattern", ctypes.c_char_p), ("buffer_type", ctypes.c_void_p))


def experts_on_cpu(n_layers: int) -> Any:
    """Overrides that keep the experts of the first `n_layers` layers in main memory.

    The value must live until the model is loaded; its last, empty entry ends the list.
    """
    buffer_type = ggml_base_function("ggml_backend_cpu_buffer_type", ctypes.c_void_p)()
    overrides = (_BufferOverride * (n_layers + 1))()
    for i in range(n_layers):
        pattern = rf"blk\.{i}\.ffn_(up|down|gate|gate_up)_(ch|)exps"
        overrides[i] = _BufferOverride(pattern.encode(), buffer_type)
    return overrides


def ggml_base_function(name: str, result: Any, *arguments: Any) -> Any:
    """A function of libggml-base with its types set."""
    function = ggml_base()[name]  # a new object each time: other users' types stay
    function.restype, function.argtypes = result, list(arguments)
    return function


class StopFlag:
    """Makes a running `llama_decode` stop at the next node of its graph; CPU backend only.

    llama.cpp asks a callback some thousand times a token. A Python function would take the
    interpreter's lock each time, so it is given libc's `strlen` and a string that is empty
    until somebody sets it: 0 is "go on", anything else is "stop".
    """

    __slots__ = ("_text",)

    def __init__(self) -> None:
        self._text = ctypes.create_string_buffer(2)

    def set(self) -> None:
        """Stop; any thread, any time, also after the context is gone."""
        self._text[0] = b"\x01"

    @property
    def is_set(self) -> bool:
        """True from the first `set()` on."""
        return self._text[0] != b"\x00"

    def watch(self, context: Any) -> None:
        """Let `context` obey this flag from now on; it must live as long."""
        low = bindings()
        callback = ctypes.cast(c_library().strlen, low.ggml_abort_callback)
        low.llama_set_abort_callback(context, callback, ctypes.addressof(self._text))


class _ThreadpoolParams(ctypes.Structure):
    _fields_ = (
        ("cpumask", ctypes.c_bool * _MAX_THREADS),
        ("n_threads", ctypes.c_int),
        ("prio", ctypes.c_int),
        ("poll", ctypes.c_uint32),
        ("strict_cpu", ctypes.c_bool),
        ("paused", ctypes.c_bool),
    )


class Threadpool:
    """Threads of ggml that stay alive between graphs; from `new_threadpool`."""

    def __init__(
        self, handle: int, free: Callable[[int], None], thread_ids: frozenset[int]
    ) -> None:
        self._handle = handle
        self._free_threads = free
        self._thread_ids = thread_ids
        _computing_threads.update(thread_ids)

    def attach(self, context: Any) -> None:
        """Let `context` compute with these threads; they must live as long."""
        attach = bindings()._lib["llama_attach_threadpool"]
        attach.restype, attach.argtypes = None, [ctypes.c_void_p] * 3
        attach(context, self._handle, None)  # None: the same ones for reading a prompt

    def free(self) -> None:
        """End the threads; the context must be gone. A second call does nothing."""
        if self._handle:
            self._free_threads(self._handle)
            self._handle = 0
            _computing_threads.difference_update(self._thread_ids)


def new_threadpool(n_threads: int, poll: int) -> Threadpool | None:
    """Threads of low priority; None when the CPU backend offers no pool.

    Without one llama.cpp starts and ends its threads for every graph.

    Args:
        n_threads: the calling thread is one of them.
        poll: 0..100, how long an idle thread spins before it sleeps.
    """
    new = _cpu_function("ggml_threadpool_new", ctypes.c_void_p, ctypes.c_void_p)
    free = _cpu_function("ggml_threadpool_free", None, ctypes.c_void_p)
    if new is None or free is None:
        return None
    params = _ThreadpoolParams(n_threads=n_threads, prio=_PRIORITY_LOW, poll=poll)
    before = _threads()
    handle = new(ctypes.byref(params))
    thread_ids = (_threads() - before) | {threading.get_native_id()}
    return Threadpool(handle, free, frozenset(thread_ids)) if handle else None


_computing_threads: set[int] = set()


def computing_threads() -> frozenset[int]:
    """Native ids of the threads of all pools and of those that made them; any thread.

    Linux only, elsewhere none. A thread that was started by chance while a pool was made is
    told apart by its policy: ggml gives SCHED_BATCH to threads of low priority.
    """
    found = set()
    for thread in tuple(_computing_threads):
        with contextlib.suppress(OSError):  # it has ended
            if os.sched_getscheduler(thread) == os.SCHED_BATCH:
                found.add(thread)
    return frozenset(found)


def _threads() -> set[int]:
    tasks = Path("/proc/self/task")
    return {int(task.name) for task in tasks.iterdir()} if tasks.is_dir() else set()


def _cpu_function(name: str, result: Any, *arguments: Any) -> Any:
    """A function of the CPU backend, wherever that is linked; None when it has none."""
    handle = next((d.handle for d in _registered_devices() if d.kind is DeviceKind.CPU), None)
    if handle is None:
        return None
    registry = ggml_base_function(
        "ggml_backend_dev_backend_reg", ctypes.c_void_p, ctypes.c_void_p
    )(handle)
    address = ggml_base_function(
        "ggml_backend_reg_get_proc_address", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p
    )(registry, name.encode())
    return ctypes.CFUNCTYPE(result, *arguments)(address) if address else None


def _return_large_blocks() -> None:
    """Let the allocator give large blocks back when they are freed.

    glibc raises its limit for blocks of their own to 32 MB once one was freed. From then on
    the buffers of a model lie on pages that reading the file's header has touched, and count
    as used before they are (24 MB with the practice model).
    """
    if sys.platform == "linux":
        mallopt = getattr(c_library(), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)


def release_unused_memory() -> None:
    """Give back what the allocator keeps after a load (glibc: about 20 MB)."""
    if sys.platform == "linux":
        trim = getattr(c_library(), "malloc_trim", None)
        if trim is not None:
            trim(0)
