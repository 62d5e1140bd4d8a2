"""Markdown in pieces gives what the whole text gives, and nothing flashes on the way."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.transcript.block_spec import BlockKind, BlockSpec, Container
from app.ui.transcript.markdown_stream import (
    MAX_TEXT_CHARS,
    MarkdownStream,
    parse_answer,
    parse_question,
)
from tests.ui.transcript.samples import EVERYTHING, long_answer

LINES = [
    *("- a", "  b", "1. c", "2", "2. d", "# h", "", "", "```", "code", "> q", "p", "|a|b|"),
    *("|-|-|", "|1|2|", "    i", "---", "===", "* z", "   y", "\tq", "+", "10) k", " ```"),
    *("   ~~~", "```py", "$$", "\\[", "\\]", "$x$", "[^1]: f", "[^1]", "[a]: b", "[a]"),
    *("**b", "`c", "- [ ] t", "| x", "word word"),
]


def streamed(text: str, size: int) -> list[BlockSpec]:
    """The blocks after `text` came in pieces of `size` characters."""
    stream = MarkdownStream()
    settled: list[BlockSpec] = []
    for i in range(0, len(text), size):
        settled += stream.feed(text[i : i + size]).settled
    assert stream.text == text
    end = stream.finish()
    return settled + end.open if end is not None else parse_answer(text)


@given(
    st.lists(st.sampled_from(LINES), min_size=1, max_size=16),
    st.sampled_from([1, 2, 5, 17]),
)
def test_pieces_give_the_same_blocks_as_the_whole(lines: list[str], size: int) -> None:
    text = "\n".join(lines)
    assert streamed(text, size) == parse_answer(text)


def test_many_random_documents_come_out_the_same() -> None:
    rng = random.Random(3)
    for n in range(1500):
        text = "\n".join(rng.choice(LINES) for _ in range(rng.randint(3, 14)))
        assert streamed(text, rng.choice((1, 5, 17))) == parse_answer(text), (n, text)


@pytest.mark.parametrize("text", [EVERYTHING, long_answer(1200)])
def test_real_answers_come_out_the_same(text: str) -> None:
    assert streamed(text, 7) == parse_answer(text)


def test_only_the_end_is_parsed_again() -> None:
    stream = MarkdownStream()
    n_settled = 0
    for i in range(0, len(EVERYTHING), 10):
        update = stream.feed(EVERYTHING[i : i + 10])
        n_settled += len(update.settled)
        assert len(update.open) <= 8
    assert n_settled > 20


def kinds(text: str) -> list[BlockKind]:
    """Kinds of the blocks of an unfinished text."""
    stream = MarkdownStream()
    update = stream.feed(text)
    return [s.kind for s in update.settled + update.open]


def test_half_received_marks_do_not_flash() -> None:
    assert kinds("Some text\n-") == [BlockKind.TEXT]
    assert kinds("Some text\n==") == [BlockKind.TEXT]
    assert kinds("| a | b") == []
    assert kinds("| a | b |\n|--") == []
    assert kinds("```python\nx = 1\n``") == [BlockKind.CODE]
    assert kinds("text\n\n$$\n\\frac{a}") == [BlockKind.TEXT, BlockKind.MATH]


def test_an_open_fence_never_shows_its_closing_marks() -> None:
    stream = MarkdownStream()
    update = stream.feed("```python\nx = 1\n")
    for piece in ("`", "`", "`"):
        update = stream.feed(piece)
        assert [s.code for s in update.open] == ["x = 1"]
    update = stream.feed("\nafter")
    assert [s.kind for s in update.settled + update.open] == [BlockKind.CODE, BlockKind.TEXT]


def test_numbers_of_a_list_go_on_as_its_items_settle() -> None:
    text = "\n".join(["1. item"] * 30)
    assert [s.marker for s in streamed(text, 3)] == [f"{n}." for n in range(1, 31)]


def test_items_code_and_tables_of_lists_and_quotes_become_their_own_blocks() -> None:
    specs = parse_answer("- a\n\n  ```\n  c\n  ```\n\n  > q\n\n- [x] b\n  1. d")
    assert [(s.kind, s.marker, s.path) for s in specs] == [
        (BlockKind.TEXT, "•", (Container.LIST,)),
        (BlockKind.CODE, "", (Container.LIST,)),
        (BlockKind.TEXT, "", (Container.LIST, Container.QUOTE)),
        (BlockKind.TEXT, "☑", (Container.LIST,)),
        (BlockKind.TEXT, "1.", (Container.LIST, Container.LIST)),
    ]


def test_long_code_is_cut_into_parts_that_join_to_the_code() -> None:
    code = "\n".join(f"line {n}" for n in range(500))
    specs = parse_answer(f"```\n{code}\n```")
    assert len(specs) > 10
    assert "\n".join(s.code for s in specs) == code
    assert [s.is_last_part for s in specs] == [False] * (len(specs) - 1) + [True]


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("$x$", ["$x$"]),
        (r"\(y\) and \[z\]", ["$y$", "$$z$$"]),
        ("it costs $5 and $10", []),
        ("US$5 or $x$", ["$x$"]),
        ("`$code$`", []),
        (r"\$5 and 5\$", []),
        ("$ spaced $", []),
    ],
)
def test_inline_math_is_told_from_money(text: str, formulas: list[str]) -> None:
    (spec,) = parse_answer(text)
    assert [f.source for f in spec.inline.formulas] == formulas


@pytest.mark.parametrize("text", ["$$\nx\n$$", "\\[\nx\n\\]", "$$x$$", "\\[x\\]"])
def test_block_math_in_both_notations(text: str) -> None:
    (spec,) = parse_answer(f"{text}\n")
    assert (spec.kind, spec.code) == (BlockKind.MATH, "x")


def test_an_unclosed_formula_does_not_swallow_the_rest() -> None:
    specs = parse_answer("$$\nnot closed\n\n# heading")
    assert [s.kind for s in specs] == [BlockKind.TEXT, BlockKind.HEADING]


def test_footnotes_stay_where_they_are_written() -> None:
    specs = parse_answer("See[^1] and [^name] and [^abc].\n\n[^1]: one\n[^name]: two")
    assert specs[0].inline.plain == "See[1] and [name] and [^abc]."
    assert [(s.marker, s.inline.plain) for s in specs[1:]] == [
        ("[1]", "one"),
        ("", "[name]"),
        ("", "two"),
    ]


def test_html_is_text() -> None:
    (spec,) = parse_answer("<script>alert(1)</script> <b>x</b>")
    assert spec.inline.plain == "<script>alert(1)</script> <b>x</b>"
    assert "<script" not in spec.inline.html


def test_images_are_named_and_not_loaded() -> None:
    (spec,) = parse_answer("![a cat](file:///etc/passwd) ![](https://example.com/x.png)")
    assert "a cat" in spec.inline.plain
    assert "<img" not in spec.inline.html
    assert spec.inline.html.count("<a ") == 1


def test_a_question_keeps_its_lines_and_shows_its_code() -> None:
    specs = parse_question("*not bold*\n  # not a heading\n```py\nx\n```")
    assert [(s.kind, s.inline.plain or s.code) for s in specs] == [
        (BlockKind.TEXT, "*not bold*\u2028  # not a heading"),
        (BlockKind.CODE, "x"),
    ]


def test_texts_beyond_all_limits_are_shown_plainly() -> None:
    specs = parse_answer("word **bold** " * (MAX_TEXT_CHARS // 10))
    assert {s.kind for s in specs} == {BlockKind.CODE}
    assert max(len(s.code) for s in specs) < 20_000
    (long, *_) = parse_answer("**bold** " * 2000)
    assert long.inline.plain.startswith("**bold**")
    quoted = parse_answer("> " + "\n> ".join(["line of words"] * 6000))
    assert len(quoted) > 1
