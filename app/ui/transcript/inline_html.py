"""Inline Markdown tokens to the small HTML that a block's document is made of."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from markdown_it.token import Token
from PySide6.QtCore import QCoreApplication

from app.ui.transcript.block_spec import OBJECT_SIGN, Formula, Inline
from app.ui.transcript.links import safe_link
from app.ui.transcript.visible_text import LINE_BREAK, made_visible, with_breaks

MAX_TEX = 2_000  # characters of a formula that is typeset; longer ones show their source
_TAGS = {
    "strong_open": "<b>",
    "strong_close": "</b>",
    "em_open": "<i>",
    "em_close": "</i>",
    "s_open": "<s>",
    "s_close": "</s>",
}
_BARE_ADDRESS = re.compile(r"https?://[^\s<>\"'`|]+[^\s<>\"'`|.,;:!?*_~)\]}]")


class InlineWriter:
    """Builds one `Inline`; HTML and characters grow together."""

    def __init__(self) -> None:
        self._html: list[str] = []
        self._plain: list[str] = []
        self._formulas: list[Formula] = []
        self._links: list[tuple[bool, str]] = []  # open links: is clickable, target

    def tokens(self, children: Sequence[Token]) -> Inline:
        """Write the children of an inline token."""
        for token in children:
            self._token(token)
        return self.result()

    def result(self) -> Inline:
        """What was written so far."""
        return Inline("".join(self._html), "".join(self._plain), tuple(self._formulas))

    def text(self, text: str, *, finds_links: bool = True) -> None:
        """Write text as it is; bare web addresses become links."""
        if not finds_links or "://" not in text or self._links:
            self._raw(text)
            return
        at = 0
        for found in _BARE_ADDRESS.finditer(text):
            if (link := safe_link(found.group())) is None:
                continue
            self._raw(text[at : found.start()])
            self._html.append(f'<a href="{html.escape(link.url)}">')
            self._raw(found.group())
            self._html.append("</a>")
            at = found.end()
        self._raw(text[at:])

    def line_break(self) -> None:
        """Write a forced line end."""
        self._html.append("<br />")
        self._plain.append(LINE_BREAK)

    def _raw(self, text: str) -> None:
        shown = with_breaks(made_visible(text).replace("\t", "    "))
        if not shown:
            return
        self._plain.append(shown)
        self._html.append(html.escape(shown).replace(LINE_BREAK, "<br />"))

    def _token(self, token: Token) -> None:
        kind = token.type
        if kind == "text":
            self.text(token.content)
        elif kind in _TAGS:
            self._html.append(_TAGS[kind])
        elif kind == "softbreak":
            self._raw(" ")
        elif kind == "hardbreak":
            self.line_break()
        elif kind == "code_inline":
            self._code(token.content)
        elif kind == "math_inline":
            self._math(Formula(token.content, token.markup))
        elif kind == "link_open":
            self._open_link(str(token.attrs.get("href", "")))
        elif kind == "link_close":
            self._close_link()
        elif kind == "image":
            self._image(token)
        elif kind == "footnote_ref":
            self._footnote(token.content)
        else:
            self._raw(token.content)

    def _code(self, code: str) -> None:
        self._html.append("<code>")
        self._raw(code)
        self._html.append("</code>")

    def _math(self, formula: Formula) -> None:
        if len(formula.tex) > MAX_TEX or OBJECT_SIGN in formula.tex:
            self._code(formula.source)
            return
        self._html.append(f'<img src="formula:{len(self._formulas)}" />')
        self._plain.append(OBJECT_SIGN)
        self._formulas.append(formula)

    def _open_link(self, target: str) -> None:
        link = safe_link(target)
        self._links.append((link is not None, target))
        if link is not None:
            self._html.append(f'<a href="{html.escape(link.url)}">')

    def _close_link(self) -> None:
        is_clickable, target = self._links.pop() if self._links else (False, "")
        if is_clickable:
            self._html.append("</a>")
        elif target:
            self._raw(f" ({target})")

    def _image(self, token: Token) -> None:
        """An image is named, never loaded."""
        source = str(token.attrs.get("src", ""))
        label = QCoreApplication.translate("transcript", "[Image, not loaded: {name}]")
        link = None if self._links else safe_link(source)
        if link is not None:
            self._html.append(f'<a href="{html.escape(link.url)}">')
        self._raw(label.replace("{name}", token.content or source))
        if link is not None:
            self._html.append("</a>")

    def _footnote(self, label: str) -> None:
        self._html.append("<sup>")
        self._raw(f"[{label}]")
        self._html.append("</sup>")


def plain_inline(text: str, *, finds_links: bool = True) -> Inline:
    """Text in which nothing is markup; its lines stay lines."""
    writer = InlineWriter()
    for i, line in enumerate(text.split("\n")):
        if i:
            writer.line_break()
        writer.text(line, finds_links=finds_links)
    return writer.result()
