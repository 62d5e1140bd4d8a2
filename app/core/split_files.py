"""Models that are cut into several files: `name-00001-of-00003.gguf`, llama.cpp's rule."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PART = re.compile(r"(?P<stem>.+)-(?P<index>\d{5})-of-(?P<count>\d{5})(?P<suffix>\.gguf)", re.I)
PARTS_MAX = 999  # gpt-oss-120b comes in two or three


@dataclass(frozen=True, slots=True)
class PartName:
    """What the name of one part says."""

    stem: str
    index: int  # 1..count
    count: int
    suffix: str  # ".gguf" as the file writes it

    def sibling(self, index: int) -> str:
        """Name of part `index` of the same model."""
        return f"{self.stem}-{index:05d}-of-{self.count:05d}{self.suffix}"

    def all_names(self) -> tuple[str, ...]:
        """Names of all parts in order."""
        return tuple(self.sibling(i) for i in range(1, self.count + 1))


def part_name(name: str) -> PartName | None:
    """What `name` says; None for a model in one file and for impossible numbers."""
    match = _PART.fullmatch(name)
    if match is None:
        return None
    index, count = int(match["index"]), int(match["count"])
    if not (1 <= index <= count <= PARTS_MAX):
        return None
    return PartName(match["stem"], index, count, match["suffix"])


def model_title(name: str) -> str:
    """A file's name without its ending and part number."""
    part = part_name(name)
    if part is not None:
        return part.stem
    return name[: -len(".gguf")] if name.lower().endswith(".gguf") else name


def group_parts(names: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Join the parts of each model, keeping the order in which models first appear.

    Args:
        names: paths with `/`; parts of one model lie in one folder.

    A model of which a part is missing is left out: it cannot be loaded.
    """
    given = list(dict.fromkeys(names))
    known = set(given)
    groups: dict[str, tuple[str, ...]] = {}
    for path in given:
        folder, slash, name = path.rpartition("/")
        part = part_name(name)
        if part is None:
            groups.setdefault(path, (path,))
            continue
        paths = tuple(folder + slash + sibling for sibling in part.all_names())
        if all(p in known for p in paths):
            groups.setdefault(paths[0], paths)
    return tuple(groups.values())
