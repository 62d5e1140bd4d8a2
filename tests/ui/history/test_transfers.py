"""Export and import in the window, over the real storage."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from app.core.errors import Cancelled, LumbreError
from app.core.transfer import ExportFormat, ExportRequest, no_progress
from app.storage.transfer import FolderTransfer
from app.ui.history.export_dialog import ExportDialog, FileKind
from app.ui.history.import_dialog import ImportDialog
from app.ui.history.pdf import export_pdf, printable
from app.ui.shortcuts import CommandId
from app.workers.transfer_worker import TransferThread
from tests.fixtures.scripted_engine import HELLO, said
from tests.test_history_commands import CHATGPT
from tests.ui.test_attachments import drop, urls
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

__all__ = ["make_window", "theme"]


@pytest.fixture
def talked(make_window: MakeWindow) -> Window:
    """Two conversations; in the open one the answer has two versions."""
    window = make_window((said("Dry."),), HELLO, (said("Hello again."),))
    window.ask_and_wait("Stone walls")
    window.widget.commands.new_chat()
    window.ask_and_wait("Hi there")
    window.chat.controller.regenerate(window.chat.row(-1).id)
    window.qtbot.waitUntil(lambda: window.chat.shown[-1] == "Hello again.")
    window.chat.drain()
    return window


def titles(window: Window) -> list[str]:
    return [summary.title for summary in window.chat.controller.book.listed]


def open_export(window: Window) -> ExportDialog:
    window.act(CommandId.EXPORT)
    dialog = window.widget.findChild(ExportDialog)
    assert dialog is not None
    return dialog


def export(window: Window, dialog: ExportDialog, path: Path) -> bytes:
    dialog.path_field.setText(str(path))
    dialog.export_button.click()
    window.qtbot.waitUntil(lambda: bool(dialog.status_text))
    assert dialog.status_text.startswith(f"Written to {path}.")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("kind", "beginning"),
    [
        (FileKind.MARKDOWN, b"# Hi there"),
        (FileKind.HTML, b"<!DOCTYPE html>"),
        (FileKind.PDF, b"%PDF-"),
        (FileKind.JSON, b"{"),
    ],
)
def test_the_open_conversation_is_exported_in_every_format(
    talked: Window, tmp_path: Path, kind: FileKind, beginning: bytes
) -> None:
    dialog = open_export(talked)
    dialog.choose_kind(kind)
    written = export(talked, dialog, tmp_path / f"out{kind.value}")
    assert written.startswith(beginning)
    assert b"Stone walls" not in written
    assert list(tmp_path.glob("*.part")) == []


def test_all_conversations_are_exported_when_that_is_chosen(
    talked: Window, tmp_path: Path
) -> None:
    dialog = open_export(talked)
    dialog.what.setCurrentIndex(1)
    written = export(talked, dialog, tmp_path / "all.md").decode()
    assert "# Hi there" in written
    assert "# Stone walls" in written


@pytest.mark.parametrize("is_wanted", [True, False])
def test_other_versions_and_thinking_come_along_only_when_wanted(
    talked: Window, tmp_path: Path, is_wanted: bool
) -> None:
    dialog = open_export(talked)
    dialog.branches.setChecked(is_wanted)
    dialog.thinking.setChecked(is_wanted)
    written = export(talked, dialog, tmp_path / "out.md").decode()
    assert "Hello again." in written
    assert ("Hello there." in written) is is_wanted
    assert ("A greeting." in written) is is_wanted


def test_the_suffix_follows_the_format_and_a_name_of_ones_own_stays(
    talked: Window, tmp_path: Path
) -> None:
    dialog = open_export(talked)
    assert Path(dialog.path_field.text()).name == "Hi there.md"
    dialog.choose_kind(FileKind.HTML)
    assert Path(dialog.path_field.text()).name == "Hi there.html"
    dialog.path_field.setText(str(tmp_path / "mine.html"))
    dialog.choose_kind(FileKind.PDF)
    assert dialog.path_field.text() == str(tmp_path / "mine.pdf")


def test_a_place_that_cannot_be_written_is_told(talked: Window, tmp_path: Path) -> None:
    dialog = open_export(talked)
    dialog.path_field.setText(str(tmp_path / "nowhere" / "out.md"))
    dialog.export_button.click()
    talked.qtbot.waitUntil(lambda: bool(dialog.status_text))
    assert not dialog.status_text.startswith("Written")
    assert dialog.export_button.isEnabled()


def test_each_conversation_begins_a_page_and_a_heading_of_a_message_does_not(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window((said("# Heading\n\n## Smaller\n\nText"),), HELLO)
    window.ask_and_wait("Older")
    window.widget.commands.new_chat()
    window.ask_and_wait("Newer")
    path = tmp_path / "out.html"
    FolderTransfer(window.chat.data_dir).export(ExportRequest(path, ExportFormat.HTML))
    html = printable(path.read_text("utf-8"))
    assert html.count("page-break-before: always") == 1
    assert '<h1 style="page-break-before: always">Older</h1>' in html
    assert "<h1>Newer</h1>" in html
    assert "<h1>Heading</h1>" in html


def test_a_pdf_that_is_cancelled_leaves_nothing(talked: Window, tmp_path: Path) -> None:
    request = ExportRequest(tmp_path / "out.pdf", ExportFormat.HTML)
    request.cancel.cancel()
    with pytest.raises(Cancelled):
        export_pdf(FolderTransfer(talked.chat.data_dir), request, no_progress)
    assert list(tmp_path.glob("out.pdf*")) == []


# -- import --------------------------------------------------------------------------------
@pytest.fixture
def from_chatgpt(tmp_path: Path) -> Path:
    """A file with one conversation that can be read and one that cannot."""
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps(CHATGPT), encoding="utf-8")
    return path


def open_import(window: Window, path: Path) -> ImportDialog:
    window.act(CommandId.IMPORT)
    dialog = window.widget.findChild(ImportDialog)
    assert dialog is not None
    dialog.look_at(path)
    window.qtbot.waitUntil(lambda: not dialog.is_busy)
    return dialog


def test_a_preview_says_what_would_come_and_changes_nothing(
    talked: Window, from_chatgpt: Path
) -> None:
    dialog = open_import(talked, from_chatgpt)
    assert "is from ChatGPT. New conversations: 1. New messages: 1." in dialog.status_text
    assert dialog.listed_texts()[0].startswith("Left out: Broken.")
    assert dialog.listed_texts()[1] == "From ChatGPT"
    assert titles(talked) == ["Hi there", "Stone walls"]


def test_an_import_is_listed_at_once_and_can_be_undone(
    talked: Window, from_chatgpt: Path
) -> None:
    dialog = open_import(talked, from_chatgpt)
    dialog.import_button.click()
    talked.qtbot.waitUntil(lambda: "From ChatGPT" in titles(talked))
    assert dialog.status_text.startswith("Imported. New conversations: 1.")
    assert talked.chat.shown[-1] == "Hello again."  # what was open stays open
    dialog.undo_button.click()
    talked.qtbot.waitUntil(lambda: titles(talked) == ["Hi there", "Stone walls"])
    assert "in the trash" in dialog.status_text


def test_what_is_known_is_not_imported_twice(talked: Window, tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    request = ExportRequest(path, ExportFormat.JSON)
    FolderTransfer(talked.chat.data_dir).export(request)
    dialog = open_import(talked, path)
    assert dialog.status_text == "own.json (from Lumbre) brings nothing new. Already here: 2."
    assert not dialog.import_button.isEnabled()


def test_a_file_that_cannot_be_read_is_told_and_cannot_be_imported(
    talked: Window, tmp_path: Path
) -> None:
    path = tmp_path / "other.json"
    path.write_text("[1, 2", encoding="utf-8")
    dialog = open_import(talked, path)
    assert "Nothing was imported." in dialog.status_text
    assert not dialog.import_button.isEnabled()


def test_a_dropped_file_with_conversations_offers_its_import(
    talked: Window, from_chatgpt: Path
) -> None:
    drop(talked.widget, urls(from_chatgpt))
    talked.qtbot.waitUntil(lambda: talked.widget.findChild(ImportDialog) is not None)
    dialog = talked.widget.findChild(ImportDialog)
    assert dialog is not None
    talked.qtbot.waitUntil(dialog.import_button.isEnabled)
    assert dialog.isVisible()
    assert "From ChatGPT" not in titles(talked)


def test_a_dropped_file_of_other_json_is_attached_as_text(
    talked: Window, tmp_path: Path
) -> None:
    path = tmp_path / "prices.json"
    path.write_text('{"plums": 3}', encoding="utf-8")
    drop(talked.widget, urls(path))
    talked.qtbot.waitUntil(lambda: bool(talked.composer.chips.attachments()))
    assert talked.widget.findChild(ImportDialog) is None


# -- the thread ----------------------------------------------------------------------------
def test_stopping_the_thread_cancels_what_runs(qtbot, tmp_path: Path) -> None:
    thread = TransferThread(lambda: FolderTransfer(tmp_path))
    thread.start()
    begun = threading.Event()
    ended: list[LumbreError] = []

    def work(_transfer, cancel, _progress) -> None:
        begun.set()
        if cancel.wait(timeout_s=30):
            raise Cancelled

    thread.run(work, lambda _: None, ended.append)
    assert begun.wait(timeout=30)
    assert thread.stop()
    qtbot.waitUntil(lambda: bool(ended))
    assert isinstance(ended[0], Cancelled)


def test_progress_comes_in_steps_that_can_be_seen(qtbot, tmp_path: Path) -> None:
    thread = TransferThread(lambda: FolderTransfer(tmp_path))
    thread.start()
    fractions: list[float] = []
    thread.progressed.connect(lambda event: fractions.append(event.fraction))

    def work(_transfer, _cancel, progress) -> None:
        for step in range(100_001):
            progress(step / 100_000)

    done: list[None] = []
    thread.run(work, done.append, lambda _: None)
    qtbot.waitUntil(lambda: bool(done))
    thread.stop()
    assert fractions[0] == 0
    assert fractions[-1] == 1
    assert len(fractions) <= 202
