"""Files dropped on the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app.core.attachment import Attachment, AttachmentKind
from app.core.message import ReasoningEffort
from app.ui.attachment_preview import AttachmentPreview
from app.ui.chat_events import Phase
from tests.documents.pdf_files import locked_pdf, pdf
from tests.ui.conftest import MakeChat
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

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


def names(window: Window) -> list[str]:
    return [a.name for a in window.composer.chips.attachments()]


def attach(window: Window, *paths: Path) -> None:
    """Drop files and wait until their tokens are counted."""
    drop(window.widget, urls(*paths))
    chips = window.composer.chips
    window.chat.wait_for(lambda: all(a.n_tokens is not None for a in chips.attachments()))
    window.chat.wait_for(lambda: len(chips.attachments()) >= len(paths))
    window.chat.wait_for(lambda: all(a.n_tokens is not None for a in chips.attachments()))


def test_files_dropped_on_the_window_go_with_the_message(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window()
    good, bad = tmp_path / "good.txt", tmp_path / "bad.bin"
    good.write_text("Content of it")
    bad.write_bytes(b"\0\1")
    assert drop(window.widget, urls(good, bad))
    window.qtbot.waitUntil(lambda: bool(window.widget.page.banners.texts()))
    chips = window.composer.chips
    window.chat.wait_for(lambda: bool(chips.attachments() and chips.attachments()[0].n_tokens))
    attached = Attachment("Content of it", "good.txt", n_tokens=3)
    assert chips.attachments() == (attached,)
    assert "bad.bin" in window.widget.page.banners.texts()[0]
    window.ask_and_wait("Read this:")
    assert window.chat.shown[0] == "Read this:"
    assert window.chat.row(0).attachments == (attached,)
    stored = window.chat.stored().active_path()[0]
    assert (stored.text, stored.attachments) == ("Read this:", (attached,))
    (request,) = window.chat.engine.requests
    assert request.prompt.messages[0].attachments == (attached,)
    assert chips.attachments() == ()


def test_a_pdf_is_attached_end_to_end(make_window: MakeWindow, tmp_path: Path) -> None:
    window = make_window()
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(pdf("The answer is 42."))
    attach(window, paper)
    assert window.composer.chips.attachments() == (
        Attachment("The answer is 42.", "paper.pdf", AttachmentKind.PDF, n_tokens=4),
    )
    window.ask_and_wait("")
    assert window.chat.controller.current.title == "paper.pdf"


def test_a_pdf_with_a_password_is_told_in_a_banner(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window()
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(locked_pdf())
    drop(window.widget, urls(paper))
    window.chat.wait_for(lambda: bool(window.widget.page.banners.texts()))
    assert "protected with a password" in window.widget.page.banners.texts()[0]
    assert names(window) == []


def test_tokens_are_counted_when_a_model_comes(make_window: MakeWindow, tmp_path: Path) -> None:
    window = make_window(loads=False)
    path = tmp_path / "a.txt"
    path.write_text("one two")
    drop(window.widget, urls(path))
    chips = window.composer.chips
    window.chat.wait_for(lambda: bool(chips.attachments()))
    assert chips.attachments()[0].n_tokens is None
    window.chat.controller.load_model(window.chat.model)
    window.chat.wait_for(lambda: chips.attachments()[0].n_tokens == 2)


def test_attachments_of_a_draft_survive_a_restart(
    make_window: MakeWindow, make_chat: MakeChat, tmp_path: Path
) -> None:
    window = make_window()
    path = tmp_path / "a.txt"
    path.write_text("one two")
    attach(window, path)
    window.chat.close()
    chat = make_chat().start(loads=False)
    book = chat.controller.book
    assert [a.name for a in book.drafts.of(chat.controller.current.id)] == ["a.txt"]


def test_each_conversation_has_the_attachments_of_its_own_draft(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window()
    window.ask_and_wait("First question")
    first = window.chat.controller.current.id
    path = tmp_path / "a.txt"
    path.write_text("one two")
    attach(window, path)
    window.chat.controller.new_conversation()
    assert names(window) == []
    window.chat.controller.open_conversation(first)
    window.chat.wait_for(lambda: names(window) == ["a.txt"])
    window.ask_and_wait("And this?")
    window.chat.controller.new_conversation()
    window.chat.controller.open_conversation(first)
    window.chat.wait_for(lambda: window.chat.controller.current.id == first)
    assert names(window) == []


def test_a_file_goes_to_the_draft_for_which_it_was_chosen(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window()
    window.ask_and_wait("First question")
    first = window.chat.controller.current.id
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(pdf("For the first one."))
    drop(window.widget, urls(paper))
    window.chat.controller.new_conversation()
    chips = window.composer.chips
    window.chat.wait_for(lambda: not chips.names_being_read)
    assert names(window) == []
    window.chat.controller.open_conversation(first)
    window.chat.wait_for(lambda: names(window) == ["paper.pdf"])


def test_an_edited_and_a_repeated_question_keep_their_attachments(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window()
    path = tmp_path / "a.txt"
    path.write_text("one two")
    attach(window, path)
    window.ask_and_wait("First")
    question = window.chat.row(0)
    window.chat.controller.edit_message(question.id, "Second")
    window.chat.wait_until(Phase.READY)
    window.chat.drain()
    assert window.chat.row(0).text == "Second"
    assert window.chat.row(0).attachments == question.attachments
    window.chat.controller.regenerate(window.chat.row(1).id)
    window.chat.wait_until(Phase.READY)
    messages = window.chat.engine.requests[-1].prompt.messages
    assert [a.name for a in messages[0].attachments] == ["a.txt"]


def test_attachments_come_back_when_nothing_can_be_sent(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window(loads=False)
    attached = Attachment("x", "a.txt")
    window.chat.controller.send("Hello", ReasoningEffort.LOW, (attached,))
    assert window.composer.full_text() == "Hello"
    assert window.composer.chips.attachments() == (attached,)


def test_a_chip_opens_a_preview_in_which_nothing_is_hidden(make_window: MakeWindow) -> None:
    window = make_window()
    long = "word\u202e " * 100_000
    window.composer.attach(Attachment(long, "a.py", AttachmentKind.CODE))
    window.composer.chips.chips[0].open_button.click()
    (preview,) = window.widget.findChildren(AttachmentPreview)
    assert preview.windowTitle() == "a.py"
    assert preview.field.isReadOnly()
    text = preview.field.toPlainText()
    assert "\u202e" not in text and "⟨U+202E⟩" in text
    assert len(text) < 2 * len(long)
    window.qtbot.keyClick(preview, Qt.Key.Key_Escape)
    window.chat.wait_for(lambda: not window.widget.findChildren(AttachmentPreview))


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
