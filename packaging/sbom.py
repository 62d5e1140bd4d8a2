"""A list of everything shipped, as CycloneDX 1.6 JSON: `sbom.py FILE`.

Read from constraints.txt and versions.toml alone, so it needs nothing installed.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

import bundle_contents
import setup_dev

PACKAGING = Path(__file__).resolve().parent
PIN = re.compile(r"^([a-z0-9.-]+)==([^ ]+)(.*?)$((?:\n    --hash.*)+)", re.MULTILINE)


def main() -> int:
    """Write the list."""
    Path(sys.argv[1]).write_text(json.dumps(bill_of_materials(), indent=1), encoding="utf-8")
    return 0


def bill_of_materials() -> dict[str, object]:
    """CycloneDX's document for the version of this checkout."""
    init = (PACKAGING.parent / "app" / "__init__.py").read_text("utf-8")
    found = re.search(r'__version__ = "(.+)"', init)
    program = {"type": "application", "name": "lumbre", "version": found[1] if found else ""}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": program | {"licenses": [{"license": {"id": "Apache-2.0"}}]}},
        "components": [*_distributions(), _llama_cpp()],
    }


def _distributions() -> list[dict[str, object]]:
    text = setup_dev.sections(setup_dev.CONSTRAINTS.read_text("utf-8"))["run"]
    left_out = {name.replace("_", "-") for name in bundle_contents.EXCLUDED_MODULES}
    return [
        {
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
        }
        for name, version, _, _ in PIN.findall(text)
        if name not in left_out
    ]


def _llama_cpp() -> dict[str, object]:
    with (PACKAGING / "versions.toml").open("rb") as file:
        pinned = tomllib.load(file)["llama-cpp-python"]
    return {
        "type": "library",
        "name": "llama-cpp-python",
        "version": pinned["version"],
        "description": "with the llama.cpp of its own archive",
        "purl": f"pkg:pypi/llama-cpp-python@{pinned['version']}",
        "hashes": [{"alg": "SHA-256", "content": pinned["sdist_sha256"]}],
    }


if __name__ == "__main__":
    sys.exit(main())
