r"""The Markdown dialect: CommonMark, tables, strike-through, footnotes, math.

Raw HTML stays text. Math is `$…$`, `$$…$$`, `\(…\)` and `\[…\]`.
"""

from __future__ import annotations

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote.index import footnote_def

IS_OPEN = "is_open"  # in the parser's environment: more text may come
MAX_MATH_LINES = 60
MAX_PARAGRAPH = 8_000  # characters; a longer paragraph is shown without its markup
_CLOSERS = {"$$": "$$", "\\[": "\\]"}
_FOOTNOTE = re.compile(r"\[\^([^\s\[\]^]{1,40})\]")


def markdown_parser() -> MarkdownIt:
    """The parser for answers and thinking."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    parser.enable(["table", "strikethrough"])
    parser.disable(["html_block", "html_inline"])
    parser.block.ruler.before(
        "fence",
        "math_block",
        _math_block,
        {"alt": ["paragraph", "reference", "blockquote", "list"]},
    )
    parser.block.ruler.before(
        "reference", "footnote_def", footnote_def, {"alt": ["paragraph", "reference"]}
    )
    parser.inline.ruler.before("escape", "math_bracket", _math_bracket)
    parser.inline.ruler.before("escape", "math_dollar", _math_dollar)
    parser.inline.ruler.before("link", "footnote_ref", _footnote_ref)
    parser.core.ruler.at("inline", _bounded_inline)
    # Addresses are checked where links are shown; here none is dropped silently.
    parser.validateLink = _any_link  # type: ignore[method-assign]
    return parser


def plain_parser() -> MarkdownIt:
    """The parser for what a person wrote: their own lines, and fenced code."""
    return MarkdownIt("zero", {"html": False}).enable(["fence"])


def environment(*, is_open: bool) -> dict[str, Any]:
    """What the rules read while they parse; `is_open`: an unclosed `$$` is math so far."""
    return {IS_OPEN: is_open}


def _bounded_inline(state: StateCore) -> None:
    """Parse running text, but not where its length could make that slow."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) <= MAX_PARAGRAPH:
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _any_link(url: str) -> bool:
    return True


def _math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    first = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    opener = first[:2]
    closer = _CLOSERS.get(opener)
    if closer is None:
        return False
    rest = first[2:].rstrip()
    if closer in rest:
        if not rest.endswith(closer) or rest.index(closer) != len(rest) - 2 or len(rest) <= 2:
            return False
        if not silent:
            _push_math_block(state, start, start + 1, rest[:-2], opener)
        return True
    found = _math_lines(state, start, end, closer)
    if found is None:
        return False
    if not silent:
        lines, following = found
        token = _push_math_block(
            state, start, min(following, end), "\n".join([rest, *lines]), opener
        )
        token.meta[IS_OPEN] = following > end
    return True


def _math_lines(
    state: StateBlock, start: int, end: int, closer: str
) -> tuple[list[str], int] | None:
    """Lines after the first up to the closer, and the line after it; None: not math.

    Where the closer may still come, the line after is past the end.
    """
    lines: list[str] = []
    for line in range(start + 1, min(end, start + MAX_MATH_LINES)):
        begin = state.bMarks[line] + state.tShift[line]
        text = state.src[begin : state.eMarks[line]].rstrip()
        if text and state.sCount[line] < state.blkIndent:
            return None
        if text.endswith(closer):
            lines.append(text[:-2])
            return lines, line + 1
        if closer in text:
            return None
        lines.append(text)
    if state.env.get(IS_OPEN) and end - start < MAX_MATH_LINES:
        return lines, end + 1
    return None


def _push_math_block(
    state: StateBlock, start: int, following: int, content: str, opener: str
) -> Token:
    state.line = following
    token = state.push("math_block", "math", 0)
    token.block = True
    token.content = content.strip()
    token.markup = opener
    token.map = [start, following]
    return token


def _math_bracket(state: StateInline, silent: bool) -> bool:
    source, at = state.src, state.pos
    opener = source[at : at + 2]
    if opener not in {"\\(", "\\["}:
        return False
    close = source.find("\\)" if opener == "\\(" else "\\]", at + 2)
    if close < 0 or not source[at + 2 : close].strip():
        return False
    _push_math(state, source[at + 2 : close], opener, close + 2, silent=silent)
    return True


def _math_dollar(state: StateInline, silent: bool) -> bool:
    source, at = state.src, state.pos
    if source[at] != "$":
        return False
    if source.startswith("$$", at):
        close = source.find("$$", at + 2)
        content = source[at + 2 : close] if close > 0 else ""
        if not content.strip() or "$" in content:
            return False
        _push_math(state, content, "$$", close + 2, silent=silent)
        return True
    if at and (source[at - 1].isalnum() or source[at - 1] == "\\"):
        return False
    end = _closing_dollar(source, at + 1)
    if end is None:
        return False
    _push_math(state, source[at + 1 : end], "$", end + 1, silent=silent)
    return True


def _closing_dollar(source: str, start: int) -> int | None:
    """Where the math that starts at `start` ends; None when it is money or plain text."""
    if start >= len(source) or source[start].isspace():
        return None
    close = start
    while True:
        close = source.find("$", close)
        if close < 0:
            return None
        if source[close - 1] != "\\":
            break
        close += 1
    following = source[close + 1 : close + 2]
    if close == start or source[close - 1].isspace() or following.isdigit():
        return None
    return close


def _push_math(
    state: StateInline, content: str, opener: str, following: int, *, silent: bool
) -> None:
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = content.strip()
        token.markup = opener
    state.pos = following


def _footnote_ref(state: StateInline, silent: bool) -> bool:
    """A number is a reference at once, a name only when its footnote is known."""
    found = _FOOTNOTE.match(state.src, state.pos)
    if found is None:
        return False
    label = found.group(1)
    known = state.env.get("footnotes", {}).get("refs", {})
    if not label.isdigit() and f":{label}" not in known:
        return False
    if not silent:
        token = state.push("footnote_ref", "", 0)
        token.content = label
    state.pos = found.end()
    return True
