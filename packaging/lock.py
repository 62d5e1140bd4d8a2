"""Writes constraints.txt: exact versions and all published hashes, in sections.

    python packaging/lock.py PYTHON [PYTHON ...]

Each PYTHON (3.11, 3.12, 3.13 ...) resolves the requirements of pyproject.toml with pip's dry
run, on the index pip is set up for; the hashes of every file of the chosen versions come from
that index's simple pages. The file names no index. Versions already in constraints.txt are kept
where they still fit; `--upgrade` takes the newest.
"""

from __future__ import annotations

import argparse
import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
from pathlib import Path
from urllib.parse import urldefrag

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
BUILD = ["setuptools>=77", "scikit-build-core[pyproject]>=0.9.2", "cmake>=3.21", "ninja"]
# hatchling builds PyInstaller's sdist: its start program is compiled, not downloaded.
PACKAGE = ["pyinstaller==6.22.3", "hatchling>=1.27"]
# Needed on one system only, so that a dry run on another does not see them.
WINDOWS_ONLY = {
    "test": ["colorama"],
    "run": ["colorama"],
    "package": ["pefile", "pywin32-ctypes"],
}
MACOS_ONLY = {"package": ["macholib"]}
# llama-cpp-python itself is built from its sdist (versions.toml); this is what it imports.
LLAMA_CPP_NEEDS = [
    "typing-extensions>=4.5.0",
    "numpy>=1.20.0",
    "diskcache>=5.6.1",
    "jinja2>=2.11.3",
]
HEADER = """\
# Exact versions and hashes: what the tests ran with and what is shipped. Written by
# packaging/lock.py; the ranges and their reasons are in pyproject.toml.
# llama-cpp-python is not here: packaging/native/build.py builds it from its hash-checked sdist.
"""


def main() -> int:
    """Resolve for each interpreter, fetch the hashes, write the file."""
    parser = argparse.ArgumentParser(description="Write constraints.txt.")
    parser.add_argument("pythons", nargs="+", help="interpreters to resolve for")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args()
    kept = {} if options.upgrade else _kept_versions()
    lines = [HEADER]
    seen: set[str] = set()
    for section, requirements in _requirements().items():
        lines.append(f"# [{section}]")
        for name, versions in _resolve(section, requirements, options.pythons, kept).items():
            if name not in seen:
                seen.add(name)
                lines += _entries(name, versions, options.pythons)
    CONSTRAINTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def _requirements() -> dict[str, list[str]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    run = [r for r in project["dependencies"] if not r.startswith("llama-cpp-python")]
    return {
        "build": BUILD,
        "run": run + LLAMA_CPP_NEEDS,
        "test": [*run, *LLAMA_CPP_NEEDS, *project["optional-dependencies"]["test"]],
        "package": PACKAGE,
    }


def _kept_versions() -> dict[str, str]:
    if not CONSTRAINTS.exists():
        return {}
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", CONSTRAINTS.read_text("utf-8"), re.M)
    return dict(found)


def _resolve(
    section: str, requirements: list[str], pythons: list[str], kept: dict[str, str]
) -> dict[str, dict[str, str]]:
    """Name -> {interpreter or system marker: version}."""
    chosen: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "pins.txt"
        pins.write_text("".join(f"{n}=={v}\n" for n, v in kept.items()), encoding="utf-8")
        for python in pythons:
            for name, version in _dry_run(python, requirements, pins):
                chosen.setdefault(name, {})[python] = version
        for marker, extras in (("win32", WINDOWS_ONLY), ("darwin", MACOS_ONLY)):
            for extra in extras.get(section, []):
                if extra not in chosen:
                    ((name, version),) = _dry_run(pythons[0], ["--no-deps", extra], pins)
                    chosen[name] = {marker: version}
    return dict(sorted(chosen.items()))


def _dry_run(python: str, requirements: list[str], pins: Path) -> list[tuple[str, str]]:
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--dry-run",
    ]
    command += [
        "--ignore-installed",
        "--only-binary",
        ":all:",
        "--report",
        "-",
        "-c",
        str(pins),
    ]
    result = subprocess.run(
        [*command, *requirements], capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise SystemExit(f"{python} cannot resolve:\n{result.stderr}")
    report = json.loads(result.stdout)
    entries = [item["metadata"] for item in report["install"]]
    return [(_canonical(entry["name"]), entry["version"]) for entry in entries]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _entries(name: str, versions: dict[str, str], pythons: list[str]) -> list[str]:
    """Lines of one package: one block for each version, with a marker where versions differ."""
    lines: list[str] = []
    for version in sorted(set(versions.values())):
        users = [user for user, used in versions.items() if used == version]
        marker = _marker(users, pythons)
        hashes = _hashes(name, version)
        lines.append(f"{name}=={version}{marker} \\")
        lines += [f"    --hash=sha256:{digest} \\" for digest in hashes[:-1]]
        lines.append(f"    --hash=sha256:{hashes[-1]}")
    return lines


def _marker(users: list[str], pythons: list[str]) -> str:
    if users[0] in {"win32", "darwin"}:
        return f" ; sys_platform == '{users[0]}'"
    if users == pythons:
        return ""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    numbers = [
        subprocess.run(
            [user, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        for user in users
    ]
    return " ; " + " or ".join(f"python_version == '{number}'" for number in numbers)


def _hashes(name: str, version: str) -> list[str]:
    """SHA-256 of every file of one version, sorted."""
    base = _index()
    with urllib.request.urlopen(f"{base}/{name}/", timeout=120) as page:
        parser = _Links()
        parser.feed(page.read().decode("utf-8"))
    words = "[-_.]+".join(re.escape(word) for word in name.split("-"))
    file_name = re.compile(rf"{words}-{re.escape(version)}(-|\.tar|\.zip)", re.IGNORECASE)
    hashes = set()
    for link in parser.links:
        url, fragment = urldefrag(link)
        if file_name.match(url.rsplit("/", 1)[-1]) and "sha256=" in fragment:
            hashes.add(fragment.partition("sha256=")[2])
    if not hashes:
        raise SystemExit(f"The index gives no hash for {name} {version}.")
    return sorted(hashes)


def _index() -> str:
    """The simple index pip is set up for."""
    if os.environ.get("PIP_INDEX_URL"):
        return os.environ["PIP_INDEX_URL"].rstrip("/")
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 0 and result.stdout.strip():
        return result.stdout.strip().rstrip("/")
    from pip._internal.models.index import PyPI

    return str(PyPI.simple_url)


class _Links(html.parser.HTMLParser):
    """Collects the addresses of a simple page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for key, value in attrs if tag == "a" and key == "href" and value]


if __name__ == "__main__":
    sys.exit(main())
