"""Short memory is said before the system begins to crawl."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.core.machine import Machine
from app.ui.chat_events import Phase
from app.ui.memory_watch import MemoryStateChanged, MemoryWatch
from app.ui.notifications import Banner
from tests.ui.window_rig import MakeWindow, make_window, theme

__all__ = ["make_window", "theme"]

TOTAL = 16_000_000_000


def machine(available: int) -> Machine:
    return Machine(TOTAL, available, 8, 4)


def test_it_is_said_once_and_taken_back_when_there_is_clearly_enough(qtbot) -> None:
    free = [3_000_000_000, 700_000_000, 600_000_000, 900_000_000, 2_000_000_000]
    values = iter(free)
    watch = MemoryWatch(lambda: machine(next(values)))
    said: list[MemoryStateChanged] = []
    watch.changed.connect(said.append)
    for _ in free:
        watch.look()
    assert [(e.is_short, e.available_bytes) for e in said] == [
        (True, 700_000_000),
        (False, 2_000_000_000),
    ]


def test_the_window_offers_to_unload_the_model(make_window: MakeWindow) -> None:
    window = make_window()
    window.chat.machine = machine(300_000_000)
    watch = window.widget.findChild(MemoryWatch)
    assert watch is not None
    watch.look()
    assert any("Memory is short" in text for text in window.widget.page.banners.texts())
    banner = window.widget.page.banners.findChild(Banner)
    assert banner is not None
    button = next(b for b in banner.findChildren(QPushButton) if "Unload" in b.text())
    window.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    window.chat.wait_until(Phase.NO_MODEL)
    assert not any("Memory is short" in text for text in window.widget.page.banners.texts())


def test_the_first_screen_says_what_this_computer_can_do(make_window: MakeWindow) -> None:
    window = make_window(loads=False)
    texts = " ".join(window.label_texts())
    assert "16.0 GB of memory" in texts
    assert "80.0 GB free on the disk" in texts
    assert "12.0 GB" in texts
