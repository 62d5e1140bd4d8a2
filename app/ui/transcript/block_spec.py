"""What one painted block shows: values that a new parse compares with the old ones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

OBJECT_SIGN = "\ufffc"  # stands for a formula in a block's characters


class BlockKind(Enum):
    """How a block is painted."""

    TEXT = auto()
    HEADING = auto()
    CODE = auto()
    MATH = auto()
    TABLE_ROW = auto()
    RULE = auto()


class Container(Enum):
    """What a block stands in."""

    LIST = auto()
    QUOTE = auto()


class Align(Enum):
    """Horizontal alignment of a table's column."""

    LEFT = auto()
    CENTER = auto()
    RIGHT = auto()


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula in TeX, as it stands in running text."""

    tex: str
    delimiter: str  # what opened it in the source: "$", "$$", "\\(" or "\\["

    @property
    def is_display(self) -> bool:
        """True when it is set in display style."""
        return self.delimiter in {"$$", "\\["}

    @property
    def source(self) -> str:
        """The formula with dollar signs, as it is copied."""
        return f"$${self.tex}$$" if self.is_display else f"${self.tex}$"


@dataclass(frozen=True, slots=True)
class Inline:
    """Running text: HTML of b, i, s, a, code, sup, br and `<img src="formula:N">` only."""

    html: str = ""
    plain: str = ""  # its characters, one OBJECT_SIGN a formula; positions fit the document
    formulas: tuple[Formula, ...] = ()

    def with_sources(self, start: int, end: int) -> str:
        """Code points `start`..`end` with formulas as TeX and plain line ends."""
        n_before = self.plain.count(OBJECT_SIGN, 0, start)
        parts: list[str] = []
        for piece in _split_keeping(self.plain[start:end], OBJECT_SIGN):
            if piece == OBJECT_SIGN and n_before < len(self.formulas):
                parts.append(self.formulas[n_before].source)
                n_before += 1
            else:
                parts.append(piece)
        return "".join(parts).replace("\u2028", "\n")


@dataclass(frozen=True, slots=True)
class BlockSpec:
    """One block. Equal values look equal: its layout is kept when a text is parsed again."""

    kind: BlockKind
    inline: Inline = Inline()
    code: str = ""  # CODE: exact text of this part; MATH: the TeX
    language: str = ""  # CODE: first word after the fence
    level: int = 0  # HEADING: 1..6
    path: tuple[Container, ...] = ()  # what it stands in, from the outside
    marker: str = ""  # of the list item or footnote that this block opens
    cells: tuple[Inline, ...] = ()  # TABLE_ROW
    aligns: tuple[Align, ...] = ()  # TABLE_ROW
    is_header: bool = False  # TABLE_ROW
    group: int = -1  # table rows, or parts of one code block, share it; -1: stands alone
    part: int = 0  # place within the group
    is_last_part: bool = True
    ends_line: bool = True  # CODE: False when the next part goes on in the same line

    def same_place(self, other: BlockSpec) -> bool:
        """True when `other` is this block after more text has come."""
        return (self.kind, self.group, self.part, self.language, self.path) == (
            other.kind,
            other.group,
            other.part,
            other.language,
            other.path,
        )


def _split_keeping(text: str, sign: str) -> list[str]:
    parts: list[str] = []
    for i, piece in enumerate(text.split(sign)):
        if i:
            parts.append(sign)
        if piece:
            parts.append(piece)
    return parts


def n_units(text: str) -> int:
    """Length in UTF-16 units: what QTextDocument counts in."""
    return len(text) + sum(1 for c in text if c > "\uffff") if not text.isascii() else len(text)


def code_points(text: str, units: int) -> int:
    """The code point index at `units` UTF-16 units into `text`; past the end: its length."""
    if text.isascii():
        return min(units, len(text))
    seen = 0
    for i, char in enumerate(text):
        if seen >= units:
            return i
        seen += 2 if char > "\uffff" else 1
    return len(text)
