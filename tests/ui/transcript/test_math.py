"""Formulas: typeset in one thread, which never outlives the view."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.ui.transcript.block_spec import BlockKind
from app.ui.transcript.math_images import FormulaKey, typeset
from app.ui.transcript.math_thread import FormulaReady, MathRenderer
from tests.ui.transcript.conftest import Rig
from tests.ui.transcript.samples import answer, question

FORMULAS = [
    r"E = mc^2",
    r"\frac{-b \pm \sqrt{b^2 - 4ac}}{2a}",
    r"\sum_{i=1}^{n} i = \frac{n(n+1)}{2}",
    r"\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
    r"f(x) = \begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\begin{aligned} a &= b + c \\ &= d \end{aligned}",
    r"\lim_{x \to 0} \frac{\sin x}{x} = 1",
    r"\mathbb{R}, \mathcal{L}, \mathbf{v}, \vec{u}, \hat{y}, \bar{x}",
    r"\nabla \cdot \vec{E} = \frac{\rho}{\varepsilon_0}",
    r"\left( \frac{a}{b} \right)^n \leq \binom{n}{k}",
    r"A \cup B \subseteq C \iff \forall x \in A : x \notin \emptyset",
]
BROKEN = [
    r"\frac{a}{",
    r"\begin{matrix} a",
    r"\unknowncommand{x}",
    "^" * 300,
    "{" * 50,
    r"\sqrt{" * 40 + "x" + "}" * 40,
    r"\def\x{\x\x}\x",
    r"\input{/etc/passwd}",
    "a" * 5000,
    "",
]


def key(tex: str, *, is_display: bool = True, color: str = "#102030") -> FormulaKey:
    return FormulaKey(tex, is_display, 15.0, 4.0, color, 1.0)


def n_threads() -> int:
    return sum(t.name == "math" for t in threading.enumerate())


def inked(image: QImage) -> int:
    """Pixels that are not transparent."""
    return sum(
        image.pixelColor(x, y).alpha() > 60
        for x in range(image.width())
        for y in range(image.height())
    )


@pytest.mark.parametrize("tex", FORMULAS)
def test_usual_formulas_are_typeset(qapp: object, tex: str) -> None:
    for is_display in (True, False):
        found = typeset(key(tex, is_display=is_display))
        assert found is not None
        assert inked(found.image) > 20
        assert found.size.width() > 5


@pytest.mark.parametrize("tex", BROKEN)
def test_what_cannot_be_typeset_gives_nothing_quickly(qapp: object, tex: str) -> None:
    begun = time.thread_time()
    typeset(key(tex))
    # Not a speed test: the nesting of this list would take hours without the limits.
    assert time.thread_time() - begun < 30


def test_the_ink_has_the_text_s_colour(qapp: object) -> None:
    found = typeset(key(r"\frac{M}{W}", color="#ff0000"))
    assert found is not None
    colors = {
        found.image.pixelColor(x, y).name()
        for x in range(found.image.width())
        for y in range(found.image.height())
        if found.image.pixelColor(x, y).alpha() == 255
    }
    assert colors == {"#ff0000"}


def test_images_come_later_and_the_thread_ends_with_the_renderer(qtbot: QtBot) -> None:
    renderer = MathRenderer()
    ready: list[FormulaReady] = []
    renderer.formula_ready.connect(ready.append)
    assert renderer.image(key("x+1")) is None
    assert renderer.image(key("x+1")) is None
    qtbot.waitUntil(lambda: renderer.n_waiting == 0, timeout=20_000)
    assert [r.key for r in ready] == [key("x+1")]
    assert renderer.image(key("x+1")) is not None
    assert n_threads() == 1
    renderer.close()
    assert n_threads() == 0


def test_closing_interrupts_a_formula_that_takes_long(qtbot: QtBot) -> None:
    renderer = MathRenderer()
    for n in range(200):
        renderer.image(key(rf"\sqrt{{\sqrt{{\sqrt{{\frac{{x_{{{n}}}}}{{2}}}}}}}}"))
    qtbot.waitUntil(lambda: renderer.n_waiting < 200, timeout=20_000)
    renderer.close()
    assert n_threads() == 0
    assert renderer.image(key("later")) is None
    assert n_threads() == 0


def test_the_source_is_shown_until_the_formula_is_ready(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "The area is $\\pi r^2$ exactly.")])
    rig.draw()
    block = rig.view.item(1).body.blocks[0]
    assert block.text() == "The area is $\\pi r^2$ exactly."
    rig.settle()
    assert block.text() == "The area is \ufffc exactly."
    assert block.copied(0, block.n_positions()) == "The area is $\\pi r^2$ exactly."


def test_a_formula_that_cannot_be_typeset_stays_as_its_source(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "Odd: $\\frac{a$ and\n\n$$\\frac{b$$")])
    rig.settle()
    inline, display = rig.view.item(1).body.blocks
    assert inline.text() == "Odd: $\\frac{a$ and"
    assert display.spec.kind is BlockKind.MATH
    assert display.copied(0, 1) == "$$\\frac{b$$"


def test_a_wide_formula_scrolls_inside_its_block(rig: Rig) -> None:
    wide = " + ".join(f"\\frac{{x_{{{n}}}}}{{y}}" for n in range(60))
    rig.model.set_rows([question("q"), answer("a", f"$$\n{wide}\n$$")])
    rig.settle()
    (block,) = rig.view.item(1).body.blocks
    assert block.width <= rig.view.column.width()
    assert block.overflow() > 0
    assert block.scroll_by(30)


def test_formulas_take_the_new_colours_when_the_theme_changes(rig: Rig) -> None:
    from app.ui.transcript.palette import TranscriptPalette

    rig.model.set_rows([question("q"), answer("a", "$$x^2$$")])
    rig.settle()
    rig.view.set_palette_colors(TranscriptPalette.dark())
    rig.draw()
    rig.settle()
    image = rig.view.viewport().grab().toImage()
    rect = rig.view.block_rect(1, 1, 0).toRect()
    ratio = image.devicePixelRatio()
    lightest = max(
        image.pixelColor(int(x * ratio), int(y * ratio)).lightness()
        for x in range(rect.left(), rect.right())
        for y in range(rect.top(), rect.bottom())
    )
    assert lightest > 180


def test_a_formula_alone_in_a_cell_makes_its_row_no_higher_than_a_line(rig: Rig) -> None:
    table = "| Name | Time |\n|---|---|\n| words | $n^2$ |\n| words | words |"
    rig.model.set_rows([question("q"), answer("a", table)])
    rig.settle()
    _, formula, words = rig.view.item(1).body.blocks
    assert formula.height <= words.height + 3


def test_closing_at_any_moment_of_the_typesetting_ends_in_peace() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.ui.transcript.close_while_typesetting"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
