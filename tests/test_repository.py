"""What must hold for the files of the repository as a whole."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import module_list
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
# Hosts of package indexes, in halves so that this file does not name them either.
INDEX_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "deb.debian" + ".org",
]
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def tracked_texts() -> dict[str, str]:
    """Every tracked text file by its path; generated vocabularies and binaries left out."""
    git = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listing = subprocess.run(git, capture_output=True, text=True, check=False).stdout
    texts = {}
    for name in filter(None, listing.split("\0")):
        path = ROOT / name
        if path.suffix not in {".tiktoken", ".gguf", ".qm"} and path.is_file():
            content = path.read_bytes()
            if b"\0" not in content:
                texts[name] = content.decode("utf-8")
    return texts


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    found = tracked_texts()
    if not found:
        pytest.skip("not a git checkout")
    return found


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"])


def pinned_versions() -> dict[str, str]:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ]+)", text, re.MULTILINE))


def test_no_file_names_a_package_index(texts: dict[str, str]) -> None:
    found = [name for name, text in texts.items() if any(host in text for host in INDEX_HOSTS)]
    assert found == []


def test_nothing_is_marked_as_unfinished(texts: dict[str, str]) -> None:
    found = [name for name, text in texts.items() if UNFINISHED.search(text)]
    assert found == []


def test_every_requirement_is_pinned_within_its_range(project: dict[str, object]) -> None:
    pins = pinned_versions()
    optional = project["optional-dependencies"]
    assert isinstance(optional, dict)
    dependencies = project["dependencies"]
    assert isinstance(dependencies, list)
    outside = []
    for line in [*dependencies, *optional["test"]]:
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        if name == "llama-cpp-python" or (
            requirement.marker and not requirement.marker.evaluate()
        ):
            continue
        if name not in pins or not requirement.specifier.contains(pins[name]):
            outside.append(line)
    assert outside == []


def test_every_pinned_version_has_its_hashes() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 50
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_bindings_and_native_build_come_from_the_same_source(
    project: dict[str, object],
) -> None:
    versions = tomllib.loads((ROOT / "packaging/versions.toml").read_text("utf-8"))
    dependencies = project["dependencies"]
    assert isinstance(dependencies, list)
    assert f"llama-cpp-python=={versions['llama-cpp-python']['version']}" in dependencies


def test_make_help_names_every_target() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE)) - {"help"}
    named = set(re.findall(r'@echo "make ([a-z-]+)', text))
    assert named == targets


def test_the_list_of_modules_is_up_to_date() -> None:
    document = module_list.DOCUMENT.read_text("utf-8")
    assert document == module_list.with_module_list(document), "run packaging/module_list.py"


def test_every_folder_of_the_program_is_a_known_layer() -> None:
    folders = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    assert folders == set(module_list.LAYERS) - {""}


def test_every_foreign_library_that_is_imported_is_a_declared_dependency(
    project: dict[str, object],
) -> None:
    dependencies = project["dependencies"]
    assert isinstance(dependencies, list)
    declared: set[str] = {canonicalize_name(Requirement(line).name) for line in dependencies}
    declared |= {"shiboken6", "numpy"}  # parts of PySide6 and of llama-cpp-python's API
    providers = importlib.metadata.packages_distributions()
    undeclared = set()
    for path in (ROOT / "app").rglob("*.py"):
        for name in foreign_imports(path):
            if not {canonicalize_name(dist) for dist in providers.get(name, [])} & declared:
                undeclared.add(f"{path.relative_to(ROOT)}: {name}")
    assert undeclared == set()


def foreign_imports(path: Path) -> set[str]:
    """Top-level names that a module imports and that are neither Python's nor ours."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"app"}
