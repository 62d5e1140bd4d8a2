"""Collect the texts of the program and compile their translations.

    python packaging/translate.py            collect new texts into the .ts files, compile
    python packaging/translate.py --check    only say what is missing; exit code 1 if anything

The tools come with PySide6. The compiled .qm files are committed, so that neither running nor
packaging the program needs them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = ("es",)


def tool(name: str) -> str:
    """A tool of PySide6 beside this Python."""
    suffix = ".exe" if sys.platform == "win32" else ""
    return str(Path(sys.executable).with_name(f"pyside6-{name}{suffix}"))


def sources() -> list[str]:
    """All modules of the program, in a stable order."""
    return [str(p.relative_to(ROOT)) for p in sorted((ROOT / "app").rglob("*.py"))]


def collect(ts: Path) -> None:
    """Bring the texts of `ts` up to date; translations of texts that are gone are dropped."""
    options = ["-silent", "-locations", "none", "-no-obsolete", "-target-language", "es"]
    subprocess.run(
        [tool("lupdate"), *options, *sources(), "-ts", str(ts)], cwd=ROOT, check=True
    )


def compile_to_qm(ts: Path) -> None:
    """Write the .qm file beside `ts`."""
    qm = ts.with_suffix(".qm")
    subprocess.run([tool("lrelease"), "-silent", str(ts), "-qm", str(qm)], check=True)


def texts(ts: Path) -> Iterator[tuple[str, str, str]]:
    """Context, English text and translation of each message; "" when it is missing."""
    for context in ElementTree.parse(ts).getroot().iter("context"):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            text = ""
            if translation is not None and translation.get("type") != "unfinished":
                forms = [form.text or "" for form in translation.iter("numerusform")]
                text = translation.text or "" if not forms else min(forms, key=len)
            yield name, message.findtext("source", ""), text


def missing(language: str) -> list[str]:
    """Texts of the program that have no translation into `language`."""
    kept = FOLDER / f"lumbre_{language}.ts"
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / kept.name
        fresh.write_bytes(kept.read_bytes())
        collect(fresh)
        return [
            f"{context}: {text}" for context, text, done in texts(fresh) if not done.strip()
        ]


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    n_missing = 0
    for language in LANGUAGES:
        ts = FOLDER / f"lumbre_{language}.ts"
        if not arguments.check:
            collect(ts)
            compile_to_qm(ts)
        for line in missing(language):
            print(f"{language}: {line}")
            n_missing += 1
    return 1 if n_missing and arguments.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
