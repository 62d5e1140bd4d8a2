"""The program needs none of the modules that a bundle is made without."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import bundle_contents

ROOT = Path(__file__).resolve().parents[2]
# What is imported inside functions, when it is first needed.
LATE = (
    "huggingface_hub.hf_api",
    "httpx2",
    "truststore",
    "keyring.backends.fail",
    "pypdfium2",
    "tiktoken",
    "sqlcipher3",
    "sqlite_utils",
    "ziamath",
    "pygments.lexers",
)
PROGRAM = """
import importlib, pkgutil, sys
for name in {excluded!r}:
    sys.modules[name] = None
import app
for module in pkgutil.walk_packages(app.__path__, "app."):
    importlib.import_module(module.name)
for name in {late!r}:
    importlib.import_module(name)
from app.engine.bindings import bindings
bindings()
"""


def test_everything_is_imported_without_what_is_left_out() -> None:
    program = PROGRAM.format(excluded=bundle_contents.EXCLUDED_MODULES, late=LATE)
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-2000:]


def imported(path: Path) -> Iterator[str]:
    """What a module imports, also inside its functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_nothing_that_is_left_out_is_imported_later_either() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "app").rglob("*.py")
        for name in imported(path)
        for left_out in bundle_contents.EXCLUDED_MODULES
        if name == left_out or name.startswith(f"{left_out}.")
    }
    # Types alone: sqlcipher3 has the interface of sqlite3 and no type hints.
    assert {line for line in found if "sqlite3" not in line} == set()
