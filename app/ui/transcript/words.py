"""Word limits in a block's text."""

from __future__ import annotations

from app.ui.transcript.block_spec import code_points, n_units


def word_around(text: str, offset: int) -> tuple[int, int]:
    """The word at a position; positions in UTF-16 units."""
    at = code_points(text, offset)
    if at >= len(text):
        at = max(len(text) - 1, 0)
    if not text:
        return (0, 0)
    is_word = _is_word(text[at])
    start = end = at
    while start > 0 and _is_word(text[start - 1]) == is_word and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and _is_word(text[end]) == is_word and not text[end].isspace():
        end += 1
    if end == start:
        end += 1
    return (n_units(text[:start]), n_units(text[:end]))


def _is_word(char: str) -> bool:
    return char.isalnum() or char in "_'’-"
