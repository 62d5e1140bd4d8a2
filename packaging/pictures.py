"""The pictures of the window in the README: `pictures.py`, on Linux, with Xvfb.

The real program under a screen that nobody sees, with the practice model and a history of its
own: one picture for each language and theme, in docs/pictures, with at most 256 colours.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from screen import screen  # noqa: E402

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

PICTURES = ROOT / "docs" / "pictures"
DISPLAY = ":96"
SIZE = (1180, 850)  # logical pixels
PICTURE_BYTES_MAX = 150_000
QUESTIONS = {
    "en": ("Is it private?", "How do I change the reasoning level?"),
    "es": ("¿Es privado?", "¿Cómo cambio el nivel de razonamiento?"),
}
THEMES = ("light", "dark")


def main() -> int:
    """Take all pictures; with a language and a theme as arguments, that one in this process."""
    if len(sys.argv) == 3:
        take(sys.argv[1], sys.argv[2])
        return 0
    PICTURES.mkdir(parents=True, exist_ok=True)
    with screen(DISPLAY, f"{SIZE[0] + 20}x{SIZE[1] + 20}") as seen:
        environment = os.environ | {"DISPLAY": seen.display, "QT_QPA_PLATFORM": "xcb"}
        for language in QUESTIONS:
            for theme in THEMES:
                command = [sys.executable, __file__, language, theme]
                subprocess.run(command, check=True, env=environment)
    too_large = [p.name for p in PICTURES.iterdir() if p.stat().st_size > PICTURE_BYTES_MAX]
    print(f"Too large: {too_large}" if too_large else f"In {PICTURES}.")
    return 1 if too_large else 0


def take(language: str, theme: str) -> None:
    """Open the window, ask the practice model, save what is to be seen."""
    from app.application import build_engine, build_gate, store_opener
    from app.core.generation import GREEDY
    from app.core.resources import resource_path
    from app.core.settings import Settings
    from app.paths import PRACTICE_MODEL, app_paths, make_private
    from app.window_program import WindowProgram, make_qt_application

    model = str(resource_path(PRACTICE_MODEL))
    settings = Settings(
        language=language,
        theme=theme,
        has_seen_welcome=True,
        has_seen_tuning=True,
        shows_thinking=True,
        sampling=GREEDY,
        model_path=model,
    )
    _ = make_qt_application(settings)
    with tempfile.TemporaryDirectory(prefix="lumbre-") as name:
        paths = app_paths(Path(name))
        make_private(paths.data_dir)
        gate = build_gate(paths, settings)
        program = WindowProgram(paths, settings, build_engine(paths), store_opener(paths), gate)
        try:
            program.window.resize(*SIZE)
            program.start()
            _converse(program, QUESTIONS[language])
            image = program.window.grab().toImage()
        finally:
            program.shut_down()
    with_few_colours(image).save(str(PICTURES / f"window-{language}-{theme}.png"), None, 0)


def with_few_colours(image: QImage) -> QImage:
    """The picture with its 256 most frequent colours; the others become the nearest of them."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    whole = image.convertToFormat(QImage.Format.Format_RGB32)
    frequent = Counter(memoryview(whole.constBits()).cast("I")).most_common(256)
    plain = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    table = [colour for colour, _ in frequent]
    return whole.convertToFormat(QImage.Format.Format_Indexed8, table, plain)


def _converse(program: object, questions: Sequence[str]) -> None:
    """Ask one after the other; return when the last answer stands there."""
    from PySide6.QtCore import QEventLoop, QTimer

    from app.core.message import ReasoningEffort
    from app.ui.chat_events import Phase, PhaseChanged
    from app.window_program import WindowProgram

    assert isinstance(program, WindowProgram)
    controller, loop, left = program.controller, QEventLoop(), list(questions)

    def on_phase_changed(event: PhaseChanged) -> None:
        if event.phase is not Phase.READY:
            return
        if left:
            QTimer.singleShot(0, ask)
        else:
            QTimer.singleShot(1500, loop.quit)  # folding, scrolling and fading are over

    def ask() -> None:
        controller.send(left.pop(0), ReasoningEffort.MEDIUM)

    controller.phase_changed.connect(on_phase_changed)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
