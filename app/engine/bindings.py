"""How llama.cpp comes into this process: its low-level ctypes module and nothing else of it.

`import llama_cpp` would also import numpy, jinja2 and a web of chat handlers (tens of MB) that
nothing here uses. So the package is entered into `sys.modules` as a bare one with the right
path, and only its module `llama_cpp.llama_cpp` is executed.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import logging
import os
import sys
import threading
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from app.core.errors import QT_TRANSLATE_NOOP, UserError

logger = logging.getLogger(__name__)

TESTED_VERSION = "0.3.36"  # of llama-cpp-python; other ones have other struct layouts
_PACKAGE = "llama_cpp"
_lock = threading.Lock()

# Defaults that llama.cpp writes into its own structs. Each is read through the layout that
# the Python module declares, so a native library of another version shows here, not as a
# crash later. Chosen at the start, in the middle and at the end of the structs.
_CONTEXT_DEFAULTS = {
    "n_ctx": 512,
    "n_batch": 2048,
    "n_ubatch": 512,
    "n_seq_max": 1,
    "flash_attn_type": -1,
    "defrag_thold": -1.0,
    "type_k": 1,
    "type_v": 1,
    "offload_kqv": True,
    "swa_full": True,
    "kv_unified": False,
    "n_samplers": 0,
    "ctx_other": None,
}
_MODEL_DEFAULTS = {
    "devices": None,
    "tensor_buft_overrides": None,
    "n_gpu_layers": -1,
    "split_mode": 1,
    "main_gpu": 0,
    "progress_callback_user_data": None,
    "vocab_only": False,
    "use_extra_bufts": True,
    "no_alloc": False,
}


def bindings() -> Any:
    """`llama_cpp.llama_cpp`, loaded at the first call with the native library; any thread.

    Raises:
        UserError: the package or its native library is missing or of another version.
    """
    with _lock:
        return _load()


@cache
def _load() -> Any:
    # Must be set before the library: with it an abort does not start gdb, which freezes the
    # process for half a minute.
    os.environ.setdefault("GGML_NO_BACKTRACE", "1")
    module = _import_low_level()
    _check_version()
    _check_layout(module)
    return module


def _import_low_level() -> Any:
    name = f"{_PACKAGE}.{_PACKAGE}"
    if name in sys.modules:
        return sys.modules[name]
    try:
        if _PACKAGE not in sys.modules:
            spec = importlib.util.find_spec(_PACKAGE)
            if spec is None or spec.submodule_search_locations is None:
                raise ModuleNotFoundError(_PACKAGE)
            package = ModuleType(_PACKAGE)
            package.__path__ = list(spec.submodule_search_locations)
            package.__spec__ = spec
            sys.modules[_PACKAGE] = package
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        sys.modules.pop(_PACKAGE, None)
        raise UserError(
            QT_TRANSLATE_NOOP(
                "errors",
                "The package llama-cpp-python is missing, so no model can be loaded. Your "
                "conversations are safe. Install Lumbre again.",
            )
        ) from error
    except (OSError, RuntimeError, AttributeError) as error:
        sys.modules.pop(_PACKAGE, None)
        raise UserError(
            QT_TRANSLATE_NOOP(
                "errors",
                "llama.cpp could not be started ({reason}), so no model can be loaded. Your "
                "conversations are safe. Install Lumbre again.",
            ),
            reason=str(error),
        ) from error


def _check_version() -> None:
    try:
        version = metadata.version("llama-cpp-python")
    except metadata.PackageNotFoundError:  # a bundle without metadata: the layout tells
        return
    if version != TESTED_VERSION:
        raise _wrong_version(version)


def _check_layout(module: Any) -> None:
    for struct, expected in (
        (module.llama_context_default_params(), _CONTEXT_DEFAULTS),
        (module.llama_model_default_params(), _MODEL_DEFAULTS),
    ):
        for field, value in expected.items():
            if getattr(struct, field) != value:
                logger.error("%s.%s is not %r", type(struct).__name__, field, value)
                raise _wrong_version("?")


def _wrong_version(version: str) -> UserError:
    return UserError(
        QT_TRANSLATE_NOOP(
            "errors",
            "llama.cpp has another version ({found}) than this program needs ({needed}), so no "
            "model can be loaded. Your conversations are safe. Install Lumbre again.",
        ),
        found=version,
        needed=TESTED_VERSION,
    )


def library_dir() -> Path:
    """Folder of the native libraries: LLAMA_CPP_LIB_PATH, or the package's own.

    Raises:
        UserError: as `bindings`.
    """
    return Path(bindings()._base_path)


@cache
def ggml() -> ctypes.CDLL:
    """Handle that finds the functions of libggml (registry of devices and backends)."""
    return _handle("ggml.dll")


@cache
def ggml_base() -> ctypes.CDLL:
    """Handle that finds the functions of libggml-base (devices, buffers, abort)."""
    return _handle("ggml-base.dll")


def _handle(windows_name: str) -> ctypes.CDLL:
    # Elsewhere a lookup in libllama also searches what it depends on. Opening the file again
    # by its path could load a second copy with an empty registry of its own.
    if sys.platform == "win32":
        return ctypes.CDLL(str(library_dir() / windows_name))
    library: ctypes.CDLL = bindings()._lib
    return library
