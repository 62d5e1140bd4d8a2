"""Text files beside a message."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app.ui.attachments import MAX_BYTES, Attachment, AttachmentError, read_attachment
from tests.ui.window_rig import MakeWindow, make_window, theme

__all__ = ["make_window", "theme"]


def test_a_file_stands_under_its_name_in_a_fence(tmp_path: Path) -> None:
    path = tmp_path / "añadir 🔥.py"
    path.write_text("print('```')\n", encoding="utf-8")
    attachment = read_attachment(path)
    assert attachment == Attachment("print('```')\n", "añadir 🔥.py")
    assert attachment.as_message_text() == "añadir 🔥.py:\n````py\nprint('```')\n````"


def test_a_pasted_text_stands_as_it_is() -> None:
    assert Attachment("a\n\nb").as_message_text() == "a\n\nb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_common_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "n.txt"
    path.write_bytes("Añó €".encode(encoding))
    assert read_attachment(path).text == "Añó €"


def test_a_file_that_fits_exactly_is_taken_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"x" * MAX_BYTES)
    assert len(read_attachment(path).text) == MAX_BYTES
    path.write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(AttachmentError, match=r"long\.txt is larger than 2 MB"):
        read_attachment(path)


@pytest.mark.parametrize(
    ("name", "data"), [("a.bin", b"ab\0cd"), ("b.pdf", b"%PDF-1.7 text"), ("c.docx", b"PK")]
)
def test_what_is_no_text_is_refused_with_a_way_out(
    tmp_path: Path, name: str, data: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(AttachmentError, match="copy the text and paste it"):
        read_attachment(path)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AttachmentError, match="folder"):
        read_attachment(tmp_path)
    with pytest.raises(AttachmentError, match="gone"):
        read_attachment(tmp_path / "gone.txt")


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
