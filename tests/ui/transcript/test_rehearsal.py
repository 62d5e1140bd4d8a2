"""What is painted ahead is whole, and leaves nothing behind."""

from __future__ import annotations

from PySide6.QtCore import QRect

from app.ui.transcript.rehearsal import rehearse
from tests.ui.transcript.conftest import Rig


def test_a_rehearsal_paints_heading_list_table_and_code(rig: Rig) -> None:
    image = rehearse(rig.view.scope())
    strip = image.height() // 6
    for n in range(5):
        part = image.copy(QRect(0, n * strip, image.width(), strip))
        colors = {
            part.pixel(x, y) for x in range(0, part.width(), 2) for y in range(part.height())
        }
        assert len(colors) > 2, f"strip {n} is empty"


def test_a_rehearsal_changes_nothing_that_is_shown_and_typesets_nothing(rig: Rig) -> None:
    rehearse(rig.view.scope())
    assert rig.view.conversation.items == []
    assert rig.view.n_formulas_waiting == 0
