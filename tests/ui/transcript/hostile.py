"""Texts that a model steered by somebody hostile could write. Generated, repeatable.

Most are short, as such texts are; some 3 % repeat one thing thousands of times.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

_SCHEMES = (
    *("javascript:", "JaVa\tScript:", "vbscript:", "data:text/html,", "file://", "smb://"),
    *(
        "ms-msdt:",
        "search-ms:",
        "\\\\host\\share\\",
        "//host/share/",
        "/dev/",
        "../../",
        "about:",
    ),
    *("qrc:", "http://localhost:1/", "https://user@evil.example/", "x-apple:", "-", "--help "),
)
_TAGS = (
    *("<script>{0}</script>", "<img src='{0}' onerror=alert(1)>", "<iframe src='{0}'>"),
    *(
        "<style>@import url({0});</style>",
        "<link rel=stylesheet href='{0}'>",
        "<base href='{0}'>",
    ),
    *(
        "<svg onload=x><image href='{0}'/></svg>",
        "<object data='{0}'>",
        "<table background='{0}'>",
    ),
    *(
        "<body style=\"background:url('{0}')\">",
        "<!-- {0} -->",
        "<![CDATA[{0}]]>",
        "<?xml {0}?>",
    ),
    *(
        "<a href='{0}'>x",
        "<qt><img src='{0}'></qt>",
        "<hr" * 40,
        "<p align=" + "x" * 500,
        "&#0;",
    ),
)
_MARKS = (
    *(
        "**",
        "__",
        "*",
        "_",
        "~~",
        "`",
        "``",
        "```",
        "~~~",
        "$",
        "$$",
        "\\(",
        "\\[",
        "\\)",
        "\\]",
    ),
    *(
        "[",
        "](",
        "![",
        ")",
        "<",
        ">",
        "> ",
        "- ",
        "1. ",
        "# ",
        "|",
        "|-|",
        "\n",
        "\n\n",
        "    ",
    ),
    *(
        "\t",
        "---",
        "===",
        "[^1]",
        "[^1]: ",
        "[a]: ",
        "&amp;",
        "&#x202e;",
        "\\",
        "{",
        "}",
        "\x00",
    ),
)
_SIGNS = (
    *("\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u0301" * 30, "\U000e0041", "\ud800"),
    *(
        "\u2028",
        "\x1b[31m",
        "ﷺ",
        "\U0001f468\u200d\U0001f469",
        "ا" * 20,
        "\ufffc",
        "\ufdd0",
        "\r",
    ),
)
_TEX = (
    *(
        "\\frac{",
        "\\sqrt{",
        "\\left(",
        "\\begin{matrix}",
        "\\input{/etc/passwd}",
        "^",
        "_",
        "&",
    ),
    *("\\\\", "\\def\\x{\\x}\\x", "\\text{", "}", "\\right)", "\\includegraphics{/dev/zero}"),
)
_REPEATED = (
    *(
        "> ",
        "- ",
        "[",
        "![",
        "*a **b ",
        "<b>",
        "`",
        "$",
        "|",
        "(",
        "\\[",
        "#",
        "1. ",
        "\t",
        "﷽",
    ),
    *(
        "a\u0301",
        "& ",
        "&lt;",
        "[a](",
        "**",
        "_a_",
        "\n",
        "- \n",
        "|a",
        "x\n=\n",
        "~~",
        "```\n",
    ),
)


def hostile_texts(n: int, paths: tuple[str, ...] = ("/etc/passwd",)) -> Iterator[str]:
    """`n` texts; `paths` are files that they try to have opened."""
    rng = random.Random(20_261_121)
    makers = (_images, _images, _html, _soup, _soup, _soup, _repeated, _table, _long_run, _math)
    for i in range(n):
        yield makers[i % len(makers)](rng, paths)


def _target(rng: random.Random, paths: tuple[str, ...]) -> str:
    return rng.choice(_SCHEMES) + rng.choice(paths) if rng.random() < 0.6 else rng.choice(paths)


def _images(rng: random.Random, paths: tuple[str, ...]) -> str:
    """Images and links in every notation."""
    parts: list[str] = []
    for n in range(rng.randint(1, 6)):
        target = _target(rng, paths)
        parts.append(
            rng.choice(
                (
                    f"![x]({target})",
                    f"![x](<{target}>)",
                    f"![x][r{n}]\n\n[r{n}]: {target}",
                    f"[click]({target} 'title')",
                    f"<{target}>",
                    f"[![x]({target})]({target})",
                    f"| ![x]({target}) |\n|---|\n| {target} |",
                    f"# ![x]({target})",
                    f"> - ![x]({target})",
                )
            )
        )
    return "\n\n".join(parts)


def _html(rng: random.Random, paths: tuple[str, ...]) -> str:
    """Raw HTML and CSS."""
    tags = (rng.choice(_TAGS).replace("{0}", _target(rng, paths)) for _ in range(4))
    return rng.choice(("\n", " ", "\n\n", "\n> ", "\n- ")).join(tags)


def _soup(rng: random.Random, paths: tuple[str, ...]) -> str:
    """Marks, hidden signs and words in any order."""
    bags = (_MARKS, _MARKS, _MARKS, _SIGNS, _TEX, _TAGS, ("word ", "a", "é", "日本", *paths))
    return "".join(rng.choice(rng.choice(bags)) for _ in range(rng.randint(3, 120)))


def _repeated(rng: random.Random, paths: tuple[str, ...]) -> str:
    """One mark thousands of times: what is quadratic shows itself."""
    return rng.choice(_REPEATED) * rng.choices((50, 500, 3000), (70, 27, 3))[0] + "x"


def _table(rng: random.Random, paths: tuple[str, ...]) -> str:
    """Tables that are wide, long, ragged."""
    n_columns, n_rows = rng.choices(((3, 40), (200, 3), (20, 20), (2, 900)), (40, 27, 30, 3))[0]
    rows = ["|" + "a|" * n_columns, "|" + "-|" * n_columns]
    for _ in range(n_rows):
        cells = rng.randint(0, n_columns + 2)
        rows.append("|" + "".join(f"{rng.choice(_MARKS)}|" for _ in range(cells)))
    return "\n".join(rows)


def _long_run(rng: random.Random, paths: tuple[str, ...]) -> str:
    """Endless lines, inside and outside of code."""
    sign = rng.choice(("x", "﷽", "a\u0301", "\t", "é", "W", "x ", "日"))
    run = sign * rng.choices((500, 30_000), (85, 15))[0]
    return rng.choice(
        ("{}", "```\n{}\n```", "`{}`", "# {}", "- {}", "$$\n{}\n$$", "|{}|\n|-|")
    ).replace("{}", run)


def _math(rng: random.Random, paths: tuple[str, ...]) -> str:
    """Formulas that are deep, broken, long."""
    tex = "".join(rng.choice(_TEX) for _ in range(rng.randint(1, 60)))
    return rng.choice(("$$\n{}\n$$", "${}$", "\\({}\\)", "\\[{}\\]")).replace("{}", tex)


def known_texts() -> Iterator[str]:
    """What has made readers of Markdown slow or unsafe before: each small and large."""
    for n in (300, 5_000):
        yield from _known_inline(n)
        yield from _known_blocks(n)
        yield from _known_math(n)


def _known_inline(n: int) -> Iterator[str]:
    """Openers without closers, closers without openers, and both crossed."""
    yield "*a **a " * n + "b" + " a** a*" * n
    yield "a_ " * n
    yield "_a " * n
    yield "*a_ " * n
    yield "a**b" + "c* " * n
    yield "**x [a*b**c*](d)" * (n // 4)
    yield "[" * n + "a" + "]" * n
    yield "[a" * n
    yield "a]" * n
    yield "[a](b" * n
    yield "[a](<b" * n
    yield "![[]()" * n
    yield "[ (](" * n
    yield "".join(f"e{'`' * k}" for k in range(min(n, 300)))
    yield "a`b``" * n
    yield "<" * n
    yield "<a " * n
    yield "<a b='" * n
    yield "<?" * n + "<!A" * n + "<![CDATA[" * n
    yield "<!-- " * n
    yield "&" * n + "&#" * n + "&amp" * n
    yield "\\" * n + "*" * n
    yield "~~" * n + "a" + "~" * n
    yield "https://" * n
    yield "https://a.example/" + "(" * n
    yield "www.a." * n + "@" * n
    yield "a  \n" * n
    yield "x@y." * n


def _known_blocks(n: int) -> Iterator[str]:
    """Depth, definitions, fences and tables without an end."""
    yield ">" * n + "a"
    yield "> " * 50 + "a\n" * n
    yield "- " * n + "a"
    yield "1) " * n + "a"
    yield "\n".join("  " * min(k, 200) + "* a" for k in range(n))
    yield "\n".join(f"{k}. a" for k in range(n))
    yield "".join(f"[{k}]: http://a.example/{k} 'x'\n" for k in range(n)) + "[1] [2] [3]"
    yield "[a]: <b> '" + "x\n" * n
    yield "".join(f"[^{k}]: note\n" for k in range(n)) + "".join(f"[^{k}]" for k in range(n))
    yield "[^1]" * n + "\n\n[^1]: x"
    yield "```\n" * n
    yield "~~~ " + "a" * n + "\nb"
    yield "\t" * n + "a"
    yield "    a\n\n" * n
    yield "# " * n
    yield "#" * n + " a"
    yield "a\n" * n + "---"
    yield "-\n" * n
    yield "***\n" * n
    yield "|" * n + "\n" + "|-" * n
    yield "|a|b|\n|-|-|\n" + "|c\n" * n
    yield "|a|\n|-|\n|" + "`|" * n
    yield "<div>\n" * n
    yield "<script>" + "a\n" * n
    yield "\r" * n + "\x00" * n
    yield "\ufeff" + "\u2028" * n


def _known_math(n: int) -> Iterator[str]:
    """Dollars and brackets that open formulas which never come."""
    yield "$a " * n
    yield "$$\n" * n
    yield "$$ a\n" * n
    yield "\\(" * n + "a" + "\\)" * n
    yield "\\[\n" * n + "a"
    yield "\\[ a \\] " * (n // 4)
    yield "$" + "{" * n + "$"
    yield "$" + "\\frac{1}{" * 200 + "$"
    yield "$x^{" * (n // 4) + "$"
    yield "|$a$" * n + "|\n" + "|-" * n
