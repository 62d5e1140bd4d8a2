"""The house rules that a linter cannot see."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "app").rglob("*.py"))
MAX_LINES = 400
MAX_FUNCTION_LINES = 40
LOWER_LAYERS = ("core", "engine", "storage", "hub", "documents")
FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "helper", "misc", "tools"}

IMPORT_WITHOUT_QT = """
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6"}:
            raise ImportError(name + " is not for the lower layers")

sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""

COUNT_NONE = """
import sys
from PySide6.QtCore import QObject

thing = QObject()
before = sys.getrefcount(None)
for _ in range(20_000):
    thing.setObjectName("x")
print(abs(sys.getrefcount(None) - before))
"""


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def in_layers(*layers: str) -> list[Path]:
    return [path for path in MODULES if path.relative_to(ROOT).parts[1] in layers]


def imported_names(path: Path) -> set[str]:
    """All a module imports, also inside functions: `PySide6.QtCore.QObject` and its module."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("layer", LOWER_LAYERS)
def test_lower_layers_import_where_qt_cannot_be_imported(layer: str) -> None:
    names = [module_name(path) for path in in_layers(layer)]
    result = run_python(IMPORT_WITHOUT_QT, *names)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("path", in_layers("workers"), ids=module_name)
def test_workers_use_no_widgets(path: Path) -> None:
    qt = {name for name in imported_names(path) if name.startswith("PySide6.")}
    assert {name for name in qt if name.split(".")[1] != "QtCore"} == set()


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_module_stays_under_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < MAX_LINES


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_function_stays_within_40_lines_below_its_docstring(path: Path) -> None:
    long = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            body = (
                node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            )
            if node.end_lineno - body[0].lineno >= MAX_FUNCTION_LINES:
                long.append(f"{node.name}: {node.end_lineno - body[0].lineno + 1} lines")
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_module_is_named_after_a_word_of_the_field(path: Path) -> None:
    assert FORBIDDEN_NAMES.isdisjoint(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_no_widget_becomes_the_owner_of_the_screen(path: Path) -> None:
    asked = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "screen"
    ]
    assert asked == []


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal there")
def test_this_pyside6_leaves_the_reference_count_of_none_alone() -> None:
    result = run_python(COUNT_NONE)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) < 100
