"""Highlighting of code with Pygments, part by part: each part goes on where the last ended."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pygments.lexer import ExtendedRegexLexer, Lexer, LexerContext, RegexLexer
from pygments.lexers._mapping import LEXERS
from pygments.token import Token, _TokenType
from PySide6.QtGui import QColor, QTextCharFormat, QTextDocument, QTextLayout

from app.ui.transcript.palette import SyntaxColors

logger = logging.getLogger(__name__)

MAX_LINE = 1_000  # characters; code with longer lines stays plain
OPEN_LINES = 12  # last lines of growing code that are lexed again with every update
_ROOT = ("root",)

_ROLES: dict[_TokenType, str] = {
    Token.Keyword: "keyword",
    Token.Keyword.Type: "type",
    Token.Keyword.Constant: "number",
    Token.Name.Function: "function",
    Token.Name.Class: "type",
    Token.Name.Builtin: "function",
    Token.Name.Builtin.Pseudo: "keyword",
    Token.Name.Decorator: "operator",
    Token.Name.Exception: "type",
    Token.Name.Tag: "keyword",
    Token.Name.Attribute: "function",
    Token.Name.Variable: "operator",
    Token.Literal.String: "string",
    Token.Literal.Number: "number",
    Token.Comment: "comment",
    Token.Comment.Preproc: "operator",
    Token.Operator.Word: "keyword",
    Token.Generic.Inserted: "inserted",
    Token.Generic.Deleted: "deleted",
    Token.Generic.Heading: "type",
    Token.Generic.Subheading: "type",
    Token.Generic.Prompt: "comment",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Characters (code points) of one colour."""

    start: int
    length: int
    role: str  # name of a field of SyntaxColors


@dataclass(frozen=True, slots=True)
class Lexed:
    """Highlighting of one part of a code block."""

    spans: tuple[Span, ...]
    stack: tuple[str, ...]  # the lexer's state after the part
    safe: int = 0  # from here on it is lexed again when the part has grown
    safe_stack: tuple[str, ...] = _ROOT  # the state there


def prepare() -> None:
    """Make the lexer of the commonest language: 20 ms that would be a stutter in an answer."""
    _lexer("python")


def lex(
    code: str, language: str, stack: tuple[str, ...] = _ROOT, grown_from: Lexed | None = None
) -> Lexed:
    """Spans of `code`, which begins in the state `stack`; none for unknown languages.

    `grown_from` is the result for a beginning of `code`: only its last lines are lexed again.
    """
    lexer = _lexer(language.lower())
    if lexer is None:
        return Lexed((), _ROOT)
    begun = grown_from or Lexed((), _ROOT, 0, stack)
    rest = code[begun.safe :]
    if any(len(line) > MAX_LINE for line in rest.split("\n")):
        return Lexed((), _ROOT)
    if isinstance(lexer, RegexLexer) and _is_plain_regex(type(lexer)):
        try:
            return _lex_with_state(lexer, code, begun)
        except (TypeError, KeyError, IndexError):  # callbacks that know no context
            logger.debug("%s is highlighted part by part", language)
    return Lexed(_spans(lexer.get_tokens_unprocessed(code)), _ROOT)


def _lex_with_state(lexer: RegexLexer, code: str, begun: Lexed) -> Lexed:
    """Lex from the safe place on, and find the next one.

    It lies some lines before the end: what stands there can still become the inside of a
    comment or text whose end has not come.
    """
    spans = [s for s in begun.spans if s.start < begun.safe]
    safe, safe_stack = begun.safe, begun.safe_stack
    limit = len(code)
    for _ in range(OPEN_LINES):
        limit = max(code.rfind("\n", 0, limit), 0)
    context = LexerContext(code, begun.safe, list(begun.safe_stack))
    found = ExtendedRegexLexer.get_tokens_unprocessed(lexer, context=context)  # type: ignore[arg-type]
    for start, kind, text in found:
        if safe < start <= limit and code[start - 1] == "\n":
            safe, safe_stack = start, tuple(context.stack)
        role = _role(kind)
        if role is not None and text:
            spans.append(Span(start, len(text), role))
    return Lexed(tuple(spans), tuple(context.stack or _ROOT), safe, safe_stack)


def _spans(tokens: Iterable[tuple[int, _TokenType, str]]) -> tuple[Span, ...]:
    return tuple(
        Span(start, len(text), role)
        for start, kind, text in tokens
        if text and (role := _role(kind)) is not None
    )


@cache
def _role(kind: _TokenType) -> str | None:
    node: _TokenType | None = kind
    while node is not None:
        if node in _ROLES:
            return _ROLES[node]
        node = node.parent
    return None


@cache
def _is_plain_regex(lexer: type[RegexLexer]) -> bool:
    return lexer.get_tokens_unprocessed is RegexLexer.get_tokens_unprocessed


@cache
def _aliases() -> dict[str, tuple[str, str]]:
    """Name of a language to module and class; no search for plug-ins."""
    return {
        alias: (module, class_name)
        for class_name, (module, _, aliases, _, _) in LEXERS.items()
        for alias in aliases
    }


@cache
def _lexer(language: str) -> Lexer | None:
    place = _aliases().get(language)
    if place is None:
        return None
    module, class_name = place
    lexer_class = getattr(importlib.import_module(module), class_name)
    lexer = lexer_class(stripnl=False, ensurenl=False)
    return lexer if isinstance(lexer, Lexer) else None


def apply_spans(
    document: QTextDocument,
    text: str,
    spans: tuple[Span, ...],
    colors: SyntaxColors,
    first_changed: int = 0,
) -> None:
    """Colour a document whose characters are `text`, one block a line.

    Lines before the one with the character `first_changed` have their colours already.
    """
    line_start = text.rfind("\n", 0, first_changed) + 1
    lines = text[line_start:].split("\n")
    changed = [s for s in spans if s.start + s.length > line_start]
    if not changed:
        return
    first_line = text.count("\n", 0, line_start)
    block = document.findBlockByNumber(first_line)
    first_position = block.position()
    formats: list[QTextLayout.FormatRange] = []
    n_line = 0
    for span in changed:
        start, end = max(span.start, line_start), span.start + span.length
        while start < end and n_line < len(lines):
            line = lines[n_line]
            line_end = line_start + len(line)
            if start > line_end:
                block.layout().setFormats(formats)
                block, formats = block.next(), []
                line_start, n_line = line_end + 1, n_line + 1
                continue
            stop = min(end, line_end)
            if stop > start:
                formats.append(
                    _range(line, start - line_start, stop - line_start, span, colors)
                )
            start = stop if stop == end else line_end + 1
    if block.isValid():
        block.layout().setFormats(formats)
    document.markContentsDirty(first_position, document.characterCount() - 1 - first_position)


def _range(
    line: str, start: int, end: int, span: Span, colors: SyntaxColors
) -> QTextLayout.FormatRange:
    """A colour on code points `start`..`end` of `line`, counted as Qt counts."""
    found = QTextLayout.FormatRange()
    if line.isascii():
        found.start, found.length = start, end - start
    else:
        found.start = len(line[:start].encode("utf-16-le", "surrogatepass")) // 2
        found.length = len(line[start:end].encode("utf-16-le", "surrogatepass")) // 2
    char_format = QTextCharFormat()
    color: QColor = getattr(colors, span.role)
    char_format.setForeground(color)
    if span.role == "comment":
        char_format.setFontItalic(True)
    found.format = char_format
    return found
