"""What CHANGELOG.md says about one version, on standard output: `release_notes.py VERSION`.

Exit code 1 with a sentence when the program is another version, or the file does not name it:
the first step of a release.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Print the notes."""
    version = sys.argv[1]
    init = (ROOT / "app" / "__init__.py").read_text(encoding="utf-8")
    if f'__version__ = "{version}"' not in init:
        print(f"The program in app/__init__.py is not version {version}.", file=sys.stderr)
        return 1
    notes = notes_of(version, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    if notes is None:
        print(f"CHANGELOG.md has no dated heading for {version}.", file=sys.stderr)
        return 1
    print(notes)
    return 0


def notes_of(version: str, changelog: str) -> str | None:
    """The section below `## VERSION (2026-11-21)`; None: there is none with a date."""
    heading = rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)\n"
    found = re.search(heading + r"(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else None


if __name__ == "__main__":
    sys.exit(main())
