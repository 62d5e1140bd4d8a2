"""What the golden images show: one element of the transcript each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.message import FinishReason
from app.ui.models.path_model import MessageRow
from app.ui.transcript.selection import Position, Selection
from app.ui.transcript.transcript_view import TranscriptView
from tests.ui.transcript.samples import answer, question

Prepare = Callable[[TranscriptView], None]


def _nothing(_: TranscriptView) -> None:
    pass


@dataclass(frozen=True)
class Element:
    """Rows, and what is done with them before the picture is taken."""

    rows: tuple[MessageRow, ...]
    prepare: Prepare = _nothing
    is_whole: bool = False  # the whole message with name and figures, not the text alone


def _text(markdown: str, prepare: Prepare = _nothing) -> Element:
    return Element((answer("a", markdown),), prepare)


def _select(view: TranscriptView) -> None:
    view.set_selection(Selection(Position(0, 1, 0, 4), Position(0, 1, 1, 9)))


def _find(view: TranscriptView) -> None:
    view.open_find_bar()
    view.finding.bar.field.setText("seed")


def _unfold(view: TranscriptView) -> None:
    view.set_shows_thinking(True)


def _scroll_table(view: TranscriptView) -> None:
    view.item(0).body.blocks[0].scroll_by(120)


HEADINGS = "\n\n".join(f"{'#' * n} Heading of level {n}" for n in range(1, 7))
TWO_PARAGRAPHS = "A seed falls and a seed grows.\n\nNo seed is **like** the seed before."
WIDE_TABLE = (
    "| Name | A long first column | A long second column | A long third column |\n"
    "|---|---|---|---|\n"
    + "\n".join(
        f"| row{n} | unbreakablewords{n}0000 | anotherverylongword{n} | athirdverylongword{n} |"
        for n in range(3)
    )
)
CODE = '''```python
def area(radius: float) -> float:
    """Of a circle."""  # two
    return 3.1416 * radius**2
```'''
LONG_CODE = "```\n" + "a line that is much too long for the column, " * 4 + "\nshort\n```"
THINKING = "The person asks for a *seed*.\n\n1. Find one\n2. Name it"

ELEMENTS: dict[str, Element] = {
    "headings": _text(HEADINGS),
    "emphasis": _text("Plain, **bold**, *slanted*, ***both***, `code`, <kbd>Ctrl</kbd>."),
    "strike": _text("~~Wrong~~ right, and ~~**both** wrong~~."),
    "links": _text("See [the manual](https://example.org) or https://example.com/a?b=c."),
    "bullets": _text(
        "- one\n- two, which is long enough to be broken into two lines of "
        "text\n  - deeper\n    - deepest\n- three"
    ),
    "numbers": _text("8. eight\n9. nine\n10. ten\n    1. inner\n    2. inner"),
    "tasks": _text("- [x] written\n- [ ] not written\n  - [x] inner"),
    "table": _text(
        "| Name | Number | Middle |\n|:--|--:|:-:|\n| one | 1 | a |\n"
        "| two | 22 | `b` |\n| three | 333 | **c** |"
    ),
    "math-table": _text(
        "| Name | Time |\n|:--|--:|\n| Timsort | $O(n \\log n)$ |\n| Quick | $O(n^2)$ |"
    ),
    "wide-table": _text(WIDE_TABLE, _scroll_table),
    "quote": _text("> A quotation\n> of two lines.\n>\n> > nested\n\nAfter it."),
    "rule": _text("Above\n\n---\n\nbelow."),
    "large-numbers": _text("98. small\n99. small\n\nBy year:\n\n1984. one\n1985. two"),
    "footnote": _text("A claim.[^1] Another.[^note]\n\n[^1]: The first.\n[^note]: The second."),
    "code": _text(CODE),
    "long-code": _text(LONG_CODE),
    "inline-math": _text(r"The mean is $\bar{x} = \frac{1}{n}\sum_{i=1}^n x_i$ or $a^2$."),
    "block-math": _text(r"$$\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}$$"),
    "raw-html": _text("<div onclick='x'>text</div>\n\nand <b>inline</b> <img src=x>"),
    "hidden-signs": _text("left\u202eright and zero\u200bwidth"),
    "thinking-folded": Element((answer("a", "Here.", thinking=THINKING),), is_whole=True),
    "thinking-open": Element(
        (answer("a", "Here.", thinking=THINKING),), _unfold, is_whole=True
    ),
    "stopped": Element(
        (answer("a", "It begins", reason=FinishReason.CANCELLED),), is_whole=True
    ),
    "versions": Element((answer("a", "One.", version=2, n_versions=3),), is_whole=True),
    "question": Element((question("q", "Two lines\nof a question"),), is_whole=True),
    "found": _text(TWO_PARAGRAPHS, _find),
    "selected": _text(TWO_PARAGRAPHS, _select),
}
