"""Markdown tokens to a flat sequence of blocks: what a list or quote holds becomes its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

from app.ui.transcript.block_spec import Align, BlockKind, BlockSpec, Container, Inline
from app.ui.transcript.inline_html import MAX_TEX, InlineWriter, plain_inline
from app.ui.transcript.markdown_rules import MAX_PARAGRAPH
from app.ui.transcript.visible_text import made_visible, pieces

PIECE = 2_000  # characters of a cut paragraph that are laid out at once
MAX_PART_LINES = 40  # lines of code that are laid out at once
MAX_PART_CHARS = 4_000
MAX_COLUMNS = 64
MAX_CELL = 3_000  # characters of a table's cell that are shown
MAX_MARKER = 4  # characters of a footnote's mark that stand beside it
BULLETS = ("•", "◦", "▪")
UNCHECKED, CHECKED = "☐", "☑"
_TASK = re.compile(r"\[([ xX])\](?: |$)")
_LANGUAGE = re.compile(r"[\w+#.-]{1,24}")


class Flattener:
    """Turns top-level blocks of one text into specs; counts its tables and code blocks."""

    def __init__(self, first_group: int = 0) -> None:
        self._group = first_group
        self._specs: list[BlockSpec] = []
        self._path: list[Container] = []
        self._markers: list[str] = []  # waiting for the block that opens their item
        self._numbers: list[int | None] = []  # next number of each open list; None: bullets

    @property
    def next_group(self) -> int:
        """Number of the next table or code block."""
        return self._group

    def add(self, tokens: Sequence[Token], first_number: int | None = None) -> None:
        """Append one top-level block; `first_number` overrides where a list starts counting."""
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if first_number is not None and at == 0 and token.type == "ordered_list_open":
                self._numbers.append(first_number)
                self._path.append(Container.LIST)
                at += 1
            else:
                at = self._step(tokens, at)

    def add_plain(self, text: str) -> None:
        """Append text that is too long to be parsed: as code, in parts."""
        self._code(text.rstrip("\n"), "")

    def take(self) -> list[BlockSpec]:
        """The blocks so far, which are then forgotten."""
        specs, self._specs = self._specs, []
        return specs

    def _step(self, tokens: Sequence[Token], at: int) -> int:
        """Handle the token at `at`; the index of the next one."""
        token = tokens[at]
        kind = token.type
        if kind in {"paragraph_open", "heading_open"}:
            self._text(token, tokens[at + 1])
            return at + 3
        if kind == "table_open":
            return self._table(tokens, at)
        if kind in {"fence", "code_block"}:
            found = _LANGUAGE.match(token.info.strip())
            self._code(token.content.removesuffix("\n"), found.group() if found else "")
        elif kind == "math_block":
            self._math(token)
        elif kind == "hr":
            self._push(BlockKind.RULE)
        elif token.nesting > 0:
            self._enter(token)
        elif token.nesting < 0:
            self._leave(token)
        return at + 1

    def _enter(self, token: Token) -> None:
        match token.type:
            case "list_item_open":
                self._open_item()
            case "bullet_list_open":
                self._numbers.append(None)
                self._path.append(Container.LIST)
            case "ordered_list_open":
                self._numbers.append(int(token.attrs.get("start", 1)))
                self._path.append(Container.LIST)
            case "blockquote_open":
                self._path.append(Container.QUOTE)
            case "footnote_reference_open":
                self._open_footnote(f"[{made_visible(str(token.meta['label']))}]")

    def _leave(self, token: Token) -> None:
        match token.type:
            case "list_item_close":
                self._close_item()
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
                self._path.pop()
            case "blockquote_close":
                self._path.pop()
            case "footnote_reference_close":
                self._close_item()
                self._path.pop()

    def _open_item(self) -> None:
        number = self._numbers[-1]
        if number is None:
            depth = sum(1 for n in self._numbers if n is None)
            self._markers.append(BULLETS[min(depth, len(BULLETS)) - 1])
        else:
            self._markers.append(f"{number}.")
            self._numbers[-1] = number + 1

    def _open_footnote(self, label: str) -> None:
        """A number stands beside the note, a name above it: there is no room beside."""
        if len(label) > MAX_MARKER:
            self._push(BlockKind.TEXT, plain_inline(label))
        else:
            self._markers.append(label)
        self._path.append(Container.LIST)

    def _close_item(self) -> None:
        if self._markers:  # an empty item
            self._push(BlockKind.TEXT)

    def _take_marker(self) -> str:
        """The markers that wait: `- - a` has two."""
        marker = " ".join(self._markers)
        self._markers.clear()
        return marker

    def _push(
        self,
        kind: BlockKind,
        inline: Inline = Inline(),  # noqa: B008 frozen
        *,
        code: str = "",
        level: int = 0,
        marker: str | None = None,
    ) -> None:
        taken = self._take_marker() if marker is None else marker
        self._specs.append(
            BlockSpec(
                kind, inline, code=code, level=level, path=tuple(self._path), marker=taken
            )
        )

    def _text(self, opening: Token, inline: Token) -> None:
        if len(inline.content) > MAX_PARAGRAPH:
            for piece in pieces(inline.content, PIECE):
                self._push(BlockKind.TEXT, plain_inline(piece))
            return
        children = list(inline.children or [])
        marker = self._take_marker()
        if marker and children and children[0].type == "text":
            marker, children = _task(marker, children)
        kind = BlockKind.HEADING if opening.type == "heading_open" else BlockKind.TEXT
        level = int(opening.tag[1]) if kind is BlockKind.HEADING else 0
        self._push(kind, InlineWriter().tokens(children), level=level, marker=marker)

    def _math(self, token: Token) -> None:
        if len(token.content) > MAX_TEX:
            self._code(token.content, "latex")
        elif token.content:
            self._push(BlockKind.MATH, code=token.content)

    def _code(self, code: str, language: str) -> None:
        marker = self._take_marker()
        self._specs += code_specs(code, language, self._group, tuple(self._path), marker)
        self._group += 1

    def _table(self, tokens: Sequence[Token], at: int) -> int:
        end = at
        while tokens[end].type != "table_close":
            end += 1
        rows: list[tuple[list[Inline], list[Align], bool]] = []
        for token in tokens[at:end]:
            if token.type == "tr_open":
                rows.append(([], [], False))
            elif token.type in {"th_open", "td_open"}:
                cells, aligns, _ = rows[-1]
                aligns.append(_align(token))
                rows[-1] = (cells, aligns, token.type == "th_open")
            elif token.type == "inline":
                rows[-1][0].append(_cell(token))
        marker = self._take_marker()
        for part, (cells, aligns, is_header) in enumerate(rows):
            self._specs.append(
                BlockSpec(
                    BlockKind.TABLE_ROW,
                    path=tuple(self._path),
                    marker=marker if part == 0 else "",
                    cells=tuple(cells[:MAX_COLUMNS]),
                    aligns=tuple(aligns[:MAX_COLUMNS]),
                    is_header=is_header,
                    group=self._group,
                    part=part,
                    is_last_part=part == len(rows) - 1,
                )
            )
        self._group += 1
        return end + 1


def code_specs(
    code: str, language: str, group: int, path: tuple[Container, ...] = (), marker: str = ""
) -> list[BlockSpec]:
    """A code block in parts that are each quick to lay out."""
    parts = code_parts(code)
    return [
        BlockSpec(
            BlockKind.CODE,
            code=part,
            language=language,
            path=path,
            marker=marker if i == 0 else "",
            group=group,
            part=i,
            is_last_part=i == len(parts) - 1,
            ends_line=ends_line,
        )
        for i, (part, ends_line) in enumerate(parts)
    ]


def code_parts(code: str) -> list[tuple[str, bool]]:
    """Cut code after `MAX_PART_LINES` lines or `MAX_PART_CHARS` characters.

    Each part comes with True when a line ends after it, False when its line goes on.
    """
    parts: list[tuple[str, bool]] = []
    lines: list[str] = []
    n_chars = 0
    for line in code.split("\n"):
        if lines and (len(lines) >= MAX_PART_LINES or n_chars + len(line) > MAX_PART_CHARS):
            parts.append(("\n".join(lines), True))
            lines, n_chars = [], 0
        while len(line) > MAX_PART_CHARS:
            parts.append((line[:MAX_PART_CHARS], False))
            line = line[MAX_PART_CHARS:]  # noqa: PLW2901 the rest of this very line
        lines.append(line)
        n_chars += len(line) + 1
    parts.append(("\n".join(lines), True))
    return parts


def _task(marker: str, children: list[Token]) -> tuple[str, list[Token]]:
    """Replace a bullet by a box when the item begins with `[ ]` or `[x]`."""
    found = _TASK.match(children[0].content)
    if found is None or marker.endswith("]"):
        return marker, children
    first = children[0].copy(content=children[0].content[found.end() :])
    box = UNCHECKED if found.group(1) == " " else CHECKED
    return marker[:-1].rstrip("0123456789") + box, [first, *children[1:]]


def _cell(token: Token) -> Inline:
    if len(token.content) > MAX_CELL:
        return plain_inline(token.content[:MAX_CELL] + " …")
    return InlineWriter().tokens(token.children or [])


def _align(token: Token) -> Align:
    style = str(token.attrs.get("style", ""))
    if style.endswith("center"):
        return Align.CENTER
    return Align.RIGHT if style.endswith("right") else Align.LEFT
