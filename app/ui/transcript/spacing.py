"""Distances between blocks and how far they are indented. Pixels at 100 %."""

from __future__ import annotations

from app.ui.transcript.block_spec import BlockKind, BlockSpec, Container
from app.ui.transcript.style import TextStyle

LIST_PX = 26.0
QUOTE_PX = 18.0
MAX_DEPTH = 8  # deeper lists and quotes are not indented further
_BOXED = {BlockKind.CODE, BlockKind.MATH, BlockKind.TABLE_ROW}


def gap_above(spec: BlockSpec, before: BlockSpec | None, style: TextStyle) -> float:
    """The distance to the block before; None: it is the first of its section."""
    if before is None or (spec.group >= 0 and spec.group == before.group and spec.part > 0):
        return 0.0
    return style.px(_gap(spec, before))


def _gap(spec: BlockSpec, before: BlockSpec) -> float:
    if spec.kind is BlockKind.HEADING:
        return 20.0 if spec.level <= 2 else 15.0
    if before.kind is BlockKind.HEADING:
        return 6.0
    if spec.kind in _BOXED or before.kind in _BOXED:
        return 10.0
    if Container.LIST in spec.path and Container.LIST in before.path:
        return 5.0 if spec.marker else 7.0
    return 11.0


def indent(path: tuple[Container, ...], style: TextStyle) -> float:
    """How far a block that stands in `path` begins from the section's left edge."""
    return sum(container_px(c, style) for c in path[:MAX_DEPTH])


def container_px(container: Container, style: TextStyle) -> float:
    """Indentation by one container."""
    return style.px(LIST_PX if container is Container.LIST else QUOTE_PX)
