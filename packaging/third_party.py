"""The licences of everything in a bundle, in one text: `third_party.py FILE`.

Names, versions and texts come from the installed distributions that constraints.txt lists for
`run`; the texts of what carries none, or is no distribution, lie in packaging/licences.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import bundle_contents
import setup_dev

TEXTS = Path(__file__).resolve().parent / "licences"
LICENCE_FILE = re.compile(r"\.dist-info/.*(licen[cs]e|copying|notice)", re.IGNORECASE)
LINE = "=" * 78
MICROSOFT_RUNTIME = (
    "vcruntime140*.dll and msvcp140*.dll are Microsoft's, shipped unchanged, as the terms of "
    "Visual Studio allow for its distributable code."
)


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that is shipped."""

    name: str
    version: str
    licence: str  # as its authors name it; may be empty
    text: str


def components() -> list[Component]:
    """Everything shipped, in the order of the alphabet.

    Raises:
        LookupError: a distribution has no licence text, here or of its own.
    """
    found = [_distribution(name) for name in shipped_distributions()]
    found.append(Component("Python", sys.version.split()[0], "PSF-2.0", _python_licence()))
    if sys.platform == "win32":
        found.append(Component("Microsoft C++ runtime", "140", "", MICROSOFT_RUNTIME))
    found.append(Component("llama.cpp", "of llama-cpp-python", "MIT", _own_text("llama.cpp")))
    return sorted(found, key=lambda component: component.name.lower())


def _python_licence() -> str:
    """From beside the standard library, or beside the program (Windows)."""
    for folder in (sysconfig.get_path("stdlib"), sys.base_prefix):
        path = Path(folder) / "LICENSE.txt"
        if path.exists():
            return path.read_text(encoding="utf-8")
    raise LookupError("This Python has no LICENSE.txt beside its standard library.")


def shipped_distributions() -> list[str]:
    """Names of the distributions that a bundle for this system contains."""
    text = setup_dev.CONSTRAINTS.read_text(encoding="utf-8")
    lines = re.findall(r"^([a-z0-9.-]+)==(.*)$", setup_dev.sections(text)["run"], re.MULTILINE)
    left_out = {name.replace("_", "-") for name in bundle_contents.EXCLUDED_MODULES}
    names = [name for name, rest in lines if name not in left_out and _is_for_us(rest)]
    return [*names, "llama-cpp-python"]


def _is_for_us(pin: str) -> bool:
    """True unless the marker behind a pin names another system or another Python."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    is_our_system = "sys_platform" not in pin or f"'{sys.platform}'" in pin
    return is_our_system and ("python_version" not in pin or f"'{version}'" in pin)


def _distribution(name: str) -> Component:
    found = importlib.metadata.distribution(name)
    files = sorted(f for f in found.files or () if LICENCE_FILE.search(f.as_posix()))
    texts = [_own_text(name), *(_decoded(file.read_binary()) for file in files)]
    if not any(texts):
        raise LookupError(f"{name} carries no licence text: put it into packaging/licences.")
    facts = found.metadata.json
    licence = str(facts.get("license_expression") or facts.get("license") or "")
    first_line = licence.strip().partition("\n")[0]
    return Component(name, found.version, first_line, "\n\n".join(texts).strip())


def _decoded(text: bytes) -> str:
    """UTF-8, or what old licences are written in: PDFium ships some of 1991."""
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _own_text(name: str) -> str:
    """What packaging/licences has for a component whose distribution carries no text, or ''."""
    path = TEXTS / f"{name}.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def write(path: Path) -> None:
    """One text for all components, then the GNU texts that Qt's licence refers to."""
    parts = ["Lumbre is made with these components.\n"]
    for item in components():
        title = f"{item.name} {item.version}" + (f" ({item.licence})" if item.licence else "")
        parts.append(f"{LINE}\n{title}\n{LINE}\n{item.text.strip()}\n")
    for name in ("LGPL-3.0", "GPL-3.0"):
        text = (TEXTS / f"{name}.txt").read_text(encoding="utf-8")
        parts.append(f"{LINE}\n{name}\n{LINE}\n{text}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
