"""Pictures of the transcript's elements: takes them, compares them.

    python -m tests.ui.transcript.golden_images --write    # the stored ones, anew

Pictures are taken in a process of its own per scale. It sees four fonts of the DejaVu family
(Debian's fonts-dejavu-core), unhinted, whatever the machine has and how it is configured.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtGui import QFontDatabase, QImage
from PySide6.QtWidgets import QApplication

from app.ui.garbage_collector import collect_in_gui_thread
from app.ui.models.path_model import PathModel
from app.ui.transcript.message_item import Part
from app.ui.transcript.palette import TranscriptPalette
from app.ui.transcript.transcript_view import TranscriptView
from tests.ui.transcript.elements import ELEMENTS, Element

FOLDER = Path(__file__).parent / "golden"
SCALES = (100, 150, 200)  # per cent
THEMES = {"light": TranscriptPalette.light, "dark": TranscriptPalette.dark}
MODULE = "tests.ui.transcript.golden_images"
WIDTH = 460  # of the view, logical pixels
MARGIN = 6
CELL_PX = 4  # pictures are compared by the means of cells of 4 x 4 device pixels
TOLERANCE = 12  # levels of 255 by which a cell may differ: rounding of another processor
PATIENCE_S = 60.0
FONTS = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSansMono.ttf",
    "DejaVuSansMono-Bold.ttf",
)
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <cachedir>{folder}/cache</cachedir>
  <match target="pattern"><test name="family"><string>monospace</string></test>
    <edit name="family" mode="assign"><string>DejaVu Sans Mono</string></edit></match>
  <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="autohint" mode="assign"><bool>false</bool></edit>
    <edit name="hintstyle" mode="assign"><const>hintnone</const></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
  </match>
</fontconfig>
"""

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.int16]]


def picture_name(element: str, theme: str, scale: int) -> str:
    """File name of one picture."""
    return f"{element}-{theme}-{scale}.png"


def fonts() -> list[Path]:
    """The four font files; fewer where the system lacks them."""
    found: dict[str, Path] = {}
    for folder in FONT_FOLDERS:
        for path in folder.rglob("DejaVuSans*.ttf") if folder.is_dir() else ():
            found.setdefault(path.name, path)
    return [found[name] for name in FONTS if name in found]


def take_all(scale: int, folder: Path) -> None:
    """Take all pictures at one scale, in a process of its own.

    Raises:
        RuntimeError: the process failed; the text is what it wrote.
    """
    with tempfile.TemporaryDirectory(prefix="lumbre-fonts-") as made:
        home = Path(made)
        (home / "fonts").mkdir()
        for path in fonts():
            (home / "fonts" / path.name).symlink_to(path)
        configuration = home / "fonts.conf"
        configuration.write_text(_CONFIGURATION.format(folder=home), "utf-8")
        environment = os.environ | {
            "FONTCONFIG_FILE": str(configuration),
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": str(scale / 100),
            "LANG": "C.UTF-8",
        }
        done = subprocess.run(
            [sys.executable, "-m", MODULE, "--take", str(scale), str(folder)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[3],
        )
    if done.returncode != 0:
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr}")


def difference(picture: Path, golden: Path) -> float:
    """By how many levels of 255 the most different cell differs; other sizes: 255."""
    one, other = _pixels(QImage(str(picture))), _pixels(QImage(str(golden)))
    if one.shape != other.shape:
        return 255.0
    return float(np.abs(_cells(one) - _cells(other)).max())


def write_difference(picture: Path, golden: Path, target: Path) -> None:
    """Picture, golden image and their difference below each other."""
    one, other = _pixels(QImage(str(picture))), _pixels(QImage(str(golden)))
    height, width = max(one.shape[0], other.shape[0]), max(one.shape[1], other.shape[1])
    first, second = (_padded(p, height, width) for p in (one, other))
    apart = 255 - np.minimum(np.abs(first - second) * 4, 255)
    memory = np.concatenate([first, second, apart]).astype(np.uint8).tobytes()
    image = QImage(memory, width, 3 * height, 3 * width, QImage.Format.Format_RGB888)
    image.save(str(target))


def _padded(pixels: Pixels, height: int, width: int) -> Pixels:
    room = ((0, height - pixels.shape[0]), (0, width - pixels.shape[1]), (0, 0))
    return np.pad(pixels, room, constant_values=128)


def _pixels(image: QImage) -> Pixels:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height = plain.width(), plain.height()
    lines = np.frombuffer(plain.constBits(), np.uint8).reshape(height, plain.bytesPerLine())
    return lines[:, : 3 * width].reshape(height, width, 3).astype(np.int16)


def _cells(pixels: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    height, width = (n // CELL_PX * CELL_PX for n in pixels.shape[:2])
    inside = pixels[:height, :width]
    cells = inside.reshape(height // CELL_PX, CELL_PX, width // CELL_PX, CELL_PX, 3)
    return cells.mean(axis=(1, 3))


# -- in the process that takes pictures ----------------------------------------------------


def _take(scale: int, folder: Path) -> None:
    app = QApplication([])
    collect_in_gui_thread(app)  # as in the program: no view may end in the math thread
    families = [f for f in QFontDatabase.families() if f.startswith("DejaVu")]
    assert sorted(families) == ["DejaVu Sans", "DejaVu Sans Mono"], families
    for theme, palette in THEMES.items():
        for name, element in ELEMENTS.items():
            _picture(app, element, palette()).save(
                str(folder / picture_name(name, theme, scale))
            )


def _picture(app: QApplication, element: Element, palette: TranscriptPalette) -> QImage:
    model = PathModel()
    view = TranscriptView(model, palette)
    font = view.font()
    font.setFamilies(["DejaVu Sans"])
    view.setFont(font)
    view.resize(WIDTH, 400)
    view.show()
    model.set_rows(element.rows)
    element.prepare(view)
    deadline = time.monotonic() + PATIENCE_S
    view.viewport().repaint()
    while (
        view.n_formulas_waiting or not view.finding.is_complete
    ) and time.monotonic() < deadline:
        app.processEvents()
        time.sleep(0.002)
    assert view.n_formulas_waiting == 0
    bar_px = view.height() - view.viewport().height()  # the search's
    view.resize(WIDTH, int(view.conversation.total) + 20 + bar_px)
    view.clearFocus()
    image = view.viewport().grab(view.viewport().rect()).toImage()
    ratio = image.devicePixelRatio()
    top, bottom = _edges(view, element)
    image = image.copy(0, round(top * ratio), image.width(), round((bottom - top) * ratio))
    view.shutdown()
    view.close()
    return _few_colors(image)


def _edges(view: TranscriptView, element: Element) -> tuple[float, float]:
    item = view.item(0)
    body = item.place_of(Part.BODY)
    if element.is_whole or body is None:
        return 0.0, item.height
    top = view.conversation.top(0) + body.y
    return top, top + body.height + MARGIN


def _few_colors(image: QImage) -> QImage:
    """With a table of colours, a third of the file: rounded by less than the tolerance."""
    pixels = _pixels(image)
    height, width = pixels.shape[:2]
    for step in (1, 2, 4, 8):
        rounded = np.minimum((pixels + step // 2) // step * step, 255).astype(np.uint8)
        colors = np.unique(rounded.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1]))
        if len(colors) <= 256:
            break
    memory = rounded.tobytes()  # Qt does not keep it alive
    plain = QImage(memory, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    if len(colors) > 256:
        return plain
    table = [0xFF000000 | int(color) for color in colors]
    return plain.convertToFormat(QImage.Format.Format_Indexed8, table)


def main() -> None:
    """Take pictures for a test, or write the stored ones anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--take", nargs=2, metavar=("SCALE", "FOLDER"))
    parser.add_argument("--write", action="store_true", help="the stored pictures, anew")
    options = parser.parse_args()
    if options.take:
        _take(int(options.take[0]), Path(options.take[1]))
    elif options.write:
        FOLDER.mkdir(exist_ok=True)
        for old in FOLDER.glob("*.png"):
            old.unlink()
        for scale in SCALES:
            take_all(scale, FOLDER)
        size = sum(p.stat().st_size for p in FOLDER.glob("*.png"))
        print(f"{len(list(FOLDER.glob('*.png')))} pictures, {size / 1e6:.2f} MB")
    else:
        parser.print_help()


if __name__ == "__main__":
    main()
