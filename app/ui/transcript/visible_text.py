"""Makes visible what could fool the eye, and breaks what could stall the layout."""

from __future__ import annotations

import re
import unicodedata

MAX_RUN = 1_000  # characters without a break; the layout of longer runs is not linear
MAX_LINE_TABS = 200  # Qt's layout of a line stalls on thousands of tabs
FIRST_FOREIGN = "\u0530"  # Latin, Greek and Cyrillic are in every text font
LINE_BREAK = "\u2028"  # breaks a line inside a paragraph of a QTextDocument, one character

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_BLACK_FLAG = "\U0001f3f4"  # opens a flag written with tag characters
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and newline
    "\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
_LONG_RUN = re.compile(rf"\S{{{MAX_RUN + 1},}}")
# Scripts whose correct spelling uses zero-width (non-)joiners.
_JOINING = re.compile(
    "[\u0600-\u07bf\u0840-\u08ff\u0900-\u0fff\u1000-\u109f\u1780-\u18af\ufb50-\ufeff]"
)


def made_visible(text: str) -> str:
    """Show bidirectional, zero-width and control characters as ⟨U+202E⟩.

    Joiners stay where emoji and the Arabic and Indic scripts need them, tags in flags.
    """
    return _SUSPECT.sub(_shown, text) if _SUSPECT.search(text) else text


def _shown(match: re.Match[str]) -> str:
    char = match.group()
    text, at = match.string, match.start()
    before = text[at - 1] if at else ""
    after = text[at + 1] if at + 1 < len(text) else ""
    if char == _ZWJ and _is_pictograph(before) and _is_pictograph(after):
        return char
    if char in {_ZWJ, _ZWNJ} and _JOINING.match(before) and _JOINING.match(after):
        return char
    if char >= "\U000e0020" and _in_flag(text, at):
        return char
    if char == "\r":
        return ""
    return f"⟨U+{ord(char):04X}⟩"


def _is_pictograph(char: str) -> bool:
    return bool(char) and (
        char == "\ufe0f" or ord(char) >= 0x1F000 or unicodedata.category(char) == "So"
    )


def _in_flag(text: str, at: int) -> bool:
    start = at
    while start > 0 and at - start < 8 and "\U000e0020" <= text[start - 1] <= "\U000e007f":
        start -= 1
    return start > 0 and text[start - 1] == _BLACK_FLAG


def with_breaks(text: str, line_break: str = LINE_BREAK) -> str:
    """Put a line break into runs of more than `MAX_RUN` characters without a space."""
    if len(text) <= MAX_RUN:
        return text
    return _LONG_RUN.sub(lambda found: _cut(found.group(), line_break), text)


def _cut(run: str, line_break: str) -> str:
    return line_break.join(run[i : i + MAX_RUN] for i in range(0, len(run), MAX_RUN))


def code_line_shown(line: str) -> str:
    """One line of code as it is painted: nothing hidden, bounded runs of tabs and signs."""
    if line.count("\t") > MAX_LINE_TABS:
        line = line.replace("\t", "    ")
    return made_visible(line)


def pieces(text: str, size: int) -> list[str]:
    """Cut `text` into parts of at most `size` characters, at a line end or space if it can."""
    parts: list[str] = []
    start = 0
    while len(text) - start > size:
        window = text[start : start + size]
        cut = max(window.rfind("\n"), window.rfind(" "))
        end = start + (cut + 1 if cut > size // 2 else size)
        parts.append(text[start:end])
        start = end
    parts.append(text[start:])
    return parts
