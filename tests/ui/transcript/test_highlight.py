"""Colours of code: the same in pieces as in one go."""

from __future__ import annotations

import pytest

from app.ui.transcript.highlight import Lexed, lex

PYTHON = (
    '''class Name(Base):
    """A text
    of three lines.
    """

    def method(self, n: int = 5) -> str:  # a comment
        return f"{n:>10}" + 'plain'
'''
    * 6
)
JAVASCRIPT = (
    """/* a comment
   of lines */
export async function load(path) {
  const text = await fetch(`${base}/${path}`); // one line
  return text.match(/ab+c/g) ?? null;
}
"""
    * 6
)
C = (
    """#include <stdio.h>
/* several
   lines */
int main(int argc, char **argv) { return printf("%d\\n", argc); }
"""
    * 6
)
SAMPLES = {
    "python": PYTHON,
    "javascript": JAVASCRIPT,
    "rust": "fn main() { let x = 5; }\n" * 20,
}


def roles(lexed: Lexed) -> dict[int, str]:
    return {s.start + k: s.role for s in lexed.spans for k in range(s.length)}


@pytest.mark.parametrize("language", SAMPLES)
def test_growing_code_gets_the_colours_of_the_whole(language: str) -> None:
    code = SAMPLES[language]
    grown: Lexed | None = None
    for end in range(0, len(code), 11):
        grown = lex(code[:end], language, grown_from=grown)
    grown = lex(code, language, grown_from=grown)
    assert roles(grown) == roles(lex(code, language))


@pytest.mark.parametrize("language", SAMPLES)
def test_a_part_goes_on_in_the_state_of_the_part_before(language: str) -> None:
    code = SAMPLES[language]
    cut = code.index("\n", code.index("\n") + 1) + 1  # inside the first comment or text
    first = lex(code[:cut], language)
    second = lex(code[cut:], language, first.stack)
    joined = roles(first) | {k + cut: r for k, r in roles(second).items()}
    whole = roles(lex(code, language))
    different = [k for k in whole if whole[k] != joined.get(k)]
    assert len(different) <= (0 if language != "javascript" else cut + 20)


@pytest.mark.parametrize(
    "language", ["", "no-such-language", "plaintext", "../x", "python; rm"]
)
def test_unknown_languages_are_plain(language: str) -> None:
    assert lex("def f(): pass", language).spans == ()


@pytest.mark.parametrize(
    "language",
    ["c", "c++", "json", "yaml", "html", "css", "sql", "bash", "diff", "toml", "tsx"],
)
def test_usual_languages_have_colours(language: str) -> None:
    code = (
        C if language in {"c", "c++"} else '- a: "b" # <p class="x"> select 1; {"k": 2.5}\n+x\n'
    )
    assert lex(code, language).spans


def test_endless_lines_stay_plain() -> None:
    assert lex("x = 1\n" + "y" * 5000, "python").spans == ()
