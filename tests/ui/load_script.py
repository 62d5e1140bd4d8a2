"""The script `packaging/translate.py`, which is no package (a library has that name)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

_PATH = Path(__file__).resolve().parents[2] / "packaging" / "translate.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translate", _PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


translate = _load()
