"""Files dropped on the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app.documents.attachment import Attachment
from tests.ui.window_rig import MakeWindow, make_window, theme

__all__ = ["make_window", "theme"]


def urls(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(window: object, data: QMimeData) -> bool:
    keyboard, button = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, button, keyboard)
    QApplication.sendEvent(window, enter)  # type: ignore[arg-type]
    dropped = QDropEvent(QPointF(5, 5), copy, data, button, keyboard)
    QApplication.sendEvent(window, dropped)  # type: ignore[arg-type]
    return enter.isAccepted()


def test_files_dropped_on_the_window_go_with_the_message(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window()
    good, bad = tmp_path / "good.txt", tmp_path / "bad.bin"
    good.write_text("Content")
    bad.write_bytes(b"\0\1")
    assert drop(window.widget, urls(good, bad))
    window.qtbot.waitUntil(lambda: bool(window.widget.page.banners.texts()))
    assert window.composer.chips.attachments() == (Attachment("Content", "good.txt"),)
    assert "bad.bin" in window.widget.page.banners.texts()[0]
    window.ask_and_wait("Read this:")
    assert window.chat.shown[0] == "Read this:\n\ngood.txt:\n```txt\nContent\n```"


def test_a_model_dropped_on_the_window_is_loaded(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window(loads=False)
    model = tmp_path / "other.GGUF"
    model.touch()
    drop(window.widget, urls(model))
    window.qtbot.waitUntil(lambda: bool(window.chat.engine.load_requests))
    assert window.chat.engine.load_requests[0].path == model


def test_text_that_hangs_at_the_pointer_is_left_to_the_field(make_window: MakeWindow) -> None:
    window = make_window()
    data = QMimeData()
    data.setText("words")
    assert not drop(window.widget, data)
