"""A painted block: measured when it comes near the window, painted when it is inside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QTextDocument

from app.ui.transcript.block_spec import BlockSpec, Formula, Inline, code_points, n_units
from app.ui.transcript.documents import Mark, with_sources_shown
from app.ui.transcript.math_images import FormulaKey, MathImage
from app.ui.transcript.math_thread import MathRenderer
from app.ui.transcript.style import Look

SCROLL_BAR_PX = 8.0  # height of a block's own scroll bar, at 100 %


class BlockAction(Enum):
    """What a control inside a block does."""

    COPY_CODE = auto()
    TOGGLE_WRAP = auto()


@dataclass(frozen=True)
class BlockControl:
    """A control that a block paints on itself."""

    action: BlockAction
    rect: QRectF  # in the block's coordinates
    is_checked: bool = False


@dataclass(frozen=True)
class Scope:
    """What blocks need to be measured and painted."""

    look: Look
    math: MathRenderer
    pixel_ratio: float = 1.0

    @cached_property
    def muted(self) -> Scope:
        """The same for the thinking: made once, a thousand messages share it."""
        return replace(self, look=replace(self.look, is_muted=True))

    def formula_key(self, formula: Formula, *, is_display: bool) -> FormulaKey:
        """What the image of `formula` depends on here."""
        style = self.look.style
        return FormulaKey(
            formula.tex,
            is_display,
            style.text_px,
            style.descent_px,
            self.look.text_color.name(),
            self.pixel_ratio,
        )


@dataclass(frozen=True)
class BlockPaint:
    """How a block is painted once."""

    painter: QPainter  # its origin is the block's corner
    clip: QRectF  # what must be painted, in the block's coordinates
    marks: Sequence[Mark] = field(default=())
    hovered: BlockAction | None = None
    focused: BlockAction | None = None
    done: BlockAction | None = None  # shows that it has just been carried out


@dataclass(frozen=True)
class Resolved:
    """Running text with the images that are ready."""

    inline: Inline
    images: dict[int, MathImage]
    awaited: frozenset[FormulaKey]


def resolve(inline: Inline, scope: Scope) -> Resolved:
    """Take the images that are ready, ask for the others and show their source so far."""
    if not inline.formulas:
        return Resolved(inline, {}, frozenset())
    ready: dict[int, MathImage] = {}
    awaited: set[FormulaKey] = set()
    for n, formula in enumerate(inline.formulas):
        key = scope.formula_key(formula, is_display=formula.is_display)
        image = scope.math.image(key)
        if image is None:
            awaited.add(key)
        else:
            ready[n] = image
    shown = with_sources_shown(inline, ready)
    return Resolved(shown, dict(enumerate(ready.values())), frozenset(awaited))


class Block(ABC):
    """One block of a section. Lengths in logical pixels, text positions in UTF-16 units."""

    def __init__(self, spec: BlockSpec) -> None:
        self.spec = spec
        self.height = 0.0  # measured, or the last known while `is_stale`
        self.is_stale = True  # must be measured before it is painted
        self.width = -1.0  # for which it was measured
        self.awaited: frozenset[FormulaKey] = frozenset()  # formulas that are not ready

    @abstractmethod
    def estimate(self, width: float, look: Look) -> float:
        """A quick guess of the height, without a document."""

    @abstractmethod
    def measure(self, width: float, scope: Scope) -> float:
        """Lay out for `width`; the height."""

    @abstractmethod
    def paint(self, paint: BlockPaint, scope: Scope) -> None:
        """Paint at the origin; `measure` was called before."""

    @abstractmethod
    def text(self) -> str:
        """The characters that can be selected and searched; OBJECT_SIGN for formulas."""

    @abstractmethod
    def position_at(self, point: QPointF, scope: Scope) -> int:
        """The text position that is nearest to `point`."""

    def copied(self, start: int, end: int) -> str:
        """What is copied of the positions `start`..`end`: formulas as TeX."""
        text = self.text()
        return text[code_points(text, start) : code_points(text, end)]

    def n_positions(self) -> int:
        """Length of the text in positions."""
        return n_units(self.text())

    def link_at(self, point: QPointF) -> str:
        """The address under `point`; empty: none."""
        return ""

    def links(self) -> list[str]:
        """All addresses in the block, in order."""
        return []

    def controls(self, scope: Scope) -> list[BlockControl]:
        """What can be pressed inside the block."""
        return []

    def update(self, spec: BlockSpec) -> None:
        """Show a grown version of the same block."""
        self.spec = spec
        self.is_stale = True
        self.release()

    def release(self) -> None:  # noqa: B027 most blocks hold documents, not all
        """Drop documents; the measured height stays valid."""

    def documents(self) -> Sequence[QTextDocument]:
        """The documents that are held now."""
        return ()

    def first_baseline(self) -> float | None:
        """Baseline of the first line below the block's top, for markers; None: unknown."""
        return None

    def scroll_by(self, dx: float) -> bool:
        """Scroll sideways inside the block; False when there is nothing to scroll."""
        return False

    def overflow(self) -> float:
        """How much wider than the block its content is; 0: it fits."""
        return 0.0

    def scroll_bar(self, scope: Scope) -> QRectF:
        """Where the block's own scroll bar is; empty: there is none."""
        return QRectF()

    def invalidate(self) -> None:
        """Forget the layout: colours, fonts or formulas have changed."""
        self.is_stale = True
        self.release()
