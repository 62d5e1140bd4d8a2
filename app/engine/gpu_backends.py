"""Which graphics backends the installed llama.cpp has; nothing is loaded to find out."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

_NAMES = ("cuda", "vulkan", "hip", "sycl", "opencl", "musa", "metal")


def has_gpu_backend() -> bool:
    """True when this build could use a graphics device at all."""
    return bool(gpu_backends())


def gpu_backends() -> tuple[str, ...]:
    """Names of the graphics backends of this build; empty: it computes on the processor."""
    if sys.platform == "darwin":
        return ("metal",)  # linked in
    folder = _library_folder()
    if folder is None:
        return ()
    files = [file.name for file in folder.rglob("*ggml-*") if file.is_file()]
    return tuple(name for name in _NAMES if any(f"ggml-{name}" in file for file in files))


def _library_folder() -> Path | None:
    override = os.environ.get("LLAMA_CPP_LIB_PATH")
    if override:
        return Path(override)
    spec = find_spec("llama_cpp")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "lib"
