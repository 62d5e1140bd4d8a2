"""Writes the list of modules in docs/architecture.md anew from the modules' own first lines."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "architecture.md"
START, END = (
    "<!-- modules: written by packaging/module_list.py -->\n",
    "<!-- end of modules -->\n",
)
LAYERS = ("", "core", "engine", "storage", "hub", "documents", "workers", "ui")


def main() -> int:
    """Rewrite the document where it stands."""
    DOCUMENT.write_text(with_module_list(DOCUMENT.read_text("utf-8")), encoding="utf-8")
    return 0


def with_module_list(document: str) -> str:
    """The document with the list as it should be now."""
    before, _, rest = document.partition(START)
    _, _, after = rest.partition(END)
    return before + START + "\n".join(_section(layer) for layer in LAYERS) + END + after


def _section(layer: str) -> str:
    base = ROOT / "app" / layer
    files = sorted(base.rglob("*.py") if layer else base.glob("*.py"))
    rows = [
        f"| `{path.relative_to(base).as_posix()}` | {_first_line(path)} |\n"
        for path in files
        if path.name != "__init__.py"
    ]
    title = f"app/{layer}/" if layer else "app/"
    return f"\n### {title}\n\n| module | |\n|---|---|\n" + "".join(rows)


def _first_line(path: Path) -> str:
    """First paragraph of a module's docstring, on one line, without its full stop."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    words = text.partition("\n\n")[0].replace("\n", " ").strip()
    return words.removesuffix(".").replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
