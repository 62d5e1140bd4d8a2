"""From what a person types into the search field to an expression for SQLite's FTS5."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from app.core.message import Role
from app.storage.rows import clean_text

_MOST_TERMS = 32  # more words than anybody types make a query slow
_MOST_CHARACTERS = 1_000

_PART = re.compile(
    r"""
    (?P<name>[^\W\d_]+):(?P<value>[^\s":]+)   # from:me, before:2026-05
    | "(?P<phrase>[^"]*)(?P<end>"|$)\*?       # "several words"
    | (?P<word>[^\s"]+)
    """,
    re.VERBOSE,
)
_INDEXED_PREFIXES = {2, 3}  # characters, as the index was made
_DATE = re.compile(r"(\d{4})(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?")
_FILTERS = {
    "from": "from",
    "de": "from",
    "before": "before",
    "antes": "before",
    "after": "after",
    "since": "after",
    "desde": "after",
}
_SPEAKERS = {
    **dict.fromkeys(("me", "mi", "mí", "yo", "user"), Role.USER),
    **dict.fromkeys(("model", "modelo", "lumbre", "assistant"), Role.ASSISTANT),
}


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as the database can answer it."""

    expression: str  # of FTS5, without columns; "" when there are only filters
    role: Role | None = None  # who wrote the message; None: anybody
    before: float | None = None  # seconds since 1970; messages of earlier than this
    after: float | None = None  # messages of this moment or later
    has_slow_prefix: bool = False  # a beginning of a word that has no index of its own

    @property
    def has_filter(self) -> bool:
        """True when something else than words is asked for."""
        return self.role is not None or self.before is not None or self.after is not None


@dataclass
class _Parts:
    terms: list[str] = field(default_factory=list)
    filters: dict[str, object] = field(default_factory=dict)


def parse(text: str) -> ParsedQuery:
    """Never fails: what is no filter is a word, and what is no word is left out.

    The last word is taken as the beginning of one unless a space or a quote follows it.
    """
    text = clean_text(text[:_MOST_CHARACTERS]).replace("\0", " ")
    parts = _Parts()
    for match in _PART.finditer(text):
        if match["name"] is not None and _take_filter(parts, match["name"], match["value"]):
            continue
        phrase = match["phrase"]
        if phrase is not None:
            is_prefix = not match["end"] or match[0].endswith("*")
        else:
            phrase = match["word"] or match[0]
            is_prefix = match.end() == len(text) or phrase.endswith("*")
        # FTS5 would look for nothing in a term without letters or digits.
        if any(c.isalnum() for c in phrase) and len(parts.terms) < _MOST_TERMS:
            if is_prefix and len(phrase.split()[-1].rstrip("*")) not in _INDEXED_PREFIXES:
                parts.filters["has_slow_prefix"] = True
            quoted = phrase.replace('"', '""')
            parts.terms.append(f'"{quoted}"{"*" if is_prefix else ""}')
    return ParsedQuery(" ".join(parts.terms), **parts.filters)  # type: ignore[arg-type]


def _take_filter(parts: _Parts, name: str, value: str) -> bool:
    """True when it is a filter that we know."""
    kind = _FILTERS.get(name.casefold())
    if kind == "from":
        role = _SPEAKERS.get(value.casefold())
        if role is None:
            return False
        parts.filters["role"] = role
        return True
    if kind is None or (moment := _moment(value)) is None:
        return False
    parts.filters[kind] = moment
    return True


def _moment(text: str) -> float | None:
    """The beginning of a year, month or day in local time; None when it is none."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
