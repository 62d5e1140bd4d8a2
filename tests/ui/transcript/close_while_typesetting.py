"""Closes the renderer of formulas at random moments of its work; run by `test_math`.

In a process of its own, because what it looks for ends the process.
"""

from __future__ import annotations

import random
import time

from PySide6.QtWidgets import QApplication

from app.ui.garbage_collector import collect_in_gui_thread
from app.ui.transcript.math_images import FormulaKey, typeset
from app.ui.transcript.math_thread import MathRenderer

N_ROUNDS = 200


def _key(n: int, part: int) -> FormulaKey:
    return FormulaKey(
        rf"\sqrt{{\frac{{x_{{{n}}}}}{{{part}}}}}", True, 15.0, 4.0, "#000000", 1.0
    )


def main() -> None:
    app = QApplication([])
    collect_in_gui_thread(app)
    typeset(_key(0, 1))  # imports
    begun = time.perf_counter()
    typeset(_key(0, 2))
    one_s = time.perf_counter() - begun
    rng = random.Random(3)
    for n in range(N_ROUNDS):
        renderer = MathRenderer()
        for part in range(1, 7):
            renderer.image(_key(n, part))
        end = time.perf_counter() + rng.random() * one_s * 3
        while time.perf_counter() < end:
            time.sleep(0.0003)
        renderer.close()


if __name__ == "__main__":
    main()
